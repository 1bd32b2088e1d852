"""Whoever settles a payment, and in whatever order they are told: the order ends in the same state."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from hansa.domain.catalog.models import Variant
from hansa.domain.checkout.errors import PaymentDeclined
from hansa.domain.checkout.services.settle import settle_payment
from hansa.domain.orders.models import Order
from hansa.domain.payments.errors import NotDecidable
from hansa.domain.payments.models import Payment
from hansa.domain.payments.selectors import balance, list_refunds
from hansa.domain.payments.services.confirm_payment import confirm_payment
from hansa.domain.payments.services.receive_event import Received, receive_event
from hansa.domain.payments.types import Outcome, ProviderAnswer
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from hansa.providers.manual import callbacks
from tests.domain.checkout import hasty
from tests.domain.checkout.stalls import at_once, check_out, fill, stock
from tests.faults.invariants import check_books, violations
from tests.worlds import entered
from tests.worlds_buying import open_shop

LATER = timedelta(seconds=settings.RESERVATION_SECONDS + 1)


def ordered(shop: TenantContext, method: str, *, is_counted: bool = True) -> tuple[UUID, UUID]:
    """Order a mug and return the order and its payment."""
    now = clock.now()
    world = open_shop(shop)
    mug = stock(shop, now, Mug=5)["Mug"]
    with entered(shop):
        Variant.objects.filter(pk=mug).update(is_stock_tracked=is_counted)
    with tenant_scope(shop):
        order_id = check_out(fill([(mug, 1)], world.method_id, now=now), now=now, method=method).order_id
        with transaction():
            return order_id, Payment.objects.get(reference=order_id).pk


def standing(shop: TenantContext, order_id: UUID) -> tuple[str, str]:
    """Return how the order and its payment stand."""
    with entered(shop):
        return Order.objects.get(pk=order_id).status, Payment.objects.get(reference=order_id).status


def let_time_pass(shop: TenantContext, after: timedelta) -> None:
    with tenant_scope(shop):
        for _ in range(3):
            work_off(now=clock.now() + after)


@pytest.mark.parametrize("method", ["ok", "declined"])
def test_a_callback_that_overtakes_the_answer_leaves_the_buyer_with_the_same_answer(
    shop: TenantContext, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setitem(settings.PAYMENT_PROVIDERS, "hasty", hasty.PATH)
    world = open_shop(shop)
    mug = stock(shop, Mug=5)["Mug"]
    with tenant_scope(shop):
        cart = fill([(mug, 1)], world.method_id)
        if method == "declined":
            with pytest.raises(PaymentDeclined, match="declined"):
                check_out(cart, provider="hasty", method=method)
            return
        answer = check_out(cart, provider="hasty", method=method, key="one")
        assert '"status": "paid"' in answer.document
        assert check_out(cart, provider="hasty", method=method, key="one").document == answer.document
    assert violations(shop, settled=False) == []


@pytest.mark.parametrize(
    ("is_approved", "ends"), [(True, ("paid", "captured")), (False, ("payment_failed", "declined"))]
)
def test_what_the_buyer_decides_at_the_bank_settles_the_order(
    shop: TenantContext,
    is_approved: bool,  # noqa: FBT001
    ends: tuple[str, str],
) -> None:
    order_id, payment_id = ordered(shop, "needs_action")
    with tenant_scope(shop):
        confirm_payment(payment_id=payment_id, is_approved=is_approved, now=clock.now(), settle=settle_payment)
    assert standing(shop, order_id) == ends
    let_time_pass(shop, LATER)
    check_books(shop)


@pytest.mark.parametrize("is_counted", [True, False], ids=["counted", "uncounted"])
def test_an_order_that_was_left_at_the_bank_is_cancelled_and_cannot_be_paid_any_more(
    shop: TenantContext,
    is_counted: bool,  # noqa: FBT001
) -> None:
    order_id, payment_id = ordered(shop, "needs_action", is_counted=is_counted)
    let_time_pass(shop, 2 * LATER)
    assert standing(shop, order_id) == ("cancelled", "voided")
    with tenant_scope(shop), pytest.raises(NotDecidable):
        confirm_payment(payment_id=payment_id, is_approved=True, now=clock.now(), settle=settle_payment)
    check_books(shop)


def test_money_that_is_held_for_an_order_that_has_expired_is_let_go(shop: TenantContext) -> None:
    order_id, payment_id = ordered(shop, "authorise")
    held = ProviderAnswer(Outcome.AUTHORISED, f"manual_{payment_id.hex}", 1490, "EUR")
    with entered(shop):
        Payment.objects.filter(pk=payment_id).update(status="pending")
        Order.objects.filter(pk=order_id).update(status="cancelled")
        settle_payment(payment_id=payment_id, answer=held, now=clock.now())
    let_time_pass(shop, LATER)
    assert standing(shop, order_id) == ("cancelled", "voided")


KINDS = ("authorised", "captured", "refunded", "disputed")


@pytest.mark.parametrize("kinds", list(itertools.permutations(KINDS)), ids="-".join)
def test_events_five_times_in_parallel_and_in_any_order_end_in_the_same_state(
    shop: TenantContext, kinds: tuple[str, ...]
) -> None:
    order_id, payment_id = ordered(shop, "needs_action")
    for kind in kinds:
        results = at_once(shop, [partial(tell, order_id, payment_id, kind)] * 5)
        assert sorted(results, key=str) == [Received.APPLIED, *[Received.REPEATED] * 4], results
    assert final(shop, order_id) == FINAL
    assert violations(shop, settled=False) == []


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.long)], ids=["short", "long"])
def test_all_events_at_the_same_moment_end_in_the_same_state_too(
    make_tenant: Callable[..., TenantContext], rounds: int
) -> None:
    for _ in range(rounds):
        shop = make_tenant("Busy")
        order_id, payment_id = ordered(shop, "needs_action")
        results = at_once(shop, [partial(tell, order_id, payment_id, kind) for kind in KINDS * 5])
        assert sorted(results, key=str) == [Received.APPLIED] * 4 + [Received.REPEATED] * 16, results
        assert final(shop, order_id) == FINAL
        assert violations(shop, settled=False) == []


FINAL = {
    "order": "paid",
    "payment": "captured",
    "is_disputed": True,
    "captured": 1490,
    "refunded": 400,
    "refunds": [(400, "succeeded")],
    "timeline": ["placed", "paid"],
}


def tell(order_id: UUID, payment_id: UUID, kind: str) -> Received:
    """Let the provider tell of it."""
    facts: dict[str, Any] = {
        "id": f"{order_id}:{kind}",
        "type": kind,
        "payment_id": payment_id,
        "reference": f"manual_{payment_id.hex}",
        "amount": 1490,
        "currency": "EUR",
        "occurred_at": clock.now().isoformat(),
    }
    if kind == "refunded":
        facts["refunds"] = [{"reference": "refund-1", "amount": 400}]
    message = callbacks.sign(facts, now=clock.now())
    return receive_event(
        provider="manual", body=message.body, headers=message.headers, now=clock.now(), settle=settle_payment
    )


def final(shop: TenantContext, order_id: UUID) -> dict[str, Any]:
    with entered(shop):
        order, payment = Order.objects.get(pk=order_id), Payment.objects.get(reference=order_id)
        stands = balance(order_id)
        assert stands is not None
        return {
            "order": order.status,
            "payment": payment.status,
            "is_disputed": payment.disputed_at is not None,
            "captured": stands.captured,
            "refunded": stands.refunded,
            "refunds": [(refund.amount, refund.status) for refund in list_refunds(order_id)],
            "timeline": [entry.kind for entry in order.timeline.order_by("created_at", "id")],
        }
