"""Write the file of an export: what the worker does with it.

It may be interrupted at any moment and done again from the start; the file counts once its row is
committed. A file of an attempt that was lost is deleted by the next one.
"""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from hansa.domain.events.services.record import record
from hansa.domain.exports.formats import Sheet
from hansa.domain.exports.formats.comma import CsvSheet
from hansa.domain.exports.formats.lines import JsonLines, ReadyLines
from hansa.domain.exports.formats.workbook import XlsxSheet
from hansa.domain.exports.models import Export, ExportFile, FileFormat, Kind
from hansa.domain.exports.rows import Source
from hansa.domain.exports.rows.customers import Customers
from hansa.domain.exports.rows.orders import Orders
from hansa.domain.exports.rows.products import ProductLines, Products
from hansa.domain.exports.rows.stock import Stock
from hansa.domain.exports.services.files import file_name, keep_file, private_storage
from hansa.domain.exports.types import KEPT_FOR
from hansa.domain.work.registry import HeldJob
from hansa.domain.work.services.jobs import extend_lease
from hansa.kernel import clock
from hansa.kernel.postgresql.streaming import streaming
from hansa.kernel.transactions import transaction

PROGRESS_EVERY = 1000
"""Things between two signs of progress; each is a short transaction, holds on to the job, and sees a cancel."""

SOURCES: Mapping[str, type[Source]] = {"products": Products, "orders": Orders, "customers": Customers, "stock": Stock}
SHEETS: Mapping[str, type[Sheet]] = {"csv": CsvSheet, "jsonl": JsonLines, "xlsx": XlsxSheet}


def write_export(held: HeldJob) -> None:
    """Write the file, keep it, and say so. Event: export.finished. Raises JobLost, TooManyRows."""
    with transaction():
        export = Export.objects.get(pk=held.id)
        if ExportFile.objects.filter(export=export).exists():
            return  # it was done, and only its end was not noted
    for earlier in range(1, held.attempt):
        private_storage().delete(file_name(held.id, earlier, export.file_format))
    with TemporaryDirectory(prefix="hansa-export-") as directory:
        path = Path(directory) / f"export.{export.file_format}"
        number = _write(export, path, held)
        _keep(export, path, number, held)


def _write(export: Export, path: Path, held: HeldJob) -> int:
    """Write everything into a file on this machine; returns how many things that were."""
    with streaming() as stream:
        is_document = (export.kind, export.file_format) == (Kind.PRODUCTS, FileFormat.JSONL)
        source = ProductLines(stream) if is_document else SOURCES[export.kind](stream)
        sheet_of = ReadyLines if is_document else SHEETS[export.file_format]
        _note_progress(held, 0, source.count())
        number = 0
        with sheet_of(path, source.columns) as sheet:
            for number, rows in enumerate(source.things(), start=1):
                for row in rows:
                    sheet.write(row)
                if number % PROGRESS_EVERY == 0:
                    _note_progress(held, number)
    return number


def _keep(export: Export, path: Path, number: int, held: HeldJob) -> None:
    _note_progress(held, number)
    name = file_name(held.id, held.attempt, export.file_format)
    keep_file(path, name)
    now = clock.now()
    with transaction():
        extend_lease(held, now=now)
        ExportFile.objects.create(export=export, name=name, size_bytes=path.stat().st_size, expires_at=now + KEPT_FOR)
        Export.objects.filter(pk=held.id).update(total_rows=number, finished_at=now)
        payload = {"export_id": str(held.id), "kind": export.kind, "rows": number, "asked_by": str(export.asked_by_id)}
        record("export.finished", aggregate_id=held.id, payload=payload, now=now)


def _note_progress(held: HeldJob, number: int, total: int | None = None) -> None:
    changes = {"processed_rows": number} | ({} if total is None else {"total_rows": total})
    with transaction():
        extend_lease(held, now=clock.now())
        Export.objects.filter(pk=held.id).update(**changes)
