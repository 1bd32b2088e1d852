"""Exports: what is asked for is written by the worker, kept for a while, and only for who may see it."""

import csv
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import storages

from hansa.domain.accounts.models import Customer
from hansa.domain.audit.models import AuditEntry
from hansa.domain.catalog.services.upsert_products import upsert_products
from hansa.domain.catalog.types import ProductDraft, VariantDraft
from hansa.domain.events.models import Event
from hansa.domain.exports.errors import ExportFileNotFound, ExportNotFound, ExportOver, TooManyExports
from hansa.domain.exports.models import Export, ExportFile, ExportStatus, FileFormat, Kind
from hansa.domain.exports.services.cancel_export import cancel_export
from hansa.domain.exports.services.download_export import download_export
from hansa.domain.exports.services.request_export import request_export
from hansa.domain.exports.services.write_export import write_export
from hansa.domain.exports.types import KEPT_FOR, MAX_OPEN_EXPORTS
from hansa.domain.staff.errors import NotAllowed
from hansa.domain.staff.types import SYSTEM, Authority
from hansa.domain.work.errors import JobLost
from hansa.domain.work.registry import HeldJob, all_jobs
from hansa.domain.work.services.jobs import start_job
from hansa.domain.work.services.perform import work_off
from hansa.kernel.actors import Actor, actor_scope
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.worlds import NOON, draft, stock_shop
from tests.worlds_orders import buy, open_for_business

CLERK = Authority(user_id=UUID(int=7), capabilities=frozenset({"exports.run", "catalog.view"}))


@pytest.fixture(autouse=True)
def _in_our_shop(shop: TenantContext) -> Iterator[None]:
    with tenant_scope(shop):
        yield


def exported(kind: Kind, file_format: FileFormat = FileFormat.CSV) -> bytes:
    """Ask for an export, let the worker write it, and return the file."""
    export = request_export(kind=kind, file_format=file_format, by=SYSTEM)
    work_off(now=now())
    with transaction():
        export.refresh_from_db()
    assert export.status == ExportStatus.DONE, export.last_error
    with download_export(export_id=export.pk, by=SYSTEM).file as file:
        return file.read()


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def started(export: Export) -> HeldJob:
    registered = next(one for one in all_jobs() if one.model is Export)
    held = start_job(registered, export.pk, now=now())
    assert held is not None
    return held


def add_customers(number: int) -> None:
    with transaction():
        Customer.objects.bulk_create(
            Customer(email=f"{uuid4()}@example.com", name=f"Ada {n}", tax_id="x" * 40) for n in range(number)
        )


def test_an_order_is_one_row_for_each_line_with_its_amounts_in_major_units(shop: TenantContext) -> None:
    open_for_business(shop)
    buy(mugs=2, bowls=1)
    rows = table(exported(Kind.ORDERS))
    assert [(row["line_name"], row["line_quantity"], row["line_total"]) for row in rows] == [
        ("Mug", "2", "20.00"),
        ("Bowl", "1", "25.00"),
    ]
    assert {row["total"] for row in rows} == {"49.90"}
    assert rows[0]["shipping_city"] == "Berlin"
    assert rows[0]["placed_at"].endswith("Z")


def test_stock_says_what_lies_where(shop: TenantContext) -> None:
    open_for_business(shop, mugs=7)
    buy(mugs=2)
    rows = {row["product"]: row for row in table(exported(Kind.STOCK))}
    assert (rows["Mug"]["on_hand"], rows["Mug"]["reserved"], rows["Mug"]["free"]) == ("7", "2", "5")


def test_an_export_holds_nothing_of_another_shop(shop: TenantContext, rival: TenantContext) -> None:
    for tenant in (shop, rival):
        with tenant_scope(tenant):
            open_for_business(tenant)
            buy(mugs=1, email=f"{tenant.slug}@example.com")
            with transaction():
                Customer.objects.create(email=f"{tenant.slug}@example.com", name=tenant.slug)
    with tenant_scope(shop):
        for kind in Kind:
            content = exported(kind)
            assert content.count(b"\n") >= 2
            assert rival.slug.encode() not in content
        export_id = request_export(kind=Kind.ORDERS, file_format=FileFormat.CSV, by=SYSTEM).pk
        work_off(now=now())
    with tenant_scope(rival), pytest.raises(ExportNotFound):
        download_export(export_id=export_id, by=SYSTEM)


HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-2")


def test_no_cell_of_a_csv_begins_like_a_formula_and_json_has_the_text_itself() -> None:
    with transaction():
        for number, text in enumerate(HOSTILE):
            Customer.objects.create(email=f"{number}@example.com", name=text, phone="+49 30 1")
    rows = table(exported(Kind.CUSTOMERS))
    assert {cell[:1] for row in rows for cell in row.values()} & set("=+-@\t\r") == set()
    assert [row["name"] for row in rows] == [f"'{text}" for text in HOSTILE]
    lines = [json.loads(line) for line in exported(Kind.CUSTOMERS, FileFormat.JSONL).splitlines()]
    assert [line["name"] for line in lines] == list(HOSTILE)
    assert lines[0]["phone"] == "+49 30 1"


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers(shop: TenantContext) -> None:
    hostile = draft("=HYPERLINK(1)", source_key="h", price=1250, stock=3, description="https://example.com")
    stock_shop(shop, hostile)
    book = zipfile.ZipFile(io.BytesIO(exported(Kind.PRODUCTS, FileFormat.XLSX)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "<t>=HYPERLINK(1)</t>" in sheet
    assert "<v>12.50</v>" in sheet
    assert "<v>3</v>" in sheet


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_memory_does_not_grow_with_the_number_of_rows(file_format: FileFormat) -> None:
    add_customers(1)
    exported(Kind.CUSTOMERS, file_format)  # what is loaded once is no matter of rows
    add_customers(8_000)
    export = request_export(kind=Kind.CUSTOMERS, file_format=file_format, by=SYSTEM)
    held = started(export)
    tracemalloc.start()
    try:
        write_export(held)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    with transaction():
        export.refresh_from_db()
        kept = ExportFile.objects.get(export=export)
    assert (export.processed_rows, export.total_rows) == (8_001, 8_001)
    # The rows alone would take more than 8 MiB as Python's objects.
    assert peak < 4 * 1024 * 1024, (peak, kept.size_bytes)


def test_a_cancelled_export_stops_and_leaves_no_file() -> None:
    add_customers(10)
    export = request_export(kind=Kind.CUSTOMERS, file_format=FileFormat.CSV, by=SYSTEM)
    held = started(export)
    assert cancel_export(export_id=export.pk, by=SYSTEM, now=now()).status == ExportStatus.CANCELLED
    with pytest.raises(JobLost):
        write_export(held)
    work_off(now=now() + timedelta(hours=1))
    with transaction():
        export.refresh_from_db()
        assert not ExportFile.objects.exists()
    assert export.status == ExportStatus.CANCELLED
    with pytest.raises(ExportFileNotFound):
        download_export(export_id=export.pk, by=SYSTEM)
    with pytest.raises(ExportOver):
        cancel_export(export_id=export.pk, by=SYSTEM, now=now())


def test_an_export_that_is_done_twice_has_one_file_and_one_event() -> None:
    add_customers(3)
    export = request_export(kind=Kind.CUSTOMERS, file_format=FileFormat.CSV, by=SYSTEM)
    write_export(started(export))  # the worker dies before it can say that it is done
    work_off(now=now() + timedelta(minutes=5))
    with transaction():
        export.refresh_from_db()
        event = Event.objects.get(name="export.finished")
        kept = ExportFile.objects.get(export=export)
    assert (export.status, export.attempts) == (ExportStatus.DONE, 2)
    assert event.payload == {
        "export_id": str(export.pk),
        "kind": "customers",
        "rows": 3,
        "asked_by": str(SYSTEM.user_id),
    }
    assert storages["private"].listdir(kept.name.rpartition("/")[0])[1] == [kept.name.rpartition("/")[2]]


def test_the_file_of_a_lost_attempt_goes() -> None:
    add_customers(3)
    export = request_export(kind=Kind.CUSTOMERS, file_format=FileFormat.CSV, by=SYSTEM)
    lost = started(export)
    from hansa.domain.exports.services.files import file_name

    storage = storages["private"]
    left = file_name(export.pk, lost.attempt, "csv")
    storage.save(left, io.BytesIO(b"half"))  # the worker died between the file and its row
    work_off(now=now() + timedelta(minutes=5))
    assert not storage.exists(left)
    with transaction():
        assert storage.exists(ExportFile.objects.get(export=export).name)


def test_a_file_goes_after_a_week_and_the_export_stays() -> None:
    add_customers(1)
    exported(Kind.CUSTOMERS)
    with transaction():
        kept = ExportFile.objects.get()
    work_off(now=kept.expires_at - timedelta(seconds=1))
    assert storages["private"].exists(kept.name)
    work_off(now=kept.expires_at)
    assert not storages["private"].exists(kept.name)
    with transaction():
        assert not ExportFile.objects.exists()
        assert Export.objects.get().finished_at == kept.expires_at - KEPT_FOR
    with pytest.raises(ExportFileNotFound):
        download_export(export_id=kept.export_id, by=SYSTEM)


def test_nobody_exports_or_downloads_what_they_may_not_see(shop: TenantContext) -> None:
    open_for_business(shop)
    with pytest.raises(NotAllowed):
        request_export(kind=Kind.CUSTOMERS, file_format=FileFormat.CSV, by=CLERK)
    looker = Authority(user_id=UUID(int=8), capabilities=frozenset({"catalog.view", "exports.view"}))
    with pytest.raises(NotAllowed):
        request_export(kind=Kind.PRODUCTS, file_format=FileFormat.CSV, by=looker)
    theirs = request_export(kind=Kind.CUSTOMERS, file_format=FileFormat.CSV, by=SYSTEM)
    ours = request_export(kind=Kind.PRODUCTS, file_format=FileFormat.CSV, by=CLERK)
    work_off(now=now())
    with pytest.raises(ExportNotFound):
        download_export(export_id=theirs.pk, by=CLERK)
    download_export(export_id=ours.pk, by=CLERK).file.close()
    with transaction():
        assert Export.objects.count() == 2


def test_the_audit_log_says_who_asked_and_who_took_it() -> None:
    ada = Actor(kind="staff", id="7", label="ada@example.com")
    with actor_scope(ada):
        export = request_export(kind=Kind.PRODUCTS, file_format=FileFormat.CSV, by=SYSTEM)
        work_off(now=now())
        download_export(export_id=export.pk, by=SYSTEM).file.close()
    with transaction():
        export.refresh_from_db()
        entries = AuditEntry.objects.filter(object_id=str(export.pk)).order_by("seq")
        told = [(entry.action, entry.actor_label, entry.after) for entry in entries]
    assert export.asked_by == "ada@example.com"
    assert told == [
        ("export.requested", "ada@example.com", {"kind": "products", "format": "csv"}),
        ("export.downloaded", "ada@example.com", None),
    ]


def test_only_so_many_exports_may_be_open() -> None:
    for _ in range(MAX_OPEN_EXPORTS):
        request_export(kind=Kind.PRODUCTS, file_format=FileFormat.CSV, by=SYSTEM)
    with pytest.raises(TooManyExports):
        request_export(kind=Kind.PRODUCTS, file_format=FileFormat.CSV, by=SYSTEM)
    work_off(now=now())
    request_export(kind=Kind.PRODUCTS, file_format=FileFormat.CSV, by=SYSTEM)


def test_products_are_in_hansas_own_columns() -> None:
    shirt: dict[str, Any] = {
        "option_names": ("Size",),
        "category_names": ("Clothing", "Shirts"),
        "attributes": {"Material": ("Linen", "Cotton")},
        "variants": tuple(VariantDraft((size,), price_amount=1999, sku=f"S-{size}") for size in "ML"),
    }
    with transaction():
        upsert_products(
            [draft("Shirt", **shirt), ProductDraft("draft", "Sketch", variants=(VariantDraft((), 5),))], now=NOON
        )
    rows = table(exported(Kind.PRODUCTS))
    assert [(row["handle"], row["name"], row["status"], row["option1_value"]) for row in rows] == [
        ("draft", "Sketch", "draft", ""),
        ("shirt", "Shirt", "published", "M"),
        ("shirt", "", "", "L"),
    ]
    assert rows[1]["category"] == "Clothing > Shirts"
    assert rows[1]["attribute:Material"] == "Cotton | Linen"
    assert [row["price"] for row in rows] == ["0.05", "19.99", "19.99"]
