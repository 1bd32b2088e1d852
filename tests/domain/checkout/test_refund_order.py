"""Refunding: never more than came in, and the order says so."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from hansa.domain.checkout.errors import InvalidRefundLines, OrderNotRefundable
from hansa.domain.checkout.services.refund_order import refund_order
from hansa.domain.checkout.types import RefundLine
from hansa.domain.events.models import Event
from hansa.domain.inventory.selectors import reconcile
from hansa.domain.inventory.services.ship import ship
from hansa.domain.orders.models import OrderLine
from hansa.domain.payments.errors import InvalidRefund
from hansa.domain.payments.models import GiftCard, Refund
from hansa.domain.payments.selectors import list_payments
from hansa.domain.payments.services.apply_refund import apply_refund
from hansa.domain.payments.services.issue_gift_card import issue_gift_card
from hansa.domain.payments.types import RefundFact, RefundOutcome
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from hansa.providers.manual.models import ManualTransfer
from tests.domain.payments.world import at_once, of_kind
from tests.worlds_orders import books_of, buy, order_of, stock_of, story_of

pytestmark = pytest.mark.usefixtures("market")
STAFF = "staff@example.com"


def give_back(order_id: UUID, amount: int | None = None, **fields: Any) -> Any:
    defaults: dict[str, Any] = {"reason_code": "damaged", "actor": STAFF, "now": clock.now()}
    return refund_order(order_id=order_id, amount=amount, **(defaults | fields))


def line_of(order_id: UUID, name: str = "Mug") -> OrderLine:
    with transaction():
        return OrderLine.objects.get(order=order_id, name=name)


def test_several_parts_and_then_the_rest() -> None:
    order_id = buy(mugs=2)
    (refund,) = give_back(order_id, 500)
    assert (refund.status, refund.amount, order_of(order_id).status) == ("succeeded", 500, "partially_refunded")
    give_back(order_id, 990)
    assert order_of(order_id).status == "partially_refunded"
    give_back(order_id)
    books = books_of(order_id)
    assert (order_of(order_id).status, books.refunded, books.paid, books.due) == ("refunded", 2490, 0, 0)
    story = ["placed", "paid", *(["refund_requested", "refunded"] * 3)]
    assert story_of(order_id) == story
    work_off(now=clock.now())
    assert story_of(order_id) == story
    with transaction():
        assert Event.objects.filter(name="order.refunded", aggregate_id=order_id).count() == 3


@pytest.mark.parametrize("amount", [2491, 0, -1, 10**13])
def test_more_than_came_in_and_nothing_are_refused(amount: int) -> None:
    order_id = buy(mugs=2)
    with pytest.raises(OrderNotRefundable, match=r"€24\.90"):
        give_back(order_id, amount)
    assert (order_of(order_id).status, books_of(order_id).refunded, story_of(order_id)) == (
        "paid",
        0,
        ["placed", "paid"],
    )


def test_a_reason_is_needed() -> None:
    order_id = buy()
    with pytest.raises(InvalidRefund):
        give_back(order_id, reason_code="")
    assert books_of(order_id).refunded == 0


@pytest.mark.parametrize("method", ["needs_action", "authorise"])
def test_nothing_goes_back_of_an_order_that_nobody_paid(method: str) -> None:
    order_id = buy(method=method)
    with pytest.raises(OrderNotRefundable, match="waiting for payment"):
        give_back(order_id)


def test_gift_cards_get_theirs_back_as_a_whole() -> None:
    card = issue_gift_card(amount=2000, currency="EUR", now=clock.now())
    order_id = buy(mugs=2, gift_card_codes=(card.code,))
    with pytest.raises(OrderNotRefundable, match=r"Up to €4\.90"):
        give_back(order_id, 491)
    give_back(order_id, 100)
    give_back(order_id)
    with transaction():
        assert GiftCard.objects.get().balance == 2000
    books = books_of(order_id)
    assert (order_of(order_id).status, books.paid, books.due) == ("refunded", 0, 0)
    with pytest.raises(OrderNotRefundable):
        give_back(order_id)


def test_an_order_that_gift_cards_paid_alone_is_refunded_onto_them() -> None:
    card = issue_gift_card(amount=9000, currency="EUR", now=clock.now())
    order_id = buy(mugs=2, gift_card_codes=(card.code,))
    assert give_back(order_id) == []
    with transaction():
        assert GiftCard.objects.get().balance == 9000
    assert (order_of(order_id).status, books_of(order_id).due) == ("refunded", 0)


def test_lines_say_how_much_and_what_came_back_is_sold_again() -> None:
    order_id = buy(mugs=3, bowls=1)
    line = line_of(order_id)
    with transaction():
        ship(reference=order_id, quantities=None, now=clock.now(), actor=STAFF)
    assert stock_of() == (47, 0)
    give_back(order_id, lines=[RefundLine(line.pk, 2, is_restocked=True)])
    assert (books_of(order_id).refunded, stock_of()) == (2000, (49, 0))
    with pytest.raises(InvalidRefundLines, match="1 of Mug"):
        give_back(order_id, lines=[RefundLine(line.pk, 2, is_restocked=True)])
    give_back(order_id, lines=[RefundLine(line.pk, 1)])
    assert (books_of(order_id).refunded, stock_of()) == (3000, (49, 0))
    with transaction():
        assert reconcile() == []


def test_what_never_left_the_shelf_does_not_come_back() -> None:
    order_id = buy(mugs=3)
    with pytest.raises(InvalidRefundLines, match="0 pieces"):
        give_back(order_id, lines=[RefundLine(line_of(order_id).pk, 1, is_restocked=True)])
    assert (books_of(order_id).refunded, stock_of(), order_of(order_id).status) == (0, (50, 3), "paid")


def test_a_line_of_another_order_is_refused() -> None:
    one, other = buy(), buy()
    with pytest.raises(InvalidRefundLines):
        give_back(one, lines=[RefundLine(line_of(other).pk, 1)])


def test_a_refund_made_at_the_provider_moves_the_order_too() -> None:
    order_id = buy(mugs=2)
    with transaction():
        payment = list_payments(order_id)[0]
        fact = RefundFact("re_1", 1000, RefundOutcome.SUCCEEDED)
        apply_refund(payment_id=payment.id, fact=fact, now=clock.now())
    work_off(now=clock.now())
    assert (order_of(order_id).status, story_of(order_id)[-1]) == ("partially_refunded", "refunded")
    with pytest.raises(OrderNotRefundable, match=r"Only €14\.90"):
        give_back(order_id, 1491)


def test_a_refund_that_fails_afterwards_can_be_made_again() -> None:
    order_id = buy(mugs=2)
    (refund,) = give_back(order_id)
    with transaction():
        fact = RefundFact("", 2490, RefundOutcome.FAILED, refund.id)
        apply_refund(payment_id=refund.payment_id, fact=fact, now=clock.now(), message="Account closed.")
    work_off(now=clock.now())
    assert story_of(order_id)[-1] == "refund_failed"
    books = books_of(order_id)
    assert (books.refunded, books.due) == (0, 0)
    with transaction():
        ManualTransfer.objects.filter(kind="refund").delete()  # the money is with the provider again
    give_back(order_id)
    books = books_of(order_id)
    assert (books.refunded, books.due, order_of(order_id).status) == (2490, 0, "refunded")


def test_parts_that_race_never_add_up_to_more_than_came_in(shop: TenantContext) -> None:
    with tenant_scope(shop):
        order_id = buy(mugs=2)
        results = at_once(shop, [partial(give_back, order_id, 400) for _ in range(16)])
        assert of_kind(results, OrderNotRefundable) == 10
        assert of_kind(results, list) == 6
        books = books_of(order_id)
        with transaction():
            sent = sum(ManualTransfer.objects.filter(kind="refund").values_list("amount", flat=True))
            assert Refund.objects.filter(status="succeeded").count() == 6
        assert (sent, books.refunded, books.paid) == (2400, 2400, 90)
        assert story_of(order_id).count("refunded") == 6
        assert order_of(order_id).status == "partially_refunded"
