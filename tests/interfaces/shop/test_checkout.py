"""The checkout's page: what it asks, what it complains about, and where it leads."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import override_settings
from starlette.testclient import TestClient

from hansa.domain.carts.models import Cart
from hansa.domain.catalog.models import Variant
from hansa.domain.orders.models import Order
from hansa.domain.payments.models import Payment
from hansa.domain.payments.services.issue_gift_card import issue_gift_card
from hansa.kernel import clock
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext
from hansa.kernel.tokens import make_token
from tests.interfaces.shop.goods import shirt
from tests.interfaces.shop.shopper import ADDRESS, BUYER, Shopper
from tests.worlds import browser, draft, entered, stock_shop
from tests.worlds_buying import open_shop, promote
from tests.worlds_pickup import open_counter


@pytest.fixture
def shopper(client: TestClient, shop: TenantContext) -> Shopper:
    """Return a visitor at the checkout, with a mug for €15.00 in the cart; shipping is €4.90."""
    stock_shop(shop, draft("Mug", price=1500), shirt())
    open_shop(shop)
    visitor = Shopper(client)
    visitor.add("mug")
    visitor.open("/checkout")
    return visitor


@pytest.fixture
def other(shop: TenantContext) -> Iterator[Shopper]:
    """Return another visitor of the same shop."""
    with browser(shop) as client:
        yield Shopper(client)


def _orders(shop: TenantContext) -> list[tuple[str, int]]:
    with entered(shop):
        return list(Order.objects.order_by("number").values_list("status", "total"))


def _error(shopper: Shopper, field: str) -> str:
    (wrong,) = [f for f in [*shopper.page.all("input"), *shopper.page.all("select")] if f.get("id") == f"id_{field}"]
    assert wrong["aria-invalid"] == "true"
    return shopper.page.one("p", id=wrong["aria-describedby"])["text"]


def test_an_empty_cart_has_no_checkout(client: TestClient, shop: TenantContext) -> None:  # noqa: ARG001
    assert Shopper(client).open("/checkout").one("h1")["text"] == "Your cart is empty"


def test_the_page_names_its_fields_for_browsers_that_fill_them_in(shopper: Shopper) -> None:
    fields = {f["name"]: f.get("autocomplete") for f in [*shopper.page.all("input"), *shopper.page.all("select")]}
    assert fields["email"] == "email"
    assert fields["shipping_postal_code"] == "shipping postal-code"
    assert fields["billing_country"] == "billing country"
    countries = [option["text"] for option in shopper.page.all("option")]
    assert "Germany" in countries
    assert len(countries) > 400


def test_a_buyer_pays_and_sees_the_order(shopper: Shopper, shop: TenantContext) -> None:
    page = shopper.pay()
    assert re.fullmatch(r"/orders/[0-9a-f-]{36}", shopper.url)
    assert page.one("h1")["text"] == "Thank you for your order"
    assert shopper.total == "Total€19.90"
    assert "Ada Lovelace" in page.source
    assert shopper.count == ""
    assert _orders(shop) == [("paid", 1990)]
    assert shopper.open("/cart").one("h1")["text"] == "Your cart is empty"


def test_a_buyer_chooses_where_to_fetch_it(shopper: Shopper, shop: TenantContext) -> None:
    method, (_, station) = open_counter(shop, "Harbour", "Station")
    shopper.send("/checkout", button=("action", "shipping"), **BUYER)
    assert "Harbour, Harbour Street 1, Mo–Fr" in [option["text"] for option in shopper.page.all("option")]
    shopper.send("/checkout", button=("action", "shipping"), shipping_method=str(method))
    shopper.pay()
    assert shopper.status == 422
    assert _error(shopper, "pickup_point") == "Choose where to fetch it: Pick up."
    # Typed for a way that is not offered any more, it is kept from nothing else.
    place = f"pickup_point_{method}"
    shopper.pay(**{place: str(uuid7())})
    assert _error(shopper, "pickup_point").startswith("Pick up does not offer")
    page = shopper.send("/checkout", button=("action", "shipping"), **{place: str(station)})
    assert page.one("select", id="id_pickup_point")["name"] == place
    page = shopper.pay()
    assert page.one("h2", id="fetch")["text"] == "Fetch it at"
    assert "Station Street 1" in page.source
    assert _orders(shop) == [("paid", 1500)]


def test_of_one_place_there_is_nothing_to_choose(shopper: Shopper, shop: TenantContext) -> None:
    method, _ = open_counter(shop, "Harbour")
    shopper.send("/checkout", button=("action", "shipping"), **BUYER, shipping_method=str(method))
    page = shopper.pay()
    assert "Harbour Street 1" in page.source
    assert _orders(shop) == [("paid", 1500)]


def test_what_is_missing_is_said_at_each_field_and_above(shopper: Shopper, shop: TenantContext) -> None:
    page = shopper.send("/checkout", button=("action", "pay"))
    assert shopper.status == 422
    assert "6 things are missing or wrong" in shopper.notices
    assert _error(shopper, "email").startswith("Enter an e-mail address")
    assert _error(shopper, "shipping_first_name") == "Enter a first name."
    assert _error(shopper, "shipping_country") == "Choose a country."
    focused = [f["id"] for f in page.all("input") if "autofocus" in f]
    assert focused == ["id_email"]
    for link in [a["href"] for a in page.all("a") if a["href"].startswith("#id_")]:
        assert [f for f in [*page.all("input"), *page.all("select")] if f.get("id") == link[1:]]
    assert _orders(shop) == []


def test_everything_that_was_typed_is_kept(shopper: Shopper) -> None:
    page = shopper.pay(shipping_city="", shipping_line1='1 "Quay" <Street>', same_address=None, payment="manual:slow")
    assert shopper.status == 422
    assert page.one("input", id="id_shipping_line1")["value"] == '1 "Quay" <Street>'
    assert page.one("input", id="id_email")["value"] == "ada@example.com"
    assert [o["value"] for o in page.all("option") if "selected" in o] == ["DE"]
    assert "checked" not in page.one("input", id="same_address")
    assert "checked" in page.one("input", value="manual:slow")
    assert "Enter a last name." in page.source  # of the billing address, which is another one now


def test_a_mistaken_address_costs_nothing_else(shopper: Shopper) -> None:
    shopper.pay(shipping_postal_code="")
    assert _error(shopper, "shipping_postal_code") == "Enter a postal code."
    shopper.open("/checkout")
    assert shopper.page.one("input", id="id_email")["value"] == "ada@example.com"


def test_another_billing_address_is_kept_with_the_order(shopper: Shopper, shop: TenantContext) -> None:
    billing = {name.replace("shipping", "billing"): value for name, value in ADDRESS.items()}
    page = shopper.pay(same_address=None, **(billing | {"billing_first_name": "Charles"}))
    assert "Bill goes to" in page.source
    with entered(shop):
        order = Order.objects.get()
    assert order.shipping_address
    assert order.billing_address
    assert (order.shipping_address["first_name"], order.billing_address["first_name"]) == ("Ada", "Charles")


def test_shipping_methods_are_shown_without_scripts_for_a_country_alone(shopper: Shopper, shop: TenantContext) -> None:
    from hansa.domain.fulfilment.models import ShippingMethod, ShippingZone
    from hansa.domain.fulfilment.services.save_method import save_method
    from hansa.domain.fulfilment.services.save_zone import save_zone

    with entered(shop):
        ShippingZone.objects.update(position=1)
        zone = save_zone(zone=ShippingZone(name="North", countries=["NO"]))
        save_method(method=ShippingMethod(zone=zone, name="Post boat", kind="flat", amount=900))
    page = shopper.send("/checkout", button=("action", "shipping"), shipping_country="NO")
    assert shopper.status == 200
    assert "Post boat" in page.source
    assert "Standard" not in page.source
    assert "€24.00" in shopper.total
    assert shopper.notices == ""


def test_a_place_that_nothing_is_sent_to_is_named_as_such(shopper: Shopper, shop: TenantContext) -> None:
    from hansa.domain.fulfilment.models import ShippingZone

    with entered(shop):
        ShippingZone.objects.update(countries=["NO"])
    page = shopper.pay()
    assert shopper.status == 422
    assert "We cannot send this there. Try another address." in page.source
    assert _orders(shop) == []


def test_a_total_that_nobody_has_seen_is_not_charged(shopper: Shopper, shop: TenantContext) -> None:
    with entered(shop):
        Variant.objects.filter(product__name="Mug").update(price_amount=1700)
    page = shopper.pay()
    assert shopper.status == 409
    assert "The total has changed: it is €21.90 now." in shopper.notices
    assert _orders(shop) == []
    assert page.one("input", id="id_shipping_city")["value"] == "Hamburg"
    shopper.pay()
    assert _orders(shop) == [("paid", 2190)]


def test_a_declined_card_leads_back_with_everything_still_there(shopper: Shopper, shop: TenantContext) -> None:
    key = shopper.form("/checkout")["key"]
    page = shopper.pay(payment="manual:declined")
    assert shopper.status == 402
    assert "declined" in shopper.notices
    assert "everything that you typed is still here" in shopper.notices
    assert page.one("input", id="id_shipping_city")["value"] == "Hamburg"
    assert shopper.form("/checkout")["key"] != key
    shopper.pay()
    assert _orders(shop) == [("payment_failed", 1990), ("paid", 1990)]


def test_sending_the_page_twice_orders_once(shopper: Shopper, shop: TenantContext) -> None:
    form = shopper.form("/checkout") | BUYER | {"payment": "manual:needs_action", "action": "pay"}
    first = shopper.client.post("/checkout", data=form, follow_redirects=False)
    assert first.status_code == 303
    second = shopper.client.post("/checkout", data=form)
    assert second.url.path.startswith("/orders/")
    assert _orders(shop) == [("pending_payment", 1990)]


def test_an_old_page_with_other_words_is_not_taken_for_the_first_attempt(shopper: Shopper, shop: TenantContext) -> None:
    key = shopper.form("/checkout")["key"]
    shopper.pay(payment="manual:declined")
    shopper.pay(key=key, shipping_city="Bremen")
    assert shopper.status == 409
    assert "Nothing was charged" in shopper.notices
    assert [status for status, _ in _orders(shop)] == ["payment_failed"]


def test_when_somebody_else_was_faster_the_cart_says_what_is_left(
    shopper: Shopper, other: Shopper, shop: TenantContext
) -> None:
    action = "/cart/add"
    shopper.open("/p/mug/")
    shopper.send(action, quantity="3")
    shopper.open("/checkout")
    other.add("mug", 3)
    other.open("/checkout")
    other.pay()
    page = shopper.pay()
    assert shopper.url == "/cart"
    assert page.one("h1")["text"] == "Your cart"
    assert "no longer there in that quantity" in shopper.notices
    assert "Mug: Only 2 left." in shopper.notices
    assert [status for status, _ in _orders(shop)] == ["paid"]


def test_what_is_gone_by_now_leads_back_to_the_cart(shopper: Shopper, shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug", is_published=False))
    shopper.pay(seen_due="0")
    assert shopper.url in {"/cart", "/checkout"}
    assert _orders(shop) == []
    assert shopper.open("/checkout").one("h1")["text"] == "Your cart"


def test_a_payment_to_be_confirmed_leads_to_the_bank_and_on_to_the_order(shopper: Shopper, shop: TenantContext) -> None:
    page = shopper.pay(payment="manual:needs_action")
    assert shopper.url.startswith("/checkout/confirm/")
    assert page.one("h1")["text"] == f"Pay €19.90 to {shop.name}?"
    assert shopper.open("/cart").one("h1")["text"] == "Your order 1001 waits for its payment"
    with entered(shop):
        payment = Payment.objects.get().pk
        confirm = f"/checkout/confirm/{payment}?token={make_token('payment', payment)}"
    shopper.open(confirm)
    page = shopper.send("", button=("decision", "approve"))
    assert page.one("h1")["text"] == "Thank you for your order"
    assert _orders(shop) == [("paid", 1990)]
    assert shopper.open(confirm).one("h1")["text"] == "Thank you for your order"


def test_declining_at_the_bank_leaves_a_way_back_to_the_checkout(shopper: Shopper, shop: TenantContext) -> None:
    shopper.pay(payment="manual:needs_action")
    page = shopper.send("", button=("decision", "decline"))
    assert page.one("h1")["text"] == "The payment did not go through"
    page = shopper.send(next(f["action"] for f in page.all("form") if f["action"].endswith("/again")))
    assert shopper.url == "/checkout"
    assert page.one("input", id="id_shipping_city")["value"] == "Hamburg"
    shopper.pay()
    assert [status for status, _ in _orders(shop)] == ["payment_failed", "paid"]


def test_nobody_decides_on_a_payment_of_which_they_have_no_link(shopper: Shopper, shop: TenantContext) -> None:
    shopper.pay(payment="manual:needs_action")
    bare = shopper.url.partition("?")[0]
    with browser(shop) as client:
        assert client.get(shopper.address).status_code == 200
        for address in (bare, f"{bare}?token={'0' * 32}"):
            assert client.get(address).status_code == 404
            assert client.post(address, data={"decision": "approve"}).status_code in {403, 404}
    assert _orders(shop) == [("pending_payment", 1990)]


def test_the_bank_knows_no_payment_of_a_rival(shopper: Shopper, rival: TenantContext, shop: TenantContext) -> None:
    shopper.pay(payment="manual:needs_action")
    with browser(rival) as client:
        assert client.get(shopper.address).status_code == 404
    assert [status for status, _ in _orders(shop)] == ["pending_payment"]


def test_a_payment_without_an_answer_ends_at_an_order_that_waits(shopper: Shopper) -> None:
    page = shopper.pay(payment="manual:timeout")
    assert page.one("h1")["text"] == "Almost there"
    assert "Please do not pay a second time." in page.source
    assert page.link("Look again") == shopper.url


def test_somebody_who_comes_back_from_a_bank_elsewhere_finds_the_order(shopper: Shopper) -> None:
    shopper.pay(payment="manual:needs_action")
    assert shopper.open("/checkout/return").one("h1")["text"] == "Almost there"
    shopper.client.cookies.clear()
    assert shopper.open("/checkout/return").one("h1")["text"] == "Your cart is empty"


def test_promotions_and_gift_cards_count_and_may_pay_for_everything(shopper: Shopper, shop: TenantContext) -> None:
    promote(shop, "Autumn", code="AUTUMN")
    with entered(shop):
        card = issue_gift_card(amount=5000, currency="EUR", now=clock.now())
    shopper.open("/cart")
    shopper.send("/cart/promotions", code="AUTUMN")
    shopper.send("/cart/gift-cards", code=card.code)
    page = shopper.open("/checkout")
    assert shopper.total == "Left to pay€0.00"
    assert page.one("button", class_="button button-wide button-pay")["text"] == "Place the order"
    page = shopper.pay(payment=None)
    assert page.one("h1")["text"] == "Thank you for your order"
    assert "€18.40 by gift card." in page.source
    assert _orders(shop) == [("paid", 1840)]


@pytest.mark.parametrize("payment", [None, "", "paypal", "manual:free", "stripe"])
def test_only_a_way_to_pay_that_is_offered_is_taken(shopper: Shopper, shop: TenantContext, payment: str | None) -> None:
    page = shopper.pay(payment=payment)
    assert shopper.status == 422
    assert page.one("p", id="error_payment")["text"]
    assert _orders(shop) == []


def test_a_shop_without_a_way_to_pay_says_so(shopper: Shopper) -> None:
    with override_settings(PAYMENT_PROVIDERS={}):
        page = shopper.open("/checkout")
    assert "This shop takes no payments at the moment." in page.source
    assert "disabled" in page.one("button", class_="button button-wide button-pay")


def test_stripes_script_is_allowed_on_the_checkout_alone_and_only_when_it_is_used(
    shopper: Shopper,
) -> None:
    shopper.open("/checkout")
    assert "stripe" not in shopper.headers["content-security-policy"]
    assert "js.stripe.com" not in shopper.page.source
    providers = settings.PAYMENT_PROVIDERS | {"stripe": "hansa.providers.stripe.provider.StripeProvider"}
    with override_settings(PAYMENT_PROVIDERS=providers, STRIPE_PUBLISHABLE_KEY="pk_test_123"):
        page = shopper.open("/checkout")
    policy = shopper.headers["content-security-policy"]
    assert "https://js.stripe.com" in policy
    assert "frame-src https://js.stripe.com" in policy
    assert "unsafe" not in policy
    assert page.one("script", src="https://js.stripe.com/v3/")
    assert page.one("input", name="seen_due")["data-stripe-key"] == "pk_test_123"
    shopper.open("/cart")
    assert "stripe" not in shopper.headers["content-security-policy"]


def test_hostile_words_are_only_words(shopper: Shopper) -> None:
    page = shopper.pay(shipping_city='"><script>alert(1)</script>\x00', email='"><img src=x onerror=alert(1)>')
    assert shopper.status == 422
    assert "<script>alert" not in page.source
    assert "onerror" not in [name for _, attributes, _ in page.elements for name in attributes]


def test_a_closed_cart_is_given_up(shopper: Shopper, shop: TenantContext) -> None:
    with entered(shop):
        Cart.objects.update(status="expired")
    assert shopper.pay().one("h1")["text"] == "Your cart is empty"
