"""What pages of other sites may do here: what the shop lists, and nothing else."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, UUIDConverter
from starlette.testclient import TestClient

from hansa.domain.tenants.errors import InvalidOrigin
from hansa.domain.tenants.services.set_origins import set_origins
from hansa.interfaces.storefront.app import storefront
from hansa.kernel.tenancy import TenantContext
from tests.worlds import browser, draft, stock_shop

WEB = "https://www.acme.example"
ID = "0192f0c1-2345-7000-8000-000000000001"
SIMPLE = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")
"""What a page may send to another site without asking (fetch standard: CORS-safelisted)."""


@pytest.fixture
def client(shop: TenantContext) -> Iterator[TestClient]:
    set_origins(slug=shop.slug, origins=[WEB, "http://localhost:3000"])
    with browser(shop) as client:
        yield client


def _preflight(client: TestClient, origin: str, path: str = "/api/v1/carts") -> dict[str, str]:
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }
    answer = client.options(path, headers=asked)
    assert (answer.status_code, answer.text) == (204, "")
    return dict(answer.headers)


@pytest.mark.parametrize("origin", [WEB, "http://localhost:3000"])
def test_a_listed_origin_may_call_the_api_with_credentials(client: TestClient, origin: str) -> None:
    allowed = _preflight(client, origin)
    assert allowed["access-control-allow-origin"] == origin
    assert allowed["access-control-allow-credentials"] == "true"
    assert "POST" in allowed["access-control-allow-methods"]
    assert "idempotency-key" in allowed["access-control-allow-headers"]
    assert allowed["vary"] == "Origin"
    answer = client.post("/api/v1/carts", json={}, headers={"origin": origin})
    assert answer.status_code == 201
    assert answer.headers["access-control-allow-origin"] == origin
    assert "Origin" in answer.headers["vary"]
    failed = client.get("/api/v1/products/nothing", headers={"origin": origin})
    assert failed.headers["access-control-allow-origin"] == origin, "errors can be read, too"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        f"{WEB}.evil.example",
        f"{WEB}:8443",
        "http://www.acme.example",
        "null",
        "*",
        WEB.upper(),
        "",
    ],
)
def test_any_other_origin_may_not(client: TestClient, origin: str) -> None:
    refused = _preflight(client, origin)
    assert not [name for name in refused if name.startswith("access-control-")]
    assert refused["vary"] == "Origin"
    read = client.get("/api/v1/products", headers={"origin": origin})
    assert read.status_code == 200
    assert "access-control-allow-origin" not in read.headers
    written = client.post("/api/v1/carts", json={}, headers={"origin": origin})
    assert (written.status_code, written.json()["code"]) == (403, "cross_site_request")


def test_a_rivals_list_is_not_ours(client: TestClient, rival: TenantContext) -> None:
    assert client.get("/api/v1/products", headers={"origin": WEB}).headers["access-control-allow-origin"] == WEB
    with browser(rival) as there:
        assert not [name for name in _preflight(there, WEB) if name.startswith("access-control-")]
        assert there.post("/api/v1/carts", json={}, headers={"origin": WEB}).status_code == 403


def test_pages_are_nobody_elses_even_when_listed(client: TestClient) -> None:
    assert not [name for name in _preflight(client, WEB, "/cart/add") if name.startswith("access-control-")]
    assert client.post("/cart/add", headers={"origin": WEB}).status_code == 403
    assert client.post("/admin/login/", headers={"origin": WEB}).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "*", "null", "https://*.acme.example", "https://acme.example/", "https://acme.example/path", "acme.example",
        "http://acme.example", "https://ACME.example", "https://a b", "https://acme.example:port", "https://user@acme.example",
    ],
)  # fmt: skip
def test_only_exact_origins_can_be_listed(shop: TenantContext, origin: str) -> None:
    with pytest.raises(InvalidOrigin):
        set_origins(slug=shop.slug, origins=[WEB, origin])


def test_the_shops_own_pages_may_do_what_they_do(client: TestClient, shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    own = f"http://{shop.slug}.localhost"
    for headers in ({"origin": own}, {"origin": f"{own}:80"}, {"sec-fetch-site": "same-origin"}, {}):
        assert client.post("/api/v1/carts", json={}, headers=headers).status_code == 201, headers
    for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": f"{own}:81"}):
        assert client.post("/api/v1/carts", json={}, headers=headers).status_code == 403, headers


_SAMPLES = {UUIDConverter: ID, IntConverter: "1", SlugConverter: "manual"}


def _pages(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = str(pattern.pattern)
        for name, converter in pattern.pattern.converters.items():
            sample = _SAMPLES.get(type(converter), "x")
            kind = next((part for part in route.split("<") if part.split(">")[0].endswith(name)), "").split(">")[0]
            route = route.replace(f"<{kind}>", sample)
        path = before + route.lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from _pages(pattern.url_patterns, path)
        elif "(?P" not in path:
            yield path


def _unsafe_routes() -> list[tuple[str, str]]:
    described = storefront.app.openapi()["paths"].items()
    api = [
        (method.upper(), path.format(cart_id=ID, line_id=ID, order_id=ID, address_id=ID, product_id=ID, slug="x"))
        for path, methods in described
        for method in methods
        if method != "get"
    ]
    return api + [("POST", path) for path in sorted(set(_pages(get_resolver().url_patterns)))]


@pytest.mark.parametrize("media_type", SIMPLE)
def test_no_unsafe_route_takes_anything_from_another_sites_page(client: TestClient, media_type: str) -> None:
    routes = _unsafe_routes()
    assert len(routes) > 60
    assert {"/cart/add", "/checkout", "/callbacks/manual", "/admin/login/"} < {path for _, path in routes}
    client.cookies.set("csrftoken", "x" * 32)
    for method, path in routes:
        if path.startswith("/health/"):
            continue
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            answer = client.request(
                method, path, content=b"a=b", headers={"content-type": media_type, **headers}, follow_redirects=False
            )
            assert answer.status_code == 403, (method, path)
            assert answer.json()["code"] == "cross_site_request", (method, path)


@pytest.mark.parametrize("media_type", SIMPLE)
def test_the_api_takes_json_only_when_it_says_so(client: TestClient, media_type: str) -> None:
    cart = client.post("/api/v1/carts", json={}).json()
    mine = {"authorization": f"Cart {cart['token']}", "content-type": media_type}
    for path in ("lines", "checkout"):
        answer = client.post(f"/api/v1/carts/{cart['id']}/{path}", content=b'{"variant_id": "x"}', headers=mine)
        assert 400 <= answer.status_code < 500
    assert (
        client.patch(f"/api/v1/carts/{cart['id']}", content=b'{"email": "e@e.example"}', headers=mine).status_code
        == 422
    )
