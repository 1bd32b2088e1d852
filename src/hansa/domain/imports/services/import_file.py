"""Import a merchant's file of products."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from uuid import UUID

from django.db import connection

from hansa.domain.imports.formats import RowFailure
from hansa.domain.imports.models import BY_COMMAND, ImportRun, ImportStatus
from hansa.domain.imports.services.chunks import Chunk
from hansa.domain.imports.services.importing import (
    count_rows,
    forget_plans,
    keep_checkpoint,
    open_file,
    write_chunk,
)
from hansa.domain.imports.services.notes import note_ended, note_started, whoever_asks
from hansa.domain.imports.services.one_at_a_time import one_import_at_a_time
from hansa.kernel import clock
from hansa.kernel.actors import actor_scope
from hansa.kernel.transactions import transaction


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
    with one_import_at_a_time(), open_file(path, file_format) as opened:
        total_rows = count_rows(opened.source)
        run = (
            ImportRun(file_name=path.name, file_format=file_format)
            if is_dry_run
            else _open_run(path, opened.source.header, total_rows, file_format)
        )
        resumed_after_row = run.processed_rows + 1 if run.processed_rows else None
        on_progress(ImportProgress(run.processed_rows, total_rows, resumed_after_row))
        for number, chunk in enumerate(opened.chunks(run.processed_rows + 1, now), 1):
            failures = _import_chunk(run, chunk, now=now, is_dry_run=is_dry_run)
            if failures:
                on_failures(opened.source.header, failures)
            on_progress(ImportProgress(run.processed_rows, total_rows, resumed_after_row))
            forget_plans(number)
        if not is_dry_run:
            _close_run(run)
    return ImportSummary(
        run_id=None if is_dry_run else run.id,
        header=opened.source.header,
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


def _open_run(path: Path, header: Sequence[str], total_rows: int, file_format: str) -> ImportRun:
    """Return the unfinished run of this file, or a new one."""
    with path.open("rb") as file:
        sha256 = hash_file(file)
    with transaction():
        run, is_new = ImportRun.objects.get_or_create(
            file_sha256=sha256,
            file_format=file_format,
            status=ImportStatus.RUNNING,
            storage_name="",
            defaults={
                "file_name": path.name[:500],
                "file_bytes": path.stat().st_size,
                "available_at": BY_COMMAND,
                "header": list(header),
                "total_rows": total_rows,
                "requested_by": whoever_asks(),
            },
        )
        note_started(run, is_new=is_new, now=clock.now())
    run.total_rows = total_rows
    return run


def _close_run(run: ImportRun) -> None:
    run.processed_rows = run.total_rows  # blank rows at the end belong to no chunk
    run.status = ImportStatus.DONE
    with transaction():
        run.save(update_fields=["processed_rows", "total_rows", "status", "updated_at"])
        note_ended(run, now=clock.now())


def _import_chunk(run: ImportRun, chunk: Chunk, *, now: datetime, is_dry_run: bool) -> Sequence[RowFailure]:
    """Import one chunk in one transaction; returns the rows that failed."""
    # The audit log has an entry for the run's start and one for its end, not one for each of a million rows.
    with actor_scope(None), transaction():
        failures = write_chunk(run, chunk, now=now)
        if is_dry_run:
            connection.set_rollback(True)
        else:
            keep_checkpoint(run, failures)
    return failures
