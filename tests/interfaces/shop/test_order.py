"""The order's page: who may see it, and what it says."""

import pytest
from starlette.testclient import TestClient

from hansa.domain.orders.models import Order
from hansa.interfaces.shop.buying.order import build_order_page
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.tokens import make_token
from tests.interfaces.shop.shopper import Shopper
from tests.worlds import browser, draft, entered, stock_shop
from tests.worlds_buying import open_shop


@pytest.fixture
def shopper(client: TestClient, shop: TenantContext) -> Shopper:
    """Return a visitor who has just bought a mug."""
    stock_shop(shop, draft("Mug", price=1500))
    open_shop(shop)
    visitor = Shopper(client)
    visitor.add("mug")
    visitor.open("/checkout")
    visitor.pay()
    return visitor


def _token(shop: TenantContext, address: str) -> str:
    with tenant_scope(shop):
        return make_token("order", Order(pk=address.rpartition("/")[2]).pk)


def test_the_order_tells_what_how_much_where_and_since_when(shopper: Shopper) -> None:
    page = shopper.page
    assert page.link("Mug") == "/p/mug/"
    assert [h["text"] for h in page.all("h2")] == ["What you ordered", "Payment", "Goes to", "So far"]
    assert "Includes €3.17 tax." in page.source
    assert "Test payment, €19.90: Paid." in page.source
    moments = page.one("ol", class_="timeline")["text"]
    assert moments.index("Payment received") < moments.index("Order placed")
    assert "no-store" in shopper.headers["cache-control"]


def test_a_token_in_the_address_becomes_a_cookie_and_leaves_the_address(shopper: Shopper, shop: TenantContext) -> None:
    address = shopper.url
    with browser(shop) as client:
        stranger = Shopper(client)
        assert stranger.open(address).one("h1")["text"] == "This order does not open from here"
        assert stranger.status == 404
        answer = client.get(f"{address}?token={_token(shop, address)}", follow_redirects=False)
        assert answer.status_code == 302
        assert answer.headers["location"] == address
        cookie = next(v for n, v in answer.headers.multi_items() if n == "set-cookie" and v.startswith("order="))
        assert f"Path={address}" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert stranger.open(address).one("h1")["text"] == "Thank you for your order"


@pytest.mark.parametrize("token", ["", "0" * 32, "x", "\N{SNOWMAN}"])
def test_a_wrong_token_opens_nothing(shopper: Shopper, shop: TenantContext, token: str) -> None:
    with browser(shop) as client:
        stranger = Shopper(client)
        stranger.open(f"{shopper.url}?token={token}")
        assert stranger.status == 404


def test_an_order_that_does_not_exist_looks_like_one_that_is_not_yours(shopper: Shopper, shop: TenantContext) -> None:
    nowhere = "/orders/00000000-0000-7000-8000-000000000000"
    assert shopper.open(nowhere).one("h1")["text"] == "This order does not open from here"
    page = shopper.open(f"{nowhere}?token={_token(shop, nowhere)}")
    assert page.one("h1")["text"] == "This order does not open from here"
    assert shopper.status == 404


def test_a_rival_cannot_open_our_order(shopper: Shopper, rival: TenantContext) -> None:
    with browser(rival) as client:
        stranger = Shopper(client)
        token = shopper.client.cookies.get("order", path=shopper.url)
        stranger.open(f"{shopper.url}?token={token}")
        assert stranger.status == 404
        assert "Mug" not in stranger.page.source


def test_the_cart_of_a_paid_order_is_not_tried_again(shopper: Shopper) -> None:
    shopper.client.get("/p/mug/")
    token = shopper.client.cookies["csrftoken"]
    answer = shopper.client.post(f"{shopper.url}/again", data={"csrfmiddlewaretoken": token})
    assert answer.url.path == "/cart"
    assert "The cart of that order cannot be used any more." in answer.text


def test_every_state_has_its_words(shopper: Shopper, shop: TenantContext) -> None:
    from hansa.domain.orders.models import Status
    from hansa.domain.orders.selectors import get_order_document

    with entered(shop):
        document = get_order_document(Order.objects.get().pk)
    headings = {build_order_page(document | {"status": status}).heading for status in Status.values}
    assert len(headings) == len(Status.values)
    assert shopper.page


def test_what_staff_note_for_each_other_is_not_shown(shopper: Shopper, shop: TenantContext) -> None:
    from hansa.domain.orders.selectors import get_order_document

    with entered(shop):
        document = get_order_document(Order.objects.get().pk)
    note = {"kind": "note", "status": None, "actor": "owner@demo.example", "message": "Difficult", "created_at": ""}
    page = build_order_page(document | {"timeline": [*document["timeline"], note]})
    assert [moment.message for moment in page.timeline] == ["Payment received", "Order placed"]
    assert shopper.page
