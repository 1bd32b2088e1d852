"""Hansa's own CSV, read: see `hansa_columns.py`, which writes it, and docs/imports.md."""

import json
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache, partial
from typing import Any, BinaryIO
from unicodedata import normalize

from hansa.domain.catalog.models import MAX_DESCRIPTION_CHARACTERS, MAX_IMAGES, MAX_VARIANTS
from hansa.domain.catalog.text import sanitise_html
from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft
from hansa.domain.imports.errors import NoRows, UnknownHeader
from hansa.domain.imports.formats.cells import (
    REMEMBERED,
    Mistake,
    Mistakes,
    Row,
    Rules,
    amount,
    flag,
    grams,
    one_of,
    read_row,
    text,
    url,
    whole,
)
from hansa.domain.imports.formats.hansa_columns import (
    ATTRIBUTE_PREFIX,
    FIXED_COLUMNS,
    HANDLE,
    LEVEL_SEPARATOR,
    PRODUCT_COLUMNS,
    STATUSES,
    VARIANT_COLUMNS,
    restore,
    split_list,
)
from hansa.domain.imports.formats.parsed import ParsedProduct, RowFailure, SourceRow
from hansa.domain.imports.formats.records import Record, RecordReader

_OPTIONS = (1, 2, 3)
_OF_PRODUCT = frozenset(PRODUCT_COLUMNS)
_OF_VARIANT = frozenset(VARIANT_COLUMNS)


def open_hansa(file: BinaryIO, currency: str) -> "HansaFile":
    """Recognise a file of Hansa's own for a shop with this currency. Raises UnreadableFile."""
    return HansaFile(file, currency)


class HansaFile:
    """A file of Hansa's own, read as often as asked for from its beginning."""

    def __init__(self, file: BinaryIO, currency: str) -> None:
        """Take a seekable binary file and the shop's currency. Raises UnreadableFile."""
        self._file = file
        self._rules = _rules_for(currency)
        self.header = tuple(self._records().header())
        self._columns = {name: index for index, name in reversed(list(enumerate(self.header))) if name in FIXED_COLUMNS}
        self._attributes = {
            name.removeprefix(ATTRIBUTE_PREFIX).strip(): index
            for index, name in enumerate(self.header)
            if name.startswith(ATTRIBUTE_PREFIX) and name.removeprefix(ATTRIBUTE_PREFIX).strip()
        }
        missing = [name for name in (HANDLE, "name") if name not in self._columns]
        if missing:
            message = (
                f"This is not a file of Hansa's own: it has no column {' and none '.join(missing)}."
                " Its first row holds the names of the columns, handle and name among them."
            )
            raise UnknownHeader(message)

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
        together: _Product | None = None
        for record in records:
            texts = self._texts(record)
            if record.row <= after_row or not (texts or record.defect or any(map(str.strip, record.cells))):
                continue
            handle = texts.get(HANDLE, "")
            if together is not None and (together.handle != handle or together.is_full):
                yield together.finish()
                together = None
            if together is None:
                together = _Product(handle, record.row, self._columns)
            self._add(together, record, texts)
        if together is not None:
            yield together.finish()

    def _records(self) -> RecordReader:
        self._file.seek(0)
        return RecordReader(self._file)

    def _texts(self, record: Record) -> dict[str, str]:
        """Return the cells we know that are not blank, by column."""
        cells = record.cells
        if len(cells) < len(self.header):
            cells.extend([""] * (len(self.header) - len(cells)))
        places = self._columns.items()
        texts = {name: restore(cell) for name, index in places if (cell := cells[index].strip())}
        if "".join(texts.values()).isascii():
            return texts
        # Two ways to write "é" must not make two variants.
        return {name: normalize("NFC", cell) for name, cell in texts.items()}

    def _add(self, together: "_Product", record: Record, texts: dict[str, str]) -> None:
        source = SourceRow(record.row, tuple(record.cells), None)
        is_first = "name" in texts and not together.has_begun
        wanted = {name: cell for name, cell in texts.items() if is_first or name not in _OF_PRODUCT}
        row, found = read_row(wanted, self._rules)
        if record.defect:
            found = [("", record.defect), *found]
        elif HANDLE not in texts:
            found = [(HANDLE, "The row names no product. Write the handle of the product it belongs to."), *found]
        elif any(map(str.strip, record.cells[len(self.header) :])):
            message = "The row has more cells than the header. Put quotation marks around the text that holds a comma."
            found = [("", message), *found]
        if is_first:
            facts = {label: split_list(restore(record.cells[at])) for label, at in self._attributes.items()}
            found = together.begin(source, row, facts, found)
        found = found or together.add(source, row)
        if found:
            together.fail(source, found)


