"""Allocate: what was held is paid for."""

from uuid import UUID

from hansa.kernel.postgresql.batches import tell_now
from hansa.kernel.transactions import requires_transaction

_ALLOCATE = """
    WITH mine AS MATERIALIZED (
        SELECT r.id, r.state FROM inventory_reservation r
        WHERE r.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND r.reference = %(reference)s::uuid
        ORDER BY r.id FOR NO KEY UPDATE
    ),
    verdict AS MATERIALIZED (
        SELECT coalesce(bool_and(m.state IN ('held', 'allocated')), true) AS is_ours FROM mine m
    ),
    allocated AS (
        UPDATE inventory_reservation r SET state = 'allocated'
        FROM mine m, verdict v
        WHERE r.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND r.id = m.id AND r.state = 'held' AND v.is_ours
    )
    SELECT v.is_ours::int FROM verdict v
"""


@requires_transaction
def allocate(*, reference: UUID) -> bool:
    """Keep for good what is held for the reference; returns False, and changes nothing, when not all still is.

    What is allocated already counts as held, so it may be repeated; a reference that reserved nothing
    (its variants' stock is not counted) is True. Held past its time and not yet released is held. One
    statement, at once also inside `together()`; touches no stock. Locks the reference's reservations.
    """
    ((is_ours,),) = tell_now(_ALLOCATE, {"reference": reference})
    return is_ours == "1"
