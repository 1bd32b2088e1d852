"""Another spelling of an address, or a header that names another method, opens nothing (RELIABILITY S4)."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext
from tests.interfaces.backoffice.conftest import make_staff
from tests.interfaces.guards.test_origins import ID
from tests.worlds import browser

PROTECTED = ["/admin/", "/admin/catalog/product/", f"/api/v1/carts/{ID}", f"/api/v1/orders/{ID}", f"/orders/{ID}"]


def _spellings(path: str) -> list[str]:
    first, _, rest = path.strip("/").partition("/")
    return [
        f"/{first}%2f{rest}", f"/%2e/{first}/{rest}", f"/static/../{first}/{rest}", f"/static/%2e%2e/{first}/{rest}",
        f"/health/..%2f{first}/{rest}", f"//{first}/{rest}", f"/{first}//{rest}", f"/{first};x=1/{rest}",
        f"/{first}/;/{rest}", f"/{first.upper()}/{rest}", f"/%{ord(first[0]):x}{first[1:]}/{rest}", f"{path}%00",
        f"{path}%20", f"{path}/.", f"{path}..;/", f"\\{first}\\{rest}", f"/./{first}/{rest}", f"/x/../{first}/{rest}",
    ]  # fmt: skip


def _raw(client: TestClient, method: str, path: str, **options: Any) -> Any:
    """Ask for a path as it is written, as servers hand it on: decoded once."""
    from urllib.parse import unquote

    from hansa.config.asgi import application

    async def ask(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope |= {"path": unquote(path), "raw_path": path.encode()}
        await application(scope, receive, send)

    with TestClient(ask, str(client.base_url), raise_server_exceptions=False, follow_redirects=False) as asking:
        return asking.request(method, "/", **options)


@pytest.mark.parametrize("path", PROTECTED)
def test_no_spelling_of_an_address_opens_what_the_plain_one_does_not(shop: TenantContext, path: str) -> None:
    make_staff(shop)
    with browser(shop) as client:
        plain = _raw(client, "GET", path)
        assert plain.status_code in {302, 401, 404}
        for spelling in _spellings(path):
            answer = _raw(client, "GET", spelling)
            assert answer.status_code in {plain.status_code, 301, 302, 400, 401, 404, 405, 422}, spelling
            assert not answer.is_success, spelling
            if answer.is_redirect:
                assert not answer.headers["location"].startswith(("//", "http")), spelling


@pytest.mark.parametrize("header", ["x-http-method-override", "x-http-method", "x-method-override"])
def test_no_header_and_no_field_makes_another_method_of_a_request(shop: TenantContext, header: str) -> None:
    with browser(shop) as client:
        cart = client.post("/api/v1/carts", json={}).json()
        mine = {"authorization": f"Cart {cart['token']}"}
        where = f"/api/v1/carts/{cart['id']}"
        same = client.get(f"{where}?_method=PATCH", headers={**mine, header: "PATCH"})
        assert (same.status_code, same.json()["version"]) == (200, cart["version"])
        refused = client.post(where, json={"email": "e@e.example"}, headers={**mine, header: "PATCH"})
        assert refused.status_code == 405
        assert client.get("/cart/add", headers={header: "POST"}).status_code == 405


@pytest.mark.parametrize("header", ["x-original-url", "x-rewrite-url", "x-forwarded-path", "x-forwarded-prefix"])
def test_no_header_names_another_address(shop: TenantContext, header: str) -> None:
    with browser(shop) as client:
        plain, told = client.get("/robots.txt"), client.get("/robots.txt", headers={header: "/admin/"})
    assert (plain.status_code, plain.text) == (told.status_code, told.text)


def test_a_key_that_stands_twice_in_json_is_read_once(shop: TenantContext) -> None:
    with browser(shop) as client:
        cart = client.post("/api/v1/carts", json={}).json()
        answer = client.patch(
            f"/api/v1/carts/{cart['id']}",
            content=b'{"email": "first@e.example", "email": "last@e.example"}',
            headers={"authorization": f"Cart {cart['token']}", "content-type": "application/json"},
        )
    assert answer.json()["email"] == "last@e.example"
