"""How rows are written down: one module per format."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

from hansa.domain.exports.types import Cell


class Sheet(Protocol):
    """A file that takes rows; leaving its block completes it, and an exception leaves it incomplete."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        """Make the file at `path`, with these columns."""

    def __enter__(self) -> Self:
        """Open it."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Complete it."""

    def write(self, cells: Sequence[Cell]) -> None:
        """Add one row, as many cells as there are columns. Raises TooManyRows."""
