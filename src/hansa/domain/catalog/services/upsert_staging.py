"""Writes planned rows set by set: copied into temporary tables, then one statement per kind.

COPY cannot write to a table with row-level security, but a temporary table has none, and copying
there is the fastest way into the server. The tables belong to the session and are emptied by
every commit, so a pooled connection carries nothing from one tenant to the next.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import NoneType
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from hansa.domain.catalog.services.upsert_rows import ProductRows
from hansa.domain.catalog.services.upsert_stored import StoredImage, StoredProduct, StoredVariant
from hansa.domain.catalog.text import SafeHtml
from hansa.kernel.tenancy import get_current_tenant

_encode = json.JSONEncoder(ensure_ascii=False).encode

type Row = tuple[Any, ...]

_PRODUCT = {
    "category_id": "uuid",
    "slug": "text",
    "name": "text",
    "source_key": "text",
    "description": "text",
    "vendor": "text",
    "tags": "text[]",
    "option_names": "text[]",
    "status": "text",
    "published_at": "timestamptz",
    "seo_title": "text",
    "seo_description": "text",
    "metadata": "jsonb",
    "search_text": "text",
    "archived_at": "timestamptz",
}
_IMAGE = {"product_id": "uuid", "url": "text", "alt": "text", "position": "integer"}
_VARIANT = {
    "product_id": "uuid",
    "option_values": "text[]",
    "position": "integer",
    "sku": "text",
    "barcode": "text",
    "price_amount": "bigint",
    "compare_at_amount": "bigint",
    "is_stock_tracked": "boolean",
    "stock_quantity": "integer",
    "sells_when_out_of_stock": "boolean",
    "weight_grams": "integer",
    "requires_shipping": "boolean",
    "is_taxable": "boolean",
    "image_id": "uuid",
    "metadata": "jsonb",
}
# What the draft may leave unsaid is not written back: a stock that sells while we import stays sold.
_STOCK = "stock_quantity"

_TABLES = {"product": _PRODUCT, "image": _IMAGE, "variant": _VARIANT}
_CREATE = ";".join(
    f"CREATE TEMPORARY TABLE IF NOT EXISTS upsert_{table} (is_new boolean, id uuid, "
    + ", ".join(f"{name} {kind}" for name, kind in columns.items())
    + ") ON COMMIT DELETE ROWS"
    for table, columns in _TABLES.items()
)
_IS_THERE = "SELECT to_regclass('pg_temp.upsert_variant') IS NOT NULL"
_EMPTY = ";".join(f"DELETE FROM upsert_{table}" for table in _TABLES)  # noqa: S608  (our own names)


def write_rows(plans: Sequence[ProductRows], *, now: datetime) -> None:
    """Write everything that `plans` found new or changed, the listing aside."""
    of_plan = [(plan, plan.product) for plan in plans]
    _write_all(
        {
            "product": (
                _lines([_product(product) for plan, product in of_plan if plan.stored is None], is_new=True),
                _lines(
                    [_product(product) for plan, product in of_plan if plan.stored and plan.is_product_changed],
                    is_new=False,
                ),
            ),
            "image": (
                image_lines(plans),
                _lines([_image(plan, image) for plan in plans for image in plan.changed_images], is_new=False),
            ),
            "variant": (
                variant_lines(plans),
                _lines([_variant(plan, variant) for plan in plans for variant in plan.changed_variants], is_new=False),
            ),
        },
        now,
    )


def write_new_rows(*, products: str, images: str, variants: str, now: datetime) -> None:
    """Write new rows that are text for COPY already: see `product_line`, `image_lines` and `variant_lines`."""
    _write_all({"product": (products, ""), "image": (images, ""), "variant": (variants, "")}, now)


def _write_all(staged: Mapping[str, tuple[str, str]], now: datetime) -> None:
    """Stage and write new and changed rows of each kind, given as text for COPY."""
    of_every_row = {"created_at": now, "updated_at": now}
    sets = (
        _Set("product", "catalog_product", *staged["product"], {**of_every_row, "popularity": 0}),
        _Set("image", "catalog_productimage", *staged["image"], {}),
        _Set(
            "variant",
            "catalog_variant",
            *staged["variant"],
            {**of_every_row, "currency": get_current_tenant().currency},
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(_IS_THERE)
        cursor.execute(_EMPTY if cursor.fetchone() == (True,) else _CREATE)
        for rows in sets:
            _stage(cursor, rows)
        for rows in sets:
            _write(cursor, rows)


class _Set(NamedTuple):
    """Rows of one kind: where they are staged, where they belong, and what every new one has."""

    stage: str
    target: str
    new: str
    changed: str
    fixed: dict[str, Any]


def _stage(cursor: CursorWrapper, rows: _Set) -> None:
    """Copy the rows into the temporary table of their kind."""
    if not rows.new and not rows.changed:
        return
    # The driver's own errors (a NUL in a text) arise here, outside Django's cursor.
    with connection.wrap_database_errors, cursor.copy(f"COPY upsert_{rows.stage} FROM STDIN") as copy:
        copy.write(rows.new)
        copy.write(rows.changed)


def _write(cursor: CursorWrapper, rows: _Set) -> None:
    """Insert the new rows and update the changed ones from where they are staged."""
    columns, tenant_id = _TABLES[rows.stage], get_current_tenant().id
    if rows.new:
        names = ", ".join(columns)
        fixed = "".join(f", {name}" for name in rows.fixed)
        cursor.execute(
            f"INSERT INTO {rows.target} (tenant_id, id, {names}{fixed})"  # noqa: S608  (our own names)
            f" SELECT %s, id, {names}{', %s' * len(rows.fixed)} FROM upsert_{rows.stage} WHERE is_new",
            [tenant_id, *rows.fixed.values()],
        )
    if rows.changed:
        updated = [f"{name} = s.{name}" for name in columns if name != _STOCK]
        if _STOCK in columns:
            updated.append(f"{_STOCK} = coalesce(s.{_STOCK}, t.{_STOCK})")
        parameters = []
        if "updated_at" in rows.fixed:
            updated.append("updated_at = %s")
            parameters.append(rows.fixed["updated_at"])
        cursor.execute(
            f"UPDATE {rows.target} t SET {', '.join(updated)} FROM upsert_{rows.stage} s"  # noqa: S608  (our own names)
            " WHERE t.tenant_id = %s AND t.id = s.id AND NOT s.is_new",
            [*parameters, tenant_id],
        )


def image_lines(plans: Iterable[ProductRows]) -> str:
    """Return the plans' new images as text for COPY."""
    return _lines([_image(plan, image) for plan in plans for image in plan.new_images], is_new=True)


