"""`kill -9` of workers in the middle of an import: another goes on within a minute, and nothing is there twice."""

import random
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.core.files.base import File

from hansa.domain.imports.models import ImportRun
from hansa.domain.imports.services.create_import import create_import
from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.imports.files import made_file
from tests.faults.serving import Running, worker
from tests.faults.test_kill_import import finish, made_rows, start, tables

PATIENCE_SECONDS = 300
RESUMED_SECONDS = 60


def sent(file: Path, tenant: TenantContext) -> ImportRun:
    with tenant_scope(tenant), file.open("rb") as content:
        return create_import(
            upload=File(content), file_name=file.name, file_format="shopify", is_dry_run=False, now=now()
        )


def stored(run: ImportRun, tenant: TenantContext) -> ImportRun:
    with tenant_scope(tenant), transaction():
        return ImportRun.objects.get(id=run.id)


def wait_for(run: ImportRun, tenant: TenantContext, rows: int, running: Running) -> ImportRun:
    """Return the run as soon as it has come further than `rows`, or is done."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = stored(run, tenant)
        if found.processed_rows >= rows or found.status == "done":
            return found
        assert found.status != "failed", found.last_error
        assert running.process.poll() is None, running.said()
        assert time.monotonic() < deadline, (found.status, found.processed_rows, running.said())
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("products", "kills"), [(6_000, 1), pytest.param(60_000, 10, marks=pytest.mark.long)], ids=["short", "long"]
)
def test_another_worker_goes_on_and_leaves_what_one_clean_run_leaves(
    shop: TenantContext, rival: TenantContext, tmp_path: Path, products: int, kills: int
) -> None:
    file = made_file(tmp_path, made_rows(products))
    run = sent(file, shop)
    chance = random.Random(products)  # noqa: S311  (the same on every run)
    points = sorted(chance.randrange(1, 2 * products * 7 // 10) for _ in range(kills))
    with ExitStack() as workers:
        current = workers.enter_context(worker())
        for point in points:
            reached = wait_for(run, shop, point, current)
            assert reached.status == "running", "the import was done before its worker could be killed"
            current.process.send_signal(signal.SIGKILL)
            current.process.wait()
            killed_at = time.monotonic()
            committed = stored(run, shop).processed_rows
            current = workers.enter_context(worker())
            wait_for(run, shop, committed + 1, current)
            assert time.monotonic() - killed_at <= RESUMED_SECONDS
        done = wait_for(run, shop, 2 * products + 1, current)
    assert (done.status, done.attempts) == ("done", kills + 1)
    assert (done.created_products, done.processed_rows) == (_clean(file, rival), 2 * products)
    resumed, clean = tables(shop), tables(rival)
    del resumed["run"], clean["run"]
    for name, rows in clean.items():
        assert rows, f"the made file writes no {name}"
        assert resumed[name] == rows, name


def _clean(file: Path, tenant: TenantContext) -> int:
    """Import the file with the command, in one go; returns how many products it made."""
    finish(start(file, tenant))
    with tenant_scope(tenant), transaction():
        return ImportRun.objects.get().created_products
