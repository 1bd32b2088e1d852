"""Release what was reserved: nothing came of it."""

from datetime import datetime
from uuid import UUID

from hansa.kernel.postgresql.batches import tell
from hansa.kernel.transactions import requires_transaction

_RELEASE = "SELECT inventory_release(%(reference)s::uuid, %(now)s::timestamptz, %(actor)s::text, %(reason)s::text)"


@requires_transaction
def release(*, reference: UUID, now: datetime, reason: str, actor: str = "") -> int:
    """Give back what is held or allocated for the reference and not shipped; returns how many reservations.

    Repeated, it does nothing and returns 0; inside `together()` it returns 0 too. One statement.
    Locks the reference's reservations, then their stock items in the order of their ids. Events, by
    the database: `stock.available`.
    """
    rows = tell(_RELEASE, {"reference": reference, "now": now, "actor": actor, "reason": reason})
    return int(rows[0][0] or 0) if rows else 0
