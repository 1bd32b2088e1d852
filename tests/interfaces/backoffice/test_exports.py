"""Exports in the back office."""

import re

from starlette.testclient import TestClient

from hansa.domain.work.services.perform import work_off
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.interfaces.backoffice.conftest import PASSWORD, filled, messages_of, submit
from tests.worlds import draft, stock_shop

LIST = "/admin/exports/export/"


def pages_of(client: TestClient) -> list[str]:
    return re.findall(rf"{LIST}[0-9a-f-]+/(?:change|file)/", client.get(LIST).text)


def test_a_merchant_asks_for_a_file_and_downloads_it(staff: TestClient, shop: TenantContext) -> None:
    stock_shop(shop, draft("Mug"))
    answer = submit(staff, f"{LIST}add/", {"kind": "products", "file_format": "csv"})
    assert answer.status_code == 302, messages_of(answer.text)
    assert "Waiting" in messages_of(staff.get(LIST).text)
    with tenant_scope(shop):
        work_off(now=now())
    page, file = sorted(set(pages_of(staff)))
    assert page.endswith("change/")
    facts = messages_of(staff.get(page).text)
    assert "Status Done Written 1 Asked by ada@example.com" in facts
    assert "Kept until" in facts
    got = staff.get(file)
    assert got.headers["content-disposition"].startswith('attachment; filename="products-')
    assert got.text.splitlines()[1].startswith("mug,Mug,published")
    history = messages_of(staff.get("/admin/audit/auditentry/").text)
    assert "export.requested" in history
    assert "export.downloaded" in history


def test_a_merchant_cancels_an_export(staff: TestClient, shop: TenantContext) -> None:
    submit(staff, f"{LIST}add/", {"kind": "orders", "file_format": "xlsx"})
    (page,) = set(pages_of(staff))
    sent = filled(staff.get(page).text)
    done = staff.post(page.removesuffix("change/") + "do/cancel/", data=sent, follow_redirects=True)
    assert "The export is cancelled." in messages_of(done.text)
    with tenant_scope(shop):
        work_off(now=now())
    assert "Cancelled" in messages_of(staff.get(page).text)


def test_a_clerk_sees_no_exports(staff: TestClient, shop: TenantContext) -> None:
    from hansa.domain.staff.services.create_staff import create_staff

    submit(staff, f"{LIST}add/", {"kind": "customers", "file_format": "csv"})
    with tenant_scope(shop):
        work_off(now=now())
        create_staff(email="cleo@example.com", password=PASSWORD, role="clerk")
    (file,) = [one for one in set(pages_of(staff)) if one.endswith("file/")]
    staff.cookies.clear()
    submit(staff, "/admin/login/", {"username": "cleo@example.com", "password": PASSWORD})
    assert staff.get(LIST).status_code == 403
    assert staff.get(f"{LIST}add/").status_code == 403
    assert staff.get(file).status_code == 404
