"""The cart: what goes in, what is said about it, and what it comes to."""

import pytest
from starlette.testclient import TestClient

from hansa.domain.catalog.models import Variant
from hansa.domain.payments.services.issue_gift_card import issue_gift_card
from hansa.kernel import clock
from hansa.kernel.tenancy import TenantContext
from tests.interfaces.shop.goods import shirt
from tests.interfaces.shop.shopper import Shopper
from tests.worlds import browser, draft, entered, stock_shop
from tests.worlds_buying import open_shop, promote


@pytest.fixture
def shopper(client: TestClient, shop: TenantContext) -> Shopper:
    """Return a visitor of a shop with a mug, a shirt and a lamp that is sold out."""
    stock_shop(shop, draft("Mug", price=1500), shirt(), draft("Lamp", price=9900, stock=0))
    open_shop(shop)
    return Shopper(client)


def test_without_anything_in_it_the_cart_says_so(shopper: Shopper) -> None:
    page = shopper.open("/cart")
    assert page.one("h1")["text"] == "Your cart is empty"
    assert page.link("See everything") == "/products/"
    assert shopper.count == ""


def test_what_is_added_stands_in_the_cart_and_in_the_header(shopper: Shopper) -> None:
    page = shopper.add("mug", 2)
    assert shopper.url == "/cart"
    assert "Mug is in your cart." in shopper.notices
    assert 'class="notice notice-good" role="status"' in shopper.page.source
    assert page.link("Mug") == "/p/mug/"
    assert shopper.total == "Total€30.00"
    assert shopper.count == ", 2 in it"
    assert shopper.open("/").one("h1")
    assert shopper.count == ", 2 in it"


def test_the_notice_is_said_once(shopper: Shopper) -> None:
    shopper.add("mug")
    shopper.open("/cart")
    assert shopper.notices == ""


def test_the_variant_that_was_chosen_is_the_one_that_is_bought(shopper: Shopper) -> None:
    page = shopper.open("/p/shirt/")
    shopper.open("/p/shirt/" + page.link("L").partition("#")[0])
    page = shopper.send("/cart/add")
    assert "Blue" in page.one("p", class_="row-options")["text"]
    assert shopper.total == "Total€35.00"


def test_what_is_sold_out_cannot_be_added(shopper: Shopper, shop: TenantContext) -> None:
    page = shopper.open("/p/lamp/")
    assert "disabled" in page.one("button", class_="button button-buy")
    with entered(shop):
        lamp = Variant.objects.get(product__name="Lamp")
    shopper.send("/cart/add", variant=str(lamp.pk), quantity="1")
    assert shopper.url == "/p/lamp/"
    assert "Lamp is sold out." in shopper.notices
    assert 'class="notice" role="alert"' in shopper.page.source
    assert shopper.count == ""


def test_more_than_there_is_cannot_be_added(shopper: Shopper) -> None:
    shopper.add("mug", 4)
    shopper.add("mug", 2)
    assert "Only 5 of Mug left, and your cart holds 4 already." in shopper.notices
    shopper.open("/cart")
    assert shopper.total == "Total€60.00"


@pytest.mark.parametrize(("variant", "quantity"), [("x", "1"), ("", ""), ("00000000-0000-7000-8000-000000000000", "1")])
def test_nonsense_is_refused_in_words(shopper: Shopper, variant: str, quantity: str) -> None:
    shopper.open("/p/mug/")
    shopper.send("/cart/add", variant=variant, quantity=quantity)
    assert shopper.status == 200
    assert shopper.notices
    assert shopper.count == ""


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "99999", "²"])
def test_no_quantity_but_a_whole_number_is_taken(shopper: Shopper, quantity: str) -> None:
    shopper.open("/p/mug/")
    shopper.send("/cart/add", quantity=quantity)
    assert shopper.notices
    assert shopper.count == ""


