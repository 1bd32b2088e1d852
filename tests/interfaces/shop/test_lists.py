"""Lists of products: shelves, filters, orders, pages, search, and addresses that make no sense."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hansa.interfaces.shop.selection import PAGE_SIZE
from hansa.kernel.tenancy import TenantContext
from tests.interfaces.shop.pages import Page
from tests.worlds import NOON, draft, stock_shop

Open = Callable[..., Page]

pytestmark = pytest.mark.usefixtures("kitchen")


def _count(page: Page) -> str:
    return page.one("p", class_="count")["text"]


def test_a_shelf_shows_what_stands_on_and_below_it(open_page: Open) -> None:
    page = open_page("/c/kitchen/")
    assert page.products == ["Board", "Bowl", "Mug"]
    assert _count(page) == "3 products"
    below = open_page(page.link("Ceramics"))
    assert below.products == ["Bowl", "Mug"]
    assert below.link("Kitchen") == "/c/kitchen/"
    assert below.one("link", rel="canonical")["href"].endswith("/c/kitchen/ceramics/")


def test_the_whole_shop_can_be_looked_through(open_page: Open) -> None:
    page = open_page("/products/")
    assert page.products == ["Shirt", "Lamp", "Board", "Bowl", "Mug"]
    assert _count(page) == "5 products"


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price", ["Mug", "Bowl", "Shirt", "Board", "Lamp"]),
        ("-price", ["Lamp", "Board", "Shirt", "Bowl", "Mug"]),
        ("name", ["Board", "Bowl", "Lamp", "Mug", "Shirt"]),
        ("relevance", ["Shirt", "Lamp", "Board", "Bowl", "Mug"]),
        ("nonsense", ["Shirt", "Lamp", "Board", "Bowl", "Mug"]),
    ],
)
def test_a_list_is_sorted_as_asked(open_page: Open, sort: str, expected: list[str]) -> None:
    page = open_page(f"/products/?sort={sort}")
    assert page.products == expected
    chosen = [option["value"] for option in page.all("option") if "selected" in option]
    assert chosen == [sort if sort in {"price", "-price", "name"} else "newest"]


def test_a_value_filters_and_lets_go_again(open_page: Open) -> None:
    page = open_page("/c/kitchen/")
    clay = open_page("/c/kitchen/" + page.link("Clay , 2 products"))
    assert clay.products == ["Bowl", "Mug"]
    assert _count(clay) == "2 products"
    assert clay.link("Remove the filter Material: Clay") == "?"
    assert open_page("/c/kitchen/" + clay.link("Clay , 2 products")).products == ["Board", "Bowl", "Mug"]


def test_another_value_of_the_same_attribute_replaces_the_first(open_page: Open) -> None:
    clay = open_page("/c/kitchen/?attr.material=Clay")
    oak = open_page("/c/kitchen/" + clay.link("Oak , 1 products"))
    assert oak.products == ["Board"]


def test_filters_of_several_kinds_narrow_together(open_page: Open) -> None:
    page = open_page("/products/?attr.material=Clay&price_from=20&in_stock=1&sort=price")
    assert page.products == ["Bowl"]
    chips = [a["text"] for a in page.all("a", class_="chip")]
    assert chips == [
        "Remove the filter Material: Clay ×",
        "Remove the filter In stock ×",
        "Remove the filter From €20.00 ×",
    ]
    assert page.link("Remove all") == "?sort=price"


def test_only_what_is_in_stock(open_page: Open) -> None:
    page = open_page("/products/")
    assert "Lamp" not in open_page("/products/" + page.link("In stock , 4 products")).products


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("price_from=25&price_to=30", ["Shirt", "Bowl"]),
        ("price_from=30&price_to=25", ["Shirt", "Bowl"]),
        ("price_to=15,00", ["Mug"]),
        ("price_to=14.99", []),
        ("price_from=&price_to=", ["Shirt", "Lamp", "Board", "Bowl", "Mug"]),
    ],
)
def test_prices_are_filtered_as_people_write_them(open_page: Open, query: str, expected: list[str]) -> None:
    assert open_page(f"/products/?{query}").products == expected


@pytest.mark.parametrize(
    "price", ["abc", "-1", "1.999", "NaN", "Infinity", "1e999999", "9" * 39, "<b>", "%00", "１２x"]
)
def test_a_price_that_cannot_be_read_is_said_and_left_out(open_page: Open, price: str) -> None:
    page = open_page(f"/products/?price_from={price}")
    assert len(page.products) == 5
    assert bool(page.all("p", role="alert")) == (price != "%00")


def test_the_form_for_prices_carries_the_other_filters_along(open_page: Open) -> None:
    fields = open_page("/products/?sort=price&in_stock=1&attr.material=Clay&price_to=99").all("input", type="hidden")
    names = [field["name"] for field in fields]
    # First those of the form for prices, then those of the form that sorts.
    assert names == ["sort", "in_stock", "attr.material", "price_to", "in_stock", "attr.material"]


def test_filters_that_leave_nothing_say_so_and_can_be_removed(open_page: Open) -> None:
    page = open_page("/c/kitchen/?attr.material=Oak&price_to=1")
    assert page.products == []
    assert "Nothing here fits all of these filters." in page.source
    assert open_page("/c/kitchen/" + page.link("Remove the filters")).products == ["Board", "Bowl", "Mug"]


def test_a_long_list_goes_on_page_by_page(open_page: Open, shop: TenantContext) -> None:
    many = [draft(f"Plate {number:02}", category_names=("Plates",)) for number in range(PAGE_SIZE + 5)]
    stock_shop(shop, *many, now=NOON + timedelta(days=1))
    first = open_page("/c/plates/?sort=name")
    second = open_page("/c/plates/" + first.link("Next page"))
    assert first.products + second.products == [f"Plate {number:02}" for number in range(PAGE_SIZE + 5)]
    assert _count(second) == _count(first) == "29 products"
    assert not [a for a in second.all("a") if a["text"] == "Next page"]
    assert open_page("/c/plates/" + second.link("Back to the first page")).products == first.products


@pytest.mark.parametrize(
    "cursor", ["x", "%00", "W10", "bnVsbA", "WyJuZXdlc3QiLCAieCIsICJ5Il0", "a" * 5000, "%F0%9F%8D%B5", "=" * 10]
)
def test_a_cursor_that_is_not_ours_begins_the_list_again(open_page: Open, cursor: str) -> None:
    assert len(open_page(f"/products/?cursor={cursor}").products) == 5


def test_a_cursor_of_another_order_begins_the_list_again(open_page: Open, shop: TenantContext) -> None:
    stock_shop(shop, *[draft(f"Plate {number:02}", category_names=("Plates",)) for number in range(PAGE_SIZE + 1)])
    cursor = open_page("/c/plates/?sort=name").link("Next page").partition("cursor=")[2]
    assert len(open_page(f"/c/plates/?sort=price&cursor={cursor}").products) == PAGE_SIZE


@pytest.mark.parametrize(
    "query",
    [
        "attr.=x", "attr.material=", "attr.material=%00", "attr.a%00b=c", "attr.%F0%9F%8D%B5=%FF%FE",
        "attr.material=" + "x" * 5000, "q=%00", "q=" + "x" * 5000, "&&&=&=&%", "in_stock=no",
        "q=%26%7C!%3A*()&sort=relevance",
        "&".join(f"attr.a{number}=b" for number in range(50)), "sort=price&sort=name&price_from=1&price_from=2",
    ],
)  # fmt: skip
def test_no_query_string_breaks_a_page(open_page: Open, query: str) -> None:
    for path in ("/", "/products/", "/c/kitchen/", "/search/", "/p/shirt/", "/nope/"):
        open_page(f"{path}?{query}", status=404 if path == "/nope/" else 200)


def test_search_finds_by_the_beginning_of_a_word(open_page: Open) -> None:
    page = open_page("/search/?q=bo")
    assert sorted(page.products) == ["Board", "Bowl"]
    assert page.one("input", id="q")["value"] == "bo"
    assert page.one("meta", name="robots")["content"].startswith("noindex")


def test_search_results_are_filtered_and_sorted_with_the_words_kept(open_page: Open) -> None:
    page = open_page("/search/?q=bo")
    assert open_page("/search/" + page.link("Oak , 1 products")).products == ["Board"]
    assert open_page("/search/?q=bo&sort=price").products == ["Bowl", "Board"]


def test_a_search_that_finds_nothing_helps_on(open_page: Open) -> None:
    page = open_page("/search/?q=zebra")
    assert page.one("h1")["text"] == "Nothing found for “zebra”"
    assert page.one("input", id="q2")["value"] == "zebra"
    assert page.link("Kitchen") == "/c/kitchen/"
    assert len(page.products) == 4


def test_a_search_for_nothing_asks_what_for(open_page: Open) -> None:
    for query in ("", "?q=", "?q=+", "?q=!!!"):
        assert open_page(f"/search/{query}").one("h1")["text"] == "What are you looking for?"
