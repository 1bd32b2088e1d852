"""Imports by a worker: what waits is imported, whoever pauses, cancels, checks first or waits beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection
from django.test import override_settings

from hansa.domain.audit.models import AuditEntry
from hansa.domain.catalog.models import Product
from hansa.domain.events.models import Event
from hansa.domain.imports import registry
from hansa.domain.imports.errors import (
    ImportFileTooLarge,
    ImportNotFound,
    ImportNotPossible,
    TooManyImports,
    UnknownFormat,
    UnknownHeader,
)
from hansa.domain.imports.models import BY_COMMAND, ImportFailure, ImportRun
from hansa.domain.imports.services import create_import as creating
from hansa.domain.imports.services import run_import, steer_import
from hansa.domain.imports.services.create_import import create_import
from hansa.domain.imports.types import RunProgress
from hansa.domain.work.registry import get_job
from hansa.domain.work.services.jobs import offer_jobs, run_job
from hansa.domain.work.services.perform import work_off
from hansa.domain.work.services.stopping import stopping
from hansa.kernel.actors import Actor, actor_scope
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.imports.files import Row, csv_bytes

LATER = timedelta(minutes=1)
JOB = "hansa.imports.import_upload"


def rows(number: int, *, bad: int | None = None) -> list[Row]:
    return [
        {"Handle": f"mug-{n}", "Title": f"Mug {n}", "Variant Price": "ten" if n == bad else "10", "Published": "true"}
        for n in range(number)
    ]


def upload(content: bytes) -> "File[bytes]":
    return File(BytesIO(content), name="client.csv")


def ask(*, products: int = 3, bad: int | None = None, is_dry_run: bool = False, **changed: Any) -> ImportRun:
    """Send a file of the entered shop."""
    given: dict[str, Any] = {"file_name": "goods.csv", "file_format": "shopify", "is_dry_run": is_dry_run, "now": now()}
    return create_import(upload=upload(csv_bytes(rows(products, bad=bad))), **(given | changed))


def stored(run: ImportRun) -> ImportRun:
    with transaction():
        return ImportRun.objects.get(id=run.id)


def number_of_products() -> int:
    with transaction():
        return Product.objects.count()


def events_of(run: ImportRun) -> list[str]:
    with transaction():
        return list(Event.objects.filter(aggregate_id=run.id).order_by("position").values_list("name", flat=True))


def work_once(run: ImportRun) -> None:
    """Do what one worker does of the entered shop's run, and no more."""
    ids = offer_jobs(ImportRun, most=10, now=now() + LATER)
    assert run.id in ids
    assert run_job(get_job(JOB), run.id, now=now())


@contextmanager
def listening(callback: Callable[[UUID, RunProgress], None]) -> Iterator[None]:
    registry.on_progress(callback)
    try:
        yield
    finally:
        registry.forget_listener(callback)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_import, "CHUNK_PRODUCTS", 1)
    monkeypatch.setattr("hansa.domain.imports.services.progress.TOGETHER_SECONDS", 0.0)


def test_a_worker_imports_what_was_sent(shop: TenantContext, rival: TenantContext) -> None:
    actor = Actor("staff", "7", "ada@example.com")
    with tenant_scope(shop):
        with actor_scope(actor):
            run = ask(bad=1, file_name="C:\\shop\\goods\x00.csv")
        assert (run.status, run.file_name, run.file_bytes > 0) == ("pending", "goods.csv", True)
        assert run.storage_name.startswith(f"imports/{shop.id}/")
        assert "goods" not in run.storage_name
        work_off(now=now() + LATER)
        done = stored(run)
        assert (done.status, done.processed_rows, done.total_rows) == ("done", 3, 3)
        assert (done.created_products, done.failed_rows, done.storage_name) == (2, 1, "")
        assert not default_storage.exists(run.storage_name)
        assert done.header == ["Handle", "Title", "Variant Price", "Published"]
        with transaction():
            assert [failure.row for failure in ImportFailure.objects.filter(run=run)] == [3]
            told = Event.objects.get(aggregate_id=run.id, name="import.finished").payload
            actions = list(AuditEntry.objects.filter(object_id=str(run.id)).values_list("action", flat=True))
        assert told["requested_by"] == {"kind": "staff", "id": "7", "label": "ada@example.com"}
        assert (told["created"], told["failed"], told["import_id"]) == (2, 1, str(run.id))
        assert set(actions) == {"import.requested", "import.started", "import.ended"}
    with tenant_scope(rival):
        assert number_of_products() == 0


