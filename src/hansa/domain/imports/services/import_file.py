"""Import a merchant's file of products."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db import connection

from hansa.domain.audit.services.record import record
from hansa.domain.catalog.services.upsert_new_products import create_new_products
from hansa.domain.catalog.services.upsert_products import ProductsUpserted, upsert_products
from hansa.domain.imports.formats import FORMATS, ProductFile, RowFailure
from hansa.domain.imports.models import ImportFailure, ImportRun
from hansa.domain.imports.services.chunks import Chunk, ChunkLimits, read_chunks
from hansa.domain.imports.services.one_at_a_time import one_import_at_a_time
from hansa.domain.imports.services.reading import Job, ReaderProcess
from hansa.domain.imports.services.refusals import failures_of
from hansa.kernel.actors import actor_scope
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction

CHUNK_PRODUCTS = 500
CHUNK_ROWS = 3000
"""A chunk ends with whichever comes first: it is what a killed run does again, and what memory holds."""
PROCESS_FROM_BYTES = 2_000_000
"""A file from this size on is read in another process; to start that takes as long as to read a megabyte."""


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
    currency = get_current_tenant().currency
    with path.open("rb") as file, one_import_at_a_time():
        source = FORMATS[file_format](file, currency)
        with _reading(path, file, source) as read:
            total_rows = _count_rows(source)
            run = (
                ImportRun(file_name=path.name, file_format=file_format)
                if is_dry_run
                else _open_run(path, hash_file(file), file_format)
            )
            resumed_after_row = run.processed_rows + 1 if run.processed_rows else None
            on_progress(ImportProgress(run.processed_rows, total_rows, resumed_after_row))
            limits = ChunkLimits(CHUNK_PRODUCTS, CHUNK_ROWS)
            for number, chunk in enumerate(read(Job(file_format, currency, run.processed_rows + 1, limits, now)), 1):
                failures = _import_chunk(run, chunk, now=now, is_dry_run=is_dry_run)
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
        run, is_new = ImportRun.objects.get_or_create(
            file_sha256=sha256,
            file_format=file_format,
            status=ImportRun.Status.RUNNING,
            defaults={"file_name": path.name[:500]},
        )
        record(
            action="import.started" if is_new else "import.continued",
            object_type="import_run",
            object_id=run.id,
            label=run.file_name,
            after={"file_sha256": sha256, "file_format": file_format, "processed_rows": run.processed_rows},
        )
    return run


def _close_run(run: ImportRun, total_rows: int, *, is_dry_run: bool) -> None:
    run.processed_rows = total_rows  # blank rows at the end belong to no chunk
    run.status = ImportRun.Status.DONE
    if not is_dry_run:
        with transaction():
            run.save(update_fields=["processed_rows", "status", "updated_at"])
            numbers = ("processed_rows", "created_products", "updated_products", "unchanged_products", "failed_rows")
            record(
                action="import.ended",
                object_type="import_run",
                object_id=run.id,
                label=run.file_name,
                after={number: getattr(run, number) for number in numbers},
            )


@contextmanager
def _reading(path: Path, file: BinaryIO, source: ProductFile) -> Iterator[Callable[[Job], Iterator[Chunk]]]:
    """Give a function that reads the file's chunks: here, or in another process if that is worth its start."""
    if os.fstat(file.fileno()).st_size < PROCESS_FROM_BYTES:
        yield lambda job: read_chunks(source.products(after_row=job.after_row), limits=job.limits, now=job.now)
        return
    # Opened again, because the two read at the same time and a position would be shared.
    with path.open("rb") as again, ReaderProcess(again) as reader:
        yield reader.chunks


def _import_chunk(run: ImportRun, chunk: Chunk, *, now: datetime, is_dry_run: bool) -> Sequence[RowFailure]:
    """Import one chunk in one transaction; returns the rows that failed.

    It does not wait for the disk: a server that loses power loses the checkpoint together with the rows,
    and the run is continued from the one before. The run's last transaction waits for all of them.
    """
    # The audit log has an entry for the run's start and one for its end, not one for each of a million rows.
    with actor_scope(None), transaction():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        result = create_new_products(chunk.new, now=now)
        products = None if result and not (result.refused or result.refused_variants) else chunk.products()
        if result is None:
            result = upsert_products([product.draft for product in products or () if product.draft], now=now)
        failures: Sequence[RowFailure] = chunk.failures
        if products is not None:
            failures = [failure for product in products for failure in failures_of(product, result)]
        _advance(run, chunk.last_row, result, len(failures))
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


def _advance(run: ImportRun, last_row: int, result: ProductsUpserted, failed_rows: int) -> None:
    run.processed_rows = last_row - 1
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
