"""Writes planned rows set by set: copied into temporary tables, then one statement per kind.

COPY cannot write to a table with row-level security, but a temporary table has none, and copying
there is the fastest way into the server. The tables belong to the session and are emptied by
every commit, so a pooled connection carries nothing from one tenant to the next.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from hansa.domain.catalog.services.upsert_rows import ProductRows
from hansa.domain.catalog.services.upsert_stored import StoredImage, StoredProduct, StoredVariant
from hansa.kernel.tenancy import get_current_tenant

_encode = json.JSONEncoder(ensure_ascii=False).encode

type Row = tuple[Any, ...]

_PRODUCT = {
    "category_id": "uuid",
    "name": "text",
    "slug": "text",
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
    f"CREATE TEMPORARY TABLE IF NOT EXISTS upsert_{table} (id uuid, is_new boolean, "
    + ", ".join(f"{name} {kind}" for name, kind in columns.items())
    + ") ON COMMIT DELETE ROWS"
    for table, columns in _TABLES.items()
)
_IS_THERE = "SELECT to_regclass('pg_temp.upsert_variant') IS NOT NULL"
_EMPTY = ";".join(f"DELETE FROM upsert_{table}" for table in _TABLES)  # noqa: S608  (our own names)


def write_rows(plans: Sequence[ProductRows], *, now: datetime) -> None:
    """Write everything that `plans` found new or changed, the listing aside."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_THERE)
        cursor.execute(_EMPTY if cursor.fetchone() == (True,) else _CREATE)
        _write(
            cursor,
            "product",
            [_product(plan.product) for plan in plans if plan.stored is None],
            [_product(plan.product) for plan in plans if plan.stored is not None and plan.is_product_changed],
            {"created_at": now, "updated_at": now},
        )
        _write(
            cursor,
            "image",
            [_image(plan, image) for plan in plans for image in plan.new_images],
            [_image(plan, image) for plan in plans for image in plan.changed_images],
            {},
        )
        _write(
            cursor,
            "variant",
            [_variant(plan, variant) for plan in plans for variant in plan.new_variants],
            [_variant(plan, variant) for plan in plans for variant in plan.changed_variants],
            {"currency": get_current_tenant().currency, "created_at": now, "updated_at": now},
        )


def _write(cursor: CursorWrapper, table: str, new: list[Row], changed: list[Row], fixed: dict[str, Any]) -> None:
    """Stage the rows of one kind, insert the new ones and update the changed ones.

    `fixed` are columns with the same value in every new row; of them only updated_at is updated.
    """
    if not new and not changed:
        return
    columns = _TABLES[table]
    _copy(
        cursor, table, ((row[0], is_new, *row[1:]) for rows, is_new in ((new, True), (changed, False)) for row in rows)
    )
    target = {"product": "catalog_product", "image": "catalog_productimage", "variant": "catalog_variant"}[table]
    tenant_id = get_current_tenant().id
    names = ", ".join(columns)
    if new:
        cursor.execute(
            f"INSERT INTO {target} (tenant_id, id, {names}{_DEFAULTS[table]}"  # noqa: S608  (our own names)
            f"{''.join(f', {name}' for name in fixed)})"
            f" SELECT %s, id, {names}{_DEFAULT_VALUES[table]}{', %s' * len(fixed)} FROM upsert_{table} WHERE is_new",
            [tenant_id, *fixed.values()],
        )
    if changed:
        updated = [f"{name} = s.{name}" for name in columns if name != _STOCK]
        if _STOCK in columns:
            updated.append(f"{_STOCK} = coalesce(s.{_STOCK}, t.{_STOCK})")
        parameters = []
        if "updated_at" in fixed:
            updated.append("updated_at = %s")
            parameters.append(fixed["updated_at"])
        cursor.execute(
            f"UPDATE {target} t SET {', '.join(updated)} FROM upsert_{table} s"  # noqa: S608  (our own names)
            " WHERE t.tenant_id = %s AND t.id = s.id AND NOT s.is_new",
            [*parameters, tenant_id],
        )


# Columns that Django fills in by itself, so that the tables have no default for them.
_DEFAULTS = {"product": ", popularity", "image": "", "variant": ""}
_DEFAULT_VALUES = {"product": ", 0", "image": "", "variant": ""}


def _copy(cursor: CursorWrapper, table: str, rows: Iterable[Row]) -> None:
    # The driver's own errors (a NUL in a text) arise here, outside Django's cursor.
    with connection.wrap_database_errors, cursor.copy(f"COPY upsert_{table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _product(product: StoredProduct) -> Row:
    return (
        *(product.id, product.category_id, product.name, product.slug, product.source_key, product.description),
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
