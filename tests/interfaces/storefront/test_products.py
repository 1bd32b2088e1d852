"""The storefront's products: lists, pages, search, one product."""

import base64
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
import structlog
from fastapi import APIRouter
from starlette.testclient import TestClient

from hansa.domain.catalog.types import VariantDraft
from hansa.interfaces.storefront.app import build
from hansa.interfaces.storefront.routing import StorefrontRoute
from hansa.kernel.tenancy import TenantContext
from tests.worlds import NOON, address, behind_the_gate, browser, draft, stock_shop


def _names(client: TestClient, query: str = "") -> list[str]:
    answer = client.get(f"/api/v1/products?{query}")
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


def _stock_kitchen(shop: TenantContext) -> None:
    mug = draft(
        "Mug",
        category_names=("Kitchen", "Ceramics"),
        price=1500,
        attributes={"Material": ("Clay",), "Origin": ("Fjord",)},
    )
    bowl = draft("Bowl", category_names=("Kitchen", "Ceramics"), price=2500, attributes={"Material": ("Clay", "Ash")})
    board = draft(
        "Board",
        category_names=("Kitchen",),
        price=4500,
        compare_at=6000,
        attributes={"Material": ("Oak",), "Origin": ("Fjord",)},
    )
    lamp = draft("Lamp", category_names=("Light",), price=9900, stock=0)
    for number, product in enumerate((mug, bowl, board, lamp)):
        stock_shop(shop, product, now=NOON + timedelta(minutes=number))


def test_a_listed_product_says_all_that_a_list_shows(shop: TenantContext) -> None:
    _stock_kitchen(shop)
    with browser(shop) as client:
        board = client.get("/api/v1/products?q=board").json()["items"][0]
    assert uuid.UUID(board["id"]).version == 7
    assert board["slug"] == "board"
    assert board["price"] == {"amount": 4500, "currency": "EUR"}
    assert board["compare_at_price"] == {"amount": 6000, "currency": "EUR"}
    assert board["image"]["url"] == "https://pictures.example/Board.jpg"
    assert board["in_stock"] is True
    assert board["category"] == {"slug": "kitchen", "name": "Kitchen", "path": "kitchen"}


def test_the_newest_come_first(shop: TenantContext) -> None:
    _stock_kitchen(shop)
    with browser(shop) as client:
        assert _names(client) == ["Lamp", "Board", "Bowl", "Mug"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price", ["Mug", "Bowl", "Board", "Lamp"]),
        ("-price", ["Lamp", "Board", "Bowl", "Mug"]),
        ("name", ["Board", "Bowl", "Lamp", "Mug"]),
        ("newest", ["Lamp", "Board", "Bowl", "Mug"]),
    ],
)
def test_a_list_can_be_sorted(shop: TenantContext, sort: str, expected: list[str]) -> None:
    _stock_kitchen(shop)
    with browser(shop) as client:
        assert _names(client, f"sort={sort}") == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("category=kitchen", {"Board", "Bowl", "Mug"}),
        ("category=ceramics", {"Bowl", "Mug"}),
        ("category=kitchen/ceramics", {"Bowl", "Mug"}),
        ("min_price=2500", {"Bowl", "Board", "Lamp"}),
        ("max_price=2500", {"Bowl", "Mug"}),
        ("min_price=2000&max_price=5000", {"Bowl", "Board"}),
        ("in_stock=true", {"Mug", "Bowl", "Board"}),
        ("in_stock=false", {"Lamp"}),
        ("attr.material=Clay", {"Mug", "Bowl"}),
        ("attr.material=Ash&attr.material=Oak", {"Bowl", "Board"}),
        ("attr.material=Oak&attr.material=Oak", {"Board"}),
        ("attr.material=Ash&attr.material=Oak&max_price=3000", {"Bowl"}),
        ("attr.material=Clay&attr.material=Oak&attr.origin=Fjord", {"Mug", "Board"}),
        ("attr.material=Ash&attr.origin=Fjord", set()),
        ("attr.material=a,b&attr.material=%7B%22%7D&attr.material=%5C&attr.material=Oak", {"Board"}),
        ("attr.material=NULL&attr.material='", set()),
        ("attr.material=Clay&category=light", set()),
        ("attr.material=Gold", set()),
        ("q=bo", {"Bowl", "Board"}),
        ("q=bowl", {"Bowl"}),
        ("q=!!!", set()),
        ("q=nothing+like+it", set()),
    ],
)
def test_a_list_can_be_narrowed(shop: TenantContext, query: str, expected: set[str]) -> None:
    _stock_kitchen(shop)
    with browser(shop) as client:
        assert set(_names(client, query)) == expected


