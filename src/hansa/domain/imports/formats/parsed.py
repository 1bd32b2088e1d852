"""What every format's reader gives: products with the rows they stood in, and rows that failed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from hansa.domain.catalog.types import ProductDraft

ERROR_COLUMNS = ("Import error in column", "Import error")
"""The two columns that an error file adds; every reader ignores them."""


@dataclass(frozen=True, slots=True)
class RowFailure:
    """A row that could not be understood, with what to do about it."""

    row: int
    """Counted as a spreadsheet counts: the header is row 1."""
    column: str
    """As the file writes it; "" when the whole row is meant."""
    message: str
    cells: tuple[str, ...]
    """The row as it stood in the file; a later row of a product has its handle filled in, so that it
    can be imported alone."""


class SourceRow(NamedTuple):
    """A row that was understood, kept in case the database refuses its product."""

    row: int
    cells: tuple[str, ...]
    option_values: tuple[str, ...] | None
    """The variant that the row describes; None: none, or only an image."""


@dataclass(frozen=True, slots=True)
class ParsedProduct:
    """The rows of one product: a draft unless none of them was any good, and the rows that failed."""

    first_row: int
    last_row: int
    draft: ProductDraft | None
    rows: tuple[SourceRow, ...]
    failures: tuple[RowFailure, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    """The file's own names of the columns "title" and "price", for messages about missing ones."""


class ProductFile(Protocol):
    """A file that was recognised as one of the format."""

    @property
    def header(self) -> tuple[str, ...]:
        """The columns as the file writes them."""

    def rows(self) -> Iterator[int]:
        """Read to the end without looking at the rows: give the number of each. Raises UnreadableFile."""

    def products(self, *, after_row: int = 1) -> Iterator[ParsedProduct]:
        """Give the products that begin after `after_row`, in the order of the file. Raises UnreadableFile."""
