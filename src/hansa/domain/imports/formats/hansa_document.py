"""Hansa's own JSON Lines: one product a line, written by an export and read by an import. See docs/imports.md.

A field that is missing leaves what is stored alone; null empties it where there is something to empty.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hansa.domain.catalog.models import MAX_DESCRIPTION_CHARACTERS, MAX_IMAGES, MAX_OPTIONS, MAX_VARIANTS
from hansa.domain.catalog.text import sanitise_html
from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft
from hansa.domain.imports.errors import EmptyFile, FileNotUtf8, RecordTooLong, UnknownHeader
from hansa.domain.imports.formats.cells import Mistake, url
from hansa.domain.imports.formats.hansa_columns import status_of
from hansa.domain.imports.formats.parsed import ParsedProduct, RowFailure, SourceRow
from hansa.kernel.money import MAX_AMOUNT

MAX_LINE_BYTES = 4 * 1024 * 1024
_MOST_WHOLE = 2**31 - 1
_COLUMN = "document"


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Amount(_Part):
    amount: int = Field(ge=0, le=MAX_AMOUNT)
    currency: str


class _Image(_Part):
    url: str = Field(max_length=2000)
    alt: str | None = Field(None, max_length=500)


class _Variant(_Part):
    options: list[str] = Field(default_factory=list, max_length=MAX_OPTIONS)
    sku: str | None = Field(None, max_length=255)
    barcode: str | None = Field(None, max_length=64)
    price: _Amount | None = None
    compare_at_price: _Amount | None = None
    is_stock_tracked: bool | None = None
    stock_quantity: int | None = Field(None, ge=-_MOST_WHOLE, le=_MOST_WHOLE)
    sells_when_out_of_stock: bool | None = None
    weight_grams: int | None = Field(None, ge=0, le=_MOST_WHOLE)
    requires_shipping: bool | None = None
    is_taxable: bool | None = None
    image: str | None = Field(None, max_length=2000)
    metadata: dict[str, Any] | None = None


class _Product(_Part):
    handle: str = Field(min_length=1, max_length=300)
    name: str | None = Field(None, max_length=300)
    status: Literal["published", "draft", "archived"] | None = None
    description: str | None = Field(None, max_length=MAX_DESCRIPTION_CHARACTERS)
    vendor: str | None = Field(None, max_length=200)
    category: list[str] | None = None
    tags: list[str] | None = None
    options: list[str] | None = Field(None, max_length=MAX_OPTIONS)
    images: list[_Image] = Field(default_factory=list, max_length=MAX_IMAGES)
    seo_title: str | None = Field(None, max_length=300)
    seo_description: str | None = Field(None, max_length=1000)
    metadata: dict[str, Any] | None = None
    attributes: dict[str, list[str]] | None = None
    variants: list[_Variant] = Field(default_factory=list, max_length=MAX_VARIANTS)


def document_of(draft: ProductDraft, *, currency: str) -> dict[str, Any]:
    """Return a product as one line of the file has it; prices are in `currency`."""
    return {
        "handle": draft.source_key,
        "name": draft.name,
        "status": status_of(is_published=draft.is_published, is_archived=draft.is_archived),
        "description": draft.description,
        "vendor": draft.vendor,
        "category": list(draft.category_names or ()),
        "tags": list(draft.tags or ()),
        "options": list(draft.option_names or ()),
        "images": [{"url": image.url, "alt": image.alt or ""} for image in draft.images],
        "seo_title": draft.seo_title,
        "seo_description": draft.seo_description,
        "metadata": None if draft.metadata is None else dict(draft.metadata),
        "attributes": {label: list(values) for label, values in (draft.attributes or {}).items()},
        "variants": [_variant_document(variant, currency) for variant in draft.variants],
    }


def open_hansa_jsonl(file: BinaryIO, currency: str) -> "HansaLines":
    """Recognise a file with one product a line, for a shop with this currency. Raises UnreadableFile."""
    return HansaLines(file, currency)


class HansaLines:
    """A file of JSON Lines. A line counts as the row below a header that is not there: line 1 is row 2."""

    header = (_COLUMN,)

    def __init__(self, file: BinaryIO, currency: str) -> None:
        """Take a seekable binary file and the shop's currency. Raises UnreadableFile."""
        self._file = file
        self._currency = currency
        first = next((line for _, line in self._lines() if line), None)
        if first is None:
            message = "The file is empty. Export the products again and import that file."
            raise EmptyFile(message)
        if not first.lstrip().startswith("{"):
            message = "This is not a file of JSON Lines: each line must be one product, a JSON object in braces."
            raise UnknownHeader(message)

    def rows(self) -> Iterator[int]:
        """Read to the end without looking at the lines: give the number of each. Raises UnreadableFile."""
        for row, _ in self._lines():
            yield row

    def products(self, *, after_row: int = 1) -> Iterator[ParsedProduct]:
        """Give the products whose rows follow `after_row`, in the order of the file. Raises UnreadableFile."""
        for row, line in self._lines():
            if row > after_row and line:
                yield self._product(row, line)

    def _lines(self) -> Iterator[tuple[int, str]]:
        self._file.seek(0)
        row = 1
        while line := self._file.readline(MAX_LINE_BYTES + 1):
            row += 1
            if len(line) > MAX_LINE_BYTES:
                message = f"Line {row - 1:,} is longer than {MAX_LINE_BYTES // 1024:,} KiB. Write one product a line."
                raise RecordTooLong(message)
            try:
                yield row, line.decode("utf-8-sig" if row == 2 else "utf-8").strip()  # noqa: PLR2004  (the first)
            except UnicodeDecodeError:
                message = f"The file is not in UTF-8: see line {row - 1:,}. Save it in UTF-8 and import that file."
                raise FileNotUtf8(message) from None

    def _product(self, row: int, line: str) -> ParsedProduct:
        cells = (line,)
        try:
            draft = _draft(_product(line), self._currency)
        except ValidationError as error:
            return _failed(row, cells, "; ".join(_sentence(dict(one)) for one in error.errors()[:5]))
        except Mistake as mistake:
            return _failed(row, cells, str(mistake))
        rows = tuple(SourceRow(row, cells, variant.option_values) for variant in draft.variants)
        return ParsedProduct(row, row, draft, rows or (SourceRow(row, cells, None),), ())