def test_options_can_be_filtered_by_like_attributes(shop: TenantContext) -> None:
    colours = tuple(VariantDraft(option_values=(colour,), price_amount=900) for colour in ("Red", "Blue"))
    stock_shop(shop, draft("Scarf", option_names=("Colour",), variants=colours), draft("Mug"))
    with browser(shop) as client:
        assert _names(client, "attr.colour=Red") == ["Scarf"]


def test_facets_count_the_whole_selection(shop: TenantContext) -> None:
    _stock_kitchen(shop)
    with browser(shop) as client:
        facets = client.get("/api/v1/products?category=kitchen&facets=true&limit=1").json()["facets"]
        either = client.get("/api/v1/products?attr.material=Ash&attr.material=Oak&facets=true").json()["facets"]
    assert either["count"] == 2
    assert facets["count"] == 3
    assert facets["in_stock"] == 3
    assert facets["price"] == {"min": 1500, "max": 4500}
    material = next(facet for facet in facets["attributes"] if facet["name"] == "material")
    assert material["values"] == [
        {"value": "Clay", "count": 2},
        {"value": "Ash", "count": 1},
        {"value": "Oak", "count": 1},
    ]


@pytest.mark.parametrize("sort", ["newest", "price", "-price", "name", "popular", "relevance"])
def test_pages_show_every_product_once_in_the_order_of_the_whole(shop: TenantContext, sort: str) -> None:
    products = [draft(f"Mug {n:02}", price=1000 + n // 4) for n in range(23)]  # many ties on price
    stock_shop(shop, *products)
    query = f"sort={sort}&q=mug" if sort == "relevance" else f"sort={sort}"
    with browser(shop) as client:
        whole = _names(client, f"{query}&limit=100")
        paged: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = client.get(f"/api/v1/products?{query}&limit=5&cursor={cursor}").json()
            paged += [item["name"] for item in page["items"]]
            cursor = page["next_cursor"]
    assert len(whole) == 23
    assert paged == whole


def test_products_that_appear_or_go_while_somebody_pages_move_nothing_else(shop: TenantContext) -> None:
    stock_shop(shop, *[draft(f"Mug {n}", price=1000 + n) for n in range(6)])
    with browser(shop) as client:
        first = client.get("/api/v1/products?sort=price&limit=3").json()
        stock_shop(shop, draft("Cheapest", price=1))
        rest = client.get(f"/api/v1/products?sort=price&limit=10&cursor={first['next_cursor']}").json()
    assert [item["name"] for item in rest["items"]] == ["Mug 3", "Mug 4", "Mug 5"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=101", "limit"),
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("sort=nonsense", "sort"),
        ("min_price=-1", "min_price"),
        ("min_price=1e309", "min_price"),
        ("in_stock=perhaps", "in_stock"),
        ("max_price=99999999999999999999", "max_price"),
    ],
)
def test_a_senseless_parameter_is_named_in_a_problem(shop: TenantContext, query: str, field: str) -> None:
    with browser(shop) as client:
        answer = client.get(f"/api/v1/products?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "query",
    [
        "cursor=garbage",
        "cursor=bm9uc2Vuc2U",
        "cursor=WyJuZXdlc3QiLCAiMjAyNiIsICJ4Il0",
        "colour=red",
        "sort=relevance",
        "category=a%00b",
        "attr.colour=a%00b",
        "&".join(f"attr.a={n}" for n in range(11)),
        "cursor=" + "A" * 2000,
    ],
)
def test_a_senseless_request_is_a_problem_that_says_what_to_do(shop: TenantContext, query: str) -> None:
    with browser(shop) as client:
        answer = client.get(f"/api/v1/products?{query}")
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("newest", "2025-W01-1"),
        ("newest", "0001-01-01T00:00:00+23:59"),
        ("newest", "2025-01-01T00,5"),
        ("newest", "2025-13-01 00:00:00+00"),
        ("price", "١٢"),
        ("price", "9" * 30),
        ("popular", "1_0"),
        ("relevance", "1e999"),
        ("name", "\ud800"),
    ],
)
def test_a_forged_cursor_never_reaches_the_database(shop: TenantContext, sort: str, key: str) -> None:
    place = json.dumps([sort, key, "01890000-0000-7000-8000-000000000000"]).encode()
    cursor = base64.urlsafe_b64encode(place).decode().rstrip("=")
    words = "&q=mug" if sort == "relevance" else ""
    with browser(shop) as client:
        answer = client.get(f"/api/v1/products?sort={sort}&cursor={cursor}{words}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")
        assert client.get(f"/products/?sort={sort}&cursor={cursor}{words}").status_code == 200


