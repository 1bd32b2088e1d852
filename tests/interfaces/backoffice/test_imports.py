"""Imports in the back office: a file is sent, watched, steered; who may not, does not."""

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from hansa.domain.imports.models import ImportRun
from hansa.domain.work.services.perform import work_off
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.imports.files import csv_bytes
from tests.interfaces.backoffice.conftest import submit

ADD = "/admin/imports/importrun/add/"
FILE = csv_bytes(
    [
        {"Handle": "mug", "Title": "Mug", "Variant Price": "10"},
        {"Handle": "cup", "Title": "Cup", "Variant Price": "<b>ten"},
    ]
)


def send(staff: TestClient, content: bytes = FILE, **fields: str) -> Any:
    return submit(staff, ADD, {"format": "shopify"} | fields, {"file": ("goods.csv", content, "text/csv")})


def page_of(answer: Any) -> str:
    assert answer.status_code == 302, answer.text
    location: str = answer.headers["location"]
    return location


def buttons(page: str) -> list[str]:
    """Return the names of the operations whose buttons are not hidden."""
    return re.findall(r'action="[^"]*/do/(\w+)/" data-when="[^"]*">', page)


def press(staff: TestClient, page: str, name: str) -> Any:
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', staff.get(page).text)
    at = page.removesuffix("change/")
    return staff.post(f"{at}do/{name}/", data={"csrfmiddlewaretoken": token}, follow_redirects=False)


def work(shop: TenantContext) -> None:
    with tenant_scope(shop):
        work_off(now=now() + timedelta(minutes=1))


def test_a_file_is_sent_and_its_page_tells_what_became_of_it(staff: TestClient, shop: TenantContext) -> None:
    page = page_of(send(staff))
    shown = staff.get(page).text
    assert buttons(shown) == ["pause", "cancel"]
    assert "by ada@example.com" in shown
    assert f'data-socket="/ws/imports/{page.split("/")[-3]}"' in shown
    work(shop)
    shown = staff.get(page).text
    assert buttons(shown) == []
    assert "&lt;b&gt;ten" in shown
    errors = staff.get(f"{page.removesuffix('change/')}errors/")
    assert errors.text.splitlines()[1].startswith("cup,Cup,<b>ten,Variant Price,")
    assert "goods.csv" in staff.get("/admin/imports/importrun/").text


def test_the_progress_is_told_to_browsers_without_a_socket(staff: TestClient, shop: TenantContext) -> None:
    at = page_of(send(staff)).removesuffix("change/")
    work(shop)
    assert staff.get(f"{at}progress/").json() == {
        "type": "progress",
        "status": "done",
        "processed_rows": 2,
        "total_rows": 2,
        "rows_per_second": staff.get(f"{at}progress/").json()["rows_per_second"],
        "seconds_left": None,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "failed": 1,
    }


def test_the_buttons_steer_the_import(staff: TestClient, shop: TenantContext) -> None:
    page = page_of(send(staff))
    assert press(staff, page, "pause").status_code == 302
    assert buttons(staff.get(page).text) == ["resume", "cancel"]
    refused = press(staff, page, "pause")
    assert refused.status_code == 422
    assert "The import is paused, so it cannot be paused." in refused.text
    assert press(staff, page, "resume").status_code == 302
    assert press(staff, page, "cancel").status_code == 302
    assert buttons(staff.get(page).text) == []
    work(shop)
    with tenant_scope(shop), transaction():
        assert ImportRun.objects.get().status == "cancelled"


def test_a_file_that_was_checked_is_imported_by_a_button(staff: TestClient, shop: TenantContext) -> None:
    page = page_of(send(staff, dry_run="on"))
    work(shop)
    shown = staff.get(page).text
    assert "Only checked: nothing is written" in shown
    assert buttons(shown) == ["start"]
    assert press(staff, page, "start").status_code == 302
    work(shop)
    with tenant_scope(shop), transaction():
        run = ImportRun.objects.get()
        assert (run.status, run.is_dry_run, run.created_products) == ("done", False, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"a,b\n1,2\n", "This is not a Shopify product file"),
        (b"PK\x03\x04\x00", "NUL bytes"),
    ],
)
def test_what_cannot_be_imported_is_refused_beside_the_form(
    staff: TestClient, shop: TenantContext, content: bytes, sentence: str
) -> None:
    answer = send(staff, content)
    assert answer.status_code == 422
    assert sentence in answer.text
    with tenant_scope(shop), transaction():
        assert not ImportRun.objects.exists()


def test_the_script_has_the_pages_nonce(staff: TestClient) -> None:
    answer = staff.get(page_of(send(staff)))
    (nonce,) = re.findall(r'import\.[^"]*js" nonce="([^"]+)"', answer.text)
    assert f"'nonce-{nonce}'" in answer.headers["content-security-policy"]
