"""Stock: one row for each variant in each warehouse."""

from collections.abc import Iterator, Sequence

from hansa.domain.exports.types import Cell
from hansa.kernel.postgresql.streaming import Stream

_COUNT = """
    SELECT count(*) FROM inventory_stockitem s
    WHERE s.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
"""
_ROWS = """
    SELECT w.code, w.name, v.sku, v.barcode, p.name, array_to_string(v.option_values, ' / '),
        s.on_hand, s.reserved, s.on_hand - s.reserved, s.low_stock_threshold, s.changed_at
    FROM inventory_stockitem s
    JOIN inventory_warehouse w ON w.tenant_id = s.tenant_id AND w.id = s.warehouse_id
    JOIN catalog_variant v ON v.tenant_id = s.tenant_id AND v.id = s.variant_id
    JOIN catalog_product p ON p.tenant_id = v.tenant_id AND p.id = v.product_id
    WHERE s.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
    ORDER BY s.id
"""


class Stock:
    """What lies where."""

    columns: Sequence[str] = (
        *("warehouse", "warehouse_name", "sku", "barcode", "product", "variant"),
        *("on_hand", "reserved", "free", "low_stock_threshold", "changed_at"),
    )

    def __init__(self, stream: Stream) -> None:
        """Take what to read from."""
        self._stream = stream

    def count(self) -> int:
        """Return how many stock items there are."""
        return int(self._stream.one(_COUNT))

    def things(self) -> Iterator[list[Sequence[Cell]]]:
        """Yield them."""
        for row in self._stream.rows(_ROWS):
            yield [row]