def test_a_script_gets_the_confirmation_alone(shopper: Shopper) -> None:
    shopper.open("/p/mug/")
    answer = shopper.client.post("/cart/add", data=shopper.form("/cart/add"), headers={"x-part": "added"})
    assert answer.status_code == 200
    assert 'data-count="1"' in answer.text
    assert "<html" not in answer.text
    shopper.open("/p/mug/")
    answer = shopper.client.post(
        "/cart/add", data=shopper.form("/cart/add") | {"quantity": "9"}, headers={"x-part": "added"}
    )
    assert answer.status_code == 409
    assert "Only 5 of Mug left" in answer.text


def test_the_way_back_leads_to_no_other_site(shopper: Shopper) -> None:
    for back in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        shopper.open("/p/mug/")
        shopper.send("/cart/add", quantity="0", back=back)
        assert shopper.url == "/cart"


def test_quantities_are_changed_and_lines_removed(shopper: Shopper) -> None:
    shopper.add("mug")
    shopper.add("shirt")
    action = next(form["action"] for form in shopper.page.all("form") if "/cart/lines/" in form["action"])
    shopper.send(action, quantity="3")
    assert shopper.total == "Total€75.00"
    assert shopper.count == ", 4 in it"
    shopper.send(action, button=("remove", "1"))
    assert shopper.total == "Total€30.00"
    action = next(form["action"] for form in shopper.page.all("form") if "/cart/lines/" in form["action"])
    page = shopper.send(action, quantity="0")
    assert page.one("h1")["text"] == "Your cart is empty"
    assert shopper.count == ""


def test_too_many_of_a_line_is_said_there_and_keeps_from_the_checkout(shopper: Shopper) -> None:
    shopper.add("mug")
    action = next(form["action"] for form in shopper.page.all("form") if "/cart/lines/" in form["action"])
    page = shopper.send(action, quantity="6")
    (field,) = page.all("input", type="number")
    assert field["aria-invalid"] == "true"
    assert page.one("p", id=field["aria-describedby"].strip())["text"] == "Only 5 left."
    assert page.all("a", href="/checkout") == []
    assert shopper.open("/checkout").one("h1")["text"] == "Your cart"


def test_a_line_that_is_gone_says_so_and_can_only_be_removed(shopper: Shopper, shop: TenantContext) -> None:
    shopper.add("mug")
    stock_shop(shop, draft("Mug", is_published=False))
    page = shopper.open("/cart")
    assert "Mug is no longer for sale. Take it out of the cart." in page.source
    assert page.all("input", type="number") == []
    assert not page.all("a", href="/checkout")
    action = next(form["action"] for form in page.all("form") if "/cart/lines/" in form["action"])
    assert shopper.send(action, button=("remove", "1")).one("h1")["text"] == "Your cart is empty"


def test_a_price_that_has_changed_is_told_and_does_not_stand_in_the_way(shopper: Shopper, shop: TenantContext) -> None:
    shopper.add("mug")
    with entered(shop):
        Variant.objects.filter(product__name="Mug").update(price_amount=1700)
    page = shopper.open("/cart")
    assert "The price has changed from €15.00 to €17.00." in page.source
    assert page.all("a", href="/checkout")
    assert shopper.total == "Total€17.00"


def test_a_promotion_code_takes_its_part_and_can_be_let_go(shopper: Shopper, shop: TenantContext) -> None:
    promote(shop, "Autumn", code="AUTUMN")
    shopper.add("mug")
    shopper.send("/cart/promotions", code="autumn")
    assert shopper.total == "Total€13.50"
    assert "Autumn (AUTUMN)" in shopper.page.source
    shopper.client.post("/cart/promotions", data=shopper.form("/cart/promotions") | {"code": "autumn", "remove": "1"})
    shopper.open("/cart")
    assert shopper.total == "Total€15.00"