class _Product:
    """Rows that share a handle and stand together."""

    def __init__(self, handle: str, first_row: int, columns: Mapping[str, int]) -> None:
        self.handle = handle
        self._columns = columns
        self._first_row = self._last_row = first_row
        self._product: Row | None = None
        self._facts: dict[str, tuple[str, ...]] = {}
        self._refused_row = 0
        self._options: tuple[str, ...] | None = None
        self._variants: dict[tuple[str, ...], VariantDraft] = {}
        self._rows: list[SourceRow] = []
        self._failures: list[RowFailure] = []

    @property
    def has_begun(self) -> bool:
        """Whether the row came that says what the product is."""
        return self._product is not None or bool(self._refused_row)

    @property
    def is_full(self) -> bool:
        """Whether more rows must wait for a piece of their own, so that memory has a limit."""
        return len(self._rows) + len(self._failures) >= MAX_VARIANTS

    def begin(self, source: SourceRow, row: Row, facts: dict[str, tuple[str, ...]], found: Mistakes) -> Mistakes:
        """Take what the row says of the product; if that is wrong, the whole product fails."""
        names = [row.get(f"option{n}_name") for n in _OPTIONS]
        given = tuple(name for name in names if name)
        alts = row.get("image_alts", ())
        if names[: len(given)] != list(given):
            found = [*found, ("option1_name", "A name is blank, but a later option has one.")]
        if len(alts) > len(row.get("images", ())):
            found = [*found, ("image_alts", "There are more texts than pictures.")]
        if any(field in _OF_PRODUCT or field in {"", HANDLE} for field, _ in found):
            self._refused_row = source.row
        else:
            self._product, self._facts, self._options = row, facts, given
        return found

    def add(self, source: SourceRow, row: Row) -> Mistakes:
        """Take a row that is right in itself; return what is wrong with it beside the others."""
        self._last_row = source.row
        if self._refused_row:
            return [("", f"Not imported, because row {self._refused_row} of this product is wrong.")]
        values: tuple[str, ...] | None = None
        if not _OF_VARIANT.isdisjoint(row):
            given = [row.get(f"option{n}_value") for n in _OPTIONS]
            number = len(self._options) if self._options is not None else sum(value is not None for value in given)
            values = tuple(value for value in given if value)
            if given[:number] != list(values):
                return [("option1_value", f"The product has {number} options: write a value for each, and no more.")]
            if values in self._variants:
                return [("option1_value", "An earlier row has the same variant. Delete one of the two.")]
            self._variants[values] = self._variant(values, row)
        elif self._product is None or self._rows:
            return [("", "The row holds no variant. Fill it in or delete it.")]
        self._rows.append(SourceRow(source.row, source.cells, values))
        return []

    def fail(self, source: SourceRow, found: Mistakes) -> None:
        """Keep a row that failed."""
        self._last_row = source.row
        (column, first), *others = found
        more = [f"{name}: {sentence}" if name else sentence for name, sentence in others]
        self._failures.append(RowFailure(source.row, column, " ".join([first, *more]), source.cells))

    def finish(self) -> ParsedProduct:
        """Return the product."""
        return ParsedProduct(
            first_row=self._first_row,
            last_row=self._last_row,
            draft=self._draft() if self._rows else None,
            rows=tuple(self._rows),
            failures=tuple(self._failures),
            columns={"title": "name", "price": "price" if "price" in self._columns else ""},
        )

    def _draft(self) -> ProductDraft:
        variants = tuple(self._variants.values())
        row = self._product
        if row is None:
            return ProductDraft(source_key=self.handle, variants=variants)
        status = row.get("status")
        alts = row.get("image_alts", ())
        return ProductDraft(
            source_key=self.handle,
            name=row["name"],
            description=sanitise_html(row["description"]) if "description" in row else self._blank("description", ""),
            vendor=row.get("vendor", self._blank("vendor", "")),
            category_names=row.get("category", self._blank("category", ())),
            tags=row.get("tags", self._blank("tags", ())),
            option_names=self._options if "option1_name" in self._columns or self._options else None,
            is_published=None if status is None else status == "published",
            is_archived=status == "archived",
            seo_title=row.get("seo_title", self._blank("seo_title", "")),
            seo_description=row.get("seo_description", self._blank("seo_description", "")),
            metadata=row.get("metadata"),
            attributes=self._facts or None,
            variants=variants,
            images=tuple(
                ImageDraft(one, (alts[n] if n < len(alts) else "") if "image_alts" in self._columns else None, n + 1)
                for n, one in enumerate(row.get("images", ()))
            ),
        )

    def _variant(self, values: tuple[str, ...], row: Row) -> VariantDraft:
        return VariantDraft(
            option_values=values,
            price_amount=row.get("price"),
            compare_at_amount=row.get("compare_at_price"),
            clears_compare_at="compare_at_price" in self._columns and "compare_at_price" not in row,
            sku=row.get("sku", self._blank("sku", "")),
            barcode=row.get("barcode", self._blank("barcode", "")),
            is_stock_tracked=row.get("is_stock_tracked"),
            stock_quantity=row.get("stock_quantity"),
            sells_when_out_of_stock=row.get("sells_when_out_of_stock"),
            weight_grams=row.get("weight_grams"),
            requires_shipping=row.get("requires_shipping"),
            is_taxable=row.get("is_taxable"),
            image_url=row.get("variant_image"),
            metadata=row.get("variant_metadata"),
        )

    def _blank[T](self, column: str, empty: T) -> T | None:
        """Return what a blank cell means: empty when there is such a column, else nothing at all."""
        return empty if column in self._columns else None


