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


def test_who_is_through_is_remembered_when_the_time_is_over(
    shop: TenantContext, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Listener()
    handles(crowd.names[0])(slow)
    with entered(shop):
        for number in range(5):
            happen(crowd.names[0], uuid7(), number=number)
    passed = iter([0.0, 0.0, 0.0, *(100.0 for _ in range(100))])  # the first handler is in time, the second is not
    monkeypatch.setattr("hansa.domain.events.services.hand_over.monotonic", lambda: next(passed))
    with tenant_scope(shop):
        relay_events(now=LATER)
    assert (crowd.heard, slow.heard) == ([0, 1, 2, 3, 4], [])
    monkeypatch.undo()
    with tenant_scope(shop):
        relay_events(now=LATER + timedelta(seconds=1))
    assert crowd.heard == [0, 1, 2, 3, 4]
    assert [event.payload["number"] for event in slow.heard] == [0, 1, 2, 3, 4]


def test_those_of_a_failed_group_that_nobody_has_time_for_alone_come_again(
    shop: TenantContext, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    with entered(shop):
        for number in (12, 13, 14):
            happen(crowd.names[0], uuid7(), number=number)
    passed = iter([0.0, 0.0, 0.0, 0.0, *(100.0 for _ in range(100))])  # in time for all at once, and for 12 alone
    monkeypatch.setattr("hansa.domain.events.services.hand_over.monotonic", lambda: next(passed))
    with tenant_scope(shop):
        relay_events(now=LATER)
    assert crowd.heard == [12]
    monkeypatch.undo()
    with tenant_scope(shop):
        relay_events(now=LATER + timedelta(seconds=1))
    assert crowd.heard == [12, 14]
    with entered(shop):
        assert [event.payload["number"] for event in Event.objects.exclude(last_error="")] == [13]
