"""The log: numbered without gaps, in the order in which it became visible; read on from the last number."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import override_settings

from hansa.domain.events import registry
from hansa.domain.events.errors import EventHasNotFailed
from hansa.domain.events.models import Event, HandledEvent
from hansa.domain.events.registry import handles, keeps, publishes
from hansa.domain.events.services import number
from hansa.domain.events.services.forget import forget_old_events
from hansa.domain.events.services.number import number_events
from hansa.domain.events.services.relay import MAX_ATTEMPTS, relay_events
from hansa.domain.events.services.retry import retry_events
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import TransactionRequired, transaction
from tests.domain.events.listening import Listener, happen, listening
from tests.worlds import NOON, entered

LATER = NOON + timedelta(days=1)
NAME = "test.unheard"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as one:
        yield one


def _log() -> list[tuple[int | None, int, str]]:
    return [
        (event.sequence, event.payload.get("number", 0), event.status)
        for event in Event.objects.order_by("sequence", "position")
    ]


def test_events_are_numbered_from_one_and_those_that_nobody_handles_are_done(
    shop: TenantContext, rival: TenantContext, listener: Listener
) -> None:
    for tenant in (shop, rival):
        with entered(tenant):
            happen(NAME, uuid7(), number=1)
            happen(listener.name, uuid7(), number=2)
        with entered(tenant):
            assert number_events(now=NOON, lease_ends=NOON)[0] == 2
            assert number_events(now=NOON, lease_ends=NOON)[0] == 0
            assert _log() == [(1, 1, "done"), (2, 2, "pending")]


def test_numbering_belongs_into_a_transaction(shop: TenantContext) -> None:
    with tenant_scope(shop), pytest.raises(TransactionRequired):
        number_events(now=NOON, lease_ends=NOON)


def test_what_was_rolled_back_leaves_no_gap(shop: TenantContext) -> None:
    with entered(shop):
        happen(NAME, uuid7(), number=1)
    with pytest.raises(ZeroDivisionError), entered(shop):
        happen(NAME, uuid7(), number=2)
        _ = 1 / 0
    with entered(shop):
        happen(NAME, uuid7(), number=3)
    with tenant_scope(shop):
        relay_events(now=LATER)
    with entered(shop):
        assert _log() == [(1, 1, "done"), (2, 3, "done")]


def test_who_commits_late_comes_later_in_the_log_and_not_behind_the_reader(shop: TenantContext) -> None:
    written, read = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            with entered(shop):
                happen(NAME, uuid7(), number=1)
                written.set()
                read.wait(30)
        finally:
            connection.close()

    slow = threading.Thread(target=write_slowly)
    slow.start()
    written.wait(30)
    with entered(shop):
        happen(NAME, uuid7(), number=2)
    with tenant_scope(shop):
        relay_events(now=LATER)
        with transaction():
            assert [(sequence, told) for sequence, told, _ in _log()] == [(1, 2)]
        read.set()
        slow.join()
        relay_events(now=LATER)
        with transaction():
            assert [(sequence, told) for sequence, told, _ in _log()] == [(1, 2), (2, 1)]


class _Threads:
    """Threads that give their connections back, and tell what went wrong in them."""

    def __init__(self) -> None:
        self.failures: list[BaseException] = []
        self.all: list[threading.Thread] = []

    def start(self, run: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                run()
            except BaseException as failure:  # noqa: BLE001  (told by the test)
                self.failures.append(failure)
            finally:
                connection.close()

        self.all.append(threading.Thread(target=guarded))
        self.all[-1].start()

    def are_running(self) -> bool:
        return any(thread.is_alive() for thread in self.all)

    def join(self) -> None:
        for thread in self.all:
            thread.join()
        assert self.failures == []


def _read_on(seen: list[tuple[int, int]]) -> bool:
    """Read the next page behind what was seen; tells whether there was one."""
    after = seen[-1][0] if seen else 0
    page = list(Event.objects.filter(sequence__gt=after).order_by("sequence")[:7])
    seen.extend((event.sequence or 0, event.payload["number"]) for event in page)
    return bool(page)


def test_a_reader_who_reads_on_while_many_write_and_number_misses_nothing(shop: TenantContext) -> None:
    writers, each = 6, 25
    running = threading.Barrier(writers)
    over = threading.Event()
    numbers = iter(range(writers * each * 2))
    taking = threading.Lock()

    def write() -> None:
        running.wait(30)
        for _ in range(each):
            with entered(shop):
                for _ in range(2):
                    with taking:
                        number = next(numbers)
                    happen(NAME, uuid7(), number=number)

    def number_all() -> None:
        while not over.is_set():
            with tenant_scope(shop):
                relay_events(now=LATER)

    writing, relaying = _Threads(), _Threads()
    for _ in range(writers):
        writing.start(write)
    for _ in range(2):
        relaying.start(number_all)
    seen: list[tuple[int, int]] = []
    while writing.are_running():
        with entered(shop):
            _read_on(seen)
    over.set()
    writing.join()
    relaying.join()
    with tenant_scope(shop):
        relay_events(now=LATER)
    with entered(shop):
        while _read_on(seen):
            pass
    assert [sequence for sequence, _ in seen] == list(range(1, 2 * writers * each + 1))
    assert sorted(told for _, told in seen) == list(range(2 * writers * each))


def test_publishers_are_told_of_each_event_once_in_the_transaction_that_numbers_it(
    shop: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int, datetime]] = []
    monkeypatch.setattr(registry, "_publishers", [])
    monkeypatch.setattr(number, "MOST", 3)
    fails = [True]

    @publishes
    def publisher(first: int, last: int, now: datetime) -> None:
        assert connection.in_atomic_block
        if fails:
            raise ZeroDivisionError
        told.append((first, last, now))

    with entered(shop):
        for _ in range(5):
            happen(NAME, uuid7())
    with tenant_scope(shop):
        with pytest.raises(ZeroDivisionError):
            relay_events(now=LATER)
        with transaction():
            assert {sequence for sequence, _, _ in _log()} == {None}
        fails.clear()
        while relay_events(now=LATER):
            pass
    assert told == [(1, 3, LATER), (4, 5, LATER)]


def test_a_handler_that_takes_too_long_lets_the_rest_go_back(
    shop: TenantContext, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hansa.domain.events.services.hand_over.PATIENCE_SECONDS", -1.0)
    with entered(shop):
        happen(listener.name, uuid7(), number=1)
    with tenant_scope(shop):
        relay_events(now=LATER)
    monkeypatch.undo()
    assert listener.heard == []
    with entered(shop):
        event = Event.objects.get()
        assert (event.status, event.attempts) == ("pending", 0)
    with tenant_scope(shop):
        relay_events(now=LATER)
    assert len(listener.heard) == 1


def test_an_aggregates_events_come_in_one_claim_in_order(shop: TenantContext, listener: Listener) -> None:
    aggregate = uuid7()
    with entered(shop):
        for turn in range(5):
            happen(listener.name, aggregate, number=turn)
    with tenant_scope(shop):
        relay_events(now=LATER)
    assert [event.payload["number"] for event in listener.heard] == [0, 1, 2, 3, 4]
    assert [event.sequence for event in listener.heard] == [1, 2, 3, 4, 5]


def test_what_failed_for_good_is_handled_again_when_somebody_says_so_by_who_was_not_through(
    shop: TenantContext, listener: Listener
) -> None:
    second = Listener()
    handles(listener.name)(second)
    second.failures = MAX_ATTEMPTS
    with entered(shop):
        happen(listener.name, uuid7())
    now = LATER
    with tenant_scope(shop):
        for _ in range(MAX_ATTEMPTS):
            relay_events(now=now)
            now += timedelta(hours=1)
    with entered(shop):
        failed = Event.objects.get(status="failed")
        assert HandledEvent.objects.count() == 1
        assert retry_events([failed.pk], now=now) == 1
    with entered(shop), pytest.raises(EventHasNotFailed):
        retry_events([failed.pk], now=now)
    with tenant_scope(shop):
        relay_events(now=now)
    assert (len(listener.heard), len(second.heard)) == (1, 1)


def test_another_shops_failures_are_not_ours_to_retry(
    shop: TenantContext, rival: TenantContext, listener: Listener
) -> None:
    with entered(rival):
        happen(listener.name, uuid7())
        number_events(now=NOON, lease_ends=NOON)
        Event.objects.update(status="failed")
        failed = Event.objects.get()
    with entered(shop), pytest.raises(EventHasNotFailed):
        retry_events([failed.pk], now=NOON)
    with entered(rival):
        assert Event.objects.get().status == "failed"


@override_settings(EVENT_RETENTION_DAYS=30)
def test_old_events_are_forgotten_unless_they_failed_or_wait_or_somebody_needs_them(
    shop: TenantContext, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_keepers", [])
    needed: list[int | None] = [None]
    keeps(lambda: needed[0])
    with entered(shop):
        for _ in range(4):
            happen(NAME, uuid7())
        happen(listener.name, uuid7())
        happen(NAME, uuid7())
        number_events(now=NOON, lease_ends=NOON)
        Event.objects.filter(sequence=1).update(status="failed")
        Event.objects.filter(sequence=6).update(occurred_at=NOON + timedelta(days=1))
    past = NOON + timedelta(days=30, seconds=1)
    with tenant_scope(shop):
        assert forget_old_events(now=NOON + timedelta(days=30)) == 0
        needed[0] = 4
        assert forget_old_events(now=past) == 2
        needed[0] = None
        assert forget_old_events(now=past) == 1
    with entered(shop):
        assert [sequence for sequence, _, _ in _log()] == [1, 5, 6]
        happen(NAME, uuid4())
        number_events(now=NOON, lease_ends=NOON)
        assert [sequence for sequence, _, _ in _log()] == [1, 5, 6, 7]
