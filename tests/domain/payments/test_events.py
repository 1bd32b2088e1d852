"""What providers tell by themselves: twice, late, in any order, and sometimes forged."""

import itertools
import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hansa.domain.payments.errors import InvalidCallback, MalformedCallback, UnknownProvider
from hansa.domain.payments.models import Payment, ReceivedEvent, Refund
from hansa.domain.payments.services.pay import pay
from hansa.domain.payments.services.receive_event import Received, receive_event
from hansa.domain.payments.types import PaymentRequest
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from hansa.providers.manual import callbacks
from tests.domain.payments.world import at_once, events, ledger, open_one, settle, stored
from tests.worlds import NOON

KINDS = ("authorised", "captured", "refunded", "disputed")


def told(request: PaymentRequest, kind: str, **facts: Any) -> dict[str, Any]:
    """Return the facts of one event about the payment."""
    every = {
        "id": f"{request.payment_id}-{kind}",
        "type": kind,
        "payment_id": request.payment_id,
        "amount": request.amount,
        "currency": request.currency,
        "occurred_at": (NOON + timedelta(seconds=KINDS.index(kind) if kind in KINDS else 9)).isoformat(),
    }
    if kind == "refunded":
        every["refunds"] = [{"reference": f"re-{request.payment_id}", "amount": 500}]
    return every | facts


def receive(facts: dict[str, Any]) -> Received:
    signed = callbacks.sign(facts, now=clock.now())
    return receive_event(provider="manual", body=signed.body, headers=signed.headers, now=NOON)


def final_state(request: PaymentRequest) -> Any:
    """Return all that events may change, without what differs from payment to payment."""
    with transaction():
        payment = Payment.objects.get(pk=request.payment_id)
        refunds = Refund.objects.filter(payment_id=request.payment_id)
        return {
            "payment": (payment.status, payment.disputed_at, payment.next_check_at, payment.mismatch),
            "refunds": [(refund.amount, refund.status, refund.created_by) for refund in refunds],
            "ledger": ledger(request.reference),
            "events": sorted(events(request.payment_id)),
        }


@pytest.mark.parametrize("order", list(itertools.permutations(KINDS)))
def test_every_order_of_events_ends_the_same(shop: TenantContext, order: tuple[str, ...]) -> None:
    with tenant_scope(shop):
        request = open_one()
        for kind in order:
            receive(told(request, kind))
        state = final_state(request)
    assert state["payment"] == ("captured", NOON + timedelta(seconds=3), None, "")
    assert state["refunds"] == [(500, "succeeded", "provider:manual")]
    assert state["ledger"] == [
        ("capture", "provider:manual", "customer", 1999),
        ("refund", "customer", "provider:manual", 500),
    ]
    assert set(state["events"]) - {"payment.authorised"} == {"payment.captured", "payment.disputed", "payment.refunded"}


@pytest.mark.parametrize("seed", range(4))
def test_every_event_five_times_at_once_racing_the_answer_has_one_effect(shop: TenantContext, seed: int) -> None:
    with tenant_scope(shop):
        request = open_one()
    calls: list[Any] = [(lambda kind=kind: receive(told(request, kind))) for kind in KINDS for _ in range(5)]
    calls.append(lambda: settle(request.payment_id, pay(provider="manual", request=request)))
    random.Random(seed).shuffle(calls)  # noqa: S311  (a race that can be run again)
    results = at_once(shop, calls)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert results.count(Received.APPLIED) == 4
    assert results.count(Received.REPEATED) == 16
    with tenant_scope(shop):
        state = final_state(request)
    assert state["payment"] == ("captured", NOON + timedelta(seconds=3), None, "")
    assert state["refunds"] == [(500, "succeeded", "provider:manual")]
    assert [(kind, amount) for kind, _, _, amount in state["ledger"]] == [("capture", 1999), ("refund", 500)]
    assert state["events"].count("payment.captured") == 1
    assert state["events"].count("payment.refunded") == 1
    assert state["events"].count("payment.disputed") == 1


