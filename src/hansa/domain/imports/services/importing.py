"""What every import does, whoever asked for it: open the file, write a chunk, keep the checkpoint."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection

from hansa.domain.catalog.services.upsert_new_products import create_new_products
from hansa.domain.catalog.services.upsert_products import ProductsUpserted, upsert_products
from hansa.domain.imports.formats import FORMATS, ProductFile, RowFailure
from hansa.domain.imports.models import ImportFailure, ImportRun
from hansa.domain.imports.services.chunks import Chunk, ChunkLimits, read_chunks
from hansa.domain.imports.services.reading import Job, ReaderProcess
from hansa.domain.imports.services.refusals import failures_of
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import requires_transaction, transaction

CHUNK_PRODUCTS = 500
CHUNK_ROWS = 3000
"""A chunk ends with whichever comes first: it is what a killed run does again, and what memory holds."""
PROCESS_FROM_BYTES = 2_000_000
"""A file from this size on is read in another process; to start that takes as long as to read a megabyte."""

COUNTS = ("processed_products", "created_products", "updated_products", "unchanged_products", "failed_rows")
_CHECKPOINT = ("processed_rows", *COUNTS, "rows_per_second", "updated_at")


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A merchant's file that was recognised."""

    source: ProductFile
    chunks: Callable[[int, datetime], Iterator[Chunk]]
    """Gives the chunks behind a row, ready to be written as of a moment."""


@contextmanager
def open_file(path: Path, file_format: str, limits: ChunkLimits | None = None) -> Iterator[OpenFile]:
    """Open a file of products; a large one is read in another process. Raises UnreadableFile, OSError."""
    currency = get_current_tenant().currency
    limits = limits or ChunkLimits(CHUNK_PRODUCTS, CHUNK_ROWS)
    with path.open("rb") as file:
        source = FORMATS[file_format](file, currency)
        if os.fstat(file.fileno()).st_size < PROCESS_FROM_BYTES:
            yield OpenFile(source, lambda row, now: read_chunks(source.products(after_row=row), limits=limits, now=now))
            return
        # Opened again, because the two read at the same time and a position would be shared.
        with path.open("rb") as again, ReaderProcess(again) as reader:
            yield OpenFile(source, lambda row, now: reader.chunks(Job(file_format, currency, row, limits, now)))


def count_rows(source: ProductFile, on_row: Callable[[int], None] = lambda _: None) -> int:
    """Read the whole file once, to see that all of it can be read; returns how many rows stand below the header.

    `on_row` gets the number of each. Raises UnreadableFile.
    """
    last = 1
    for row in source.rows():
        last = row
        on_row(row)
    return last - 1


@requires_transaction
def write_chunk(run: ImportRun, chunk: Chunk, *, now: datetime) -> Sequence[RowFailure]:
    """Write a chunk's products and count them in `run`; returns the rows that failed. Locks the products.

    The caller's transaction does not wait for the disk: a server that loses power loses the checkpoint
    together with the rows, and the run is continued from the one before. The run's last transaction waits
    for all of them.
    """
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
    return failures


@requires_transaction
def keep_checkpoint(run: ImportRun, failures: Sequence[RowFailure]) -> None:
    """Save how far the run is, and the rows that failed, in the chunk's transaction."""
    run.save(update_fields=_CHECKPOINT)
    ImportFailure.objects.bulk_create(
        ImportFailure(
            run=run, row=failure.row, column=failure.column[:200], message=failure.message, cells=failure.cells
        )
        for failure in failures
    )


def forget_plans(chunk_number: int) -> None:
    """Let the server plan its foreign-key checks anew, after chunk 1, 2, 4, 8 and so on.

    It plans them once per connection, and for a table that is nearly empty any index will do: then
    each check reads the whole tenant, and an import that fills a new database becomes quadratic.
    """
    if chunk_number.bit_count() == 1:
        with transaction(), connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")


def _advance(run: ImportRun, last_row: int, result: ProductsUpserted, failed_rows: int) -> None:
    run.processed_rows = last_row - 1
    run.processed_products += result.created + result.updated + result.unchanged
    run.created_products += result.created
    run.updated_products += result.updated
    run.unchanged_products += result.unchanged
    run.failed_rows += failed_rows
