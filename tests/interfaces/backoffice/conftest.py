"""A browser in front of the back office."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext, tenant_scope

PASSWORD = "correct horse battery"  # noqa: S105  (a test's)


@pytest.fixture
def visit() -> Iterator[Callable[[TenantContext], TestClient]]:
    """Return a function that opens a browser on a shop; nobody is logged in."""
    from tests.worlds import browser

    with ExitStack() as browsers:
        yield lambda tenant: browsers.enter_context(browser(tenant))


@pytest.fixture
def log_in(visit: Callable[[TenantContext], TestClient]) -> Callable[[TenantContext], TestClient]:
    """Return a function that opens a browser on a shop and logs its staff in."""

    def enter(tenant: TenantContext) -> TestClient:
        make_staff(tenant)
        client = visit(tenant)
        answer = submit(client, "/admin/login/", {"username": "ada@example.com", "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client

    return enter


@pytest.fixture
def staff(shop: TenantContext, log_in: Callable[[TenantContext], TestClient]) -> TestClient:
    """Return the browser of our shop's staff."""
    return log_in(shop)


def make_staff(tenant: TenantContext, email: str = "ada@example.com", password: str = PASSWORD) -> None:
    """Give the shop a staff member."""
    from hansa.domain.staff.services.create_staff import create_staff

    with tenant_scope(tenant):
        create_staff(email=email, password=password)


def submit(client: TestClient, path: str, fields: dict[str, Any], files: dict[str, Any] | None = None) -> Any:
    """Send a form as a browser does, with the page's token; redirects are not followed."""
    page = client.get(path)
    assert page.status_code == 200, page.text[:2000]
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    return client.post(path, data={"csrfmiddlewaretoken": token} | fields, files=files, follow_redirects=False)


class _FormReader(HTMLParser):
    """Reads what a form would send."""

    _NOT_SENT = frozenset({"file", "submit", "button", "search"})

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type")
        if tag == "input" and name and kind not in self._NOT_SENT and (kind != "checkbox" or "checked" in given):
            self.values[name] = given.get("value") or ("on" if kind == "checkbox" else "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.values[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._textarea, self.values[name] = name, ""

    def handle_endtag(self, tag: str) -> None:
        self._select = "" if tag == "select" else self._select
        self._textarea = "" if tag == "textarea" else self._textarea

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] += data.removeprefix("\r\n").removeprefix("\n")


def filled(page: str) -> dict[str, Any]:
    """Return what the forms on the page would send if nobody touched them."""
    reader = _FormReader()
    reader.feed(page)
    return {name: value for name, value in reader.values.items() if "__prefix__" not in name}


def messages_of(page: str) -> str:
    """Return the words of a page without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def count_statements(staff: TestClient, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], int]:
    """Return a function that opens a page and counts the statements it took, on whatever thread."""
    from hansa.kernel.postgresql.base import DatabaseWrapper

    statements = 0
    create = DatabaseWrapper.create_cursor

    def counted(self: DatabaseWrapper, name: str | None = None) -> Any:
        nonlocal statements
        statements += 1
        return create(self, name)

    monkeypatch.setattr(DatabaseWrapper, "create_cursor", counted)

    def count(path: str) -> int:
        nonlocal statements
        assert staff.get(path).status_code == 200
        statements = 0
        assert staff.get(path).status_code == 200
        return statements

    return count
