"""Forget events that are old: the log is kept for so many days."""

from datetime import datetime, timedelta

from django.conf import settings

from hansa.domain.events.models import EventCounter
from hansa.domain.events.registry import all_keepers
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.transactions import transaction

MOST = 5000
"""Events that are deleted in one transaction."""
_EVERY = timedelta(hours=1)

_FORGET = """
    WITH old AS (
        SELECT id FROM events_event
        WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND sequence IS NOT NULL AND sequence < %(needed)s::bigint
            AND status = 'done' AND occurred_at < %(before)s
        ORDER BY sequence LIMIT %(most)s::int
    ), forgotten AS (
        DELETE FROM events_event e USING old
        WHERE e.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND e.id = old.id
        RETURNING e.id
    )
    SELECT count(*) FROM forgotten
"""
_ALL = 2**62


def forget_old_events(*, now: datetime) -> int:
    """Delete done events of the current tenant that are older than the log is kept, in batches; returns how many.

    What somebody still needs (`@keeps`) stays, and so does what has failed.
    """
    needed = min((first for keeper in all_keepers() if (first := keeper()) is not None), default=_ALL)
    before = now - timedelta(days=settings.EVENT_RETENTION_DAYS)
    forgotten, count = 0, MOST
    while count == MOST:
        with transaction():
            count = int(tell(_FORGET, {"needed": needed, "before": before, "most": MOST})[0][0] or 0)
        forgotten += count
    with transaction():
        EventCounter.objects.update(tidy_at=now + _EVERY)
    return forgotten
