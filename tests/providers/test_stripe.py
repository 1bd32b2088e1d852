"""Stripe through its SDK, over real connections: the contract, and what can go wrong on the way."""

import itertools
import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from queue import Queue
from typing import Any

import pytest
import stripe
from django.conf import settings
from django.test import override_settings

from hansa.domain.payments.errors import InvalidCallback, MalformedCallback
from hansa.domain.payments.services.receive_event import Received, receive_event
from hansa.domain.payments.services.reconcile import reconcile
from hansa.domain.payments.services.refund import carry_out_refund, refund
from hansa.domain.payments.types import EventKind, Outcome, PaymentRequest
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from hansa.providers.stripe.amounts import from_stripe, to_stripe
from hansa.providers.stripe.client import client
from hansa.providers.stripe.events import read_event
from tests.domain.payments.test_events import final_state
from tests.domain.payments.world import at_once, ledger, settle, stored
from tests.providers.contract import Counter, ProviderContract
from tests.providers.fake_stripe_faults import FakeStripe, webhooks_to
from tests.worlds import NOON

LATER = clock.now() + timedelta(hours=1)


@pytest.fixture
def counter(stripe_faults: FakeStripe) -> Iterator[Counter]:  # noqa: ARG001  (Stripe is offered as long as it stands)
    card: Any = {"number": "4000002500003155", "exp_month": "12", "exp_year": "2030", "cvc": "123"}
    with override_settings(PAYMENT_TIMEOUT_SECONDS=20):  # localstripe has no hurry on a busy machine
        secure = client().v1.payment_methods.create(params={"type": "card", "card": card})
        yield Counter(
            provider="stripe",
            paid={"method": "pm_card_visa"},
            declined={"method": "pm_card_chargeCustomerFail"},
            needs_action={"method": secure.id},
            authorised={"method": "pm_card_visa", "capture": "later"},
        )


class TestStripe(ProviderContract):
    """The contract, against localstripe."""


@contextmanager
def impatience() -> Iterator[None]:
    """Wait little for Stripe, as long as it fails; what comes after has time."""
    with override_settings(PAYMENT_TIMEOUT_SECONDS=1.2):
        yield


FAULTS = {"html", "drip", "hang up", "time-out before", "time-out after", "5xx before", "5xx after"}


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("step", ["/v1/payment_intents", "/confirm"])
def test_whatever_happens_on_the_way_the_money_is_taken_once_or_not_at_all(
    shop: TenantContext, counter: Counter, stripe_faults: FakeStripe, fault: str, step: str
) -> None:
    with tenant_scope(shop):
        request = counter.open(counter.paid)
        stripe_faults.fail(step, fault)
        with impatience():
            answer = counter.pay(request)
        assert answer.outcome is Outcome.UNKNOWN
        settle(request.payment_id, answer)
        assert reconcile(now=LATER) == 1
        payment, entries = stored(request.payment_id), ledger(request.reference)
    taken = stripe_faults.charges(request.payment_id)
    has_arrived = step == "/confirm" and fault not in {"time-out before", "5xx before"}
    assert taken == ([1999] if has_arrived else [])
    assert payment.status == ("captured" if has_arrived else "declined")
    assert [entry[3] for entry in entries] == taken
    assert payment.next_check_at is None


@pytest.mark.parametrize("fault", ["wrong amount", "wrong currency", "no amount"])
def test_an_answer_about_other_money_never_pays(
    shop: TenantContext, counter: Counter, stripe_faults: FakeStripe, fault: str
) -> None:
    with tenant_scope(shop):
        request = counter.open(counter.paid)
        stripe_faults.fail("/confirm", fault)
        answer = counter.pay(request)
        settle(request.payment_id, answer)
        payment = stored(request.payment_id)
        assert answer.outcome is Outcome.UNKNOWN
        assert (payment.status, ledger(request.reference)) == ("pending", [])
        assert "1999 EUR" in payment.mismatch


def test_a_payment_that_nobody_settled_for_days_is_found_by_search(
    shop: TenantContext, counter: Counter, stripe_faults: FakeStripe
) -> None:
    with tenant_scope(shop):
        request = counter.open(counter.paid, now=clock.now() - timedelta(days=3))
        counter.pay(request)  # and nobody settles
        stripe_faults.forget_keys()
        assert reconcile(now=LATER) == 1
        assert stored(request.payment_id).status == "captured"
    assert stripe_faults.charges(request.payment_id) == [1999]


def test_the_database_connection_is_free_while_stripe_is_silent(
    shop: TenantContext, counter: Counter, stripe_faults: FakeStripe
) -> None:
    from django.db import connection

    with tenant_scope(shop):
        request = counter.open(counter.paid)
        stripe_faults.fail("/confirm", "time-out before")
        with impatience():
            counter.pay(request)
        assert connection.connection is None


