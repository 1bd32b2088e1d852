"""Shopify's product CSV, both generations of it: a file becomes drafts of products, one at a time.

Rows of one product stand together and share the handle, which later rows repeat or leave blank. A
row is a variant, a picture, or both; the row with the title also says what the product is. Source:
../shared/FORMATS.md §4.1.
"""

from collections.abc import Iterator
from typing import BinaryIO
from unicodedata import normalize

from hansa.domain.catalog.models import MAX_IMAGES, MAX_VARIANTS
from hansa.domain.catalog.text import slugify
from hansa.domain.imports.errors import NoRows
from hansa.domain.imports.formats.cells import Mistakes, Row, read_row
from hansa.domain.imports.formats.parsed import ParsedProduct, RowFailure, SourceRow
from hansa.domain.imports.formats.records import Record, RecordReader
from hansa.domain.imports.formats.shopify_header import read_header
from hansa.domain.imports.formats.shopify_product import ProductRows
from hansa.domain.imports.formats.shopify_row import PRODUCT_FIELDS, rules_for

_MAX_ROWS_TOGETHER = MAX_VARIANTS + MAX_IMAGES
"""No product has more good rows; a file with more of one handle is taken in pieces of this size."""

_OF_FIRST_ROW = PRODUCT_FIELDS - {"handle"}


def open_shopify(file: BinaryIO, currency: str) -> "ShopifyFile":
    """Recognise a Shopify product file with prices in `currency`.

    Raises UnreadableFile and what stands below it in errors.py.
    """
    return ShopifyFile(file, currency)


class ShopifyFile:
    """A Shopify product file, read as often as asked for from its beginning."""

    def __init__(self, file: BinaryIO, currency: str) -> None:
        """Take a seekable binary file and the currency its prices are in. Raises UnreadableFile."""
        self._file = file
        self._rules = rules_for(currency)
        self._header = read_header(self._records().header())
        self._columns = tuple(self._header.fields.items())
        self._later_columns = tuple(column for column in self._columns if column[0] not in _OF_FIRST_ROW)
        self._handle_index = self._header.fields["handle"]
        self._title_index = self._header.fields["title"]
        self._width = len(self._header.names)

    @property
    def header(self) -> tuple[str, ...]:
        """The columns as the file writes them."""
        return self._header.names

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
        records = self._records()
        records.header()
        handle = ""
        rows: ProductRows | None = None
        for record in records:
            texts = self._texts(record)
            handle = self._handle_of(texts) or handle
            if record.row <= after_row or not (texts or record.defect or _has_text(record)):
                continue
            if rows is not None and (rows.handle != handle or rows.count >= _MAX_ROWS_TOGETHER):
                yield rows.finish()
                rows = rows.continued(record.row) if rows.handle == handle else None
            if rows is None:
                rows = ProductRows(self._header, handle, record.row)
            self._add(rows, record, texts)
        if rows is not None:
            yield rows.finish()

    def _records(self) -> RecordReader:
        self._file.seek(0)
        return RecordReader(self._file)

    def _texts(self, record: Record) -> dict[str, str]:
        """Return the cells we know that are not blank, by field."""
        cells = record.cells
        if len(cells) < self._width:
            cells.extend([""] * (self._width - len(cells)))
        # Only a row with a title says anything of the product, and most rows have none.
        columns = self._columns if cells[self._title_index].strip() else self._later_columns
        texts = {field: text for field, index in columns if (text := cells[index].strip())}
        if not "".join(texts.values()).isascii():
            # Two ways to write "é" must not make two variants.
            return {field: normalize("NFC", text) for field, text in texts.items()}
        return texts

    def _handle_of(self, texts: dict[str, str]) -> str:
        """Return the handle that the row names; "" when it belongs to the row above."""
        if handle := texts.get("handle"):
            return handle
        title = texts.get("title")
        return slugify(title) if title else ""

    def _add(self, rows: ProductRows, record: Record, texts: dict[str, str]) -> None:
        """Put the row where it belongs: understood, or failed with every mistake that is in it."""
        is_first = "title" in texts and not rows.has_product_row
        if not is_first and "title" in texts:
            texts = {field: text for field, text in texts.items() if field not in _OF_FIRST_ROW}
        source = SourceRow(record.row, self._with_handle(record, rows.handle), None)
        row, found = read_row(texts, self._rules)
        found = self._defects(record, rows) + found
        if is_first:
            found += self._begin(rows, source, row, found)
        if not found:
            found = rows.add(source, row, is_first=is_first)
        if found:
            rows.fail(self._failure(source, found))

    def _begin(self, rows: ProductRows, source: SourceRow, row: Row, found: Mistakes) -> Mistakes:
        """Keep what the row says of the product, unless that is wrong: then the whole product fails.

        The variant in the same row may be wrong: that fails the row, not the product.
        """
        if any(field in PRODUCT_FIELDS or not field for field, _ in found):
            rows.refuse(source.row)
            return []
        return rows.begin(source, row)

    def _defects(self, record: Record, rows: ProductRows) -> Mistakes:
        """Return what is wrong with the row before its cells are looked at."""
        if record.defect:
            return [("", record.defect)]
        if not rows.handle:
            return [("handle", "The row names no product. Write the handle of the product it belongs to.")]
        if any(cell.strip() for cell in record.cells[self._width :]):
            message = (
                f"The row has {len(record.cells) - self._width} more cells than the header."
                " Put quotation marks around the text that holds a comma."
            )
            return [("", message)]
        return []

    def _with_handle(self, record: Record, handle: str) -> tuple[str, ...]:
        cells = record.cells
        if not cells[self._handle_index].strip():
            cells[self._handle_index] = handle
        return tuple(cells)

    def _failure(self, source: SourceRow, found: Mistakes) -> RowFailure:
        """Say all that is wrong with a row, so that it is corrected once."""
        (field, first), *others = found
        more = [f"{self._header.name_of(name) or name}: {sentence}" for name, sentence in others]
        return RowFailure(source.row, self._header.name_of(field), " ".join([first, *more]), source.cells)


def _has_text(record: Record) -> bool:
    return any(cell.strip() for cell in record.cells)
