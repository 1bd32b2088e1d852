"""Release reservations whose time is over."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hansa.domain.events.services.record import record
from hansa.kernel.postgresql.batches import ask_together, tell
from hansa.kernel.transactions import transaction

AT_ONCE = 200
"""Reservations per transaction: a stock item is locked for no longer than these take."""

# Most buyers who find that something is sold out find nothing to release either: they ask only this.
_IS_DUE = """
    SELECT EXISTS (
        SELECT FROM inventory_reservation r
        WHERE r.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND r.state = 'held' AND r.expires_at < %(now)s
    )
"""
_RELEASE = "SELECT inventory_release_expired(%(variants)s::uuid[], %(now)s::timestamptz, %(most)s::int)"


def release_expired(*, variant_ids: Collection[UUID] | None, now: datetime) -> int:
    """Give back what is held past its time; returns how many references that were.

    `variant_ids`: only references that hold some of these (a bundle stands for its parts); None: all.
    A reference that somebody else works on is skipped, and one is released whole or not at all.
    Transactions of its own. Locks reservations (skipping locked ones), then their stock items in the
    order of their ids. Events: `stock.released` per reference; by the database `stock.available`.
    """
    if variant_ids is not None and not variant_ids:
        return 0
    variants = None if variant_ids is None else "{" + ",".join(str(variant) for variant in variant_ids) + "}"
    if ask_together([(_IS_DUE, {"now": now})])[0][0][0] != "t":
        return 0
    total = 0
    while True:
        with transaction():
            rows = tell(_RELEASE, {"variants": variants, "now": now, "most": AT_ONCE})
            for (reference,) in rows:
                record(
                    "stock.released",
                    aggregate_id=UUID(reference),
                    payload={"reference": reference, "reason": "expired"},
                    now=now,
                )
        total += len(rows)
        if not rows:
            return total
