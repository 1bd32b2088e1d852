"""Extend a reservation, once."""

from datetime import datetime
from uuid import UUID

from hansa.kernel.postgresql.batches import tell
from hansa.kernel.transactions import requires_transaction

_EXTEND = """
    UPDATE inventory_reservation r
    SET expires_at = greatest(r.expires_at, %(until)s::timestamptz), is_extended = true
    WHERE r.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND r.reference = %(reference)s::uuid AND r.state = 'held' AND NOT r.is_extended
"""


@requires_transaction
def extend(*, reference: UUID, until: datetime) -> None:
    """Hold what is held for the reference until `until`, unless that was done before; never shortens.

    Joins the caller's `together()` block. Locks the reference's reservations.
    """
    tell(_EXTEND, {"reference": reference, "until": until})
