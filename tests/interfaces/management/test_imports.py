"""Imports by the management API: sent as a form, steered, and their failed rows fetched."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from hansa.domain.catalog.models import Product
from hansa.domain.imports.models import ImportRun
from hansa.domain.work.services.perform import work_off
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.imports.files import csv_bytes
from tests.interfaces.management.conftest import Integration

GOOD = {"Handle": "mug", "Title": "Mug", "Variant Price": "10"}
BAD = {"Handle": "cup", "Title": "Cup", "Variant Price": "ten"}
FILE = csv_bytes([GOOD, BAD])


def send(who: Integration, content: bytes = FILE, *, name: str = "goods.csv", **form: str) -> Any:
    return who.client.post(
        "/manage/v1/imports",
        files={"file": (name, content, "text/csv")},
        data={"format": "shopify"} | form,
        headers={"Authorization": f"Bearer {who.secret}"},
    )


def work(tenant: TenantContext) -> None:
    with tenant_scope(tenant):
        work_off(now=now() + timedelta(minutes=1))


def test_a_file_is_sent_imported_and_tells_what_failed(shop: TenantContext, erp: Integration) -> None:
    sent = send(erp, name="../goods.csv")
    assert sent.status_code == 201, sent.text
    run = sent.json()
    assert (run["status"], run["file_name"], run["format"], run["dry_run"]) == (
        "pending",
        "goods.csv",
        "shopify",
        False,
    )
    assert run["errors_url"] is None
    work(shop)
    run = erp.get(f"imports/{run['id']}").json()
    assert (run["status"], run["processed_rows"], run["total_rows"]) == ("done", 2, 2)
    assert (run["created"], run["updated"], run["failed"]) == (1, 0, 1)
    errors = erp.client.get(run["errors_url"], headers={"Authorization": f"Bearer {erp.secret}", "Accept": "text/csv"})
    assert errors.headers["content-type"] == "text/csv; charset=utf-8"
    assert errors.headers["content-disposition"] == f'attachment; filename="import-{run["id"]}-errors.csv"'
    (row,) = csv.DictReader(io.StringIO(errors.text))
    assert (row["Handle"], row["Import error in column"]) == ("cup", "Variant Price")
    assert [one["id"] for one in erp.get("imports?status=done").json()["items"]] == [run["id"]]
    assert erp.get("imports?status=failed").json()["items"] == []


def test_a_dry_run_writes_nothing_until_it_is_started(shop: TenantContext, erp: Integration) -> None:
    run = send(erp, dry_run="true").json()
    work(shop)
    with tenant_scope(shop), transaction():
        assert not Product.objects.exists()
    assert erp.get(f"imports/{run['id']}").json()["created"] == 1
    started = erp.ask("POST", f"imports/{run['id']}/start")
    assert (started.status_code, started.json()["status"], started.json()["dry_run"]) == (200, "pending", False)
    work(shop)
    with tenant_scope(shop), transaction():
        assert Product.objects.get().name == "Mug"


def test_an_import_is_paused_resumed_and_cancelled(shop: TenantContext, erp: Integration) -> None:
    at = f"imports/{send(erp).json()['id']}"
    assert erp.ask("POST", f"{at}/pause").json()["status"] == "paused"
    refused = erp.ask("POST", f"{at}/pause")
    assert (refused.status_code, refused.json()["code"]) == (409, "import_not_possible")
    assert erp.ask("POST", f"{at}/resume").json()["status"] == "pending"
    assert erp.ask("POST", f"{at}/cancel").json()["status"] == "cancelled"
    work(shop)
    assert erp.get(at).json()["processed_rows"] == 0


@pytest.mark.parametrize(
    ("content", "form", "status", "code"),
    [
        (b"a,b\n1,2\n", {}, 422, "unknown_header"),
        (b"", {}, 422, "empty_file"),
        (b"\xff\xfea\x00", {}, 422, "file_in_utf16"),
        (FILE, {"format": "excel"}, 422, "invalid"),
        (FILE, {"dry_run": "perhaps"}, 422, "invalid"),
        (FILE, {"dryrun": "true"}, 422, "invalid"),
    ],
)
def test_what_cannot_be_imported_is_refused_at_once(
    shop: TenantContext, erp: Integration, content: bytes, form: dict[str, str], status: int, code: str
) -> None:
    answer = send(erp, content, **form)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    with tenant_scope(shop), transaction():
        assert not ImportRun.objects.exists()


def test_a_form_without_a_file_says_so(erp: Integration) -> None:
    answer = erp.ask("POST", "imports", {"format": "shopify"})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["file"]


def test_a_file_may_be_larger_than_other_bodies_but_not_for_strangers(erp: Integration) -> None:
    rows = csv_bytes([GOOD | {"Body (HTML)": "x" * 900_000, "Handle": f"mug-{n}"} for n in range(4)])
    assert len(rows) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert send(erp, rows).status_code == 201
    stranger = erp.client.post("/manage/v1/imports", files={"file": ("x.csv", rows)}, data={"format": "shopify"})
    assert (stranger.status_code, stranger.json()["code"]) == (413, "body_too_large")


def test_who_only_looks_sends_nothing(integrate: Callable[..., Integration], shop: TenantContext) -> None:
    reader = integrate(shop, "imports.view")
    assert send(reader).status_code == 403
    assert reader.get("imports").status_code == 200


def test_another_shops_import_is_not_there(
    integrate: Callable[..., Integration], erp: Integration, rival: TenantContext
) -> None:
    theirs = send(integrate(rival)).json()["id"]
    assert erp.get("imports").json()["items"] == []
    for method, path in (
        *(("GET", f"imports/{theirs}"), ("GET", f"imports/{theirs}/errors")),
        *(("POST", f"imports/{theirs}/{verb}") for verb in ("cancel", "pause", "resume", "start")),
    ):
        assert erp.ask(method, path).status_code == 404, path
