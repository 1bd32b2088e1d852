"""Orders: one row for each line, with its order repeated, so that a sheet can be filtered and summed."""

from collections.abc import Iterator, Sequence
from typing import Any

from hansa.domain.exports.types import Cell
from hansa.kernel.money import Money
from hansa.kernel.postgresql.streaming import Stream

_COUNT = """
    SELECT count(*) FROM orders_order o
    WHERE o.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
"""
_ROWS = """
    SELECT o.number, o.status, o.placed_at, o.email, o.currency,
        o.subtotal, o.discount, o.shipping, o.tax, o.total, o.prices_include_tax,
        o.shipping_method ->> 'name', coalesce(o.shipping_address, '{}')::json, coalesce(o.billing_address, '{}')::json,
        (
            SELECT coalesce(json_agg(json_build_array(
                l.position, l.name, l.sku, l.options, l.quantity, l.unit_price, l.discount, l.tax, l.total
            ) ORDER BY l.position), '[]')
            FROM orders_orderline l WHERE l.tenant_id = o.tenant_id AND l.order_id = o.id
        )
    FROM orders_order o
    WHERE o.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
    ORDER BY o.number
"""
_ADDRESS = (
    *("first_name", "last_name", "company", "line1", "line2", "postal_code", "city", "region", "country", "phone"),
)


class Orders:
    """What was bought, the oldest first."""

    columns: Sequence[str] = (
        *("number", "status", "placed_at", "email", "currency"),
        *("subtotal", "discount", "shipping", "tax", "total", "prices_include_tax", "shipping_method"),
        *(f"shipping_{part}" for part in _ADDRESS),
        *(f"billing_{part}" for part in _ADDRESS),
        *("line", "line_name", "line_sku", "line_options", "line_quantity"),
        *("line_unit_price", "line_discount", "line_tax", "line_total"),
    )

    def __init__(self, stream: Stream) -> None:
        """Take what to read from."""
        self._stream = stream

    def count(self) -> int:
        """Return how many orders there are."""
        return int(self._stream.one(_COUNT))

    def things(self) -> Iterator[list[Sequence[Cell]]]:
        """Yield the rows of each order; its amounts are major units of its currency."""
        for number, status, placed_at, email, currency, *rest in self._stream.rows(_ROWS):
            *amounts, prices_include_tax, method, shipping, billing, lines = rest
            order = (
                *(number, status, placed_at, email, currency),
                *(Money(amount, currency).major for amount in amounts),
                *(prices_include_tax, method),
                *(_text(shipping.get(part)) for part in _ADDRESS),
                *(_text(billing.get(part)) for part in _ADDRESS),
            )
            yield [(*order, *_line(line, currency)) for line in lines]


def _line(line: list[Any], currency: str) -> Sequence[Cell]:
    position, name, sku, options, quantity, *amounts = line
    told = " / ".join(f"{key}: {value}" for key, value in (options or {}).items())
    return (position, name, sku, told, quantity, *(Money(amount, currency).major for amount in amounts))


def _text(value: Any) -> str | None:  # noqa: ANN401  (JSON)
    return None if value is None else str(value)
