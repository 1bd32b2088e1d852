"""An import in a browser: the bar moves by itself, the buttons work, on a desk and on a phone."""

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.domain.imports.files import csv_bytes

pytestmark = pytest.mark.services

PASSWORD = "correct horse battery"  # noqa: S105  (a test's)
PATIENCE_MILLISECONDS = 60_000
PRODUCTS = 20_000


@pytest.fixture
def owner(shop_slug: str) -> str:
    """Return the e-mail address of somebody who may import. They are made before Playwright starts."""
    from django.db import connection

    from hansa.domain.staff.services.create_staff import create_staff
    from hansa.domain.tenants.selectors import get_tenant_by_slug
    from hansa.kernel.tenancy import tenant_scope

    address = f"owner.{uuid4().hex}@example.com"
    with tenant_scope(get_tenant_by_slug(shop_slug)):
        create_staff(email=address, password=PASSWORD)
    connection.close()
    return address


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    """Return a file that takes a while, and whose products shoppers do not see."""
    path = tmp_path / "goods.csv"
    rows = [
        {"Handle": f"b-{n}", "Title": f"Bowl {n}", "Variant Price": "9", "Status": "draft"} for n in range(PRODUCTS)
    ]
    path.write_bytes(csv_bytes(rows))
    return path


def log_in(page: Page, address: str) -> None:
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def check_page(begun: Visit) -> None:
    """Check what holds everywhere; a server without sockets is no fault of the page, which asks instead."""
    begun.complaints = [text for text in begun.complaints if "WebSocket connection to" not in text]
    begun.check_page()


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_the_bar_moves_and_the_buttons_work(
    owner: str, large_file: Path, visit: Callable[..., Visit], device: str
) -> None:
    begun = visit(device)
    page = begun.open("/admin/imports/importrun/add/")
    log_in(page, owner)
    check_page(begun)
    _photograph(page, f"upload-{device}")
    page.locator("#id_file").set_input_files(large_file)
    page.get_by_label("What wrote it").select_option("Shopify")
    page.get_by_role("button", name="Import", exact=True).click()
    status, bar = page.locator("[data-shown=status]"), page.locator("#import progress")
    expect(status).to_have_text("Running", timeout=PATIENCE_MILLISECONDS)
    seen = _wait_until_it_moves(page, 0)
    _wait_until_it_moves(page, seen)
    expect(page.get_by_text("rows a second")).to_be_visible()
    check_page(begun)
    _photograph(page, f"running-{device}")
    page.get_by_role("button", name="Pause").click()
    expect(status).to_have_text("Paused")
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    page.get_by_role("button", name="Resume").click()
    _wait_until_it_moves(page, int(bar.evaluate("one => one.value")))
    page.get_by_role("button", name="Cancel import").click()
    expect(status).to_have_text("Cancelled")
    assert 0 < int(bar.evaluate("one => one.value")) < PRODUCTS
    check_page(begun)


def _wait_until_it_moves(page: Page, seen: int) -> int:
    """Return the bar's value as soon as it is beyond `seen`; nobody reloads the page."""
    moved = page.wait_for_function(
        "seen => { const bar = document.querySelector('#import progress'); return bar.value > seen && bar.value; }",
        arg=seen,
        timeout=PATIENCE_MILLISECONDS,
    )
    return int(moved.json_value())


def _photograph(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    if folder := os.environ.get("HANSA_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
