"""Import a merchant's file of products."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from hansa.domain.catalog.services.upsert_products import (
    Prepared,
    ProductsUpserted,
    prepare_products,
    upsert_products,
)
from hansa.domain.catalog.types import ProductDraft
from hansa.domain.imports.formats import FORMATS, ParsedProduct, ProductFile, RowFailure
from hansa.domain.imports.models import ImportFailure, ImportRun
from hansa.domain.imports.services.one_at_a_time import one_import_at_a_time
from hansa.domain.imports.services.refusals import failures_of
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction

CHUNK_PRODUCTS = 500
CHUNK_ROWS = 3000
"""A chunk ends with whichever comes first: it is what a killed run does again, and what memory holds."""


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What a run did, from its first chunk on, also those before a resume."""

    run_id: UUID | None
    """None after a dry run, which leaves nothing behind."""
    header: tuple[str, ...]
    rows: int
    products: int
    created: int
    updated: int
    unchanged: int
    failed_rows: int
    resumed_after_row: int | None
    """The row after which an earlier, unfinished run of the same file was continued."""
    is_dry_run: bool
    seconds: float
    """How long this call took."""


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far the run is; the header does not count as a row."""

    done_rows: int
    total_rows: int
    resumed_after_row: int | None


type OnProgress = Callable[[ImportProgress], None]
type OnFailures = Callable[[Sequence[str], Sequence[RowFailure]], None]
"""Gets the file's header and the rows of one chunk that failed."""


def import_file(
    path: Path,
    *,
    file_format: str,
    now: datetime,
    is_dry_run: bool = False,
    on_progress: OnProgress = lambda _: None,
    on_failures: OnFailures = lambda _, __: None,
) -> ImportSummary:
    """Import `path` into the tenant that is entered; a run of the same file that was cut off is continued.

    The file is read twice: first to see that all of it can be read, so that nothing is imported
    from one that cannot, then chunk by chunk. Each chunk is one transaction, which holds the
    products, the rows that failed and the checkpoint. A dry run does the same work and rolls every
    chunk back, so a product whose rows stand far apart counts as created twice. `on_failures` gets
    the failed rows of each chunk, after its transaction; those of a resumed run's earlier part are in
    the database only.

    Raises UnreadableFile (nothing imported), ImportRunning and OSError. Locks: one import per tenant
    at a time, for the whole run, and the products of a chunk.
    """
    started = time.monotonic()
    with path.open("rb") as file, one_import_at_a_time(), ThreadPoolExecutor(max_workers=1) as reader:
        source = FORMATS[file_format](file, get_current_tenant().currency)
        total_rows = _count_rows(source)
        run = (
            ImportRun(file_name=path.name, file_format=file_format)
            if is_dry_run
            else _open_run(path, hash_file(file), file_format)
        )
        resumed_after_row = run.processed_rows + 1 if run.processed_rows else None
        progress = ImportProgress(run.processed_rows, total_rows, resumed_after_row)
        on_progress(progress)
        chunks = _ReadAhead(_prepared(source.products(after_row=run.processed_rows + 1), now), reader)
        for number, chunk in enumerate(chunks, 1):
            failures = _import_chunk(run, chunk, now=now, is_dry_run=is_dry_run, on_staged=chunks.start)
            if failures:
                on_failures(source.header, failures)
            on_progress(ImportProgress(run.processed_rows, total_rows, resumed_after_row))
            if number.bit_count() == 1:
                _forget_plans()
        _close_run(run, total_rows, is_dry_run=is_dry_run)
    return ImportSummary(
        run_id=None if is_dry_run else run.id,
        header=source.header,
        rows=total_rows,
        products=run.processed_products,
        created=run.created_products,
        updated=run.updated_products,
        unchanged=run.unchanged_products,
        failed_rows=run.failed_rows,
        resumed_after_row=resumed_after_row,
        is_dry_run=is_dry_run,
        seconds=time.monotonic() - started,
    )


