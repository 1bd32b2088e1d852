"""The error file: the rows that failed, ready to be corrected and imported again."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO
from uuid import UUID

from hansa.domain.imports.formats import RowFailure
from hansa.domain.imports.formats.parsed import ERROR_COLUMNS
from hansa.domain.imports.models import ImportFailure
from hansa.kernel.transactions import transaction


class ErrorFile:
    """Writes failed rows as the file had them, with two columns at the end that say what is wrong."""

    def __init__(self, file: TextIO, header: Sequence[str]) -> None:
        """Take a text file opened with newline="" and the header of the file that was imported."""
        # A corrected error file that fails again must not grow two columns each time.
        self._kept = [index for index, name in enumerate(header) if name not in ERROR_COLUMNS]
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow([*(header[index] for index in self._kept), *ERROR_COLUMNS])

    def add(self, failures: Iterable[RowFailure]) -> None:
        """Write more failed rows."""
        self._writer.writerows([*self._cells(failure.cells), failure.column, failure.message] for failure in failures)

    def _cells(self, cells: Sequence[str]) -> list[str]:
        # Cells beyond the header have no column; the message says that they were there.
        return [cells[index] if index < len(cells) else "" for index in self._kept]


def write_failures(run_id: UUID, header: Sequence[str], file: TextIO) -> int:
    """Write all rows of a run that failed to `file` (opened with newline=""); returns how many.

    Streams: the rows are fetched in portions.
    """
    errors = ErrorFile(file, header)
    count = 0
    with transaction():
        for failure in _kept_failures(run_id):
            errors.add([failure])
            count += 1
    return count


def _kept_failures(run_id: UUID) -> Iterator[RowFailure]:
    for kept in ImportFailure.objects.filter(run_id=run_id).order_by("row", "id").iterator(chunk_size=1000):
        yield RowFailure(kept.row, kept.column, kept.message, tuple(kept.cells))