def variant_lines(plans: Iterable[ProductRows]) -> str:
    """Return the plans' new variants as text for COPY."""
    return _lines([_variant(plan, variant) for plan in plans for variant in plan.new_variants], is_new=True)


def product_columns(product: StoredProduct) -> str:
    """Return a new product's row as text for COPY, all but what only the database can tell: category and slug."""
    return _line(_product(product)[3:])


def product_line(product_id: UUID, category_id: UUID | None, slug: str, columns: str) -> str:
    """Return a new product's whole row as text for COPY; `columns` are those of `product_columns`."""
    return f"t\t{_line((product_id, category_id, slug))}\t{columns}\n"


def _product(product: StoredProduct) -> Row:
    return (
        *(product.id, product.category_id, product.slug, product.name, product.source_key, product.description),
        *(product.vendor, _array(product.tags), _array(product.option_names), product.status, product.published_at),
        *(product.seo_title, product.seo_description, _json(product.metadata), product.search_text),
        product.archived_at,
    )


def _image(plan: ProductRows, image: StoredImage) -> Row:
    return (image.id, plan.product.id, image.url, image.alt, image.position)


def _variant(plan: ProductRows, variant: StoredVariant) -> Row:
    return (
        *(variant.id, plan.product.id, _array(variant.option_values), variant.position, variant.sku, variant.barcode),
        *(variant.price_amount, variant.compare_at_amount, variant.is_stock_tracked, variant.stock_quantity),
        *(variant.sells_when_out_of_stock, variant.weight_grams, variant.requires_shipping, variant.is_taxable),
        *(variant.image_id, _json(variant.metadata)),
    )


def _array(texts: tuple[str, ...]) -> str:
    """Return PostgreSQL's own notation of a text array: the driver's is several times slower."""
    if not texts:
        return "{}"
    return '{"' + '","'.join(text.replace("\\", "\\\\").replace('"', '\\"') for text in texts) + '"}'


def _json(document: dict[str, Any]) -> str:
    return _encode(document) if document else "{}"


def _lines(rows: Iterable[Row], *, is_new: bool) -> str:
    mark = "t\t" if is_new else "f\t"
    return "".join([f"{mark}{_line(row)}\n" for row in rows])


def _line(row: Row) -> str:
    """Return the row as COPY's text format: the driver's own way there costs several times as much."""
    return "\t".join([_CELLS[type(value)](value) for value in row])


def _escaped(text: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text


_CELLS: dict[type, Callable[[Any], str]] = {
    str: _escaped,
    SafeHtml: _escaped,
    int: str,
    bool: lambda value: "t" if value else "f",
    UUID: lambda value: f"{value.int:032x}",
    datetime: datetime.isoformat,
    NoneType: lambda _: r"\N",
}
