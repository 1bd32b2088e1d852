"""What becomes of a checkout, whichever way it goes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from hansa.domain.carts.errors import CartChanged
from hansa.domain.carts.selectors import get_cart
from hansa.domain.carts.services.change import add_line
from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.types import CartChanges, WantedLine
from hansa.domain.catalog.models import Variant
from hansa.domain.checkout.errors import CheckoutInProgress, IdempotencyKeyReused, PaymentDeclined
from hansa.domain.checkout.models import IdempotencyKey
from hansa.domain.checkout.services.claim import LEASE
from hansa.domain.checkout.services.complete import complete_checkout
from hansa.domain.checkout.services.settle import settle_payment
from hansa.domain.checkout.services.sweep import settle_due_payments
from hansa.domain.checkout.types import CheckoutAnswer, CheckoutRequest, PaymentWish
from hansa.domain.inventory.errors import InsufficientStock
from hansa.domain.inventory.models import StockItem
from hansa.domain.orders.models import Order
from hansa.domain.orders.selectors import get_order_document
from hansa.domain.payments.errors import NotDecidable
from hansa.domain.payments.models import GiftCard, Payment, Refund
from hansa.domain.payments.selectors import balance
from hansa.domain.payments.services.confirm_payment import confirm_payment
from hansa.domain.payments.services.issue_gift_card import issue_gift_card
from hansa.domain.pricing.models import Promotion
from hansa.domain.work.services.perform import work_off
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import NOON, draft, entered, stock_shop
from tests.worlds_buying import OpenShop, open_shop, promote

ADA = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 High Street",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}
MUG, SHIPPING = 1000, 490
AFTER_THE_HOLD = NOON + timedelta(seconds=settings.RESERVATION_SECONDS * 2 + 1)


@dataclass
class Buyer:
    """Somebody in a shop with five mugs."""

    tenant: TenantContext
    opened: OpenShop
    mug: UUID

    def cart(self, quantity: int = 1, **changes: Any) -> UUID:
        filled = CartChanges(
            email="ada@example.com", shipping_address=ADA, shipping_method_id=self.opened.method_id, **changes
        )
        with tenant_scope(self.tenant):
            return create_cart(lines=[WantedLine(self.mug, quantity)], changes=filled, now=NOON).state.id

    def check_out(self, cart_id: UUID, method: str = "ok", *, now: datetime = NOON, **changes: Any) -> CheckoutAnswer:
        wish = PaymentWish("manual", method, {"provider": "manual", "method": method})
        request = CheckoutRequest(cart_id, wish, idempotency_key=str(uuid4()), fingerprint=f"{cart_id}{method}")
        with tenant_scope(self.tenant):
            return complete_checkout(replace(request, **changes), now=now)

    def order(self, order_id: UUID) -> dict[str, Any]:
        with tenant_scope(self.tenant):
            return get_order_document(order_id)

    def stock(self) -> tuple[int, int]:
        with entered(self.tenant):
            item = StockItem.objects.get(variant=self.mug)
            return item.on_hand, item.reserved

    def payment(self) -> Payment:
        with entered(self.tenant):
            return Payment.objects.get()


@pytest.fixture
def buyer(shop: TenantContext) -> Buyer:
    opened = open_shop(shop)
    stock_shop(shop, draft("Mug", price=MUG, stock=5))
    with entered(shop):
        return Buyer(shop, opened, Variant.objects.get().pk)


def test_paid_means_that_the_ledger_the_stock_and_the_order_agree(buyer: Buyer) -> None:
    order_id = buyer.check_out(buyer.cart(2)).order_id
    with entered(buyer.tenant):
        books = balance(order_id)
        assert books is not None
        assert (books.charged, books.captured, books.due) == (2 * MUG + SHIPPING, 2 * MUG + SHIPPING, 0)
    assert buyer.stock() == (5, 2)
    assert buyer.order(order_id)["status"] == "paid"


def test_a_declined_payment_gives_everything_back(buyer: Buyer) -> None:
    promotion = promote(buyer.tenant, "Once", code="ONCE", usage_limit=1)
    cart_id = buyer.cart(5, promotion_codes=("ONCE",))
    with pytest.raises(PaymentDeclined):
        buyer.check_out(cart_id, "declined")
    assert buyer.stock() == (5, 0)
    with entered(buyer.tenant):
        order = Order.objects.get()
        assert order.status == "payment_failed"
        books = balance(order.pk)
        assert books is not None
        assert books.due == 0
        assert Promotion.objects.get(pk=promotion.pk).uses == 0
    assert buyer.order(buyer.check_out(cart_id).order_id)["status"] == "paid"


@pytest.mark.parametrize(("is_approved", "status", "reserved"), [(True, "paid", 1), (False, "payment_failed", 0)])
def test_what_the_buyer_decides_at_the_bank_settles_the_order(
    buyer: Buyer, *, is_approved: bool, status: str, reserved: int
) -> None:
    order_id = buyer.check_out(buyer.cart(), "needs_action").order_id
    assert buyer.order(order_id)["status"] == "pending_payment"
    with tenant_scope(buyer.tenant):
        confirm_payment(payment_id=buyer.payment().pk, is_approved=is_approved, now=NOON, settle=settle_payment)
    assert buyer.order(order_id)["status"] == status
    assert buyer.stock() == (5, reserved)


def test_a_payment_without_an_answer_is_settled_by_the_worker(buyer: Buyer) -> None:
    order_id = buyer.check_out(buyer.cart(), "timeout").order_id
    assert buyer.order(order_id)["status"] == "pending_payment"
    with tenant_scope(buyer.tenant):
        assert settle_due_payments(now=NOON + timedelta(minutes=1)) == 1
        assert settle_due_payments(now=NOON + timedelta(minutes=2)) == 0
    assert buyer.order(order_id)["status"] == "paid"


def test_an_order_that_nobody_pays_is_cancelled_and_its_stock_is_sold_to_others(buyer: Buyer) -> None:
    left = buyer.check_out(buyer.cart(5), "needs_action").order_id
    with pytest.raises(InsufficientStock):
        buyer.check_out(buyer.cart(1))
    with tenant_scope(buyer.tenant):
        work_off(now=AFTER_THE_HOLD)
    assert buyer.order(left)["status"] == "cancelled"
    assert buyer.order(buyer.check_out(buyer.cart(5)).order_id)["status"] == "paid"


def test_what_is_reserved_past_its_time_is_sold_at_once_without_waiting_for_the_worker(buyer: Buyer) -> None:
    buyer.check_out(buyer.cart(5), "needs_action")
    assert buyer.order(buyer.check_out(buyer.cart(5), now=AFTER_THE_HOLD).order_id)["status"] == "paid"
    assert buyer.stock() == (5, 5)


def test_a_payment_that_nobody_decided_is_voided_with_its_order(buyer: Buyer) -> None:
    left = buyer.check_out(buyer.cart(5), "needs_action").order_id
    payment_id = buyer.payment().pk
    with tenant_scope(buyer.tenant):
        work_off(now=AFTER_THE_HOLD)
        with pytest.raises(NotDecidable):
            confirm_payment(payment_id=payment_id, is_approved=True, now=AFTER_THE_HOLD, settle=settle_payment)
    assert buyer.order(left)["status"] == "cancelled"
    assert buyer.payment().status == "voided"


def test_money_for_an_order_that_is_no_longer_there_is_sent_back(buyer: Buyer) -> None:
    left = buyer.check_out(buyer.cart(5), "needs_action").order_id
    payment_id = buyer.payment().pk
    other = buyer.check_out(buyer.cart(5), now=AFTER_THE_HOLD).order_id
    with tenant_scope(buyer.tenant):
        confirm_payment(payment_id=payment_id, is_approved=True, now=AFTER_THE_HOLD, settle=settle_payment)
        for _ in range(2):
            work_off(now=AFTER_THE_HOLD)
    assert (buyer.order(left)["status"], buyer.order(other)["status"]) == ("cancelled", "paid")
    with entered(buyer.tenant):
        refund = Refund.objects.get()
        assert (refund.payment_id, refund.amount, refund.status) == (payment_id, 5 * MUG + SHIPPING, "succeeded")
        books = balance(left)
        assert books is not None
        assert (books.paid, books.due) == (0, 0)


def test_a_price_that_rose_is_shown_before_it_is_charged(buyer: Buyer) -> None:
    cart_id = buyer.cart()
    with entered(buyer.tenant):
        Variant.objects.update(price_amount=1100)
    with pytest.raises(CartChanged) as refused:
        buyer.check_out(cart_id)
    assert [error.code for error in refused.value.errors] == ["price_raised"]
    assert buyer.order(buyer.check_out(cart_id).order_id)["totals"]["total"]["amount"] == 1100 + SHIPPING


def test_a_cart_that_somebody_else_changed_is_not_paid_for(buyer: Buyer) -> None:
    cart_id = buyer.cart()
    with tenant_scope(buyer.tenant):
        seen = get_cart(cart_id=cart_id, now=NOON)
        add_line(cart_id=cart_id, wanted=WantedLine(buyer.mug, 1), now=NOON)
    with pytest.raises(CartChanged):
        buyer.check_out(cart_id, cart_version=seen.state.version)
    with pytest.raises(CartChanged):
        buyer.check_out(cart_id, expected_total=seen.basket.total)
    assert buyer.stock() == (5, 0)


def test_a_code_that_was_used_up_meanwhile_does_not_silently_cost_the_full_price(buyer: Buyer) -> None:
    promote(buyer.tenant, "Once", code="ONCE", usage_limit=1)
    first, second = (buyer.cart(promotion_codes=("ONCE",)) for _ in range(2))
    buyer.check_out(first)
    with pytest.raises(CartChanged) as refused:
        buyer.check_out(second)
    assert [error.code for error in refused.value.errors] == ["code_used_up"]
    order = buyer.order(buyer.check_out(second, expected_total=MUG + SHIPPING).order_id)
    assert order["totals"]["total"]["amount"] == MUG + SHIPPING


def test_a_gift_card_pays_a_part_and_comes_back_when_the_rest_is_declined(buyer: Buyer) -> None:
    with entered(buyer.tenant):
        card = issue_gift_card(amount=500, currency="EUR", now=NOON)
    cart_id = buyer.cart(gift_card_codes=(card.code,))
    with pytest.raises(PaymentDeclined):
        buyer.check_out(cart_id, "declined")
    with entered(buyer.tenant):
        assert GiftCard.objects.get().balance == 500
    order = buyer.order(buyer.check_out(cart_id).order_id)
    assert (order["payment"]["amount"]["amount"], order["paid"]["amount"]) == (990, 1490)
    with entered(buyer.tenant):
        assert GiftCard.objects.get().balance == 0


def test_an_order_that_costs_nothing_more_needs_no_provider(buyer: Buyer) -> None:
    with entered(buyer.tenant):
        card = issue_gift_card(amount=5000, currency="EUR", now=NOON)
    order = buyer.order(buyer.check_out(buyer.cart(gift_card_codes=(card.code,))).order_id)
    assert (order["status"], order["payment"]["status"]) == ("paid", "not_needed")
    assert buyer.stock() == (5, 1)
    with entered(buyer.tenant):
        assert GiftCard.objects.get().balance == 5000 - 1490
        assert not Payment.objects.exists()


def test_a_key_is_for_one_request(buyer: Buyer) -> None:
    cart_id = buyer.cart()
    first = buyer.check_out(cart_id, idempotency_key="k")
    again = buyer.check_out(cart_id, idempotency_key="k")
    assert (again.is_replay, again.document) == (True, first.document)
    with pytest.raises(IdempotencyKeyReused):
        buyer.check_out(cart_id, "declined", idempotency_key="k")
    with pytest.raises(CheckoutInProgress):
        buyer.check_out(cart_id)


def test_an_attempt_whose_process_was_killed_is_taken_over_and_charges_once(buyer: Buyer) -> None:
    cart_id = buyer.cart()
    order_id = buyer.check_out(cart_id, "timeout", idempotency_key="k").order_id
    with entered(buyer.tenant):
        # As a process leaves it that was killed between the provider and the settlement.
        IdempotencyKey.objects.update(status="in_progress", outcome="", response="", claimed_at=NOON)
    with pytest.raises(CheckoutInProgress):
        buyer.check_out(cart_id, "timeout", idempotency_key="k", now=NOON + LEASE / 2)
    again = buyer.check_out(cart_id, "timeout", idempotency_key="k", now=NOON + LEASE)
    assert again.order_id == order_id
    with tenant_scope(buyer.tenant):
        settle_due_payments(now=NOON + timedelta(minutes=10))
    assert buyer.order(order_id)["paid"]["amount"] == MUG + SHIPPING
    with entered(buyer.tenant):
        assert Order.objects.count() == Payment.objects.count() == 1


def test_an_authorised_payment_keeps_its_stock_until_it_is_captured(buyer: Buyer) -> None:
    order_id = buyer.check_out(buyer.cart(2), "authorise").order_id
    with tenant_scope(buyer.tenant):
        work_off(now=AFTER_THE_HOLD)
    assert (buyer.order(order_id)["status"], buyer.stock()) == ("pending_payment", (5, 2))
