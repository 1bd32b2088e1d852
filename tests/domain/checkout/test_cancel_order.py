"""Cancelling: everything goes back to where it was, once, whoever else is at work."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest

from hansa.domain.carts.models import Cart
from hansa.domain.checkout.errors import OrderNotCancellable
from hansa.domain.checkout.services.cancel_order import cancel_order
from hansa.domain.checkout.services.refund_order import refund_order
from hansa.domain.checkout.services.settle import settle_payment
from hansa.domain.events.models import Event
from hansa.domain.inventory.selectors import reconcile
from hansa.domain.inventory.services.ship import ship
from hansa.domain.orders.errors import OrderNotFound
from hansa.domain.payments.models import GiftCard, Payment, Refund
from hansa.domain.payments.selectors import list_payments, list_refunds
from hansa.domain.payments.services.confirm_payment import confirm_payment
from hansa.domain.payments.services.issue_gift_card import issue_gift_card
from hansa.domain.pricing.models import PromotionUse
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from hansa.providers.manual.models import ManualTransfer
from tests.domain.payments.world import at_once, of_kind
from tests.worlds_buying import promote
from tests.worlds_orders import books_of, buy, order_of, stock_of, story_of

pytestmark = pytest.mark.usefixtures("market")
STAFF = "staff@example.com"


def cancel(order_id: UUID) -> None:
    cancel_order(order_id=order_id, actor=STAFF, reason="changed their mind", now=clock.now())


def payment_status(order_id: UUID) -> str:
    with transaction():
        return list_payments(order_id)[-1].status


def test_a_paid_order_gives_everything_back(market: TenantContext) -> None:
    promote(market, "Welcome", code="WELCOME", usage_limit=1)
    order_id = buy(mugs=3, promotion_codes=("WELCOME",))
    assert (order_of(order_id).total, stock_of()) == (3190, (50, 3))
    cancel(order_id)
    assert order_of(order_id).status == "cancelled"
    books = books_of(order_id)
    assert (books.captured, books.refunded, books.charged, books.due) == (3190, 3190, 0, 0)
    assert stock_of() == (50, 0)
    with transaction():
        assert not PromotionUse.objects.filter(released_at=None).exists()
        assert Event.objects.filter(name="order.cancelled", aggregate_id=order_id).count() == 1
        assert reconcile() == []
        entry = order_of(order_id).timeline.get(kind="cancelled")
        assert Cart.objects.get().status == "ordered"
    assert (entry.actor, entry.data) == (STAFF, {"reason": "changed their mind"})
    assert story_of(order_id) == ["placed", "paid", "cancelled", "refunded"]


def test_the_rest_of_a_partly_refunded_order_is_cancelled_and_sent_back() -> None:
    card = issue_gift_card(amount=1000, currency="EUR", now=clock.now())
    order_id = buy(mugs=3, gift_card_codes=(card.code,))
    refund_order(order_id=order_id, amount=500, reason_code="damaged", actor=STAFF, now=clock.now())
    books = books_of(order_id)
    assert (order_of(order_id).status, books.charged, books.refunded) == ("partially_refunded", 2990, 500)
    cancel(order_id)
    books = books_of(order_id)
    assert (order_of(order_id).status, stock_of()) == ("cancelled", (50, 0))
    assert (books.charged, books.captured, books.refunded, books.gift_cards, books.due) == (0, 2490, 2490, 0, 0)
    with transaction():
        assert GiftCard.objects.get().balance == 1000
        assert [refund.amount for refund in list_refunds(order_id)] == [500, 1990]
    assert story_of(order_id) == ["placed", "paid", "refund_requested", "refunded", "cancelled", "refunded"]


def test_what_was_sent_of_a_partly_refunded_order_is_not_cancelled() -> None:
    order_id = buy(mugs=2)
    refund_order(order_id=order_id, amount=500, reason_code="damaged", actor=STAFF, now=clock.now())
    with transaction():
        ship(reference=order_id, quantities=None, now=clock.now(), actor=STAFF)
    with pytest.raises(OrderNotCancellable, match="sent already"):
        cancel(order_id)
    assert (order_of(order_id).status, books_of(order_id).refunded) == ("partially_refunded", 500)


def test_gift_cards_get_their_money_back() -> None:
    card = issue_gift_card(amount=2000, currency="EUR", now=clock.now())
    order_id = buy(mugs=2, gift_card_codes=(card.code,))
    cancel(order_id)
    with transaction():
        assert GiftCard.objects.get().balance == 2000
    books = books_of(order_id)
    assert (books.captured, books.refunded, books.gift_cards, books.due) == (490, 490, 0, 0)


def test_an_order_that_waits_for_the_shopper_is_voided_and_its_cart_opens_again() -> None:
    order_id = buy(method="needs_action")
    cancel(order_id)
    assert (order_of(order_id).status, payment_status(order_id), stock_of()) == ("cancelled", "voided", (50, 0))
    with transaction():
        assert Cart.objects.get().status == "open"
    assert books_of(order_id).due == 0


def test_money_that_is_only_held_is_let_go() -> None:
    order_id = buy(method="authorise")
    cancel(order_id)
    assert (order_of(order_id).status, payment_status(order_id)) == ("cancelled", "voided")


def test_what_was_sent_is_not_cancelled() -> None:
    order_id = buy(mugs=2)
    with transaction():
        ship(reference=order_id, quantities=None, now=clock.now(), actor=STAFF)
    with pytest.raises(OrderNotCancellable, match="sent already"):
        cancel(order_id)
    assert (order_of(order_id).status, books_of(order_id).paid, stock_of()) == ("paid", 2490, (48, 0))
    with transaction():
        assert list_refunds(order_id) == []


@pytest.mark.parametrize("method", ["ok", "needs_action"])
def test_a_cancelled_order_is_not_cancelled_again(method: str) -> None:
    order_id = buy(method=method)
    cancel(order_id)
    story, books = story_of(order_id), books_of(order_id)
    with pytest.raises(OrderNotCancellable, match="it is cancelled"):
        cancel(order_id)
    assert (story_of(order_id), books_of(order_id)) == (story, books)


def test_another_shops_order_is_not_there(rival: TenantContext) -> None:
    order_id = buy()
    with tenant_scope(rival), pytest.raises(OrderNotFound):
        cancel(order_id)
    assert order_of(order_id).status == "paid"


def test_the_worker_lets_go_of_the_payment_when_the_process_dies_before(monkeypatch: pytest.MonkeyPatch) -> None:
    from hansa.domain.checkout.services import cancel_order as module

    class Died(BaseException):
        pass

    def die(**_: object) -> None:
        raise Died

    order_id = buy(method="needs_action")
    with monkeypatch.context() as patch:
        patch.setattr(module, "void_payments", die)
        with pytest.raises(Died):
            cancel(order_id)
    assert (order_of(order_id).status, payment_status(order_id)) == ("cancelled", "pending")
    work_off(now=clock.now())
    assert payment_status(order_id) == "voided"


def test_the_worker_sends_the_money_back_when_the_process_dies_before(monkeypatch: pytest.MonkeyPatch) -> None:
    from hansa.domain.checkout.services import cancel_order as module

    class Died(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Died

    order_id = buy()
    with monkeypatch.context() as patch:
        patch.setattr(module, "carry_out", die)
        with pytest.raises(Died):
            cancel(order_id)
    assert books_of(order_id).refunded == 0
    work_off(now=clock.now())
    assert books_of(order_id).refunded == 2490
    assert story_of(order_id)[-1] == "refunded"


@pytest.mark.parametrize("round_number", range(5))
def test_cancel_against_cancel_and_refund_is_cancelled_once_and_sends_back_what_was_paid(
    shop: TenantContext, round_number: int
) -> None:
    with tenant_scope(shop):
        order_id = buy(mugs=2)
        part = partial(
            refund_order, order_id=order_id, amount=1500, reason_code="damaged", actor=STAFF, now=clock.now()
        )
        calls: list[Callable[[], object]] = [
            partial(cancel, order_id) if (number + round_number) % 2 else part for number in range(8)
        ]
        results = at_once(shop, calls)
        status, books = order_of(order_id).status, books_of(order_id)
        with transaction():
            sent = sum(ManualTransfer.objects.filter(kind="refund").values_list("amount", flat=True))
            assert reconcile() == []
            assert not Refund.objects.exclude(status="succeeded").exists()
        assert sent == books.refunded <= books.captured == 2490
        assert sum(result is None for result in results if not isinstance(result, list)) == 1
        # 1,500 fit once into 2,490, and who cancels after that sends back the rest.
        assert sum(isinstance(result, list) for result in results) <= 1
        assert (status, books.refunded, books.due, stock_of()) == ("cancelled", 2490, 0, (50, 0))
        assert of_kind(results, AssertionError) == 0


@pytest.mark.parametrize("round_number", range(5))
def test_cancel_against_the_shoppers_approval_leaves_no_money_behind(shop: TenantContext, round_number: int) -> None:
    with tenant_scope(shop):
        order_id = buy(mugs=2, method="needs_action")
        with transaction():
            payment = list_payments(order_id)[0]
        approve = partial(
            confirm_payment, payment_id=payment.id, is_approved=True, now=clock.now(), settle=settle_payment
        )
        calls: list[Callable[[], object]] = [partial(cancel, order_id), approve, approve, partial(cancel, order_id)]
        at_once(shop, calls[round_number % 2 :] + calls[: round_number % 2])
        work_off(now=clock.now())
        status, books = order_of(order_id).status, books_of(order_id)
        with transaction():
            assert reconcile() == []
            taken = Payment.objects.get().status == "captured"
        assert status == "cancelled"
        assert (books.paid, books.due, stock_of()) == (0, 0, (50, 0))
        assert books.captured == (2490 if taken else 0)


def test_an_order_that_is_not_there() -> None:
    with pytest.raises(OrderNotFound):
        cancel(uuid7())