@pytest.mark.parametrize("fault", ["time-out after", "5xx after", "hang up"])
def test_a_refund_without_an_answer_is_made_once(
    shop: TenantContext, counter: Counter, stripe_faults: FakeStripe, fault: str
) -> None:
    with tenant_scope(shop):
        payment = counter.paid_for(counter.open(counter.paid))
        stripe_faults.fail("/v1/refunds", fault)
        with impatience():
            first = refund(payment_id=payment.id, amount=500, reason_code="damaged", actor="staff:1", now=NOON)
        assert first.status == "created"
        assert carry_out_refund(refund_id=first.id, now=LATER).status == "succeeded"
        refunds = client().v1.refunds.list(params={"payment_intent": payment.provider_reference})
        assert [one.amount for one in refunds.data] == [500]


def test_money_held_elsewhere_in_parallel_is_captured_once(
    shop: TenantContext, counter: Counter, stripe_faults: FakeStripe
) -> None:
    from hansa.domain.payments.services.capture import capture
    from hansa.kernel.ids import uuid7

    with tenant_scope(shop):
        payment = counter.paid_for(counter.open(counter.authorised))
    keys = [uuid7() for _ in range(4)]
    at_once(shop, [partial(capture, payment_id=payment.id, amount=1999, key=key, now=NOON) for key in keys])
    with tenant_scope(shop):
        reconcile(now=LATER)
        assert ledger(payment.reference) == [("capture", "provider:stripe", "customer", 1999)]
    assert stripe_faults.charges(payment.id) == [1999]


def test_what_stripe_calls_an_error_of_ours_is_a_no(shop: TenantContext, counter: Counter) -> None:
    with tenant_scope(shop):
        request = counter.open({"method": "pm_unknown"})
        answer = counter.pay(request)
        assert answer.outcome is Outcome.DECLINED
        assert counter.ask(counter.view(request), "find").outcome is Outcome.DECLINED


def signed(event: Any, *, key: str = "whsec_new", at: float | None = None) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of Stripe's webhook."""
    body = json.dumps(event)
    stamp = int(time.time() if at is None else at)
    header = stripe.WebhookSignature.generate_signature_header(body, key, stamp)
    return body.encode(), {"stripe-signature": header}


def told(request: PaymentRequest, tenant: TenantContext, kind: str) -> dict[str, Any]:
    """Return Stripe's event of this kind about the payment."""
    metadata = {"payment_id": str(request.payment_id), "tenant": str(tenant.id)}
    intent = {
        "id": f"pi_{request.payment_id.hex}",
        "object": "payment_intent",
        "amount": 1999,
        "amount_received": 1999,
        "currency": "eur",
        "metadata": metadata,
    }
    money = {"amount": 500, "currency": "eur", "payment_intent": intent["id"], "metadata": {}}
    things: dict[str, tuple[str, dict[str, Any]]] = {
        "authorised": ("payment_intent.amount_capturable_updated", intent | {"amount_received": 0}),
        "captured": ("payment_intent.succeeded", intent),
        "failed": ("payment_intent.payment_failed", intent | {"last_payment_error": {"decline_code": "stolen_card"}}),
        "refunded": (
            "refund.created",
            money
            | {"object": "refund", "id": f"re_{request.payment_id.hex}", "status": "succeeded", "metadata": metadata},
        ),
        "disputed": ("charge.dispute.created", money | {"object": "dispute", "id": "dp_1", "metadata": metadata}),
    }
    name, thing = things[kind]
    created = int(NOON.timestamp()) + len(kind)
    return {"id": f"evt_{request.payment_id.hex}_{kind}", "type": name, "created": created, "data": {"object": thing}}


@pytest.mark.parametrize("order", list(itertools.permutations(("authorised", "captured", "refunded", "disputed"))))
def test_every_order_of_stripes_events_ends_the_same(
    shop: TenantContext, counter: Counter, order: tuple[str, ...]
) -> None:
    with tenant_scope(shop):
        request = counter.open(counter.paid)
        for kind in order:
            body, headers = signed(told(request, shop, kind))
            for expected in (Received.APPLIED, Received.REPEATED):
                assert receive_event(provider="stripe", body=body, headers=headers, now=NOON) is expected
        state = final_state(request)
    assert state["payment"][0] == "captured"
    assert state["payment"][1] is not None
    assert state["payment"][2:] == (None, "")
    assert state["refunds"] == [(500, "succeeded", "provider:stripe")]
    assert [(kind, amount) for kind, _, _, amount in state["ledger"]] == [("capture", 1999), ("refund", 500)]