def hash_file(file: BufferedReader) -> str:
    """Return the SHA-256 of the whole file, in hexadecimal."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _count_rows(source: ProductFile) -> int:
    """Read the whole file once; returns how many rows stand below the header."""
    last = 1
    for row in source.rows():
        last = row
    return last - 1


def _open_run(path: Path, sha256: str, file_format: str) -> ImportRun:
    """Return the unfinished run of this file, or a new one."""
    with transaction():
        run, _ = ImportRun.objects.get_or_create(
            file_sha256=sha256,
            file_format=file_format,
            status=ImportRun.Status.RUNNING,
            defaults={"file_name": path.name[:500]},
        )
    return run


def _close_run(run: ImportRun, total_rows: int, *, is_dry_run: bool) -> None:
    run.processed_rows = total_rows  # blank rows at the end belong to no chunk
    run.status = ImportRun.Status.DONE
    if not is_dry_run:
        with transaction():
            run.save(update_fields=["processed_rows", "status", "updated_at"])


class _Chunk(NamedTuple):
    """Products that are imported in one transaction, with what could be prepared of them."""

    products: list[ParsedProduct]
    drafts: list[ProductDraft]
    prepared: Prepared


def _prepared(products: Iterator[ParsedProduct], now: datetime) -> Iterator[_Chunk]:
    """Give chunks ready to be written; runs in the thread that reads."""
    for chunk in _chunks(products):
        drafts = [product.draft for product in chunk if product.draft]
        yield _Chunk(chunk, drafts, prepare_products(drafts, now=now))


def _chunks(products: Iterator[ParsedProduct]) -> Iterator[list[ParsedProduct]]:
    """Put products together to chunks; a handle comes once in a chunk, as the upsert wants it."""
    chunk: list[ParsedProduct] = []
    handles: set[str] = set()
    rows = 0
    for product in products:
        handle = product.draft.source_key if product.draft else ""
        size = product.last_row - product.first_row + 1
        if chunk and (len(chunk) >= CHUNK_PRODUCTS or rows + size > CHUNK_ROWS or (handle and handle in handles)):
            yield chunk
            chunk, handles, rows = [], set(), 0
        chunk.append(product)
        handles.add(handle)
        rows += size
    if chunk:
        yield chunk


class _ReadAhead[Item]:
    """Reads the next item while the database works on the last one.

    Not earlier: reading is Python, and so is planning what to write, and the two would only take
    Python's lock from each other.
    """

    def __init__(self, items: Iterator[Item], reader: ThreadPoolExecutor) -> None:
        self._items = items
        self._reader = reader
        self._upcoming: Future[Item | None] | None = None

    def start(self) -> None:
        """Begin to read the next item, unless that has begun already."""
        if self._upcoming is None:
            self._upcoming = self._reader.submit(next, self._items, None)

    def __iter__(self) -> Iterator[Item]:
        """Give the items in their order."""
        while True:
            self.start()
            upcoming, self._upcoming = self._upcoming, None
            if upcoming is None or (item := upcoming.result()) is None:
                return
            yield item


def _import_chunk(
    run: ImportRun, chunk: _Chunk, *, now: datetime, is_dry_run: bool, on_staged: Callable[[], None]
) -> list[RowFailure]:
    """Import one chunk in one transaction; returns the rows that failed."""
    with transaction():
        result = upsert_products(chunk.drafts, now=now, prepared=chunk.prepared, on_staged=on_staged)
        failures = [failure for product in chunk.products for failure in failures_of(product, result)]
        _advance(run, chunk.products, result, len(failures))
        if is_dry_run:
            connection.set_rollback(True)
        else:
            _keep(run, failures)
    return failures


def _forget_plans() -> None:
    """Let the server plan its foreign-key checks anew, after chunk 1, 2, 4, 8 and so on.

    It plans them once per connection, and for a table that is nearly empty any index will do: then
    each check reads the whole tenant, and an import that fills a new database becomes quadratic.
    """
    with transaction(), connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def _advance(run: ImportRun, chunk: Sequence[ParsedProduct], result: ProductsUpserted, failed_rows: int) -> None:
    run.processed_rows = chunk[-1].last_row - 1
    run.processed_products += result.created + result.updated + result.unchanged
    run.created_products += result.created
    run.updated_products += result.updated
    run.unchanged_products += result.unchanged
    run.failed_rows += failed_rows


def _keep(run: ImportRun, failures: Sequence[RowFailure]) -> None:
    """Save the checkpoint and the failed rows, in the chunk's transaction."""
    run.save()
    ImportFailure.objects.bulk_create(
        ImportFailure(
            run=run, row=failure.row, column=failure.column[:200], message=failure.message, cells=failure.cells
        )
        for failure in failures
    )