def test_a_file_of_another_format_is_refused_at_once_and_not_kept(shop: TenantContext) -> None:
    with tenant_scope(shop):
        with pytest.raises(UnknownHeader):
            create_import(
                upload=upload(b"a,b\n1,2\n"), file_name="x.csv", file_format="shopify", is_dry_run=False, now=now()
            )
        with pytest.raises(UnknownFormat):
            ask(file_format="excel")
        assert files_of(shop) == []
        with transaction():
            assert not ImportRun.objects.exists()


def files_of(shop: TenantContext) -> list[str]:
    folder = f"imports/{shop.id}"
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def test_a_file_that_is_too_large_is_refused_and_not_kept(shop: TenantContext) -> None:
    with tenant_scope(shop):
        with override_settings(MAX_IMPORT_BYTES=100), pytest.raises(ImportFileTooLarge):
            ask(products=50)
        assert files_of(shop) == []


def test_a_shop_has_only_so_many_files_with_us(shop: TenantContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creating, "MOST_UNFINISHED", 2)
    with tenant_scope(shop):
        first, _ = ask(), ask()
        with pytest.raises(TooManyImports):
            ask()
        steer_import.pause_import(run_id=first.id)
        much_later = now() + creating.KEPT + LATER
        ask(now=much_later)
        assert stored(first).storage_name == ""
        assert not default_storage.exists(first.storage_name)
        with pytest.raises(ImportNotPossible, match="not here any more"):
            steer_import.resume_import(run_id=first.id, now=much_later)


def test_a_file_that_cannot_be_read_to_its_end_fails_and_says_why(shop: TenantContext) -> None:
    content = csv_bytes(rows(2)) + b"mug-9,caf\xe9,1,true\n"
    with tenant_scope(shop):
        run = create_import(
            upload=upload(content), file_name="x.csv", file_format="shopify", is_dry_run=False, now=now()
        )
        work_off(now=now() + LATER)
        failed = stored(run)
        assert failed.status == "failed"
        assert "not in UTF-8" in failed.last_error
        assert number_of_products() == 0
        assert events_of(run) == ["import.failed"]


def test_a_dry_run_writes_nothing_and_can_be_repeated_for_real(shop: TenantContext) -> None:
    with tenant_scope(shop):
        run = ask(bad=0, is_dry_run=True)
        work_off(now=now() + LATER)
        checked = stored(run)
        assert (checked.status, checked.created_products, checked.failed_rows) == ("done", 2, 1)
        assert number_of_products() == 0
        steer_import.import_checked_file(run_id=run.id, now=now())
        assert stored(run).processed_rows == 0
        work_off(now=now() + LATER)
        done = stored(run)
        assert (done.status, done.created_products, done.failed_rows, done.is_dry_run) == ("done", 2, 1, False)
        assert number_of_products() == 2
        with transaction():
            assert ImportFailure.objects.filter(run=run).count() == 1
        with pytest.raises(ImportNotPossible, match="not here any more"):
            steer_import.import_checked_file(run_id=run.id, now=now())


@pytest.mark.usefixtures("small_chunks")
def test_a_paused_run_stops_at_once_and_goes_on_where_it_was(shop: TenantContext) -> None:
    def pause(run_id: UUID, progress: RunProgress) -> None:
        if progress.status == "running" and progress.processed_rows == 2:
            steer_import.pause_import(run_id=run_id)

    with tenant_scope(shop):
        run = ask(products=5)
        with listening(pause):
            work_off(now=now() + LATER)
        assert (stored(run).status, stored(run).processed_rows, number_of_products()) == ("paused", 2, 2)
        work_off(now=now() + LATER)
        assert stored(run).processed_rows == 2
        steer_import.resume_import(run_id=run.id, now=now())
        work_off(now=now() + LATER)
        done = stored(run)
        assert (done.status, done.created_products, done.unchanged_products) == ("done", 5, 0)
        assert events_of(run) == ["import.started", "import.finished"]


@pytest.mark.usefixtures("small_chunks")
def test_a_cancelled_run_keeps_what_is_imported_and_drops_the_file(shop: TenantContext) -> None:
    def cancel(run_id: UUID, progress: RunProgress) -> None:
        if progress.status == "running" and progress.processed_rows == 2:
            steer_import.cancel_import(run_id=run_id, now=now())

    with tenant_scope(shop):
        run = ask(products=5)
        with listening(cancel):
            work_off(now=now() + LATER)
        assert (stored(run).status, number_of_products()) == ("cancelled", 2)
        assert not default_storage.exists(run.storage_name)
        assert events_of(run) == ["import.started", "import.cancelled"]
        for steer in (steer_import.resume_import, steer_import.cancel_import):
            with pytest.raises(ImportNotPossible, match="is cancelled"):
                steer(run_id=run.id, now=now())