def test_a_failed_payment_says_why(shop: TenantContext, counter: Counter) -> None:
    with tenant_scope(shop):
        request = counter.open(counter.paid)
        body, headers = signed(told(request, shop, "failed"), key="whsec_old")
        receive_event(provider="stripe", body=body, headers=headers, now=NOON)
        payment = stored(request.payment_id)
    assert (payment.status, payment.decline_code) == ("declined", "stolen_card")


def test_an_event_of_another_shop_is_not_for_us(shop: TenantContext, rival: TenantContext, counter: Counter) -> None:
    with tenant_scope(shop):
        request = counter.open(counter.paid)
    body, headers = signed(told(request, shop, "captured"))
    with tenant_scope(rival):
        assert receive_event(provider="stripe", body=body, headers=headers, now=NOON) is Received.NOT_OURS
    with tenant_scope(shop):
        assert stored(request.payment_id).status == "created"


@pytest.mark.parametrize("forge", ["secret", "old", "body", "none"])
def test_a_forged_webhook_is_refused(shop: TenantContext, counter: Counter, forge: str) -> None:
    with tenant_scope(shop):
        request = counter.open(counter.paid)
        event = told(request, shop, "captured")
        secret = "whsec_other" if forge == "secret" else "whsec_new"
        body, headers = signed(event, key=secret, at=time.time() - 301 if forge == "old" else None)
        body = body.replace(b"eur", b"usd") if forge == "body" else body
        with pytest.raises(InvalidCallback):
            receive_event(provider="stripe", body=body, headers={} if forge == "none" else headers, now=NOON)
        assert stored(request.payment_id).status == "created"


@pytest.mark.parametrize(
    "event", [{}, {"id": "evt_1"}, [], {"id": "1", "type": "x", "data": {"object": 7}, "created": 1}]
)
def test_a_signed_webhook_that_makes_no_sense_is_refused(shop: TenantContext, event: Any) -> None:
    body, headers = signed(event)
    with tenant_scope(shop), pytest.raises(MalformedCallback):
        read_event(body, headers["stripe-signature"], secrets=["whsec_new"])


def test_without_a_secret_no_webhook_is_believed(shop: TenantContext) -> None:
    body, headers = signed({"id": "evt_1"}, key="x")
    with tenant_scope(shop):
        for secrets in ([], [""]):
            with pytest.raises(InvalidCallback):
                read_event(body, headers["stripe-signature"], secrets=secrets)


def test_a_webhook_that_localstripe_sends_is_verified_and_read(
    shop: TenantContext, counter: Counter, upstream: str
) -> None:
    arrived: Queue[tuple[bytes, dict[str, str]]] = Queue()
    with webhooks_to(arrived.put) as url, tenant_scope(shop):
        form = f"url={url}&secret=whsec_new".encode()
        with urllib.request.urlopen(f"{upstream}/_config/webhooks/{shop.slug}", form, timeout=10):  # noqa: S310
            pass
        request = counter.open(counter.paid)
        counter.pay(request)
        told_about: dict[Any, EventKind] = {}
        while request.payment_id not in told_about:
            body, headers = arrived.get(timeout=30)
            event = read_event(body, headers["stripe-signature"], secrets=settings.STRIPE_WEBHOOK_SECRETS)
            told_about[event.payment_id] = event.kind
    assert told_about[request.payment_id] is EventKind.CAPTURED


def test_what_we_do_not_act_on_is_named_other(shop: TenantContext) -> None:
    event = {"id": "evt_1", "type": "customer.created", "created": 1, "data": {"object": {"id": "cus_1"}}}
    body, headers = signed(event)
    with tenant_scope(shop), transaction():
        assert read_event(body, headers["stripe-signature"], secrets=["whsec_new"]).kind is EventKind.OTHER


@pytest.mark.parametrize(
    ("currency", "ours", "theirs"),
    [
        ("EUR", 1999, 1999),
        ("JPY", 500, 500),
        ("ISK", 5, 500),
        ("UGX", 5, 500),
        ("KWD", 1230, 1230),
        ("KWD", 1234, None),
    ],
)
def test_amounts_are_counted_as_stripe_counts(currency: str, ours: int, theirs: int | None) -> None:
    assert to_stripe(ours, currency) == theirs
    if theirs is not None:
        assert from_stripe(theirs, currency.lower()) == (ours, currency)


@pytest.mark.parametrize("amount", [None, "5", 5.0, True, float("nan")])
def test_what_is_no_amount_is_none(amount: Any) -> None:
    assert from_stripe(amount, "eur") == (None, None)
