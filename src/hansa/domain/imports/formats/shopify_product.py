"""The rows of one product become a draft of it."""

from typing import Any

from hansa.domain.catalog.models import MAX_IMAGES, MAX_VARIANTS
from hansa.domain.catalog.text import sanitise_html
from hansa.domain.catalog.types import ImageDraft, ProductDraft, VariantDraft
from hansa.domain.imports.formats.cells import Mistakes, Row
from hansa.domain.imports.formats.parsed import ParsedProduct, RowFailure, SourceRow
from hansa.domain.imports.formats.shopify_header import Header
from hansa.domain.imports.formats.shopify_row import VARIANT_FIELDS

_OPTION_NAMES = ("option1_name", "option2_name", "option3_name")
_OPTION_VALUES = ("option1_value", "option2_value", "option3_value")
_ALWAYS_VARIANT = frozenset(("price", *_OPTION_VALUES))

_DEFAULT_NAME, _DEFAULT_VALUE = "Title", "Default Title"
"""What Shopify writes for a product that has no options."""


class ProductRows:
    """Rows that share a handle and stand together."""

    def __init__(self, header: Header, handle: str, first_row: int) -> None:
        """Begin with no rows."""
        self.handle = handle
        self.count = 0
        self._header = header
        self._first_row = self._last_row = first_row
        self._product: Row | None = None
        self._product_cells: tuple[str, ...] = ()
        self._refused_row: int | None = None
        self._option_names: tuple[str, ...] | None = None
        self._variants: dict[tuple[str, ...], VariantDraft] = {}
        self._images: dict[str, ImageDraft] = {}
        self._rows: list[SourceRow] = []
        self._failures: list[RowFailure] = []

    def continued(self, row: int) -> "ProductRows":
        """Return an empty piece for more rows of the same product."""
        more = ProductRows(self._header, self.handle, row)
        more._option_names = self._option_names
        more._refused_row = self._refused_row
        return more

    @property
    def has_product_row(self) -> bool:
        """Whether the row with the title has come."""
        return self._product is not None or self._refused_row is not None

    def refuse(self, row: int) -> None:
        """Fail the whole product, because `row` says something of it that cannot be."""
        self._refused_row = row

    def begin(self, source: SourceRow, product: Row) -> Mistakes:
        """Take what the row with the title says of the product; return what is wrong with its options."""
        names = [product.get(name) for name in _OPTION_NAMES]
        values = [product.get(name) for name in _OPTION_VALUES]
        given = tuple(name for name in names if name)
        found: Mistakes = []
        if given in ((), (_DEFAULT_NAME,)) and values in ([None] * 3, [_DEFAULT_VALUE, None, None]):
            given = ()
        elif names[: len(given)] != list(given):
            found = [(f"option{names.index(None) + 1}_name", "The name is blank, but a later option has one.")]
        elif len({name.casefold() for name in given}) < len(given):
            found = [("option1_name", "Two options have the same name. Give each its own.")]
        elif not given:
            found = [("option1_name", "There is a value but no name for it. Write one, for example Size.")]
        if found:
            self.refuse(source.row)
            return found
        self._product, self._product_cells = product, source.cells
        if given or not VARIANT_FIELDS.isdisjoint(product):
            self._option_names = given
        return []

    def add(self, source: SourceRow, row: Row, *, is_first: bool) -> Mistakes:
        """Take a row that is right in itself; return what is wrong with it beside the others."""
        self._count(source.row)
        if self._refused_row is not None:
            return [("", f"Not imported, because row {self._refused_row} of this product is wrong.")]
        values: tuple[str, ...] | None = None
        if self._is_variant(row, is_first=is_first):
            values, found = self._option_values(row)
            if found := found or self._surplus(values, row):
                return found
            self._variants[values] = self._variant(values, row, source.cells)
        elif row.get("image_url") is None and not is_first:
            return [("", "The row holds neither a variant nor a picture. Fill it in or delete it.")]
        elif found := self._surplus(None, row):
            return found
        if url := row.get("image_url"):
            alt = row.get("image_alt") or ("" if "image_alt" in self._header.fields else None)
            self._images.setdefault(url, ImageDraft(url, alt, row.get("image_position")))
        self._rows.append(SourceRow(source.row, source.cells, values))
        return []

    def fail(self, failure: RowFailure) -> None:
        """Keep a row that failed."""
        self._count(failure.row)
        self._failures.append(failure)

    def finish(self) -> ParsedProduct:
        """Return the product."""
        return ParsedProduct(
            first_row=self._first_row,
            last_row=self._last_row,
            draft=self._draft() if self._rows else None,
            rows=tuple(self._rows),
            failures=tuple(self._failures),
            columns={field: self._header.name_of(field) for field in ("title", "price")},
        )

    def _count(self, row: int) -> None:
        if row != self._last_row or self.count == 0:
            self.count += 1
        self._last_row = row

    def _is_variant(self, row: Row, *, is_first: bool) -> bool:
        if not _ALWAYS_VARIANT.isdisjoint(row):
            return True
        # Exports fill in some columns of a variant on rows that hold only a picture.
        return (is_first or row.get("image_url") is None) and not VARIANT_FIELDS.isdisjoint(row)

    def _option_values(self, row: Row) -> tuple[tuple[str, ...], Mistakes]:
        """Return the row's option values, one for each of the product's options."""
        values = [row.get(name) for name in _OPTION_VALUES]
        if values == [_DEFAULT_VALUE, None, None] and not self._option_names:
            return (), []
        if self._option_names is None:
            # The product is known to the shop only; the catalogue compares the number of options.
            wanted = max((n for n, value in enumerate(values, 1) if value), default=0)
            names = ("",) * wanted
        else:
            wanted, names = len(self._option_names), self._option_names
        for n, value in enumerate(values, 1):
            if n <= wanted and not value:
                named = f" of {names[n - 1]!r}" if names[n - 1] else ""
                return (), [(f"option{n}_value", f"The value{named} is blank. Write one, for example M.")]
            if n > wanted and value:
                return (), [(f"option{n}_value", f"There is a value, but the product has only {wanted} options.")]
        return tuple(value for value in values[:wanted] if value), []

    def _surplus(self, values: tuple[str, ...] | None, row: Row) -> Mistakes:
        """Return what is too much: the same variant twice, too many variants, too many pictures."""
        if values is not None and values in self._variants:
            shown = " / ".join(values) or "without options"
            return [("option1_value", f"An earlier row is this product's variant {shown} already. Delete one of them.")]
        if values is not None and len(self._variants) >= MAX_VARIANTS:
            return [("", f"The product has {MAX_VARIANTS:,} variants already, which is the most.")]
        if row.get("image_url") and row.get("image_url") not in self._images and len(self._images) >= MAX_IMAGES:
            return [("image_url", f"The product has {MAX_IMAGES} pictures already, which is the most.")]
        return []

    def _variant(self, values: tuple[str, ...], row: Row, cells: tuple[str, ...]) -> VariantDraft:
        has = self._header.fields
        return VariantDraft(
            option_values=values,
            price_amount=row.get("price"),
            compare_at_amount=row.get("compare_at"),
            clears_compare_at="compare_at" in has and row.get("compare_at") is None,
            sku=row.get("sku") or ("" if "sku" in has else None),
            barcode=row.get("barcode") or ("" if "barcode" in has else None),
            is_stock_tracked=row.get("tracker") is not None if "tracker" in has else None,
            stock_quantity=row.get("quantity"),
            sells_when_out_of_stock=None if row.get("policy") is None else row.get("policy") == "continue",
            weight_grams=row.get("grams"),
            requires_shipping=row.get("requires_shipping"),
            is_taxable=row.get("taxable"),
            image_url=row.get("variant_image"),
            metadata=_extras(self._header.variant_extras, cells),
        )

    def _draft(self) -> ProductDraft:
        variants, images = tuple(self._variants.values()), tuple(self._images.values())
        if self._product is None:
            return ProductDraft(source_key=self.handle, variants=variants, images=images)
        product, has = self._product, self._header.fields
        return ProductDraft(
            source_key=self.handle,
            name=product.get("title"),
            description=_description(product.get("body"), is_named="body" in has),
            vendor=product.get("vendor") or ("" if "vendor" in has else None),
            category_names=self._category_names(product),
            tags=_list(product.get("tags"), ",") if "tags" in has else None,
            option_names=self._option_names,
            is_published=_is_published(product),
            is_archived=product.get("status") == "archived",
            seo_title=product.get("seo_title") or ("" if "seo_title" in has else None),
            seo_description=product.get("seo_description") or ("" if "seo_description" in has else None),
            metadata=self._metadata(product),
            attributes=self._attributes(),
            variants=variants,
            images=images,
        )

    def _category_names(self, product: Row) -> tuple[str, ...] | None:
        """Return the path of the standard category, else the type, which is a category of one level."""
        # Some exports hold the number of the standard category, which says nothing to a shopper.
        if (category := product.get("category")) and not category.isdigit():
            return _list(category, ">")
        if kind := product.get("type"):
            return (kind,)
        return () if {"category", "type"} & self._header.fields.keys() else None

    def _metadata(self, product: Row) -> dict[str, Any] | None:
        extras = _extras(self._header.product_extras, self._product_cells)
        if "category" in self._header.fields and "type" in self._header.fields:
            return {**(extras or {}), "type": product.get("type")}
        return extras

    def _attributes(self) -> dict[str, tuple[str, ...]] | None:
        if not self._header.facts:
            return None
        return {
            label: tuple(value[:255] for value in _list(self._product_cells[index], ";"))
            for label, index in self._header.facts
        }


def _description(body: str | None, *, is_named: bool) -> str | None:
    """Return the description, sanitised already: the catalogue would do it at a busier moment."""
    if body is None:
        return "" if is_named else None
    return sanitise_html(body)


def _extras(columns: tuple[tuple[str, int], ...], cells: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the columns that we keep as they are; None in it clears what is stored under that key."""
    return {key: cells[index].strip() or None for key, index in columns} if columns else None


def _list(text: str | None, separator: str) -> tuple[str, ...]:
    parts = (part.strip() for part in (text or "").split(separator))
    return tuple(dict.fromkeys(part for part in parts if part))


def _is_published(product: Row) -> bool | None:
    """Tell whether the product is on sale: active, and published in the shop. None: the row does not say."""
    if product.get("status") is None:
        return product.get("published")
    return product.get("status") == "active" and product.get("published") is not False
