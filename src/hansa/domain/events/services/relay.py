"""Number events that wait in the outbox, and hand them to their handlers.

Note [Claiming events]: an event is claimed by its status, never by "id greater than the last": ids
and positions become visible out of order, and such a reader loses rows. Claims of one tenant come one
after the other, by its counter's row, and are short; the handlers run in any number of workers. A claim
is a lease (`available_at`), so a worker that was killed loses nothing: its events are taken again when
the lease ends. An event waits while an earlier one of its aggregate is with another worker, or pauses
after a failure; within a claim they come in order.
"""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from hansa.domain.events.registry import handlers_of
from hansa.domain.events.services.number import number_events
from hansa.domain.events.types import HappenedEvent
from hansa.kernel.faultpoints import passing
from hansa.kernel.postgresql.batches import ask_together, tell
from hansa.kernel.transactions import transaction

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 10
BATCH = 500
PATIENCE_SECONDS = 20.0
"""After so long a worker gives back what it has not begun, so that no lease ends meanwhile."""
_FLUSH_SECONDS = 1.0

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
        e.attempts, e.last_error <> ''
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
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND id = %(id)s AND attempts = %(attempts)s AND status = 'pending'
"""
_GIVE_BACK = """
    UPDATE events_event SET attempts = attempts - 1, available_at = %(available_at)s
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND id = ANY (%(ids)s::uuid[]) AND available_at = %(lease_ends)s AND status = 'pending'
"""

_log = structlog.get_logger("hansa.events")


@dataclass(frozen=True, slots=True)
class _Claimed:
    event: HappenedEvent
    attempts: int
    has_failed: bool


@dataclass(slots=True)
class _Batch:
    """What has become of the events of one claim so far."""

    done: list[UUID] = field(default_factory=list)
    untouched: list[UUID] = field(default_factory=list)
    blocked: set[UUID] = field(default_factory=set)
    """The aggregates of which an event has failed: those behind it wait."""


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
    _handle_all(claimed, lease_ends, now)
    return max(numbered, len(claimed))


def _handle_all(claimed: list[_Claimed], lease_ends: datetime, now: datetime) -> None:
    """Tell the handlers of each event; what is through is marked so about once a second."""
    started = flushed = time.monotonic()
    batch = _Batch()
    for one in claimed:
        moment = time.monotonic()
        if moment - flushed > _FLUSH_SECONDS:
            _flush(batch, lease_ends, now)
            flushed = moment
        if one.event.aggregate_id in batch.blocked or moment - started > PATIENCE_SECONDS:
            batch.untouched.append(one.event.id)
        elif _tell_handlers(one, now):
            batch.done.append(one.event.id)
        else:
            batch.blocked.add(one.event.aggregate_id)
    _flush(batch, lease_ends, now)


def _flush(batch: _Batch, lease_ends: datetime, now: datetime) -> None:
    if not batch.done and not batch.untouched:
        return
    with transaction():
        if batch.done:
            tell(_FINISH, {"ids": _array(batch.done)})
        if batch.untouched:
            tell(_GIVE_BACK, {"ids": _array(batch.untouched), "available_at": now, "lease_ends": lease_ends})
    batch.done.clear()
    batch.untouched.clear()


def _array(ids: list[UUID]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


def _claimed(row: tuple[str | None, ...], now: datetime) -> _Claimed:
    identifier, name, aggregate_id, payload, occurred_at, sequence, attempts, has_failed = (x or "" for x in row)
    event = HappenedEvent(
        id=UUID(identifier),
        name=name,
        aggregate_id=UUID(aggregate_id),
        payload=json.loads(payload),
        occurred_at=datetime.fromtimestamp(float(occurred_at), UTC),
        handled_at=now,
        sequence=int(sequence),
    )
    return _Claimed(event, int(attempts), has_failed == "t")


def _tell_handlers(claimed: _Claimed, now: datetime) -> bool:
    """Run the handlers that have not handled the event yet; tells whether all are through."""
    event = claimed.event
    through: set[str | None] = set()
    if claimed.has_failed:
        through = {row[0] for row in ask_together([(_DONE_BY, {"event_id": event.id})])[0]}
    for name, handler in handlers_of(event.name).items():
        if name in through:
            continue
        passing(f"started {name}")
        try:
            handler(event)
            passing(f"ending {name}")
        except Exception as error:  # noqa: BLE001  (whatever a handler does, the others go on)
            _postpone(claimed, through, f"{name}: {type(error).__name__}: {error}", now)
            _log.exception("handler_failed", handler=name, event_id=str(event.id), event_name=event.name)
            return False
        through.add(name)
    return True


def _postpone(claimed: _Claimed, through: set[str | None], reason: str, now: datetime) -> None:
    """Note the failure, and who need not be asked again."""
    given_up = claimed.attempts >= MAX_ATTEMPTS
    pause = timedelta(seconds=2 ** (claimed.attempts - 1))
    with transaction():
        for name in sorted(filter(None, through)):
            tell(_HANDLED, {"event_id": claimed.event.id, "handler": name})
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
