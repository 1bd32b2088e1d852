"""What is in the files: one module per kind of thing."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from hansa.domain.exports.types import Cell
from hansa.kernel.postgresql.streaming import Stream


class Source(Protocol):
    """Things of one kind, as rows."""

    columns: Sequence[str]

    def __init__(self, stream: Stream) -> None:
        """Take what to read from, and find out about the columns."""

    def count(self) -> int:
        """Return how many things there are."""

    def things(self) -> Iterator[list[Sequence[Cell]]]:
        """Yield the rows of one thing after the other."""
