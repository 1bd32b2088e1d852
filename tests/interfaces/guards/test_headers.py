"""Every answer is hardened, and no page runs a script or a style that it did not mean to."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import override_settings
from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext
from tests.interfaces.backoffice.conftest import PASSWORD, make_staff, submit
from tests.interfaces.guards.test_origins import ID, _pages, _unsafe_routes
from tests.worlds import address, behind_the_gate, browser, draft, stock_shop

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}
EXTRA = ["/", "/p/mug/", "/p/nothing/", "/c/nothing/", "/static/shop/shop.css", "/static/nothing.css", "/media/x/y",
         "/api/docs", "/api/openapi.json", "/api/v1/products", "/api/v1/products?limit=x", "/api/v1/nothing",
         f"/api/v1/carts/{ID}", "/api/v1/categories", "/health/live", "/health/ready", "/admin/", "/admin/nothing",
         "/robots.txt", "/favicon.ico"]  # fmt: skip


class _Inline(HTMLParser):
    """Collects what runs inside a page."""

    def __init__(self) -> None:
        super().__init__()
        self.nonces: list[str | None] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"script", "style"} and given.get("type") != "application/json":
            self.nonces.append(given.get("nonce"))
            if "src" not in given and not given.get("nonce"):
                self.inline.append(tag)
        self.inline += [f"{tag} {name}" for name, _ in attrs if name.startswith("on") and name != "on"]


@pytest.fixture
def staff(shop: TenantContext) -> Iterator[TestClient]:
    stock_shop(shop, draft("Mug"))
    make_staff(shop)
    with browser(shop) as client:
        submit(client, "/admin/login/", {"username": "ada@example.com", "password": PASSWORD})
        yield client


def _check(path: str, answer: Any) -> str:
    """Check one answer; returns its nonce, if it has one."""
    for name, value in ALWAYS.items():
        assert answer.headers.get_list(name) == [value] or path.startswith("/admin/"), (path, name)
        assert answer.headers.get_list(name), (path, name)
    assert "camera=()" in answer.headers["permissions-policy"], path
    (policy,) = answer.headers.get_list("content-security-policy")
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";") if rule.strip()}
    assert "frame-ancestors" in rules, path
    scripts = rules.get("script-src", rules["default-src"])
    assert "'unsafe-inline'" not in scripts, path
    assert "*" not in scripts, path
    nonce = next((word[7:-1] for word in scripts if word.startswith("'nonce-")), "")
    if "text/html" in answer.headers.get("content-type", "") and not path.startswith("/admin/"):
        page = _Inline()
        page.feed(answer.text)
        assert not page.inline, (path, page.inline)
        assert set(page.nonces) <= {nonce}, path
        assert "'unsafe-inline'" not in policy, path
        assert "unsafe-eval" not in policy, path
    return nonce


def test_every_page_and_every_error_is_hardened(staff: TestClient) -> None:
    paths = sorted({*EXTRA, *_pages(_patterns())})
    assert len(paths) > 100
    nonces = []
    kinds = set()
    for path in paths:
        answer = staff.get(path, headers={"accept": "text/html"}, follow_redirects=False)
        nonces.append(_check(path, answer))
        kinds.add(answer.status_code)
    assert {200, 302, 404, 422} <= kinds
    told = [nonce for nonce in nonces if nonce]
    assert len(told) > 10
    assert len(set(told)) == len(told), "a nonce was used twice"


def test_every_refused_change_is_hardened(shop: TenantContext) -> None:
    with browser(shop) as client:
        for method, path in _unsafe_routes():
            if not path.startswith("/admin/"):
                _check(path, client.request(method, path, headers={"accept": "text/html"}, follow_redirects=False))


def test_in_the_back_office_only_evaluation_is_allowed_more_and_inline_scripts_have_a_nonce(staff: TestClient) -> None:
    seen = 0
    for path in (
        "/admin/",
        "/admin/catalog/product/",
        "/admin/catalog/product/add/",
        "/admin/orders/order/",
        "/admin/nothing/",
    ):
        answer = staff.get(path)
        page = _Inline()
        page.feed(answer.text)
        assert "script" not in page.inline, path
        assert not [one for one in page.inline if " on" in one], path
        seen += len(page.nonces)
    assert seen > 10


def test_the_nonce_of_one_page_is_new_each_time(staff: TestClient) -> None:
    for path in ("/", "/api/docs", "/no-such-page"):
        nonces = {
            re.findall(r"'nonce-([^']+)'", staff.get(path).headers["content-security-policy"])[0] for _ in range(5)
        }
        assert len(nonces) == 5, path


@pytest.mark.parametrize(
    "make", [lambda: RuntimeError("a secret of the inside"), lambda: ValueError("a secret of the inside")]
)
def test_a_bug_is_hardened_and_shows_nothing(shop: TenantContext, make: Callable[[], Exception]) -> None:
    async def broken(*_: Any) -> None:
        raise make()

    with TestClient(behind_the_gate(broken), address(shop)) as client:
        answer = client.get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    _check("/", answer)


def test_browsers_are_told_to_use_https_for_a_year_where_settings_say_so(shop: TenantContext) -> None:
    with override_settings(SECURE_HSTS_SECONDS=31_536_000), browser(shop) as client:
        for path in ("/", "/api/v1/products", "/static/shop/shop.css", "/health/live", "/nothing"):
            told = client.get(path).headers["strict-transport-security"]
            assert told == "max-age=31536000; includeSubDomains", path
    with browser(shop) as client:
        assert "strict-transport-security" not in client.get("/").headers


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "get", "NONSENSE"])
@pytest.mark.parametrize("path", ["/", "/api/v1/products", "/admin/", "/health/live", "/static/shop/shop.css"])
def test_a_method_that_nothing_has_is_405(shop: TenantContext, method: str, path: str) -> None:
    async def ask(scope: Any, receive: Any, send: Any) -> None:
        from hansa.config.asgi import application

        if scope["type"] == "http":
            scope["method"] = method
        await application(scope, receive, send)

    with TestClient(ask, address(shop)) as client:
        answer = client.get(path, headers={"x-secret": "reflected?"})
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert "reflected?" not in answer.text
    _check(path, answer)


def _patterns() -> Any:
    from django.urls import get_resolver

    return get_resolver().url_patterns
