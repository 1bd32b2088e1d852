"""Customers: one row each. Whoever had themselves forgotten is left out."""

from collections.abc import Iterator, Sequence

from hansa.domain.exports.types import Cell
from hansa.kernel.postgresql.streaming import Stream

_COUNT = """
    SELECT count(*) FROM accounts_customer c
    WHERE c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND c.erased_at IS NULL
"""
_ROWS = """
    SELECT c.email, c.name, c.phone, g.code, c.user_id IS NOT NULL, c.is_tax_exempt, c.tax_id,
        a.parts ->> 'first_name', a.parts ->> 'last_name', a.parts ->> 'company', a.parts ->> 'line1',
        a.parts ->> 'line2', a.parts ->> 'postal_code', a.parts ->> 'city', a.parts ->> 'region',
        a.parts ->> 'country', a.parts ->> 'phone', c.created_at
    FROM accounts_customer c
    LEFT JOIN accounts_customergroup g ON g.tenant_id = c.tenant_id AND g.id = c.group_id
    LEFT JOIN accounts_customeraddress a ON a.tenant_id = c.tenant_id AND a.customer_id = c.id AND a.is_default
    WHERE c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND c.erased_at IS NULL
    ORDER BY c.id
"""


class Customers:
    """The shop's customers, the oldest first, each with their default address."""

    columns: Sequence[str] = (
        *("email", "name", "phone", "group", "has_account", "is_tax_exempt", "tax_id"),
        *("address_first_name", "address_last_name", "address_company", "address_line1", "address_line2"),
        *("address_postal_code", "address_city", "address_region", "address_country", "address_phone", "created_at"),
    )

    def __init__(self, stream: Stream) -> None:
        """Take what to read from."""
        self._stream = stream

    def count(self) -> int:
        """Return how many customers there are."""
        return int(self._stream.one(_COUNT))

    def things(self) -> Iterator[list[Sequence[Cell]]]:
        """Yield them."""
        for row in self._stream.rows(_ROWS):
            yield [row]
