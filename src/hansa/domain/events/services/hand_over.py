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

PATIENCE_SECONDS = 12.0
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
    failure: str = ""


@dataclass(slots=True)
class Results:
    """What has become of events."""

    done: list[UUID] = field(default_factory=list)
    failed: list[ClaimedEvent] = field(default_factory=list)
    untouched: list[ClaimedEvent] = field(default_factory=list)
    """There was no time for them, or one before them has failed."""

    def __bool__(self) -> bool:
        """Tell whether there is anything to note."""
        return bool(self.done or self.failed or self.untouched)


def hand_over(claimed: Sequence[ClaimedEvent]) -> Iterator[Results]:
    """Tell the handlers of these events, in the order of the log; yields what to note, about once a second."""
    _ask_who_is_through(claimed)
    ends = monotonic() + PATIENCE_SECONDS
    noted = monotonic()
    stuck: set[UUID] = set()
    results = Results()
    for group in _groups(claimed):
        ready = [one for one in group if one.event.aggregate_id not in stuck]
        results.untouched += [one for one in group if one.event.aggregate_id in stuck]
        late = _tell_handlers(ready, ends)
        for one in ready:
            if one.failure or one.event.id in late:
                (results.failed if one.failure else results.untouched).append(one)
                stuck.add(one.event.aggregate_id)
            else:
                results.done.append(one.event.id)
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


def _tell_handlers(group: Sequence[ClaimedEvent], ends: float) -> set[UUID]:
    """Run the handlers that have not handled these events yet; returns those for which the time was too short."""
    late: set[UUID] = set()
    for handler in handlers_of(group[0].event.name) if group else ():
        waiting = [one for one in group if not one.failure and handler.name not in one.through]
        for many in batched(waiting, handler.most):
            if monotonic() < ends and _tell(handler, many):
                continue
            for one in many:  # of several, each alone
                if monotonic() > ends:
                    late.add(one.event.id)
                elif not one.failure:
                    _tell(handler, [one])
    return late


def _tell(handler: RegisteredHandler, many: Sequence[ClaimedEvent]) -> bool:
    """Run one handler; returns whether it was through with all. What it raised is noted when it was told of one."""
    passing(f"started {handler.name}")
    try:
        handler.run([one.event for one in many])
        passing(f"ending {handler.name}")
    except Exception as error:  # noqa: BLE001  (whatever a handler does, the others go on)
        if len(many) == 1:
            event = many[0].event
            many[0].failure = f"{handler.name}: {type(error).__name__}: {error}"
            _log.exception("handler_failed", handler=handler.name, event_id=str(event.id), event_name=event.name)
        return False
    for one in many:
        one.through.add(handler.name)
    return True