def test_nobody_steers_another_shops_import(shop: TenantContext, rival: TenantContext) -> None:
    with tenant_scope(rival):
        run = ask()
    with tenant_scope(shop):
        for steer in (steer_import.resume_import, steer_import.cancel_import, steer_import.import_checked_file):
            with pytest.raises(ImportNotFound):
                steer(run_id=run.id, now=now())
        with pytest.raises(ImportNotFound):
            steer_import.pause_import(run_id=run.id)
    with tenant_scope(rival):
        assert stored(run).status == "pending"


@pytest.fixture
def nobody_waits() -> None:
    """Cancel what other tests left waiting in their shops."""
    from hansa.domain.tenants.selectors import get_tenants

    with connection.cursor() as cursor:
        cursor.execute("SELECT imports_importrun_due(%s)", [now() + LATER])
        waiting = [tenant_id for (tenant_id,) in cursor.fetchall()]
    for tenant in get_tenants(waiting):
        with tenant_scope(tenant):
            with transaction():
                ids = list(ImportRun.objects.filter(status="pending").values_list("id", flat=True))
            for run_id in ids:
                steer_import.cancel_import(run_id=run_id, now=now())


@pytest.mark.usefixtures("small_chunks", "nobody_waits")
def test_a_run_makes_room_for_another_shops_file_and_only_then(
    shop: TenantContext, rival: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_import, "FAIR_SLICE_SECONDS", 0.0)
    with tenant_scope(rival):
        theirs = ask(products=1)
    with tenant_scope(shop):
        ours = ask(products=3)
        work_once(ours)
        assert (stored(ours).status, stored(ours).processed_rows) == ("pending", 1)
    with tenant_scope(rival):
        work_once(theirs)
        assert stored(theirs).status == "pending", "ours waits by now"
        work_once(theirs)
        assert stored(theirs).status == "done"
    with tenant_scope(shop):
        work_once(ours)
        assert (stored(ours).status, stored(ours).created_products) == ("done", 3)


@pytest.mark.usefixtures("small_chunks")
def test_a_slice_ends_though_nobody_waits(shop: TenantContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_import, "MOST_SLICE_SECONDS", 0.0)
    with tenant_scope(shop):
        run = ask(products=3)
        for processed in (1, 2, 3):
            work_once(run)
            assert (stored(run).status, stored(run).processed_rows) == ("pending", processed)
        work_once(run)
        assert (stored(run).status, stored(run).created_products) == ("done", 3)
        assert events_of(run) == ["import.started", "import.finished"]


@pytest.mark.usefixtures("small_chunks")
def test_a_worker_that_is_told_to_stop_leaves_the_rest_to_others(shop: TenantContext) -> None:
    with tenant_scope(shop):
        run = ask(products=3)
        with stopping():
            work_once(run)
        assert (stored(run).status, stored(run).processed_rows) == ("pending", 1)
        work_once(run)
        assert stored(run).status == "done"


def test_a_shops_files_are_imported_one_after_the_other(shop: TenantContext) -> None:
    with tenant_scope(shop):
        first, second = ask(), ask(products=4)
        work_once(second)
        assert stored(second).status == "pending"
        assert number_of_products() == 0
        work_off(now=now() + 3 * LATER)
        assert (stored(first).created_products, stored(second).created_products) == (3, 1)


def test_a_worker_leaves_the_commands_run_alone(shop: TenantContext) -> None:
    with tenant_scope(shop):
        with transaction():
            run = ImportRun.objects.create(
                file_sha256="0" * 64,
                file_name="x.csv",
                file_format="shopify",
                status="running",
                available_at=BY_COMMAND,
            )
        assert offer_jobs(ImportRun, most=10, now=now() + 100 * LATER) == []
        with pytest.raises(ImportNotPossible, match="with the command"):
            steer_import.cancel_import(run_id=run.id, now=now())


@pytest.mark.usefixtures("small_chunks")
def test_whoever_listens_hears_how_far_the_run_is(shop: TenantContext) -> None:
    heard: list[RunProgress] = []
    with tenant_scope(shop):
        with listening(lambda _, progress: heard.append(progress)):
            ask(products=3, bad=1)
            work_off(now=now() + LATER)
        assert [progress.processed_rows for progress in heard] == sorted(one.processed_rows for one in heard)
        assert heard[0].status == "pending"
        assert {one.processed_rows for one in heard if one.status == "running"} == {0, 1, 2, 3}
        last = heard[-1]
        assert (last.status, last.processed_rows, last.total_rows, last.created, last.failed) == ("done", 3, 3, 2, 1)
        assert last.seconds_left is None


def test_a_listener_that_fails_stops_nothing(shop: TenantContext) -> None:
    def fail(_: UUID, __: RunProgress) -> None:
        raise RuntimeError

    with tenant_scope(shop), listening(fail):
        run = ask()
        work_off(now=now() + LATER)
        assert stored(run).status == "done"
