"""Handlers of many events: told of many at once, in each aggregate's order, and alone when one cannot be handled."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from hansa.domain.events import registry
from hansa.domain.events.models import Event
from hansa.domain.events.registry import MOST_TOGETHER, handles, handles_many
from hansa.domain.events.services.relay import relay_events
from hansa.domain.events.types import HappenedEvent
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.events.listening import Listener, happen
from tests.worlds import NOON, entered

LATER = NOON + timedelta(days=1)


class Crowd:
    """A handler of many that remembers each call, and refuses whatever has the number 13."""

    def __init__(self) -> None:
        self.calls: list[list[tuple[UUID, str, int]]] = []
        self.names = [f"test.{uuid4().hex}" for _ in range(2)]
        self.__qualname__ = f"crowd_{uuid4().hex}"

    def __call__(self, events: Sequence[HappenedEvent]) -> None:
        numbers = [event.payload["number"] for event in events]
        if 13 in numbers:
            message = "an unlucky number"
            raise ValueError(message)
        self.calls.append([(event.aggregate_id, event.name, event.payload["number"]) for event in events])

    @property
    def heard(self) -> list[int]:
        return [number for call in self.calls for _, _, number in call]


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    one = Crowd()
    handles_many(*one.names)(one)
    yield one
    for name in one.names:
        registry.forget(name)


def test_events_of_a_name_come_together_and_those_of_an_aggregate_in_order(shop: TenantContext, crowd: Crowd) -> None:
    first, second = crowd.names
    aggregates = [uuid7() for _ in range(MOST_TOGETHER + 20)]
    with entered(shop):
        for number, aggregate in enumerate(aggregates, 100):
            happen(second, aggregate, number=number)
            happen(first, aggregate, number=number)
    with tenant_scope(shop):
        relay_events(now=LATER)
    assert [len(call) for call in crowd.calls] == [MOST_TOGETHER, 20, MOST_TOGETHER, 20]
    for call in crowd.calls:
        assert len({aggregate for aggregate, _, _ in call}) == len(call)
        assert len({name for _, name, _ in call}) == 1
    for aggregate in aggregates:
        told = [name for call in crowd.calls for one, name, _ in call if one == aggregate]
        assert told == [second, first]


def test_an_event_twice_of_one_aggregate_comes_in_two_calls(shop: TenantContext, crowd: Crowd) -> None:
    aggregate = uuid7()
    with entered(shop):
        for number in range(3):
            happen(crowd.names[0], aggregate, number=number)
    with tenant_scope(shop):
        relay_events(now=LATER)
    assert [[number for _, _, number in call] for call in crowd.calls] == [[0], [1], [2]]


def test_one_that_cannot_be_handled_keeps_only_its_own_aggregate_waiting(shop: TenantContext, crowd: Crowd) -> None:
    unlucky = uuid7()
    with entered(shop):
        for number in range(10, 16):
            happen(crowd.names[0], unlucky if number == 13 else uuid7(), number=number)
        happen(crowd.names[0], unlucky, number=99)
    with tenant_scope(shop):
        relay_events(now=LATER)
    assert crowd.heard == [10, 11, 12, 14, 15]
    with entered(shop):
        left = {event.payload["number"]: event for event in Event.objects.filter(status=Event.Status.PENDING)}
    assert set(left) == {13, 99}
    assert left[13].last_error.endswith("ValueError: an unlucky number")
    assert left[99].last_error == ""


class Clock:
    """A clock that stands still until a handler takes its time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 0.0
        monkeypatch.setattr("hansa.domain.events.services.hand_over.monotonic", lambda: self.seconds)


def test_a_slow_handler_of_one_keeps_nobody_else_waiting(
    shop: TenantContext, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, clock = crowd.names[0], Clock(monkeypatch)
    slow: list[int] = []
    second = Listener()

    @handles(name)
    def slowly(event: HappenedEvent) -> None:
        clock.seconds += 1.0
        slow.append(event.payload["number"])

    handles(name)(second)
    with entered(shop):
        for number in range(100, 130):
            happen(name, uuid7(), number=number)
    with tenant_scope(shop):
        relay_events(now=LATER)
    begun = len(slow)
    assert 0 < begun < 30
    assert len(second.heard) in {begun - 1, begun}, "an event is finished before the next one begins"
    assert len(crowd.heard) == 30, "and who takes many was told of all before"
    with entered(shop):
        assert Event.objects.filter(status=Event.Status.DONE).count() == len(second.heard)
    with tenant_scope(shop):
        for turn in range(1, 5):
            relay_events(now=LATER + timedelta(seconds=turn))
    assert slow == list(range(100, 130)), "nobody is told twice of what was given back"
    assert len(crowd.heard) == len(second.heard) == 30


def test_those_of_a_failed_group_that_nobody_has_time_for_alone_come_again(
    shop: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, calls = Clock(monkeypatch), list[int]()
    name = f"test.{uuid4().hex}"

    @handles_many(name)
    def waits_for_somebody(events: Sequence[HappenedEvent]) -> None:
        calls.append(len(events))
        clock.seconds += 5.0
        message = "away"
        raise ValueError(message)

    with entered(shop):
        for number in range(20):
            happen(name, uuid7(), number=number)
    with tenant_scope(shop):
        relay_events(now=LATER)
    registry.forget(name)
    assert calls == [20, 1, 1]
    with entered(shop):
        assert Event.objects.exclude(last_error="").count() == 2
        assert Event.objects.filter(status=Event.Status.PENDING).count() == 20


def test_a_handler_that_always_fails_keeps_no_other_from_being_told(shop: TenantContext, crowd: Crowd) -> None:
    name = crowd.names[0]
    first, second = Listener(), Listener()
    first.failures = 100
    handles(name)(first)
    handles(name)(second)
    with entered(shop):
        happen(name, uuid7(), number=13)
        happen(name, uuid7(), number=14)
    with tenant_scope(shop):
        for hour in range(12):
            relay_events(now=LATER + timedelta(hours=hour))
    assert crowd.heard == [14]
    assert sorted(event.payload["number"] for event in second.heard) == [13, 14]
    with entered(shop):
        failed = {event.payload["number"]: event.last_error for event in Event.objects.filter(status="failed")}
    assert set(failed) == {13, 14}
    assert "an unlucky number" in failed[13]
    assert "not today" in failed[13], "whoever failed is named"