def _product(line: str) -> _Product:
    if "\\u0000" in line or "\x00" in line:
        message = "There is a NUL character in it. Remove it."
        raise Mistake(message)
    return _Product.model_validate_json(line)


def _failed(row: int, cells: tuple[str, ...], message: str) -> ParsedProduct:
    return ParsedProduct(row, row, None, (), (RowFailure(row, "", f"Line {row - 1}: {message}", cells),))


def _sentence(error: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"])
    return f"{where}: {error['msg']}" if where else str(error["msg"])


def _draft(product: _Product, currency: str) -> ProductDraft:
    given = product.model_fields_set
    variants = tuple(_variant(variant, currency) for variant in product.variants)
    if len({variant.option_values for variant in variants}) < len(variants):
        message = "Two variants have the same options. Delete one of them."
        raise Mistake(message)

    def said[T](name: str, value: T | None, empty: T) -> T | None:
        """Return what is said; nothing for a field that is missing, `empty` for null."""
        if name not in given:
            return None
        return empty if value is None else value

    description = said("description", product.description, "")
    return ProductDraft(
        source_key=product.handle,
        name=product.name,
        description=None if description is None else sanitise_html(description),
        vendor=said("vendor", product.vendor, ""),
        category_names=None if "category" not in given else tuple(product.category or ()),
        tags=None if "tags" not in given else tuple(product.tags or ()),
        option_names=None if product.options is None else tuple(product.options),
        is_published=None if product.status is None else product.status == "published",
        is_archived=product.status == "archived",
        seo_title=said("seo_title", product.seo_title, ""),
        seo_description=said("seo_description", product.seo_description, ""),
        metadata=product.metadata,
        attributes=None if product.attributes is None else {k: tuple(v) for k, v in product.attributes.items()},
        variants=variants,
        images=tuple(ImageDraft(url(one.url), one.alt, place) for place, one in enumerate(product.images, 1)),
    )


def _variant(variant: _Variant, currency: str) -> VariantDraft:
    given = variant.model_fields_set
    return VariantDraft(
        option_values=tuple(variant.options),
        price_amount=_amount(variant.price, currency),
        compare_at_amount=_amount(variant.compare_at_price, currency),
        clears_compare_at="compare_at_price" in given and variant.compare_at_price is None,
        sku=(variant.sku or "") if "sku" in given else None,
        barcode=(variant.barcode or "") if "barcode" in given else None,
        is_stock_tracked=variant.is_stock_tracked,
        stock_quantity=variant.stock_quantity,
        sells_when_out_of_stock=variant.sells_when_out_of_stock,
        weight_grams=variant.weight_grams,
        requires_shipping=variant.requires_shipping,
        is_taxable=variant.is_taxable,
        image_url=None if variant.image is None else url(variant.image),
        metadata=variant.metadata,
    )


def _amount(price: _Amount | None, currency: str) -> int | None:
    if price is None:
        return None
    if price.currency != currency:
        message = f"A price is in {price.currency[:10]!r}, and the shop sells in {currency}. Convert the prices first."
        raise Mistake(message)
    return price.amount


def _variant_document(variant: VariantDraft, currency: str) -> dict[str, Any]:
    def money(amount: int | None) -> dict[str, Any] | None:
        return None if amount is None else {"amount": amount, "currency": currency}

    return {
        "options": list(variant.option_values),
        "sku": variant.sku or "",
        "barcode": variant.barcode or "",
        "price": money(variant.price_amount),
        "compare_at_price": money(variant.compare_at_amount),
        "is_stock_tracked": variant.is_stock_tracked,
        "stock_quantity": variant.stock_quantity,
        "sells_when_out_of_stock": variant.sells_when_out_of_stock,
        "weight_grams": variant.weight_grams,
        "requires_shipping": variant.requires_shipping,
        "is_taxable": variant.is_taxable,
        "image": variant.image_url,
        "metadata": None if variant.metadata is None else dict(variant.metadata),
    }


def line_of(draft: ProductDraft, *, currency: str) -> str:
    """Return one line of the file, its end included."""
    return json.dumps(document_of(draft, currency=currency), ensure_ascii=False) + "\n"