def test_another_event_about_the_same_refund_enters_it_once(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        receive(told(request, "captured"))
        receive(told(request, "refunded"))
        assert receive(told(request, "refunded", id="another")) is Received.APPLIED
        assert [entry[0] for entry in ledger(request.reference)] == ["capture", "refund"]


@pytest.mark.parametrize("outcomes", [["succeeded", "failed"], ["failed", "succeeded"]])
def test_a_refund_that_fails_in_the_end_is_money_that_stayed(shop: TenantContext, outcomes: list[str]) -> None:
    with tenant_scope(shop):
        request = open_one()
        receive(told(request, "captured"))
        for number, outcome in enumerate(outcomes):
            refunds = [{"reference": "re-1", "amount": 500, "outcome": outcome}]
            receive(told(request, "refunded", id=f"{request.payment_id}-{number}", refunds=refunds))
        entries = ledger(request.reference)
        (refund,) = final_state(request)["refunds"]
    gone = sum(amount for kind, _, _, amount in entries if kind == "refund")
    back = sum(amount for kind, _, _, amount in entries if kind == "refund_reversal")
    assert refund[1] == "failed"
    assert gone - back == 0


@pytest.mark.parametrize("wrong", [{"amount": 2000}, {"currency": "USD"}, {"amount": "1999"}, {"amount": None}])
def test_an_event_about_other_money_pays_nothing_and_is_noted(shop: TenantContext, wrong: dict[str, Any]) -> None:
    with tenant_scope(shop):
        request = open_one()
        receive(told(request, "captured", **wrong))
        payment = stored(request.payment_id)
        assert (payment.status, ledger(request.reference)) == ("pending", [])
        assert payment.mismatch


def test_an_event_that_names_another_payment_of_the_provider_is_noted_only(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one(method="authorise")
        settle(request.payment_id, pay(provider="manual", request=request))
        receive(told(request, "captured", reference="somebody-elses"))
        payment = stored(request.payment_id)
        assert (payment.status, ledger(request.reference)) == ("authorised", [])
        assert "somebody-elses" in payment.mismatch


def test_a_part_that_is_captured_elsewhere_does_not_settle_what_is_paid_for(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        signed = callbacks.sign(told(request, "captured", amount=500), now=clock.now())

        def never(**_: Any) -> None:
            raise AssertionError

        receive_event(provider="manual", body=signed.body, headers=signed.headers, now=NOON, settle=never)
        assert ledger(request.reference) == [("capture", "provider:manual", "customer", 500)]


def test_an_event_about_a_payment_we_do_not_know_is_taken_and_forgotten(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        assert receive(told(request, "captured", payment_id=uuid4())) is Received.NOT_OURS
        assert receive(told(request, "something.else")) is Received.NOT_OURS
        with transaction():
            assert not ReceivedEvent.objects.exists()


def test_an_event_for_another_shop_is_not_applied_and_not_believed(shop: TenantContext, rival: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        ours = callbacks.sign(told(request, "captured"), now=clock.now())
    with tenant_scope(rival):
        assert receive(told(request, "captured")) is Received.NOT_OURS
        with pytest.raises(InvalidCallback):
            receive_event(provider="manual", body=ours.body, headers=ours.headers, now=NOON)
    with tenant_scope(shop):
        assert stored(request.payment_id).status == "created"


def test_when_settling_fails_the_event_counts_as_not_received(shop: TenantContext) -> None:
    with tenant_scope(shop):
        request = open_one()
        signed = callbacks.sign(told(request, "captured"), now=clock.now())

        def breaks(**_: Any) -> None:
            message = "the order could not be settled"
            raise ValueError(message)

        with pytest.raises(ValueError, match="could not be settled"):
            receive_event(provider="manual", body=signed.body, headers=signed.headers, now=NOON, settle=breaks)
        assert stored(request.payment_id).status == "created"
        assert receive(told(request, "captured")) is Received.APPLIED


@pytest.mark.parametrize("forge", ["body", "signature", "none", "old", "future"])
def test_a_forged_or_stale_callback_changes_nothing(shop: TenantContext, forge: str) -> None:
    with tenant_scope(shop):
        request = open_one()
        shift = {"old": -301, "future": 301}.get(forge, 0)
        signed = callbacks.sign(told(request, "captured"), now=clock.now() + timedelta(seconds=shift))
        body, headers = signed.body, dict(signed.headers)
        if forge == "body":
            body = body.replace(b"1999", b"2999")
        if forge == "signature":
            headers = {name: value[:-1] + ("0" if value[-1] != "0" else "1") for name, value in headers.items()}
        if forge == "none":
            headers = {}
        with pytest.raises(InvalidCallback):
            receive_event(provider="manual", body=body, headers=headers, now=NOON)
        assert stored(request.payment_id).status == "created"


@pytest.mark.parametrize("facts", [{}, {"id": "1", "type": "captured", "payment_id": "no id", "occurred_at": "never"}])
def test_a_signed_callback_that_makes_no_sense_is_refused(shop: TenantContext, facts: dict[str, Any]) -> None:
    with tenant_scope(shop), pytest.raises(MalformedCallback):
        receive(facts)


def test_a_provider_that_the_shop_does_not_have_is_named(shop: TenantContext) -> None:
    with tenant_scope(shop), pytest.raises(UnknownProvider, match="manual"):
        receive_event(provider="nobody", body=b"", headers={}, now=NOON)
