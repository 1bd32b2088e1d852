"""JSON Lines: one object for each row, keyed by column."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from hansa.domain.exports.types import Cell


class JsonLines:
    """Whole numbers and truth values are JSON's own; amounts are texts, so that nobody rounds them."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        """Make the file."""
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._columns = columns

    def __enter__(self) -> Self:
        """Nothing is left to open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._file.close()

    def write(self, cells: Sequence[Cell]) -> None:
        """Add one row."""
        row = dict(zip(self._columns, map(_value_of, cells), strict=True))
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")


class ReadyLines(JsonLines):
    """Lines that are written already, one in each row."""

    def write(self, cells: Sequence[Cell]) -> None:
        """Add one line."""
        (line,) = cells
        self._file.write(str(line))


def _value_of(cell: Cell) -> Any:  # noqa: ANN401  (any JSON)
    match cell:
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case _:
            return cell
