"""Hand claimed events to their handlers, many at once where a handler takes many.

Events of one name go together, as long as they are of different aggregates: those of one aggregate come one after
the other, in their order, whatever their names. So a backlog of a thousand orders costs ten transactions of a handler
that takes a hundred, and each order still sees its own story in order.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched
from time import monotonic
from uuid import UUID

import structlog

from hansa.domain.events.registry import MOST_TOGETHER, RegisteredHandler, handlers_of
from hansa.domain.events.types import HappenedEvent
from hansa.kernel.faultpoints import passing
from hansa.kernel.postgresql.batches import ask_together

PATIENCE_SECONDS = 10.0
"""After so long a worker gives back what it has not begun, so that no lease ends meanwhile, nor a task's time."""
_NOTE_SECONDS = 1.0
_THROUGH = """
    SELECT event_id, handler FROM events_handledevent
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND event_id = ANY (%(ids)s::uuid[])
"""

_log = structlog.get_logger("hansa.events")


@dataclass(slots=True)
class ClaimedEvent:
    """An event that this worker holds, and how far it is."""

    event: HappenedEvent
    attempts: int
    through: set[str] = field(default_factory=set)
    """The handlers that are through with it."""
    failures: dict[str, str] = field(default_factory=dict)
    """What handlers raised when they were told of it, by their names."""


@dataclass(slots=True)
class Results:
    """What has become of events."""

    done: list[UUID] = field(default_factory=list)
    failed: list[ClaimedEvent] = field(default_factory=list)
    given_back: list[ClaimedEvent] = field(default_factory=list)
    """There was no time for all of their handlers, or an event before them has failed."""

    def __bool__(self) -> bool:
        """Tell whether there is anything to note."""
        return bool(self.done or self.failed or self.given_back)


def hand_over(claimed: Sequence[ClaimedEvent]) -> Iterator[Results]:
    """Tell the handlers of these events, sorted by their sequence; yields what to note, about once a second."""
    _ask_who_is_through(claimed)
    ends = monotonic() + PATIENCE_SECONDS
    noted = monotonic()
    stuck: set[UUID] = set()
    results = Results()
    for group in _groups(claimed):
        ready = [one for one in group if one.event.aggregate_id not in stuck]
        results.given_back += [one for one in group if one.event.aggregate_id in stuck]
        _tell_together(ready, ends)
        for one in ready:
            has_time = _tell_alone(one, ends)
            if has_time and not one.failures:
                results.done.append(one.event.id)
            else:
                (results.failed if one.failures else results.given_back).append(one)
                stuck.add(one.event.aggregate_id)
            if monotonic() - noted > _NOTE_SECONDS:
                yield results
                results, noted = Results(), monotonic()
    if results:
        yield results


def _ask_who_is_through(claimed: Sequence[ClaimedEvent]) -> None:
    by_id = {str(one.event.id): one for one in claimed}
    if by_id:
        for identifier, handler in ask_together([(_THROUGH, {"ids": "{" + ",".join(by_id) + "}"})])[0]:
            by_id[identifier or ""].through.add(handler or "")


def _groups(claimed: Sequence[ClaimedEvent]) -> Iterator[Sequence[ClaimedEvent]]:
    """Yield events of one name and of different aggregates; an aggregate's first event before its second."""
    turns: Counter[UUID] = Counter()
    groups: dict[tuple[int, str], list[ClaimedEvent]] = defaultdict(list)
    for one in claimed:
        turns[one.event.aggregate_id] += 1
        groups[turns[one.event.aggregate_id], one.event.name].append(one)
    for key in sorted(groups):
        yield from batched(groups[key], MOST_TOGETHER)


def _tell_together(group: Sequence[ClaimedEvent], ends: float) -> None:
    """Run the handlers of many. Of those that raise for several, each event is left for `_tell_alone`."""
    for handler in handlers_of(group[0].event.name) if group else ():
        waiting = [one for one in group if handler.name not in one.through]
        if handler.takes_many and waiting and monotonic() < ends:
            _tell(handler, waiting)


def _tell_alone(one: ClaimedEvent, ends: float) -> bool:
    """Run the handlers that are not through with it, whatever others do; tells whether there was time for all."""
    for handler in handlers_of(one.event.name):
        if handler.name in one.through or handler.name in one.failures:
            continue
        if monotonic() > ends:
            return False
        _tell(handler, [one])
    return True


def _tell(handler: RegisteredHandler, many: Sequence[ClaimedEvent]) -> None:
    """Run one handler; what it raises is noted when it was told of one event."""
    passing(f"started {handler.name}")
    try:
        handler.run([one.event for one in many])
        passing(f"ending {handler.name}")
    except Exception as error:  # noqa: BLE001  (whatever a handler does, the others go on)
        if len(many) > 1:
            _log.warning("handler_failed_for_many", handler=handler.name, events=len(many), exc_info=True)
            return
        event = many[0].event
        many[0].failures[handler.name] = f"{type(error).__name__}: {error}"
        _log.exception("handler_failed", handler=handler.name, event_id=str(event.id), event_name=event.name)
    else:
        for one in many:
            one.through.add(handler.name)
