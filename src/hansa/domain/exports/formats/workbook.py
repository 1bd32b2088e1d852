"""XLSX: what Excel and LibreOffice open, one sheet."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Self

from xlsxwriter import Workbook

from hansa.domain.exports.errors import TooManyRows
from hansa.domain.exports.types import Cell

MAX_ROWS = 1_048_576
MAX_CHARACTERS = 32_767
"""What a sheet and a cell can hold; a longer text is cut."""


class XlsxSheet:
    """Texts are written as texts and never read as formulas, links or numbers; rows go to disk as they come."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        """Make the file, with its header."""
        # Its temporary files lie beside the file, in a directory that goes whatever happens.
        self._workbook = Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)})
        self._sheet = self._workbook.add_worksheet()
        self._moment = self._workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._row = 0
        self.write(columns)
        self._sheet.freeze_panes(1, 0)

    def __enter__(self) -> Self:
        """Nothing is left to open."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Put the file together; after a failure there is nothing to put together."""
        if kind is None:
            self._workbook.close()

    def write(self, cells: Sequence[Cell]) -> None:
        """Add one row. Raises TooManyRows."""
        if self._row >= MAX_ROWS:
            message = f"An XLSX sheet holds {MAX_ROWS:,} rows, and this is more. Export it as CSV or JSON Lines."
            raise TooManyRows(message)
        for column, cell in enumerate(cells):
            self._put(column, cell)
        self._row += 1

    def _put(self, column: int, cell: Cell) -> None:
        match cell:
            case None | "":
                pass
            case bool():
                self._sheet.write_string(self._row, column, "yes" if cell else "no")
            case str():
                self._sheet.write_string(self._row, column, cell[:MAX_CHARACTERS])
            case datetime():
                naive = cell.astimezone(UTC).replace(tzinfo=None)
                self._sheet.write_datetime(self._row, column, naive, self._moment)
            case int() | Decimal():
                self._sheet.write_number(self._row, column, cell)
