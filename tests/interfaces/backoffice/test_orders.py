"""Orders in the back office, through the whole application."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from hansa.domain.checkout.services.settle import settle_payment
from hansa.domain.payments.selectors import list_payments, list_refunds
from hansa.domain.payments.services.capture import capture
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.interfaces.backoffice.conftest import filled, messages_of
from tests.worlds_orders import ADA, books_of, buy, open_for_business, order_of, stock_of, story_of
from tests.worlds_pickup import open_counter

LIST = "/admin/orders/order/"


@pytest.fixture(autouse=True)
def market(shop: TenantContext) -> TenantContext:
    """Let our shop sell mugs and bowls."""
    open_for_business(shop)
    return shop


def bought(shop: TenantContext, **fields: Any) -> UUID:
    with tenant_scope(shop):
        return buy(**fields)


def page_of(order_id: UUID) -> str:
    return f"{LIST}{order_id}/change/"


def operate(staff: TestClient, order_id: UUID, operation: str, **fields: Any) -> Any:
    token = filled(staff.get(page_of(order_id)).text)["csrfmiddlewaretoken"]
    address = f"{LIST}{order_id}/do/{operation}/"
    return staff.post(address, data={"csrfmiddlewaretoken": token} | fields, follow_redirects=False)


def numbers(page: str) -> list[str]:
    return re.findall(r">\s*(#\d+)\s*<", page)


def test_the_page_says_where_it_is_fetched(staff: TestClient, shop: TenantContext) -> None:
    method, (harbour,) = open_counter(shop, "Harbour")
    order_id = bought(shop, shipping_method_id=method, pickup_point_id=harbour)
    assert "Pick-up point Harbour Harbour Street 1 Mo–Fr" in messages_of(staff.get(page_of(order_id)).text)


def test_the_list_shows_who_ordered_what_for_how_much(staff: TestClient, shop: TenantContext) -> None:
    bought(shop, mugs=2)
    bought(shop, bowls=1, mugs=0, method="needs_action", email="bob@example.com")
    page = staff.get(LIST).text
    words = messages_of(page)
    assert numbers(page) == ["#1002", "#1001"]
    for expected in (
        "Ada Byron · ada@example.com",
        "€24.90",
        "Paid",
        "bob@example.com",
        "€29.90",
        "Waiting for payment",
    ):
        assert expected in words


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=1001", ["#1001"]),
        ("q=%231002", ["#1002"]),
        ("q=BOB@example", ["#1002"]),
        ("q=hopper", ["#1002"]),
        ("q=grace+hopper", ["#1002"]),
        ("q=nobody", []),
        ("q=99999999999999999999", []),
        ("status__exact=paid", ["#1001"]),
        ("status__exact=pending_payment", ["#1002"]),
    ],
)
def test_orders_are_found(staff: TestClient, shop: TenantContext, query: str, found: list[str]) -> None:
    bought(shop)
    grace = ADA | {"first_name": "Grace", "last_name": "Hopper"}
    bought(shop, email="bob@example.com", method="needs_action", billing_address=grace)
    assert numbers(staff.get(f"{LIST}?{query}").text) == found


def test_the_list_takes_as_many_statements_for_forty_orders_as_for_two(
    shop: TenantContext, count_statements: Callable[[str], int]
) -> None:
    for _ in range(2):
        bought(shop, mugs=1)
    few = count_statements(LIST)
    for _ in range(10):
        bought(shop, mugs=1)
    assert count_statements(LIST) == few


def test_the_page_of_an_order_says_everything(staff: TestClient, shop: TenantContext) -> None:
    order_id = bought(shop, mugs=2, bowls=1, billing_address=ADA | {"last_name": "Lovelace"})
    with tenant_scope(shop):
        work_off(now=clock.now())
    words = messages_of(staff.get(page_of(order_id)).text)
    for expected in (
        *("Order #1001", "Paid", "Mug", "€10.00", "Bowl", "€25.00", "Subtotal €45.00", "Shipping, Standard €4.90"),
        *("Total €49.90", "Manual · ok captured €49.90", "Payment received", "Order placed", "Ada Byron"),
        *("Ada Lovelace", "1 High Street", "10115 Berlin", "Germany", "Order confirmation : sent"),
    ):
        assert expected in words, (expected, words)


def test_a_part_is_refunded_and_then_the_rest(staff: TestClient, shop: TenantContext) -> None:
    order_id = bought(shop, mugs=2)
    answer = operate(staff, order_id, "refund", amount="10.5", reason_code="damaged")
    assert (answer.status_code, answer.headers["location"]) == (302, page_of(order_id))
    page = staff.get(page_of(order_id)).text
    assert "€10.50 refunded." in messages_of(page)
    assert filled(page)["amount"] == "14.40"
    with tenant_scope(shop):
        assert (order_of(order_id).status, books_of(order_id).refunded) == ("partially_refunded", 1050)
    operate(staff, order_id, "refund", amount="14.40", reason_code="other")
    page = staff.get(page_of(order_id)).text
    assert "do/refund/" not in page
    with tenant_scope(shop):
        assert order_of(order_id).status == "refunded"
        assert {refund.created_by for refund in _refunds(order_id)} == {"ada@example.com"}


def _refunds(order_id: UUID) -> list[Any]:
    with transaction():
        return list_refunds(order_id)


@pytest.mark.parametrize(
    ("amount", "reason", "words"),
    [
        ("24.91", "damaged", "Only €24.90 of order #1001 can still be refunded"),
        ("0", "damaged", "can still be refunded"),
        ("ten", "damaged", "is not a number"),
        ("1.234", "damaged", "more decimals"),
        ("", "damaged", "This field is required"),
        ("5", "because", "Select a valid choice"),
    ],
)
def test_a_refund_that_cannot_be_says_why_and_keeps_what_was_typed(
    staff: TestClient, shop: TenantContext, amount: str, reason: str, words: str
) -> None:
    order_id = bought(shop, mugs=2)
    answer = operate(staff, order_id, "refund", amount=amount, reason_code=reason)
    assert answer.status_code == 422
    assert words in messages_of(answer.text)
    assert filled(answer.text)["amount"] == amount
    with tenant_scope(shop):
        assert (order_of(order_id).status, books_of(order_id).refunded) == ("paid", 0)


def test_an_order_is_cancelled(staff: TestClient, shop: TenantContext) -> None:
    order_id = bought(shop, mugs=2)
    assert operate(staff, order_id, "cancel", reason="").status_code == 422
    assert operate(staff, order_id, "cancel", reason="ordered twice").status_code == 302
    words = messages_of(staff.get(page_of(order_id)).text)
    assert "Order #1001 is cancelled." in words
    assert "Order cancelled: ordered twice ada@example.com" in words
    with tenant_scope(shop):
        assert (order_of(order_id).status, books_of(order_id).paid, stock_of()) == ("cancelled", 0, (50, 0))
    again = operate(staff, order_id, "cancel", reason="once more")
    assert (again.status_code, "cannot be cancelled: it is cancelled" in messages_of(again.text)) == (422, True)


def test_nothing_of_an_order_is_edited_added_or_deleted(staff: TestClient, shop: TenantContext) -> None:
    order_id = bought(shop)
    assert staff.get(f"{LIST}add/").status_code == 403
    assert staff.get(f"{LIST}{order_id}/delete/").status_code == 403
    assert "_save" not in staff.get(page_of(order_id)).text
    assert operate(staff, order_id, "steal").status_code == 404
    assert staff.get(f"{LIST}{order_id}/do/refund/").status_code == 405


def test_strangers_and_the_shop_next_door_see_no_order(
    shop: TenantContext, rival: TenantContext, visit: Callable[..., TestClient], log_in: Callable[..., TestClient]
) -> None:
    order_id = bought(shop)
    neighbour = log_in(rival)
    assert neighbour.get(page_of(order_id)).status_code == 404
    token = filled(neighbour.get("/admin/password_change/").text)["csrfmiddlewaretoken"]
    fields = {"csrfmiddlewaretoken": token, "reason": "theirs"}
    assert neighbour.post(f"{LIST}{order_id}/do/cancel/", data=fields).status_code == 404
    stranger = visit(shop)
    assert stranger.get(page_of(order_id), follow_redirects=False).status_code == 302
    with tenant_scope(shop):
        assert order_of(order_id).status == "paid"


@pytest.mark.parametrize("identifier", ["nonsense", "01a2018d-9d7b-7fcb-b521-db44e38659b6"])
def test_an_order_that_is_not_there(staff: TestClient, identifier: str) -> None:
    assert staff.get(f"{LIST}{identifier}/change/").status_code == 404


def test_today_says_what_was_sold_and_what_runs_low(staff: TestClient, shop: TenantContext) -> None:
    from hansa.domain.catalog.models import Variant
    from hansa.domain.inventory.services.set_low_stock_threshold import set_low_stock_threshold
    from tests.worlds import entered

    bought(shop, mugs=2)
    bought(shop, mugs=1, method="needs_action")
    bought(shop, mugs=1, now=clock.now() - timedelta(days=2))
    with entered(shop):
        mug = Variant.objects.get(product__name="Mug").pk
        set_low_stock_threshold(variant_id=mug, threshold=46, now=clock.now())
    words = messages_of(staff.get("/admin/").text)
    for expected in ("Orders today 1 ", "Revenue today €24.90", "To send 2 ", "Waiting for payment 1 ", "Mug 46 free"):
        assert expected in words, (expected, words)


def test_a_letter_that_failed_is_sent_again(staff: TestClient, shop: TenantContext) -> None:
    from hansa.domain.notifications.models import Notification
    from hansa.domain.work.services.perform import work_off
    from hansa.kernel import clock
    from tests.worlds import entered

    order_id = bought(shop)
    with entered(shop):
        letter = Notification(
            kind="order_confirmation",
            object_id=order_id,
            recipient="ada@example.com",
            message_id="<one@shop.example>",
            status="failed",
        )
        letter.save()
    page = f"/admin/notifications/notification/{letter.pk}/"
    assert "ada@example.com" in messages_of(staff.get("/admin/notifications/notification/?status__exact=failed").text)
    token = filled(staff.get(f"{page}change/").text)["csrfmiddlewaretoken"]
    assert staff.post(f"{page}do/send/", data={"csrfmiddlewaretoken": token}).status_code == 200
    with tenant_scope(shop):
        work_off(now=clock.now())
    with entered(shop):
        assert Notification.objects.get().status == "sent"


def test_a_forged_form_is_refused(staff: TestClient, shop: TenantContext) -> None:
    order_id = bought(shop)
    assert staff.post(f"{LIST}{order_id}/do/cancel/", data={"reason": "forged"}).status_code == 403


def test_money_that_is_held_is_captured_in_parts(staff: TestClient, shop: TenantContext) -> None:
    order_id = bought(shop, mugs=2, method="authorise")
    page = staff.get(page_of(order_id)).text
    assert "do/void/" in page
    key = str(uuid7())
    assert operate(staff, order_id, "capture", amount="10", key=key).status_code == 302
    page = staff.get(page_of(order_id)).text
    assert "€10.00 captured." in messages_of(page)
    assert "do/void/" not in page
    assert operate(staff, order_id, "capture", amount="10", key=key).status_code == 302
    with tenant_scope(shop):
        assert (order_of(order_id).status, books_of(order_id).captured, stock_of()) == (
            "pending_payment",
            1000,
            (50, 2),
        )
    refused = operate(staff, order_id, "capture", amount="14.91")
    assert (refused.status_code, "€14.90 of this payment can be captured now" in messages_of(refused.text)) == (
        422,
        True,
    )
    assert operate(staff, order_id, "capture", amount="14.90").status_code == 302
    assert "do/capture/" not in staff.get(page_of(order_id)).text
    with tenant_scope(shop):
        work_off(now=clock.now())
        books = books_of(order_id)
        assert (order_of(order_id).status, books.captured, books.refunded, books.due) == ("paid", 2490, 0, 0)
        assert story_of(order_id).count("captured") == 3
        with transaction():
            assert order_of(order_id).timeline.filter(kind="captured", actor="ada@example.com").count() == 3


def test_money_that_is_held_is_let_go(staff: TestClient, shop: TenantContext) -> None:
    order_id = bought(shop, mugs=2, method="authorise")
    assert operate(staff, order_id, "void").status_code == 302
    page = staff.get(page_of(order_id)).text
    assert "The payment is voided." in messages_of(page)
    assert "do/void/" not in page
    assert "do/capture/" not in page
    with tenant_scope(shop):
        assert (order_of(order_id).status, books_of(order_id).captured) == ("payment_failed", 0)
        assert stock_of() == (50, 0)


@pytest.mark.parametrize(("operation", "words"), [("capture", "could be captured"), ("void", "could be let go of")])
def test_of_a_paid_order_nothing_is_held(staff: TestClient, shop: TenantContext, operation: str, words: str) -> None:
    order_id = bought(shop)
    assert f"do/{operation}/" not in staff.get(page_of(order_id)).text
    refused = operate(staff, order_id, operation, amount="1")
    assert (refused.status_code, words in messages_of(refused.text)) == (422, True)
    with tenant_scope(shop):
        assert books_of(order_id).captured == 2490


def test_another_part_that_comes_after_the_order_was_cancelled_is_sent_back(
    staff: TestClient, shop: TenantContext
) -> None:
    order_id = bought(shop, method="authorise")
    operate(staff, order_id, "capture", amount="10")
    operate(staff, order_id, "cancel", reason="lost")
    with tenant_scope(shop):
        assert (order_of(order_id).status, books_of(order_id).due) == ("cancelled", 0)
        with transaction():
            (payment,) = list_payments(order_id)
        capture(payment_id=payment.id, amount=500, key=uuid7(), now=clock.now(), settle=settle_payment)
        work_off(now=clock.now())
        books = books_of(order_id)
        assert (order_of(order_id).status, books.captured, books.refunded, books.due) == ("cancelled", 1500, 1500, 0)
