"""Buying in a browser, on a desk and on a phone, with scripts and without."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit, serving
from tests.browser.test_shop import FAINT_WORDS

pytestmark = pytest.mark.services

Begin = Callable[..., Visit]

VASE = "/p/heron-vase/"
LONG = "/p/donaudampfschifffahrtsgesellschaftskapitansmutzenhalterung/"

# Fields, buttons and links that a screen reader could not name.
NAMELESS = """
    () => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
      .filter((e) => e.checkVisibility() && !e.labels?.length && !(e.ariaLabel || e.innerText || "").trim())
      .map((e) => e.outerHTML)
"""

# Things to tap that are lower than 24 pixels (WCAG 2.2, target size), links within sentences left out.
SMALL = """
    () => [...document.querySelectorAll("button, input, select, .button, .pick")]
      .filter((e) => !["hidden", "radio", "checkbox"].includes(e.type))
      .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 24)
      .map((e) => e.outerHTML)
"""


def _check(begun: Visit) -> None:
    """Assert what must hold on every page; that the browser notes our 4xx answers is no complaint."""
    begun.complaints = [text for text in begun.complaints if "responded with a status of 4" not in text]
    begun.check_page()
    for script in (FAINT_WORDS, NAMELESS, SMALL):
        assert begun.page.evaluate(script) == [], begun.page.url


def _add(page: Page, *, scripts: bool = True) -> None:
    page.get_by_role("button", name="Add to cart").click()
    if scripts:
        page.get_by_role("link", name="See the cart").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your cart")


def _fill_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("ada@example.com")
    for label, value in (
        ("First name", "Ada"),
        ("Last name", "Lovelace"),
        ("Street and number", "Harbour Street 1"),
        ("Postal code", "20457"),
        ("Town or city", "Hamburg"),
    ):
        page.get_by_label(label).locator("visible=true").fill(value)
    page.get_by_label("Country").locator("visible=true").select_option("Germany")


def _go_to_checkout(begun: Visit, *, scripts: bool = True) -> Page:
    page = begun.open(VASE)
    _add(page, scripts=scripts)
    page.get_by_role("link", name="Go to checkout").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Checkout")
    return page


def _pay(page: Page) -> None:
    page.get_by_role("button", name="Pay €58.90").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_shopper_buys_a_vase(visit: Begin, device: str, *, scripts: bool) -> None:
    begun = visit(device, scripts=scripts)
    page = begun.open(VASE)
    _add(page, scripts=scripts)
    if scripts:
        _check(begun)
    page.get_by_role("link", name="Go to checkout").click()
    _fill_in(page)
    if not scripts:
        page.get_by_role("button", name="Show shipping methods").click()
        expect(page.get_by_label("Town or city").locator("visible=true")).to_have_value("Hamburg")
    expect(page.get_by_label("Standard")).to_be_checked()
    _pay(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    expect(page).to_have_url(re.compile(r"/orders/[0-9a-f-]{36}$"))
    expect(page.locator(".totals-due")).to_contain_text("€58.90")
    expect(page.locator("[data-cart-count]")).to_be_hidden()
    if scripts:
        _check(begun)
    else:
        begun.check_page()


def test_adding_says_so_without_leaving_the_page(visit: Begin) -> None:
    begun = visit("phone")
    page = begun.open("/p/morning-bowl/")
    page.get_by_role("link", name="Large", exact=True).click()
    expect(page.locator(".choose .price")).to_have_text("€39.00")
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("status").filter(has_text="In your cart")).to_contain_text("2 × Morning Bowl, Oat / Large")
    expect(page.locator("[data-number]")).to_have_text("2")
    expect(page).to_have_url(re.compile("/p/morning-bowl/"))
    page.get_by_label("Quantity").fill("4")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("[data-complaint]")).to_contain_text("your cart holds 2 already")
    page.get_by_role("link", name="Rust").click()
    expect(page.get_by_role("button", name="Sold out")).to_be_disabled()
    _check(begun)


@pytest.mark.parametrize("device", ["desktop", "phone", "small phone"])
def test_the_cart_changes_in_place_and_holds_together(visit: Begin, device: str) -> None:
    begun = visit(device)
    _add(begun.open(LONG))
    page = begun.open(VASE)
    _add(page)
    page.evaluate("window.isStillHere = true")
    assert page.evaluate("window.shifts") == []
    quantity = page.get_by_label("Quantity of Heron Vase")
    quantity.fill("3")
    quantity.press("Tab")
    expect(page.locator(".totals-due")).to_contain_text("€181.99")
    expect(page.locator("[data-number]")).to_have_text("4")
    page.get_by_label("Promotion code").fill("NOPE")
    page.get_by_label("Promotion code").press("Enter")
    expect(page.get_by_label("Promotion code")).to_be_focused()
    expect(page.locator("#promotion-error")).to_contain_text("does not exist")
    _check(begun)
    page.get_by_label("Promotion code").fill("autumn")
    page.get_by_label("Promotion code").press("Enter")
    expect(page.locator(".totals-due")).to_contain_text("€163.79")
    page.get_by_role("button", name="Remove Heron Vase").click()
    expect(page.locator(".row")).to_have_count(1)
    assert page.evaluate("window.isStillHere") is True
    expect(page.locator("[data-said]")).to_contain_text("The cart was changed.")
    _check(begun)
    page.get_by_role("button", name="Remove Donau").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your cart is empty")
    expect(page.locator("[data-cart-count]")).to_be_hidden()


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_errors_stand_at_their_fields_and_the_first_has_the_focus(visit: Begin, device: str) -> None:
    begun = visit(device)
    page = _go_to_checkout(begun)
    assert page.evaluate("window.shifts") == []
    _check(begun)
    _fill_in(page)
    page.get_by_label("Last name").locator("visible=true").fill("")
    page.get_by_label("Town or city").locator("visible=true").fill("")
    _pay(page)
    expect(page.get_by_role("alert")).to_contain_text("2 things are missing or wrong")
    last_name = page.get_by_label("Last name").locator("visible=true")
    expect(last_name).to_be_focused()
    expect(last_name).to_have_accessible_description("Enter a last name.")
    expect(page.get_by_label("E-mail")).to_have_value("ada@example.com")
    _check(begun)


def test_after_a_declined_card_everything_is_still_there_and_another_works(visit: Begin) -> None:
    begun = visit("phone")
    page = _go_to_checkout(begun)
    _fill_in(page)
    page.get_by_text("More ways to try a payment").click()
    page.get_by_label("Test payment, declined").check()
    _pay(page)
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was charged")
    expect(page.get_by_label("Town or city").locator("visible=true")).to_have_value("Hamburg")
    _check(begun)
    page.get_by_label("Test payment Accepted at once").check()
    _pay(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_bank_is_asked_and_leads_on_to_the_order(visit: Begin, *, scripts: bool) -> None:
    begun = visit(scripts=scripts)
    page = _go_to_checkout(begun, scripts=scripts)
    _fill_in(page)
    page.get_by_text("More ways to try a payment").click()
    page.get_by_label("Test payment, to be confirmed").check()
    _pay(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay €58.90 to Harbour Street?")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    if scripts:
        _check(begun)


def test_an_impatient_shopper_pays_once(visit: Begin) -> None:
    begun = visit()
    page = _go_to_checkout(begun)
    _fill_in(page)
    page.get_by_text("More ways to try a payment").click()
    page.get_by_label("Test payment, slow").check()
    expect(page.locator("[data-pay]")).to_have_text("Pay €58.90")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    page.locator("[data-pay]").evaluate("(button) => { button.click(); button.click(); button.click(); }")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    assert len([body for body in sent if "action=pay" in body]) == 1


def test_an_order_that_waits_is_looked_at_again_by_itself(visit: Begin) -> None:
    begun = visit()
    page = _go_to_checkout(begun)
    _fill_in(page)
    page.get_by_text("More ways to try a payment").click()
    page.get_by_label("Test payment, to be confirmed").check()
    _pay(page)
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    bank = page.url
    page.goto(f"{begun.base}/checkout/return")
    expect(page.get_by_role("heading", level=1)).to_have_text("Almost there")
    _check(begun)
    other = page.context.new_page()
    other.goto(bank)
    other.get_by_role("button", name="Decline").click()
    other.close()
    expect(page.get_by_role("heading", level=1)).to_have_text("The payment did not go through")
    _check(begun)


def test_the_keyboard_alone_is_enough_to_buy(visit: Begin) -> None:
    begun = visit()
    page = _go_to_checkout(begun)
    page.get_by_label("E-mail").focus()
    for text in ("ada@example.com", "Ada", "Lovelace", "", "Harbour Street 1", "", "20457", "Hamburg", ""):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.type("Germany")
    expect(page.get_by_label("Country").locator("visible=true")).to_have_value("DE")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-pay]')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")


# Stands in for Stripe's script, which tests cannot reach: an element to type into, and a name for the card.
STRIPE_STAND_IN = """
    window.Stripe = (key) => ({
      elements: () => ({
        create: () => ({ mount: (place) => { place.textContent = `card field of ${key}`; } }),
        update: () => {},
        submit: async () => ({}),
      }),
      createPaymentMethod: async () => ({ paymentMethod: { id: "pm_stand_in" } }),
    });
"""


def test_a_card_goes_to_stripe_and_we_get_its_name_only(visit: Begin, shop_slug: str, tmp_path: Path) -> None:
    keys = {"HANSA_STRIPE_SECRET_KEY": "sk_test_x", "HANSA_STRIPE_PUBLISHABLE_KEY": "pk_test_x"}
    with serving(tmp_path / "log", **keys, HANSA_STRIPE_API_BASE="http://127.0.0.1:9") as port:
        begun = visit()
        begun.base = f"http://{shop_slug}.localhost:{port}"

        def stand_in(route: Route) -> None:
            route.fulfill(body=STRIPE_STAND_IN, content_type="text/javascript")

        begun.page.route("https://js.stripe.com/**", stand_in)
        page = _go_to_checkout(begun)
        expect(page.get_by_text("card field of pk_test_x")).to_be_visible()
        _fill_in(page)
        expect(page.locator("[data-pay]")).to_have_text("Pay €58.90")
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
        _pay(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Almost there")  # nobody answers at port 9
        (paid,) = [body for body in sent if "action=pay" in body]
        assert "payment_method=pm_stand_in" in paid
        assert [text for text in begun.complaints if "Content Security" in text] == []
