"""Hansa's own CSV: what an export writes and an import reads, column by column.

One row per variant. The rows of a product stand together and share the handle; the first one also says
what the product is, the others leave those cells blank. The whole format is in docs/imports.md. Whoever
writes it makes drafts of what is stored and gives them to `rows_of`; nothing else knows the columns.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hansa.domain.catalog.types import ProductDraft, VariantDraft
from hansa.kernel.money import Money

HANDLE = "handle"
PRODUCT_COLUMNS = (
    *("name", "status", "description", "vendor", "category", "tags"),
    *("option1_name", "option2_name", "option3_name"),
    *("images", "image_alts", "seo_title", "seo_description", "metadata"),
)
"""What the first row of a product says of it."""
VARIANT_COLUMNS = (
    *("option1_value", "option2_value", "option3_value", "sku", "barcode", "currency", "price", "compare_at_price"),
    *("is_stock_tracked", "stock_quantity", "sells_when_out_of_stock", "weight_grams", "requires_shipping"),
    *("is_taxable", "variant_image", "variant_metadata"),
)
"""What each row says of its variant."""
FIXED_COLUMNS = (HANDLE, *PRODUCT_COLUMNS, *VARIANT_COLUMNS)
ATTRIBUTE_PREFIX = "attribute:"
"""A column `attribute:Material` for each fact that products have; its cell is a list."""
STATUSES = ("published", "draft", "archived")

LIST_SEPARATOR = "|"
LEVEL_SEPARATOR = ">"
"""Between a category and the one below it: `Kitchen > Ceramics`."""
_NO_TEXT = frozenset(("price", "compare_at_price", "stock_quantity", "weight_grams"))
_OPTIONS = (1, 2, 3)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def header(attribute_labels: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the first row of a file whose products have facts with these labels."""
    return (*FIXED_COLUMNS, *(f"{ATTRIBUTE_PREFIX}{label}" for label in attribute_labels))


def rows_of(draft: ProductDraft, *, currency: str, attribute_labels: Sequence[str] = ()) -> Iterator[tuple[str, ...]]:
    """Give the rows of one product, in the order of `header(attribute_labels)`, safe to open in a spreadsheet.

    Prices are in `currency`. A product without variants is one row that has only the product's cells.
    """
    columns = header(attribute_labels)
    of_product = _product_cells(draft)
    for variant in draft.variants or (None,):
        cells = {HANDLE: draft.source_key, **of_product}
        if variant is not None:
            cells |= _variant_cells(variant, currency)
        yield tuple(cells.get(name, "") if name in _NO_TEXT else neutralise(cells.get(name, "")) for name in columns)
        of_product = {}


def join_list(texts: Iterable[str], separator: str = LIST_SEPARATOR) -> str:
    """Return a list as one cell; a separator or backslash that belongs to a text has a backslash before it."""
    return f" {separator} ".join(text.replace("\\", "\\\\").replace(separator, f"\\{separator}") for text in texts)


def split_list(cell: str, separator: str = LIST_SEPARATOR) -> tuple[str, ...]:
    """Return the texts that stand in a cell; the reverse of `join_list` for texts without spaces around them."""
    if not cell.strip():
        return ()
    if "\\" not in cell:
        return tuple(text.strip() for text in cell.split(separator))
    texts, text, characters = [], "", iter(cell)
    for character in characters:
        if character == "\\":
            text += next(characters, "\\")
        elif character == separator:
            texts.append(text.strip())
            text = ""
        else:
            text += character
    return (*texts, text.strip())


def neutralise(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before it; `restore` takes it off."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def restore(text: str) -> str:
    """Return the text that `neutralise` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text


def status_of(*, is_published: bool | None, is_archived: bool) -> str:
    """Return the word for what shoppers see of the product."""
    return "archived" if is_archived else "published" if is_published else "draft"


def _product_cells(draft: ProductDraft) -> dict[str, str]:
    names = draft.option_names or ()
    return {
        "name": draft.name or "",
        "status": status_of(is_published=draft.is_published, is_archived=draft.is_archived),
        "description": draft.description or "",
        "vendor": draft.vendor or "",
        "category": join_list(draft.category_names or (), LEVEL_SEPARATOR),
        "tags": join_list(draft.tags or ()),
        **{f"option{n}_name": name for n, name in zip(_OPTIONS, names, strict=False)},
        "images": join_list(image.url for image in draft.images),
        "image_alts": join_list(image.alt or "" for image in draft.images) if any(i.alt for i in draft.images) else "",
        "seo_title": draft.seo_title or "",
        "seo_description": draft.seo_description or "",
        "metadata": _json(draft.metadata),
        **{f"{ATTRIBUTE_PREFIX}{label}": join_list(values) for label, values in (draft.attributes or {}).items()},
    }


def _variant_cells(variant: VariantDraft, currency: str) -> dict[str, str]:
    return {
        **{f"option{n}_value": value for n, value in zip(_OPTIONS, variant.option_values, strict=False)},
        "sku": variant.sku or "",
        "barcode": variant.barcode or "",
        "currency": currency,
        "price": _amount(variant.price_amount, currency),
        "compare_at_price": _amount(variant.compare_at_amount, currency),
        "is_stock_tracked": _flag(variant.is_stock_tracked),
        "stock_quantity": _whole(variant.stock_quantity),
        "sells_when_out_of_stock": _flag(variant.sells_when_out_of_stock),
        "weight_grams": _whole(variant.weight_grams),
        "requires_shipping": _flag(variant.requires_shipping),
        "is_taxable": _flag(variant.is_taxable),
        "variant_image": variant.image_url or "",
        "variant_metadata": _json(variant.metadata),
    }


def _amount(amount: int | None, currency: str) -> str:
    return "" if amount is None else f"{Money(amount, currency).major:f}"


def _whole(number: int | None) -> str:
    return "" if number is None else str(number)


def _flag(is_so: bool | None) -> str:  # noqa: FBT001  (a value, not a switch)
    return "" if is_so is None else "yes" if is_so else "no"


def _json(document: Mapping[str, Any] | None) -> str:
    return json.dumps(dict(document), ensure_ascii=False) if document else ""
