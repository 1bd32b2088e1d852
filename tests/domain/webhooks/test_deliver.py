"""Deliveries: signed, retried, and never in the way of others."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from time import monotonic
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from psycopg import Connection
from standardwebhooks import Webhook, WebhookVerificationError

from hansa.domain.audit.models import AuditEntry
from hansa.domain.events.models import Event
from hansa.domain.events.services.relay import relay_events
from hansa.domain.webhooks.errors import EndpointDisabled, EndpointNotFound, InvalidEndpoint
from hansa.domain.webhooks.models import Delivery, DeliveryAttempt, Endpoint
from hansa.domain.webhooks.services.deliver import note_attempt
from hansa.domain.webhooks.services.endpoints import create_endpoint, delete_endpoint, rotate_secret, update_endpoint
from hansa.domain.webhooks.services.offer import fill_slots, offer_due_deliveries
from hansa.domain.webhooks.services.replay import replay_delivery, replay_events, send_test
from hansa.domain.webhooks.types import GIVE_UP_AFTER, PAUSES, Outcome
from hansa.domain.work.errors import JobLost
from hansa.domain.work.registry import LEASE, HeldJob
from hansa.kernel import clock
from hansa.kernel.actors import Actor, actor_scope
from hansa.kernel.outbound.rules import AddressRefused
from hansa.kernel.sealing import SealBroken, seal, unseal
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.webhooks.receivers import happen, receiving, work
from tests.isolation.tables import past_the_wall
from tests.worlds import entered


def _rows(tenant: TenantContext) -> list[tuple[str, str, int]]:
    with entered(tenant):
        return list(Delivery.objects.order_by("sequence").values_list("event_name", "status", "tries"))


def test_an_event_arrives_once_signed_with_the_endpoints_secret(shop: TenantContext, rival: TenantContext) -> None:
    with receiving(shop) as receiver, receiving(rival) as next_door:
        receiver.subscribe("parcel.*")
        next_door.subscribe("*")
        happen(shop, "parcel.paid")
        work(shop)
        work(rival)
        assert next_door.heard == []
        (heard,) = receiver.heard
        with entered(shop):
            event = Event.objects.get()
        assert heard["type"] == "parcel.paid"
        assert heard["data"] == {"number": 0}
        assert heard["id"] == heard["webhook-id"] == str(event.pk)
        assert (heard["sequence"], heard["aggregate_id"]) == (1, str(event.aggregate_id))
        _, _, headers, body = receiver.sink.requests[0]
        with pytest.raises(WebhookVerificationError):
            Webhook("whsec_" + "A" * 43 + "=").verify(body, headers)
        work(shop, later=timedelta(days=1))
        assert len(receiver.sink.requests) == 1
    assert _rows(shop) == [("parcel.paid", "done", 1)]


def test_an_endpoint_hears_what_its_filters_name_and_nothing_that_is_internal(shop: TenantContext) -> None:
    names = ("parcel.paid", "parcel.placed", "parcels.paid", "stock.low", "staff.hired", "notification.read")
    with receiving(shop) as exact, receiving(shop) as prefix, receiving(shop) as everything:
        exact.subscribe("parcel.paid", "stock.low")
        prefix.subscribe("parcel.*")
        everything.subscribe("*", "parcel.*")
        happen(shop, *names[:4])
        happen(shop, *names[4:])
        with tenant_scope(shop):
            work(shop)
        told = [sorted(one["type"] for one in each.heard) for each in (exact, prefix, everything)]
    assert told == [["parcel.paid", "stock.low"], ["parcel.paid", "parcel.placed"], sorted(names[:4])]


def test_what_fails_is_tried_again_after_the_pauses_of_the_table_and_then_given_up(shop: TenantContext) -> None:
    with receiving(shop, *[500] * 10) as receiver:
        receiver.subscribe()
        happen(shop, "parcel.paid")
        later = timedelta(0)
        for tried, pause in enumerate((*PAUSES, timedelta(0)), start=1):
            with entered(shop):
                Endpoint.objects.update(paused_until=None, failing_since=None)
            work(shop)
            assert len(receiver.sink.requests) == tried
            with entered(shop):
                delivery = Delivery.objects.get()
                if tried > len(PAUSES):
                    break
                assert delivery.status == "queued"
                assert pause <= delivery.next_at - delivery.updated_at <= pause * 1.11 + timedelta(seconds=5)
                Delivery.objects.update(next_at=clock.now())
                Endpoint.objects.update(wake_at=clock.now())
            later += pause
        assert delivery.status == "failed"
        assert delivery.last_status_code == 500
        assert timedelta(hours=75) < later < timedelta(hours=77)
        ids = {headers["webhook-id"] for _, _, headers, _ in receiver.sink.requests}
        assert len(ids) == 1


def test_a_redirect_is_a_failure_and_is_not_followed(shop: TenantContext) -> None:
    with receiving(shop) as inner, receiving(shop, 302, location=inner.url) as receiver:
        receiver.subscribe()
        happen(shop, "parcel.paid")
        work(shop)
        assert inner.sink.requests == []
    assert _rows(shop) == [("parcel.paid", "queued", 1)]
    with entered(shop):
        assert "redirects are not followed" in DeliveryAttempt.objects.get().error


def test_who_is_gone_is_told_nothing_more_and_the_log_says_so(shop: TenantContext) -> None:
    with receiving(shop, 410) as receiver:
        made = receiver.subscribe(concurrency=1)
        happen(shop, "parcel.paid", "parcel.placed", "parcel.cancelled")
        work(shop)
        happen(shop, "parcel.fulfilled")
        work(shop)
        assert len(receiver.sink.requests) == 1
    with entered(shop):
        endpoint = Endpoint.objects.get(pk=made.row.pk)
        assert (endpoint.is_enabled, endpoint.disabled_reason) == (False, "gone")
        assert set(Delivery.objects.values_list("status", flat=True)) == {"failed"}
        disabled = Event.objects.get(name="webhook.disabled")
        assert disabled.payload == {"webhook_id": str(made.row.pk), "reason": "gone"}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_who_has_too_much_to_do_is_left_alone_for_as_long_as_it_asks(shop: TenantContext, status: int) -> None:
    with receiving(shop, status, retry_after="120") as receiver:
        receiver.subscribe(concurrency=1)
        happen(shop, "parcel.paid", "parcel.placed")
        work(shop)
        assert len(receiver.sink.requests) == 1
        work(shop, later=timedelta(seconds=100))
        assert len(receiver.sink.requests) == 1
        work(shop, later=timedelta(seconds=140))
        assert len(receiver.heard) == 2


@pytest.mark.parametrize(
    ("asked", "waits"),
    [("999999999", timedelta(hours=1)), ("Fri, 31 Dec 2100 23:59:59 GMT", timedelta(hours=1)), ("soon", timedelta(0))],
)
def test_nobody_makes_us_wait_for_ever(shop: TenantContext, asked: str, waits: timedelta) -> None:
    with receiving(shop, 429, retry_after=asked) as receiver:
        receiver.subscribe()
        happen(shop, "parcel.paid")
        work(shop)
    with entered(shop):
        endpoint, delivery = Endpoint.objects.get(), Delivery.objects.get()
        assert endpoint.paused_until is not None
        assert waits <= endpoint.paused_until - delivery.updated_at + timedelta(seconds=1) < timedelta(minutes=61)


def test_an_endpoint_that_only_fails_is_asked_seldom_and_one_at_a_time(shop: TenantContext) -> None:
    with receiving(shop, *[500] * 100) as receiver:
        receiver.subscribe(concurrency=4)
        happen(shop, *["parcel.paid"] * 40)
        work(shop)
        assert len(receiver.sink.requests) <= 8
        with entered(shop):
            endpoint = Endpoint.objects.get()
            assert endpoint.paused_until is not None
            assert Delivery.objects.filter(status="pending").count() == 0
        receiver.answers.clear()
        work(shop, later=timedelta(hours=1))
        assert len(receiver.heard) == 40
    with entered(shop):
        endpoint = Endpoint.objects.get()
        assert (endpoint.failures, endpoint.failing_since, endpoint.paused_until) == (0, None, None)


def test_an_endpoint_that_has_failed_for_five_days_is_disabled(shop: TenantContext) -> None:
    with receiving(shop, 500, 500) as receiver:
        receiver.subscribe()
        happen(shop, "parcel.paid")
        work(shop)
        with entered(shop):
            Endpoint.objects.update(failing_since=clock.now() - GIVE_UP_AFTER)
        work(shop, later=timedelta(minutes=5))
    with entered(shop):
        assert Endpoint.objects.get().disabled_reason == "failing"
        assert Event.objects.filter(name="webhook.disabled").count() == 1


def test_only_as_many_deliveries_are_offered_as_the_endpoint_has_slots(shop: TenantContext) -> None:
    from hansa.domain.events.services.relay import relay_events
    from hansa.domain.webhooks.services.offer import offer_due_deliveries

    with receiving(shop) as receiver:
        receiver.subscribe(concurrency=3)
        happen(shop, *["parcel.paid"] * 10)
        with tenant_scope(shop):
            relay_events(now=clock.now())
            for _ in range(3):
                offer_due_deliveries(now=clock.now())
        with entered(shop):
            offered = Delivery.objects.filter(status="pending").order_by("sequence")
            assert [one.sequence for one in offered] == [1, 2, 3]
        work(shop)
        assert len(receiver.heard) == 10


def test_a_worker_that_lost_its_delivery_writes_nothing(shop: TenantContext) -> None:
    with receiving(shop, 500) as receiver:
        receiver.subscribe()
        happen(shop, "parcel.paid")
        work(shop)
    with entered(shop):
        delivery = Delivery.objects.get()
        held = HeldJob(Delivery, delivery.pk, attempt=delivery.attempts, failures=0, lease=LEASE)
    with tenant_scope(shop), pytest.raises(JobLost):
        note_attempt(held, delivery.endpoint_id, Outcome(200, ""), started_at=clock.now(), now=clock.now())
    assert _rows(shop) == [("parcel.paid", "queued", 1)]


def test_while_a_secret_is_replaced_both_sign_and_then_the_new_one_alone(shop: TenantContext) -> None:
    with receiving(shop) as receiver:
        made = receiver.subscribe()
        with tenant_scope(shop):
            successor = rotate_secret(endpoint_id=made.row.pk, overlap=timedelta(hours=1), now=clock.now())
        receiver.secrets = [made.secret, successor.secret]
        happen(shop, "parcel.paid")
        work(shop)
        assert len(receiver.heard) == 1
        with entered(shop):
            Endpoint.objects.update(old_secret_until=clock.now())
        receiver.secrets = [successor.secret]
        happen(shop, "parcel.placed")
        work(shop)
        _, _, headers, body = receiver.sink.requests[-1]
        with pytest.raises(WebhookVerificationError):
            Webhook(made.secret).verify(body, headers)
        assert len(receiver.heard) == 2


def test_secrets_stand_nowhere_in_the_clear(shop: TenantContext, caplog: pytest.LogCaptureFixture) -> None:
    staff = Actor(kind="staff", id="1", label="ada@example.com")
    caplog.set_level(logging.DEBUG)
    with receiving(shop, 500) as receiver, actor_scope(staff):
        made = receiver.subscribe()
        with tenant_scope(shop):
            successor = rotate_secret(endpoint_id=made.row.pk, overlap=timedelta(hours=1), now=clock.now())
        receiver.secrets = [successor.secret]
        happen(shop, "parcel.paid")
        work(shop)
    with entered(shop):
        assert AuditEntry.objects.filter(object_id=str(made.row.pk)).count() == 2
        rows = [
            *Endpoint.objects.values(),
            *Delivery.objects.values(),
            *DeliveryAttempt.objects.values(),
            *Event.objects.values(),
            *AuditEntry.objects.values("before", "after", "object_label"),
        ]
        assert "webhook-signature" not in json.dumps(rows, default=str)
    for secret in (made.secret, successor.secret):
        assert secret not in json.dumps(rows, default=str) + caplog.text
        assert secret.removeprefix("whsec_") not in json.dumps(rows, default=str) + caplog.text


def test_a_seal_opens_for_its_tenant_and_its_purpose_only(shop: TenantContext, rival: TenantContext) -> None:
    with tenant_scope(shop):
        sealed = seal("whsec_x", purpose="webhooks")
        assert unseal(sealed, purpose="webhooks") == "whsec_x"
        with pytest.raises(SealBroken):
            unseal(sealed, purpose="else")
    with tenant_scope(rival), pytest.raises(SealBroken):
        unseal(sealed, purpose="webhooks")


def test_the_answer_of_a_server_that_is_not_public_is_not_kept(shop: TenantContext) -> None:
    with receiving(shop, 500) as receiver:
        receiver.subscribe()
        happen(shop, "parcel.paid")
        work(shop)
    with entered(shop):
        attempt = DeliveryAttempt.objects.get()
        assert (attempt.status_code, attempt.response_body) == (500, "")
        assert attempt.request_headers["webhook-id"]


def test_an_address_that_must_not_be_called_is_refused_when_it_is_typed_in_and_when_it_is_called(
    shop: TenantContext,
) -> None:
    with tenant_scope(shop), pytest.raises(AddressRefused):
        create_endpoint(url="https://10.0.0.1/", filters=["*"])
    with receiving(shop) as receiver:
        receiver.subscribe()
        happen(shop, "parcel.paid")
        with override_settings(OUTBOUND_ALLOW=""):
            work(shop)
        assert receiver.sink.requests == []
    assert _rows(shop) == [("parcel.paid", "queued", 1)]


@pytest.mark.parametrize("filters", [[], ["order paid"], ["*.paid"], ["parcel.**"], ["ORDER.*"], ["a"] * 51, [".*"]])
def test_filters_that_match_nothing_are_refused(shop: TenantContext, filters: list[str]) -> None:
    with tenant_scope(shop):
        with pytest.raises(InvalidEndpoint):
            create_endpoint(url="https://shop.example/", filters=filters)
        with entered(shop):
            assert Endpoint.objects.count() == 0


def test_a_delivery_is_replayed_with_the_same_id(shop: TenantContext) -> None:
    with receiving(shop) as receiver:
        receiver.subscribe()
        happen(shop, "parcel.paid")
        work(shop)
        with entered(shop):
            delivery = Delivery.objects.get()
        with tenant_scope(shop):
            replay_delivery(delivery_id=delivery.pk, now=clock.now())
        work(shop)
        assert len(receiver.ids) == 2
        assert len(set(receiver.ids)) == 1


def test_who_was_away_replays_from_the_last_number_it_knows(shop: TenantContext) -> None:
    with receiving(shop) as receiver:
        made = receiver.subscribe("parcel.*", concurrency=1)
        happen(shop, "parcel.paid", "parcel.placed")
        work(shop)
        with tenant_scope(shop):
            update_endpoint(endpoint_id=made.row.pk, is_enabled=False, now=clock.now())
            with pytest.raises(EndpointDisabled):
                replay_events(endpoint_id=made.row.pk, now=clock.now())
        happen(shop, "parcel.fulfilled", "stock.low", "parcel.cancelled")
        work(shop)
        assert len(receiver.heard) == 2
        with tenant_scope(shop):
            update_endpoint(endpoint_id=made.row.pk, is_enabled=True, now=clock.now())
            replayed = replay_events(endpoint_id=made.row.pk, after=2, now=clock.now())
        assert (replayed.count, replayed.next_after) == (2, None)
        work(shop)
        assert [one["sequence"] for one in receiver.heard] == [1, 2, 3, 5]


def test_a_replay_goes_by_time_and_in_pieces(shop: TenantContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hansa.domain.webhooks.services.replay.MOST", 2)
    with receiving(shop) as receiver:
        made = receiver.subscribe()
        happen(shop, *["parcel.paid"] * 5)
        work(shop)
        receiver.heard.clear()
        with entered(shop):
            Event.objects.filter(sequence=1).update(occurred_at=clock.now() - timedelta(days=2))
        since = clock.now() - timedelta(days=1)
        with tenant_scope(shop):
            first = replay_events(endpoint_id=made.row.pk, since=since, now=clock.now())
            assert (first.count, first.next_after) == (2, 3)
            rest = replay_events(endpoint_id=made.row.pk, since=since, after=3, now=clock.now())
            assert (rest.count, rest.next_after) == (2, 5)
            assert replay_events(endpoint_id=made.row.pk, since=since, after=5, now=clock.now()).next_after is None
        work(shop)
        assert sorted(one["sequence"] for one in receiver.heard) == [2, 3, 4, 5]


def test_a_test_reaches_one_endpoint_alone(shop: TenantContext) -> None:
    with receiving(shop) as receiver, receiving(shop) as other:
        made = receiver.subscribe("parcel.paid")
        other.subscribe("*")
        for _ in range(2):
            with tenant_scope(shop):
                send_test(endpoint_id=made.row.pk, now=clock.now())
            work(shop)
        assert [one["type"] for one in receiver.heard] == ["webhook.test"] * 2
        assert other.heard == []
    assert len(_rows(shop)) == 1


def test_another_shops_endpoint_does_not_exist(shop: TenantContext, rival: TenantContext) -> None:
    with receiving(rival) as receiver:
        made = receiver.subscribe()
    with tenant_scope(shop):
        for call in (
            lambda: update_endpoint(endpoint_id=made.row.pk, is_enabled=False, now=clock.now()),
            lambda: rotate_secret(endpoint_id=made.row.pk, overlap=timedelta(0), now=clock.now()),
            lambda: delete_endpoint(endpoint_id=made.row.pk),
            lambda: send_test(endpoint_id=made.row.pk, now=clock.now()),
            lambda: replay_events(endpoint_id=made.row.pk, now=clock.now()),
        ):
            with pytest.raises(EndpointNotFound):
                call()
    with entered(rival):
        assert Endpoint.objects.get().is_enabled


def test_an_endpoint_is_deleted_with_its_log(shop: TenantContext) -> None:
    with receiving(shop) as receiver:
        made = receiver.subscribe()
        happen(shop, "parcel.paid")
        work(shop)
    with tenant_scope(shop):
        delete_endpoint(endpoint_id=made.row.pk)
    with entered(shop):
        assert (Delivery.objects.count(), DeliveryAttempt.objects.count(), Event.objects.count()) == (0, 0, 1)


def test_an_event_that_happens_while_the_last_delivery_ends_is_not_forgotten(shop: TenantContext) -> None:
    def relay() -> None:
        with tenant_scope(shop):
            relay_events(now=clock.now() + timedelta(seconds=1))
        connection.close()

    with receiving(shop) as receiver:
        receiver.subscribe()
        with entered(shop):
            Endpoint.objects.update(wake_at=clock.now())  # of an event that is delivered by now
        happen(shop, "parcel.paid")
        relaying = Thread(target=relay)
        with entered(shop):  # as `note_attempt`: nothing is queued, so nobody need look
            endpoint = Endpoint.objects.select_for_update().get()
            fill_slots(endpoint, now=clock.now())
            assert endpoint.wake_at is None
            endpoint.save(update_fields=["wake_at"])
            relaying.start()
            with past_the_wall() as operator:
                assert happens(lambda: waits(operator)), "it waits for the endpoint"
        relaying.join()
        work(shop, later=timedelta(seconds=2))
        assert [one["type"] for one in receiver.heard] == ["parcel.paid"]


def waits(operator: Connection[Any]) -> bool:
    (row,) = operator.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchall()
    return bool(row[0])


def happens(is_so: Callable[[], bool]) -> bool:
    """Return when something is so, at the latest after ten seconds; tells whether it is."""
    deadline = monotonic() + 10
    while monotonic() < deadline:
        if is_so():
            return True
    return False


def test_while_all_slots_are_taken_nobody_looks_again_and_again(shop: TenantContext) -> None:
    with receiving(shop) as receiver:
        receiver.subscribe(concurrency=1)
        happen(shop, "parcel.paid", "parcel.placed")
        now = clock.now()
        with tenant_scope(shop):
            relay_events(now=now)
            for _ in range(2):
                offer_due_deliveries(now=now)
                with entered(shop):
                    wake_at = Endpoint.objects.get().wake_at
                assert wake_at is not None
                assert wake_at > now
                now = wake_at
    assert _rows(shop) == [("parcel.paid", "pending", 0), ("parcel.placed", "queued", 0)]
