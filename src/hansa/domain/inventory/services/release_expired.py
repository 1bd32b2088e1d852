"""Release reservations whose time is over."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hansa.domain.events.services.record import record
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.transactions import transaction

AT_ONCE = 200
"""Reservations per transaction: a stock item is locked for no longer than these take."""

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
