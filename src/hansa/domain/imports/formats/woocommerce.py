"""WooCommerce's product CSV: a file becomes drafts of products, one at a time.

One row is a product or a variation, and a variation may stand anywhere, before its product too. So the file is read
twice: at first the variations are put aside, in a temporary database that goes to disk when it grows; then each
product takes its own. A product's place in the file is its own row's. Source: ../shared/FORMATS.md §4.2.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import BinaryIO
from unicodedata import normalize

from hansa.domain.imports.errors import NoRows
from hansa.domain.imports.formats.parsed import ParsedProduct
from hansa.domain.imports.formats.records import Record, RecordReader
from hansa.domain.imports.formats.woocommerce_header import read_header
from hansa.domain.imports.formats.woocommerce_product import ProductReader
from hansa.domain.imports.formats.woocommerce_row import comma_list


def open_woocommerce(file: BinaryIO, currency: str) -> "WooCommerceFile":
    """Recognise a WooCommerce product file with prices in `currency`. Raises UnreadableFile."""
    return WooCommerceFile(file, currency)


class WooCommerceFile:
    """A WooCommerce product file, read as often as asked for from its beginning."""

    def __init__(self, file: BinaryIO, currency: str) -> None:
        """Take a seekable binary file and the currency its prices are in. Raises UnreadableFile."""
        self._file = file
        self._columns = read_header(self._records().header())
        self._reader = ProductReader(self._columns, currency)

    @property
    def header(self) -> tuple[str, ...]:
        """The columns as the file writes them."""
        return self._columns.names

    def rows(self) -> Iterator[int]:
        """Read to the end without looking at the rows: give the number of each. Raises UnreadableFile."""
        records = self._records()
        records.header()
        has_any = False
        for record in records:
            has_any = has_any or bool(record.cells)
            yield record.row
        if not has_any:
            message = "The file has a header and no rows below it. Export the products again and import that file."
            raise NoRows(message)

    def products(self, *, after_row: int = 1) -> Iterator[ParsedProduct]:
        """Give the products whose rows follow `after_row`, in the order of the file. Raises UnreadableFile."""
        with closing(_Aside()) as aside:
            for record in self._all():
                if self._is_variation(record):
                    aside.put(self._cell(record, "parent"), record)
                else:
                    aside.name(record.row, self._names(record))
            for record in self._all():
                if record.row <= after_row:
                    continue
                if not self._is_variation(record):
                    yield self._reader.read(record, aside.variations_of(record.row))
                elif not aside.has_product(self._cell(record, "parent")):
                    yield self._reader.orphan(record)

    def _records(self) -> RecordReader:
        self._file.seek(0)
        return RecordReader(self._file)

    def _all(self) -> Iterator[Record]:
        """Give the rows that hold anything, each as wide as the header."""
        records = self._records()
        records.header()
        width = len(self._columns.names)
        for record in records:
            cells = record.cells
            if not record.defect and not any(map(str.strip, cells)):
                continue
            cells.extend([""] * (width - len(cells)))
            yield Record(
                record.row, [cell if cell.isascii() else normalize("NFC", cell) for cell in cells], record.defect
            )

    def _cell(self, record: Record, field: str) -> str:
        index = self._columns.fields.get(field)
        return "" if index is None else record.cells[index].strip()

    def _is_variation(self, record: Record) -> bool:
        return not record.defect and "variation" in map(str.casefold, comma_list(self._cell(record, "type")))

    def _names(self, record: Record) -> Iterator[str]:
        """Give what variations may call this product."""
        if sku := self._cell(record, "sku"):
            yield sku
        if number := self._cell(record, "id"):
            yield f"id:{number}"


class _Aside:
    """Variations that wait for their product, by what they call it. Memory does not grow with them."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")  # a temporary file, which SQLite makes when it must and removes itself
        self._database.execute("CREATE TABLE name (name TEXT PRIMARY KEY, product INTEGER) WITHOUT ROWID")
        self._database.execute("CREATE TABLE variation (parent TEXT, row INTEGER, cells TEXT)")
        self._database.execute("CREATE INDEX by_parent ON variation (parent, row)")
        self._database.execute("CREATE INDEX by_product ON name (product)")

    def put(self, parent: str, record: Record) -> None:
        """Keep a variation."""
        values = (parent, record.row, json.dumps(record.cells))
        self._database.execute("INSERT INTO variation VALUES (?, ?, ?)", values)

    def name(self, row: int, names: Iterable[str]) -> None:
        """Keep what the product in this row is called; who comes first keeps the name."""
        self._database.executemany("INSERT OR IGNORE INTO name VALUES (?, ?)", [(name, row) for name in names])

    def has_product(self, name: str) -> bool:
        """Tell whether a product of the file is called so."""
        return self._database.execute("SELECT 1 FROM name WHERE name = ?", [name]).fetchone() is not None

    def variations_of(self, row: int) -> list[Record]:
        """Return the variations of the product in this row, in the order of the file."""
        found = self._database.execute(
            "SELECT v.row, v.cells FROM name n JOIN variation v ON v.parent = n.name WHERE n.product = ? ORDER BY 1",
            [row],
        )
        return [Record(number, json.loads(cells)) for number, cells in found]

    def close(self) -> None:
        """Forget everything."""
        self._database.close()
