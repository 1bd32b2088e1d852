"""What holds for the shop's pages as a whole: they are there, they are ours alone, and they hold together."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from hansa.domain.catalog import selectors
from hansa.domain.catalog.queries import VERSION_SQL
from hansa.kernel.postgresql import reading
from hansa.kernel.tenancy import TenantContext
from tests.interfaces.shop.goods import shirt
from tests.interfaces.shop.pages import Page
from tests.worlds import browser, draft, stock_shop

Open = Callable[..., Page]

HOSTILE = """<script>alert("x")</script> & 'more' </script><img src=x onerror=alert(1)>"""


def test_the_front_page_shows_name_shelves_news_and_reductions(open_page: Open, kitchen: TenantContext) -> None:
    page = open_page("/")
    assert page.one("h1")["text"] == kitchen.name
    assert page.link("Kitchen") == "/c/kitchen/"
    headings = [h["text"] for h in page.all("h2")]
    assert headings == ["Browse by category", "New in", "Reduced"]
    assert "Board" in page.products
    assert "3 products" in [p["text"] for p in page.all("p")]


def test_an_empty_shop_has_a_front_page_too(open_page: Open, shop: TenantContext) -> None:
    page = open_page("/")
    assert page.one("h1")["text"] == shop.name
    assert "still being filled" in page.source
    assert open_page("/products/").products == []
    assert open_page("/search/?q=mug").products == []


def test_only_the_first_picture_of_a_page_is_loaded_before_all_others(open_page: Open, kitchen: TenantContext) -> None:  # noqa: ARG001
    for address in ("/", "/products/", "/c/kitchen/", "/p/shirt/"):
        pictures = open_page(address).all("img")
        assert pictures[0]["fetchpriority"] == "high", address
        assert "loading" not in pictures[0], address
        assert [p for p in pictures[1:] if "fetchpriority" in p] == [], address


def test_a_page_that_does_not_exist_is_the_shops_own_404(open_page: Open, kitchen: TenantContext) -> None:  # noqa: ARG001
    for address in ("/nope/", "/p/nope/", "/c/nope/", "/c/kitchen/nope/", "/c/ceramics/", "/p/no%00pe/", "/c/%00/"):
        page = open_page(address, status=404)
        assert page.one("h1")["text"] == "This page is not here"
        assert page.link("Kitchen") == "/c/kitchen/"


def test_missing_pages_do_not_use_up_the_database_connections(shop: TenantContext) -> None:
    from hansa.config.environment import get_environment

    for _ in range(get_environment().database_pool_size + 2):
        with browser(shop) as client:  # each with threads of its own
            assert client.get("/nope/").status_code == 404
    with browser(shop) as client:
        assert client.get("/").status_code == 200


def test_a_missing_file_gets_the_404_page_without_a_shop(client: TestClient) -> None:
    answer = client.get("/static/shop/nope.css")
    assert answer.status_code == 404
    assert Page(answer.text).one("h1")["text"] == "This page is not here"


def test_the_page_for_our_own_failures_asks_the_database_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, shop: TenantContext
) -> None:
    def fail(*_: object) -> None:
        message = "the database is gone"
        raise OSError(message)

    monkeypatch.setattr(selectors, "ask", fail)
    answer = client.get("/")
    assert answer.status_code == 500
    page = Page(answer.text)
    assert page.one("h1")["text"] == "Something broke on our side"
    assert shop.name in page.one("title")["text"]
    assert "the database is gone" not in answer.text
    assert f"Error reference {answer.headers['x-request-id']}" in " ".join(p["text"] for p in page.all("p"))


def test_a_failures_reference_is_the_one_in_the_log(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import logging

    told: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(logging.getLogger().handlers[0].format(record))

    lines = Lines()
    logging.getLogger("django.request").addHandler(lines)
    monkeypatch.setattr(selectors, "ask", lambda *_: 1 / 0)
    answer = client.get("/", headers={"x-request-id": "order-sync.42"})
    logging.getLogger("django.request").removeHandler(lines)
    assert "Error reference order-sync.42" in answer.text
    assert [json.loads(line)["request_id"] for line in told] == ["order-sync.42"]


def test_hostile_names_are_only_words(open_page: Open, shop: TenantContext) -> None:
    product = draft(
        HOSTILE, source_key="hostile", vendor=HOSTILE, category_names=(HOSTILE,), attributes={HOSTILE[:50]: (HOSTILE,)}
    )
    stock_shop(shop, product)
    shelf = open_page("/").link("<script>")
    page = open_page(open_page(shelf).link("<script>"))
    product_page = open_page(next(a["href"] for a in open_page(shelf).all("a") if a["href"].startswith("/p/")))
    for opened in (page, product_page, open_page(f"/search/?q={HOSTILE}")):
        assert "<script>alert" not in opened.source
        assert "onerror" not in [name for _, attributes, _ in opened.elements for name in attributes]
    assert product_page.one("h1")["text"] == " ".join(HOSTILE.split())
    described = [json.loads(script["text"]) for script in product_page.all("script", type="application/ld+json")]
    assert described[0]["name"] == HOSTILE


def test_a_hostile_shop_name_is_only_words(make_tenant: Callable[..., TenantContext]) -> None:
    from hansa.domain.tenants.services.create import create_tenant

    tenant = create_tenant(slug=make_tenant("Hostile").slug + "-x", name=HOSTILE)
    with browser(tenant) as client:
        for address in ("/", "/nope/", "/search/"):
            source = client.get(address).text
            assert "<script>alert" not in source
            assert "<img" not in source


def test_a_rivals_product_is_not_to_be_found_here(open_page: Open, shop: TenantContext, rival: TenantContext) -> None:
    stock_shop(rival, draft("Secret", category_names=("Hidden",)))
    stock_shop(shop, draft("Mug"))
    open_page("/p/secret/", status=404)
    open_page("/c/hidden/", status=404)
    for address in ("/", "/products/", "/search/?q=secret", "/p/mug/", "/nope/"):
        status = 404 if address == "/nope/" else 200
        source = open_page(address, status=status).source
        assert "Hidden" not in source
        assert "Secret" not in source


def test_the_same_address_shows_each_shop_its_own_product(
    open_page: Open, shop: TenantContext, rival: TenantContext
) -> None:
    stock_shop(rival, draft("Mug", price=100, category_names=("Kitchen",)))
    stock_shop(shop, draft("Mug", price=200, category_names=("Kitchen",)))
    assert "€2.00" in open_page("/p/mug/").source
    with browser(rival) as client:
        assert "€1.00" in client.get("/p/mug/").text
    assert "€1.00" not in open_page("/c/kitchen/").source


def test_a_variant_of_a_rival_chooses_nothing(open_page: Open, shop: TenantContext, rival: TenantContext) -> None:
    stock_shop(rival, shirt())
    stock_shop(shop, shirt())
    with browser(rival) as client:
        theirs = next(a["href"] for a in Page(client.get("/p/shirt/").text).all("a") if a["text"] == "L")
    assert "SHIRT-Red-M" in open_page(f"/p/shirt/{theirs.partition('#')[0]}").source


@pytest.mark.parametrize(
    "address",
    ["/", "/products/", "/c/kitchen/", "/c/kitchen/?attr.material=Clay&in_stock=1", "/c/kitchen/?attr.material=Gold",
     "/p/shirt/", "/search/", "/search/?q=mug", "/search/?q=zebra", "/search/?q=zebra&attr.material=Clay"],
)  # fmt: skip
def test_no_page_asks_more_than_four_questions_and_how_new_the_catalogue_is(
    open_page: Open,
    kitchen: TenantContext,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    asked: list[str] = []
    ask = reading.ask

    def count(sql: str, parameters: Any) -> Any:
        asked.append(sql)
        return ask(sql, parameters)

    monkeypatch.setattr(selectors, "ask", count)
    open_page(address)
    assert 1 <= len([sql for sql in asked if sql != VERSION_SQL]) <= 4
    assert asked.count(VERSION_SQL) <= 1


def test_shops_have_their_own_colours_and_keep_them(client: TestClient) -> None:
    bodies = {Page(client.get("/").text).one("body")["class"] for _ in range(3)}
    assert len(bodies) == 1
    assert bodies.pop().startswith("palette-")


def test_icon_and_robots_are_served(client: TestClient) -> None:
    icon = client.get("/favicon.ico")
    assert icon.status_code == 200
    assert icon.headers["content-type"] == "image/svg+xml"
    assert "Disallow: /admin/" in client.get("/robots.txt").text


def test_the_pages_own_files_are_small() -> None:
    from django.contrib.staticfiles import finders

    for name, limit in (
        ("shop.css", 25_000),
        ("shop.js", 6_000),
        ("buying.css", 10_000),
        ("buying.js", 9_000),
        ("stripe.js", 3_000),
    ):
        with open(str(finders.find(f"shop/{name}")), "rb") as file:  # noqa: PTH123
            assert len(file.read()) < limit


def test_pages_are_only_read(client: TestClient, kitchen: TenantContext) -> None:  # noqa: ARG001
    for address in ("/", "/products/", "/c/kitchen/", "/p/shirt/", "/search/"):
        assert client.head(address).status_code == 200
        assert client.post(address).status_code in {403, 405}
