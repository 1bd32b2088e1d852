"""A product's page: pictures, choice without scripts, prices, and what search engines read."""

import json
from collections.abc import Callable

import pytest

from hansa.kernel.tenancy import TenantContext
from tests.interfaces.shop.goods import shirt
from tests.interfaces.shop.pages import Page
from tests.worlds import draft, stock_shop

Open = Callable[..., Page]


@pytest.fixture
def page(open_page: Open, shop: TenantContext) -> Page:
    """Return the page of a shirt, beside which another stands."""
    stock_shop(shop, shirt(), draft("Blouse", category_names=("Clothes", "Shirts")), draft("Lamp"))
    return open_page("/p/shirt/")


def _chosen(page: Page) -> list[str]:
    """Return what is chosen, read from what is told to screen readers."""
    return [a["text"] for a in page.all("a") if "data-choice" in a and a.get("aria-current") == "true"]


def _choose(open_page: Open, page: Page, value: str) -> Page:
    return open_page("/p/shirt/" + page.link(value).partition("#")[0])


def test_a_product_page_shows_price_stock_description_and_facts(page: Page) -> None:
    assert page.one("h1")["text"] == "Shirt"
    assert "€30.00" in page.source
    assert "€50.00" in page.one("s")["text"]
    assert page.one("p", class_="stock stock-yes")["text"] == "In stock"
    assert "Woven <strong>slowly</strong>." in page.source
    assert "alert(1)" not in page.source
    assert [d["text"] for d in page.all("dd")] == ["Linen", "SHIRT-Red-M"]


def test_the_trail_leads_back_to_every_shelf_above(page: Page, shop: TenantContext) -> None:
    trail = [(a["text"], a["href"]) for a in page.all("a")]
    for step in ((shop.name, "/"), ("Clothes", "/c/clothes/"), ("Shirts", "/c/clothes/shirts/")):
        assert step in trail


def test_a_choice_is_a_link_that_needs_no_scripts(open_page: Open, page: Page) -> None:
    assert _chosen(page) == ["Red", "M"]
    blue = _choose(open_page, page, "Blue")
    assert _chosen(blue) == ["Blue, out of stock", "M, out of stock"]
    assert blue.one("p", class_="stock stock-no")["text"] == "Out of stock"
    large = _choose(open_page, blue, "L")
    assert "€35.00" in large.source
    assert large.one("p", class_="stock stock-yes")["text"] == "Only 2 left"
    assert "SHIRT-Blue-L" in large.source


def test_a_combination_that_is_not_made_leads_to_the_nearest(open_page: Open, page: Page) -> None:
    large = _choose(open_page, page, "L")
    assert _chosen(large)[0].startswith("Blue")
    assert "SHIRT-Blue-L" in large.source


def test_the_chosen_variants_picture_comes_first(open_page: Open, page: Page) -> None:
    assert page.all("img")[0]["src"].endswith("/Red.jpg")
    assert _choose(open_page, page, "Blue").all("img")[0]["src"].endswith("/Blue.jpg")


@pytest.mark.parametrize("variant", ["", "x", "%00", "00000000-0000-0000-0000-000000000000", "a" * 5000])
def test_an_unknown_variant_shows_the_first_that_can_be_bought(open_page: Open, page: Page, variant: str) -> None:  # noqa: ARG001
    assert "SHIRT-Red-M" in open_page(f"/p/shirt/?variant={variant}").source


def test_every_variant_has_the_same_canonical_address(open_page: Open, page: Page, shop: TenantContext) -> None:
    address = f"http://{shop.slug}.localhost/p/shirt/"
    for opened in (page, _choose(open_page, page, "Blue")):
        assert opened.one("link", rel="canonical")["href"] == address
        assert opened.one("meta", property="og:url")["content"] == address
    assert page.one("meta", property="og:image")["content"] == "https://pictures.example/Red.jpg"
    assert page.one("meta", name="description")["content"].startswith("Woven slowly")


def test_search_engines_read_offers_and_trail(page: Page, shop: TenantContext) -> None:
    product, trail = [json.loads(script["text"]) for script in page.all("script", type="application/ld+json")]
    assert product["@type"] == "Product"
    assert product["brand"]["name"] == "Weaver & Sons"
    assert [(o["price"], o["priceCurrency"], o["availability"].rpartition("/")[2]) for o in product["offers"]] == [
        ("30.00", "EUR", "InStock"),
        ("32.00", "EUR", "OutOfStock"),
        ("35.00", "EUR", "InStock"),
    ]
    assert [item["name"] for item in trail["itemListElement"]] == [shop.name, "Clothes", "Shirts"]


def test_what_stands_beside_it_is_suggested(page: Page) -> None:
    assert page.products == ["Blouse"]


def test_a_plain_product_has_nothing_to_choose_and_needs_no_picture(open_page: Open, shop: TenantContext) -> None:
    stock_shop(shop, draft("Stone", images=()))
    page = open_page("/p/stone/")
    assert not [a for a in page.all("a") if "data-choice" in a]
    assert page.all("img") == []
    assert page.one("svg", role="img")["aria-label"] == "No picture yet"


def test_prices_are_written_in_the_currency_of_the_shop(make_tenant: Callable[..., TenantContext]) -> None:
    from tests.worlds import browser

    tokyo = make_tenant("Tokyo", currency="JPY")
    stock_shop(tokyo, draft("Mug", price=1500, category_names=("Kitchen",)))
    with browser(tokyo) as client:
        assert "¥1,500" in client.get("/p/mug/").text
        assert "1 product" in Page(client.get("/c/kitchen/?price_from=1500").text).one("p", class_="count")["text"]
        assert "is not a price we can read" in client.get("/c/kitchen/?price_from=15.5").text


def test_a_product_off_sale_is_gone(open_page: Open, shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug", is_published=False))
    open_page("/p/mug/", status=404)