def test_a_nul_in_an_address_does_not_cut_it(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    with browser(shop) as client:
        answer = client.get("/api/v1/products/mug%00junk")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_text")


def test_a_cursor_of_another_sort_is_refused(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"), draft("Bowl"))
    with browser(shop) as client:
        cursor = client.get("/api/v1/products?sort=price&limit=1").json()["next_cursor"]
        answer = client.get(f"/api/v1/products?sort=name&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


def test_an_unknown_category_is_a_404_and_an_empty_one_is_not(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug", category_names=("Kitchen",), is_published=False))
    with browser(shop) as client:
        unknown = client.get("/api/v1/products?category=kichten")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "category_not_found")
        assert _names(client, "category=kitchen") == []


def test_the_same_answer_is_not_sent_twice(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    with browser(shop) as client:
        first = client.get("/api/v1/products")
        tag = first.headers["etag"]
        again = client.get("/api/v1/products", headers={"if-none-match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        stock_shop(shop, draft("Bowl"))
        assert client.get("/api/v1/products", headers={"if-none-match": tag}).status_code == 200


def test_a_product_page_says_everything(shop: TenantContext) -> None:
    variants = (
        VariantDraft(("Red", "M"), price_amount=900, sku="S-1", stock_quantity=3, is_stock_tracked=True),
        VariantDraft(("Red", "L"), price_amount=900, stock_quantity=0, is_stock_tracked=True),
        VariantDraft(("Blue", "M"), price_amount=1100, compare_at_amount=1300, is_stock_tracked=False),
    )
    scarf = draft(
        "Scarf", option_names=("Colour", "Size"), variants=variants, description="<p>Soft.</p>", tags=("warm",)
    )
    stock_shop(shop, scarf)
    with browser(shop) as client:
        product = client.get("/api/v1/products/scarf").json()
    assert product["description"] == "<p>Soft.</p>"
    assert product["tags"] == ["warm"]
    assert product["options"] == [
        {"name": "Colour", "values": ["Red", "Blue"]},
        {"name": "Size", "values": ["M", "L"]},
    ]
    found = [(v["options"], v["available"], v["in_stock"], v["price"]["amount"]) for v in product["variants"]]
    assert found == [
        ({"Colour": "Red", "Size": "M"}, 3, True, 900),
        ({"Colour": "Red", "Size": "L"}, 0, False, 900),
        ({"Colour": "Blue", "Size": "M"}, None, True, 1100),
    ]
    assert product["variants"][2]["compare_at_price"] == {"amount": 1300, "currency": "EUR"}


def test_drafts_are_nowhere(shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug", is_published=False))
    with browser(shop) as client:
        assert _names(client) == []
        assert _names(client, "q=mug") == []
        assert client.get("/api/v1/products/mug").status_code == 404


def test_categories_are_a_tree_with_counts_of_everything_below(shop: TenantContext) -> None:
    _stock_kitchen(shop)
    with browser(shop) as client:
        tree: list[dict[str, Any]] = client.get("/api/v1/categories").json()
    by_slug = {node["slug"]: node for node in tree}
    assert {slug: node["product_count"] for slug, node in by_slug.items()} == {"kitchen": 3, "light": 1}
    assert [child["path"] for child in by_slug["kitchen"]["children"]] == ["kitchen/ceramics"]


def test_the_shop_next_door_has_its_own_of_everything(shop: TenantContext, rival: TenantContext) -> None:
    stock_shop(shop, draft("Mug", category_names=("Kitchen",), price=100))
    stock_shop(rival, draft("Mug", category_names=("Kitchen",), price=200), draft("Secret"))
    with browser(shop) as ours, browser(rival) as theirs:
        mine = ours.get("/api/v1/products/mug").json()
        yours = theirs.get("/api/v1/products/mug").json()
        assert (mine["price"]["amount"], yours["price"]["amount"]) == (100, 200)
        assert mine["id"] != yours["id"]
        assert ours.get("/api/v1/products/secret").status_code == 404
        assert _names(ours, "q=secret") == []
        assert _names(ours, "category=kitchen") == ["Mug"]
        cursor = theirs.get("/api/v1/products?limit=1").json()["next_cursor"]
        assert "Secret" not in _names(ours, f"cursor={cursor}")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing-here", 404, "not_found"),
        ("DELETE", "/api/v1/products", 405, "method_not_allowed"),
        ("GET", "/api/v1/products/no-such", 404, "product_not_found"),
    ],
)
def test_errors_are_problem_documents(shop: TenantContext, method: str, path: str, status: int, code: str) -> None:
    with browser(shop) as client:
        answer = client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"type", "title", "status", "detail", "instance", "code", "errors"}


def test_a_bug_in_an_endpoint_is_one_numbered_problem_and_one_line_in_the_log(shop: TenantContext) -> None:
    router = APIRouter(route_class=StorefrontRoute)

    @router.get("/broken")
    def broken() -> None:
        raise RuntimeError("the-secret-in-a-traceback")  # noqa: EM101

    app = behind_the_gate(build(router))
    with structlog.testing.capture_logs() as lines, TestClient(app, address(shop), False) as client:  # noqa: FBT003
        answer = client.get("/api/v1/broken")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    numbers = [line["error_id"] for line in lines if line["event"] == "unexpected_error"]
    assert len(numbers) == 1
    assert numbers[0] in answer.json()["detail"]


def test_the_documentation_opens_without_a_script_in_the_page(shop: TenantContext) -> None:
    with browser(shop) as client:
        page = client.get("/api/docs")
        assert page.status_code == 200
        assert "<script>" not in page.text
        for source in ("swagger-ui-dist/swagger-ui-bundle.js", "swagger-ui-dist/swagger-ui.css", "storefront/docs.js"):
            assert source in page.text
        assert client.get("/static/storefront/docs.js").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["products", "products?facets=true", "products?limit=0", "products/mug", "products/nope", "categories", "nope"],
)
def test_head_answers_like_get_without_the_body(shop: TenantContext, path: str) -> None:
    _stock_kitchen(shop)
    with browser(shop) as client:
        whole, head = client.get(f"/api/v1/{path}"), client.head(f"/api/v1/{path}")
    assert (head.status_code, head.content) == (whole.status_code, b"")
    ours = {"content-length", "content-type", "etag", "cache-control", "content-security-policy"}
    told, asked = ({name: value for name, value in a.headers.items() if name in ours} for a in (head, whole))
    assert told == asked
    assert int(told["content-length"]) == len(whole.content)


def test_head_of_what_the_client_has_already_is_304(shop: TenantContext) -> None:
    with browser(shop) as client:
        tag = client.head("/api/v1/products").headers["etag"]
        assert client.head("/api/v1/products", headers={"if-none-match": tag}).status_code == 304
        assert client.head("/api/openapi.json").status_code == 200
        assert client.head("/api/docs").status_code == 200
        assert client.post("/api/v1/products").headers["allow"] == "GET, HEAD"
