"""Number events that wait in the outbox, and hand them to their handlers.

Note [Claiming events]: an event is claimed by its status, never by "id greater than the last": ids
and positions become visible out of order, and such a reader loses rows. Claims of one tenant come one
after the other, by its counter's row, and are short; the handlers run in any number of workers. A claim
is a lease (`available_at`), so a worker that was killed loses nothing: its events are taken again when
the lease ends. An event waits while an earlier one of its aggregate is with another worker, or pauses
after a failure; within a claim they come in order (`hand_over.py`).
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hansa.domain.events.services.hand_over import ClaimedEvent, Results, hand_over
from hansa.domain.events.services.number import number_events
from hansa.domain.events.types import HappenedEvent
from hansa.kernel.postgresql.batches import tell, together
from hansa.kernel.transactions import transaction

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 10
BATCH = 500

_CLAIM = """
    UPDATE events_event AS e SET attempts = attempts + 1, available_at = %(lease_ends)s
    FROM (
        SELECT w.id FROM events_event w
        WHERE w.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND w.status = 'pending' AND w.sequence IS NOT NULL AND w.available_at <= %(now)s::timestamptz
            AND (EXISTS (
                SELECT FROM events_event earlier
                WHERE earlier.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
                    AND earlier.aggregate_id = w.aggregate_id AND earlier.status = 'pending'
                    AND earlier.position < w.position AND earlier.available_at > %(now)s::timestamptz
            )) IS FALSE
        ORDER BY w.position LIMIT %(most)s::int FOR UPDATE
    ) claimed
    WHERE e.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND e.id = claimed.id
    RETURNING
        e.id, e.name, e.aggregate_id, e.payload::text, extract(epoch FROM e.occurred_at), e.sequence,
        e.attempts
"""
_HANDLED = """
    INSERT INTO events_handledevent (id, event_id, handler)
    SELECT gen_random_uuid(), %(event_id)s::uuid, unnest(%(handlers)s::text[])
    ON CONFLICT DO NOTHING
"""
_FINISH = """
    UPDATE events_event SET status = 'done', last_error = ''
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND id = ANY (%(ids)s::uuid[])
"""
_POSTPONE = """
    UPDATE events_event SET status = %(status)s, available_at = %(available_at)s, last_error = %(reason)s
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND id = %(id)s AND attempts = %(attempts)s AND status = 'pending'
"""
_GIVE_BACK = """
    UPDATE events_event SET attempts = attempts - 1, available_at = %(available_at)s
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND id = ANY (%(ids)s::uuid[]) AND available_at = %(lease_ends)s AND status = 'pending'
"""


def relay_events(*, now: datetime) -> int:
    """Give the current tenant's new events their numbers, and tell the handlers of those that wait.

    Returns how many it dealt with; takes at most BATCH. A handler that raises is tried again, after 1, 2,
    4 … seconds, up to MAX_ATTEMPTS times; then the event is marked failed and logged, and those behind
    it go on.
    """
    lease_ends = now + LEASE
    with transaction():
        numbered, rows = number_events(now=now, lease_ends=lease_ends)
        if len(rows) < BATCH:
            rows += tell(_CLAIM, {"now": now, "lease_ends": lease_ends, "most": BATCH - len(rows)})
    claimed = sorted((_claimed(row, now) for row in rows), key=lambda one: one.event.sequence)
    for results in hand_over(claimed):
        _note(results, lease_ends, now)
    return max(numbered, len(claimed))


def _claimed(row: tuple[str | None, ...], now: datetime) -> ClaimedEvent:
    identifier, name, aggregate_id, payload, occurred_at, sequence, attempts = (x or "" for x in row)
    event = HappenedEvent(
        id=UUID(identifier),
        name=name,
        aggregate_id=UUID(aggregate_id),
        payload=json.loads(payload),
        occurred_at=datetime.fromtimestamp(float(occurred_at), UTC),
        handled_at=now,
        sequence=int(sequence),
    )
    return ClaimedEvent(event, int(attempts))


def _note(results: Results, lease_ends: datetime, now: datetime) -> None:
    """Note what became of events, and which handlers need not be told again of those that are not done."""
    with transaction(), together():
        if results.done:
            tell(_FINISH, {"ids": _array(map(str, results.done))})
        for one in (*results.failed, *results.given_back):
            if one.through:
                tell(_HANDLED, {"event_id": one.event.id, "handlers": _array(sorted(one.through))})
        if results.given_back:
            ids = _array(str(one.event.id) for one in results.given_back)
            tell(_GIVE_BACK, {"ids": ids, "available_at": now, "lease_ends": lease_ends})
        for one in results.failed:
            _postpone(one, now)


def _postpone(claimed: ClaimedEvent, now: datetime) -> None:
    reason = "\n".join(f"{handler}: {failure}" for handler, failure in claimed.failures.items())
    given_up = claimed.attempts >= MAX_ATTEMPTS
    pause = timedelta(seconds=2 ** (claimed.attempts - 1))
    tell(
        _POSTPONE,
        {
            "id": claimed.event.id,
            "attempts": claimed.attempts,
            "status": "failed" if given_up else "pending",
            "available_at": now + pause,
            "reason": reason.replace("\x00", "")[:2000],
        },
    )


def _array(words: Iterable[str]) -> str:
    return "{" + ",".join(words) + "}"