@cache
def _rules_for(currency: str) -> Rules:
    amounts = lru_cache(REMEMBERED)(partial(amount, currency))
    flags, wholes, weights = (lru_cache(REMEMBERED)(rule) for rule in (flag, whole, grams))
    return {
        HANDLE: text(300),
        "name": text(300),
        "status": one_of(*STATUSES),
        "description": text(MAX_DESCRIPTION_CHARACTERS),
        "vendor": text(200),
        "category": partial(split_list, separator=LEVEL_SEPARATOR),
        "tags": split_list,
        **{f"option{n}_name": text(100) for n in _OPTIONS},
        **{f"option{n}_value": text(255) for n in _OPTIONS},
        "images": _images,
        "image_alts": _alts,
        "seo_title": text(300),
        "seo_description": text(1000),
        "metadata": _document,
        "sku": text(255),
        "barcode": text(64),
        "currency": partial(_currency, currency),
        "price": amounts,
        "compare_at_price": amounts,
        "is_stock_tracked": flags,
        "stock_quantity": wholes,
        "sells_when_out_of_stock": flags,
        "weight_grams": weights,
        "requires_shipping": flags,
        "is_taxable": flags,
        "variant_image": url,
        "variant_metadata": _document,
    }


def _images(cell: str) -> tuple[str, ...]:
    addresses = tuple(dict.fromkeys(url(one) for one in split_list(cell)))
    if len(addresses) > MAX_IMAGES:
        message = f"The product has {len(addresses):,} pictures; the most is {MAX_IMAGES}."
        raise Mistake(message)
    return addresses


def _alts(cell: str) -> tuple[str, ...]:
    return tuple(text(500)(one) for one in split_list(cell))


def _currency(shops: str, cell: str) -> str:
    if cell.upper() != shops:
        message = f"The price is in {cell[:10]!r}, and the shop sells in {shops}. Convert the prices first."
        raise Mistake(message)
    return shops


def _document(cell: str) -> dict[str, Any]:
    try:
        document = json.loads(cell)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        message = 'This is no JSON object. Write it like {"key": "value"}.'
        raise Mistake(message)
    return document
