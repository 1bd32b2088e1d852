"""Hand events that wait in the outbox to their handlers.

Note [Claiming events]: an event is claimed by its status, never by "id greater than the last": ids
and sequence numbers become visible out of order, and such a reader loses rows. Rows are locked
with SKIP LOCKED, so any number of workers share the work; a claim is a lease (`available_at`), so a
worker that was killed loses nothing: its events are taken again when the lease ends. An event
waits until all earlier ones of its aggregate are done or given up.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from hansa.domain.events.registry import handlers_of
from hansa.domain.events.types import HappenedEvent
from hansa.kernel.faultpoints import passing
from hansa.kernel.postgresql.batches import ask_together, tell
from hansa.kernel.transactions import transaction

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 10
BATCH = 100

_CLAIM = """
    UPDATE events_event AS e SET attempts = attempts + 1, available_at = %(lease_ends)s
    FROM (
        SELECT w.id FROM events_event w
        WHERE w.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND w.status = 'pending' AND w.available_at <= %(now)s
            AND NOT EXISTS (
                SELECT FROM events_event earlier
                WHERE earlier.tenant_id = w.tenant_id AND earlier.aggregate_id = w.aggregate_id
                    AND earlier.status = 'pending' AND earlier.position < w.position
            )
        ORDER BY w.position LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ) claimed
    WHERE e.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND e.id = claimed.id
    RETURNING e.id, e.name, e.aggregate_id, e.payload::text, extract(epoch FROM e.occurred_at), e.attempts, e.position
"""
_DONE_BY = """
    SELECT handler FROM events_handledevent
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND event_id = %(event_id)s
"""
_HANDLED = """
    INSERT INTO events_handledevent (id, event_id, handler) VALUES (gen_random_uuid(), %(event_id)s, %(handler)s)
    ON CONFLICT DO NOTHING
"""
_FINISH = """
    UPDATE events_event SET status = 'done', last_error = ''
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND id = ANY (%(ids)s::uuid[])
"""
_POSTPONE = """
    UPDATE events_event SET status = %(status)s, available_at = %(available_at)s, last_error = %(reason)s
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND id = %(id)s
"""

_log = structlog.get_logger("hansa.events")


@dataclass(frozen=True, slots=True)
class _Claimed:
    event: HappenedEvent
    attempts: int


def relay_events(*, now: datetime) -> int:
    """Tell the handlers of the current tenant's events that wait; returns how many events were claimed.

    Takes at most BATCH. A handler that raises is tried again, after 1, 2, 4 … seconds, up to
    MAX_ATTEMPTS times; then the event is marked failed and logged, and those behind it go on.
    """
    with transaction():
        rows = tell(_CLAIM, {"now": now, "lease_ends": now + LEASE, "most": BATCH})
    claimed = sorted(((int(row[6] or 0), _claimed(row, now)) for row in rows), key=lambda pair: pair[0])
    done = [one.event.id for _, one in claimed if _tell_handlers(one, now)]
    if done:
        with transaction():
            tell(_FINISH, {"ids": "{" + ",".join(map(str, done)) + "}"})
    return len(claimed)


def _claimed(row: tuple[str | None, ...], now: datetime) -> _Claimed:
    identifier, name, aggregate_id, payload, occurred_at, attempts, _ = (value or "" for value in row)
    event = HappenedEvent(
        id=UUID(identifier),
        name=name,
        aggregate_id=UUID(aggregate_id),
        payload=json.loads(payload),
        occurred_at=datetime.fromtimestamp(float(occurred_at), UTC),
        handled_at=now,
    )
    return _Claimed(event, int(attempts))


def _tell_handlers(claimed: _Claimed, now: datetime) -> bool:
    """Run the handlers that have not handled the event yet; tells whether all are through."""
    event = claimed.event
    handlers = handlers_of(event.name)
    if not handlers:
        return True
    through = set()
    if claimed.attempts > 1:
        through = {row[0] for row in ask_together([(_DONE_BY, {"event_id": event.id})])[0]}
    for name, handler in handlers.items():
        if name in through:
            continue
        passing(f"started {name}")
        try:
            handler(event)
            passing(f"ending {name}")
        except Exception as error:  # noqa: BLE001  (whatever a handler does, the others go on)
            _postpone(claimed, f"{name}: {type(error).__name__}: {error}", now)
            _log.exception("handler_failed", handler=name, event_id=str(event.id), event_name=event.name)
            return False
        if len(handlers) > 1:
            with transaction():
                tell(_HANDLED, {"event_id": event.id, "handler": name})
    return True


def _postpone(claimed: _Claimed, reason: str, now: datetime) -> None:
    given_up = claimed.attempts >= MAX_ATTEMPTS
    pause = timedelta(seconds=2 ** (claimed.attempts - 1))
    with transaction():
        tell(
            _POSTPONE,
            {
                "id": claimed.event.id,
                "status": "failed" if given_up else "pending",
                "available_at": now + pause,
                "reason": reason.replace("\x00", "")[:2000],
            },
        )
