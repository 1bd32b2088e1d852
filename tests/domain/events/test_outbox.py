"""The outbox: told at least once, in order, and never before it is true."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from hansa.domain.events.models import Event
from hansa.domain.events.registry import handles
from hansa.domain.events.services.number import number_events
from hansa.domain.events.services.relay import LEASE, MAX_ATTEMPTS, relay_events
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import TransactionRequired, transaction
from tests.domain.events.listening import Listener, happen, listening
from tests.worlds import NOON, entered

LATER = NOON + timedelta(days=1)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as one:
        yield one


def _record(listener: Listener, aggregate_id: UUID, **payload: int) -> None:
    happen(listener.name, aggregate_id, **payload)


def test_an_event_reaches_its_handler_once(shop: TenantContext, listener: Listener) -> None:
    aggregate = uuid7()
    with entered(shop):
        _record(listener, aggregate, number=1)
    with tenant_scope(shop):
        assert relay_events(now=LATER) == 1
        assert relay_events(now=LATER) == 0
    (event,) = listener.heard
    assert (event.aggregate_id, event.payload, event.occurred_at) == (aggregate, {"number": 1}, NOON)


def test_what_was_rolled_back_is_never_told(shop: TenantContext, listener: Listener) -> None:
    with pytest.raises(ZeroDivisionError), entered(shop):
        _record(listener, uuid7())
        _ = 1 / 0
    with tenant_scope(shop):
        assert relay_events(now=LATER) == 0


def test_an_event_needs_the_transaction_that_makes_it_true(shop: TenantContext, listener: Listener) -> None:
    with tenant_scope(shop), pytest.raises(TransactionRequired):
        _record(listener, uuid7())


def test_events_of_another_shop_are_not_ours_to_tell(
    shop: TenantContext, rival: TenantContext, listener: Listener
) -> None:
    with entered(shop):
        _record(listener, uuid7())
    with tenant_scope(rival):
        assert relay_events(now=LATER) == 0
    assert listener.heard == []


def test_an_aggregates_events_come_in_order_also_when_the_first_fails(shop: TenantContext, listener: Listener) -> None:
    aggregate = uuid7()
    with entered(shop):
        for number in range(3):
            _record(listener, aggregate, number=number)
    listener.failures = 2
    now = LATER
    with tenant_scope(shop):
        for _ in range(6):
            relay_events(now=now)
            now += timedelta(minutes=1)
    assert [event.payload["number"] for event in listener.heard] == [0, 1, 2]


def test_a_failing_event_does_not_keep_other_aggregates_waiting(shop: TenantContext, listener: Listener) -> None:
    with entered(shop):
        _record(listener, uuid7(), number=0)
        _record(listener, uuid7(), number=1)
    listener.failures = 1
    with tenant_scope(shop):
        relay_events(now=LATER)
    assert [event.payload["number"] for event in listener.heard] == [1]


def test_an_event_that_always_fails_is_given_up_and_says_why(shop: TenantContext, listener: Listener) -> None:
    aggregate = uuid7()
    with entered(shop):
        _record(listener, aggregate, number=0)
        _record(listener, aggregate, number=1)
    listener.failures = MAX_ATTEMPTS
    now = LATER
    with tenant_scope(shop):
        for _ in range(MAX_ATTEMPTS + 1):
            relay_events(now=now)
            now += timedelta(hours=1)
    assert [event.payload["number"] for event in listener.heard] == [1]
    with entered(shop):
        failed = Event.objects.get(status=Event.Status.FAILED)
        assert failed.last_error.endswith("ValueError: not today")


def test_a_killed_workers_events_are_taken_again_when_its_lease_ends(shop: TenantContext, listener: Listener) -> None:
    with entered(shop):
        _record(listener, uuid7())
    with entered(shop):
        number_events(now=NOON, lease_ends=NOON)
        Event.objects.update(attempts=1, available_at=LATER + LEASE)  # claimed, and then nothing was heard
    with tenant_scope(shop):
        assert relay_events(now=LATER) == 0
        assert relay_events(now=LATER + LEASE) == 1
    assert len(listener.heard) == 1


def test_a_handler_that_is_through_is_not_asked_again_because_another_failed(
    shop: TenantContext, listener: Listener
) -> None:
    second = Listener()
    second.failures = 1
    handles(listener.name)(second)
    with entered(shop):
        _record(listener, uuid7())
    with tenant_scope(shop):
        relay_events(now=LATER)
        relay_events(now=LATER + timedelta(minutes=1))
    assert (len(listener.heard), len(second.heard)) == (1, 1)


def test_eight_workers_share_the_work_and_tell_each_event_once(shop: TenantContext, listener: Listener) -> None:
    from django.db import connection

    with entered(shop):
        for number in range(200):
            _record(listener, uuid7(), number=number)
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        try:
            with tenant_scope(shop):
                while relay_events(now=LATER):
                    pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with tenant_scope(shop):
        while relay_events(now=LATER):
            pass
    assert sorted(event.payload["number"] for event in listener.heard) == list(range(200))


def test_the_database_names_the_tenants_with_work_and_no_others(
    shop: TenantContext, rival: TenantContext, listener: Listener
) -> None:
    from django.db import connection

    with entered(shop), transaction():
        _record(listener, uuid7())
    with connection.cursor() as cursor:
        cursor.execute("SELECT events_event_due(%s)", [LATER])
        due = {row[0] for row in cursor.fetchall()}
    assert shop.id in due
    assert rival.id not in due