def test_a_code_that_does_not_exist_is_said_at_its_field_and_not_kept(shopper: Shopper) -> None:
    shopper.add("mug")
    page = shopper.send("/cart/promotions", code="NOPE")
    assert shopper.status == 422
    field = page.one("input", id="promotion")
    assert field["value"] == "NOPE"
    assert "autofocus" in field
    assert "does not exist" in page.one("p", id="promotion-error")["text"]
    assert "NOPE" not in shopper.open("/cart").source


def test_a_code_that_gives_nothing_yet_says_why(shopper: Shopper, shop: TenantContext) -> None:
    promote(shop, "Big", code="BIG", min_subtotal=5000, currency="EUR")
    shopper.add("mug")
    page = shopper.send("/cart/promotions", code="BIG")
    assert "needs an order of at least €50.00" in page.source
    assert shopper.total == "Total€15.00"


def test_a_gift_card_pays_its_part(shopper: Shopper, shop: TenantContext) -> None:
    with entered(shop):
        card = issue_gift_card(amount=1000, currency="EUR", now=clock.now())
    shopper.add("mug")
    page = shopper.send("/cart/gift-cards", code=card.code)
    assert shopper.total == "Left to pay€5.00"
    assert f"Gift card ending in {card.code[-4:]}" in page.source
    shopper.client.post("/cart/gift-cards", data=shopper.form("/cart/gift-cards") | {"code": card.code, "remove": "1"})
    shopper.open("/cart")
    assert shopper.total == "Total€15.00"


def test_an_unknown_gift_card_is_said_at_its_field(shopper: Shopper, rival: TenantContext) -> None:
    with entered(rival):
        theirs = issue_gift_card(amount=1000, currency="EUR", now=clock.now())
    shopper.add("mug")
    for code in ("ABCD-EFGH-JKLM-NPQR", theirs.code, "\x00"):
        page = shopper.send("/cart/gift-cards", code=code)
        assert "We do not know this gift card" in page.one("p", id="gift-card-error")["text"]
        assert shopper.total == "Total€15.00"


@pytest.mark.parametrize("cookie", ["", "x", "x.y", "00000000-0000-7000-8000-000000000000.0000", "\N{SNOWMAN}"])
def test_a_cookie_that_we_did_not_make_opens_nothing(shopper: Shopper, cookie: str) -> None:
    answer = shopper.client.get("/cart", headers={b"cookie": f"cart={cookie}; cart_count=x".encode()})
    assert answer.status_code == 200
    assert "Your cart is empty" in answer.text


def test_the_cookie_of_a_rivals_cart_opens_nothing_here(shopper: Shopper, rival: TenantContext) -> None:
    stock_shop(rival, draft("Secret"))
    with browser(rival) as client:
        theirs = Shopper(client)
        theirs.add("secret")
        cookie = client.cookies["cart"]
    answer = shopper.client.get("/cart", headers={"cookie": f"cart={cookie}"})
    assert "Your cart is empty" in answer.text
    assert "Secret" not in answer.text


def test_forms_without_a_token_are_refused(shopper: Shopper) -> None:
    assert shopper.client.post("/cart/add", data={}).status_code == 403


def test_the_cookies_are_kept_from_scripts_and_other_sites(shopper: Shopper) -> None:
    shopper.open("/p/mug/")
    answer = shopper.client.post("/cart/add", data=shopper.form("/cart/add"), follow_redirects=False)
    cookies = [value for name, value in answer.headers.multi_items() if name == "set-cookie"]
    for name in ("cart=", "cart_count=", "notice="):
        (cookie,) = [cookie for cookie in cookies if cookie.startswith(name)]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_the_pages_of_one_visitor_are_kept_by_no_cache(shopper: Shopper) -> None:
    shopper.add("mug")
    for address in ("/cart", "/checkout"):
        shopper.open(address)
        assert "no-store" in shopper.headers["cache-control"]
        assert shopper.page.one("meta", name="robots")["content"] == "noindex"
