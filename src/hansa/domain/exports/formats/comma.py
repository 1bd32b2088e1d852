"""CSV (RFC 4180), UTF-8, safe to open in a spreadsheet."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from hansa.domain.exports.types import Cell
from hansa.domain.imports.formats.hansa_columns import neutralise


class CsvSheet:
    """Texts that a spreadsheet would take for formulas get an apostrophe; numbers stay numbers."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        """Make the file, with its header."""
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self.write(columns)

    def __enter__(self) -> Self:
        """Nothing is left to open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._file.close()

    def write(self, cells: Sequence[Cell]) -> None:
        """Add one row."""
        self._writer.writerow([text_of(cell) for cell in cells])


def text_of(cell: Cell) -> str:
    """Return a cell as it stands in the file; moments in UTC, as RFC 3339 writes them."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case str():
            return neutralise(cell)
        case datetime():
            return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case int():
            return str(cell)
        case _:
            return f"{cell:f}"
