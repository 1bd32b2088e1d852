"""Exports in the management API."""

from collections.abc import Callable

from hansa.domain.work.services.perform import work_off
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.interfaces.management.conftest import Integration
from tests.worlds import draft, stock_shop


def work(tenant: TenantContext) -> None:
    with tenant_scope(tenant):
        work_off(now=now())


def test_a_file_is_asked_for_and_downloaded(shop: TenantContext, erp: Integration) -> None:
    stock_shop(shop, draft("Mug"))
    asked = erp.ask("POST", "exports", {"kind": "products", "format": "csv"})
    assert asked.status_code == 201, asked.text
    assert asked.json() | {"status": "pending", "download_url": None, "rows": 0} == asked.json()
    at = f"exports/{asked.json()['id']}"
    assert erp.get(f"{at}/file").status_code == 404
    work(shop)
    done = erp.get(at).json()
    assert done | {"status": "done", "rows": 1, "total_rows": 1, "asked_by": "ERP"} == done
    file = erp.client.get(done["download_url"], headers={"Authorization": f"Bearer {erp.secret}"})
    assert file.status_code == 200
    assert file.text.splitlines()[1].startswith("mug,Mug,published")
    assert len(file.content) == done["size_bytes"]
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"].startswith('attachment; filename="products-')
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["cache-control"] == "no-store"


def test_an_export_is_cancelled_once(shop: TenantContext, erp: Integration) -> None:
    asked = erp.ask("POST", "exports", {"kind": "stock"}).json()
    assert erp.ask("POST", f"exports/{asked['id']}/cancel").json()["status"] == "cancelled"
    again = erp.ask("POST", f"exports/{asked['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "export_over")
    work(shop)
    assert erp.get(f"exports/{asked['id']}").json()["status"] == "cancelled"
    assert [one["id"] for one in erp.get("exports?status=cancelled").json()["items"]] == [asked["id"]]
    assert erp.get("exports?status=done").json()["items"] == []


def test_who_may_not_see_customers_neither_exports_nor_downloads_them(
    shop: TenantContext, erp: Integration, integrate: Callable[..., Integration]
) -> None:
    theirs = erp.ask("POST", "exports", {"kind": "customers"}).json()["id"]
    work(shop)
    clerk = integrate(shop, "exports.run", "exports.view", "catalog.view", email="bob@example.com")
    assert clerk.ask("POST", "exports", {"kind": "customers"}).status_code == 403
    assert clerk.ask("POST", "exports", {"kind": "products"}).status_code == 201
    for path in (f"exports/{theirs}", f"exports/{theirs}/file"):
        assert clerk.get(path).status_code == 404
    assert [one["kind"] for one in clerk.get("exports").json()["items"]] == ["products"]
    looker = integrate(shop, "catalog.view", "customers.view", email="eve@example.com")
    for method, path in (("POST", "exports"), ("GET", f"exports/{theirs}/file")):
        assert looker.ask(method, path, {"kind": "customers"} if method == "POST" else None).status_code == 403


def test_another_shops_export_is_not_found(
    shop: TenantContext, rival: TenantContext, erp: Integration, integrate: Callable[..., Integration]
) -> None:
    theirs = integrate(rival).ask("POST", "exports", {"kind": "orders"}).json()["id"]
    work(rival)
    for method, path in (("GET", ""), ("GET", "/file"), ("POST", "/cancel")):
        assert erp.ask(method, f"exports/{theirs}{path}").status_code == 404
    assert erp.get("exports").json()["items"] == []
    work(shop)
