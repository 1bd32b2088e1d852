"""What the catalogue already holds of the products that are about to be upserted."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from hansa.domain.catalog.text import slugify
from hansa.domain.catalog.types import ProductDraft
from hansa.kernel.tenancy import get_current_tenant


@dataclass(slots=True)
class StoredVariant:
    """A variant's row."""

    id: UUID
    option_values: tuple[str, ...]
    position: int
    sku: str
    barcode: str
    price_amount: int
    compare_at_amount: int | None
    is_stock_tracked: bool
    stock_quantity: int | None
    """None, on its way to be written: leave it as it is."""
    sells_when_out_of_stock: bool
    weight_grams: int | None
    requires_shipping: bool
    is_taxable: bool
    image_id: UUID | None
    metadata: dict[str, Any]


@dataclass(slots=True)
class StoredImage:
    """An image's row."""

    id: UUID
    url: str
    alt: str
    position: int


@dataclass(slots=True)
class StoredProduct:
    """A product's row, with its variants by option values and its images by URL."""

    id: UUID
    source_key: str | None
    slug: str
    name: str
    category_id: UUID | None
    description: str
    vendor: str
    tags: tuple[str, ...]
    option_names: tuple[str, ...]
    status: str
    published_at: datetime | None
    seo_title: str
    seo_description: str
    metadata: dict[str, Any]
    search_text: str
    archived_at: datetime | None
    variants: dict[tuple[str, ...], StoredVariant] = field(default_factory=dict)
    images: dict[str, StoredImage] = field(default_factory=dict)


_PRODUCT_COLUMNS = (
    "id, source_key, slug, name, category_id, description, vendor, tags, option_names, status, published_at,"
    " seo_title, seo_description, metadata, search_text, archived_at"
)
# The lock keeps staff and other imports away from the product until we are done, in one order so
# that nobody waits in a circle. Stock moves on variants and is not held up.
_LOCKED = "ORDER BY id FOR NO KEY UPDATE"


def find_stored(drafts: Sequence[ProductDraft]) -> dict[str, StoredProduct]:
    """Return the products that `drafts` describe, by source_key, and lock their rows.

    A live product with the draft's source_key, else a live one made by hand whose slug the handle
    would get, else, for a draft that is archived, the archived one with its source_key.
    """
    with connection.cursor() as cursor:
        keys = [draft.source_key for draft in drafts]
        stored = _products(cursor, f"source_key = ANY(%s) AND archived_at IS NULL {_LOCKED}", keys)
        found = {product.source_key or "": product for product in stored}
        if len(found) < len(drafts):
            _adopt(cursor, [draft for draft in drafts if draft.source_key not in found], found)
        _add_parts(cursor, found.values())
    return found


def find_taken_slugs(slugs: Iterable[str]) -> set[str]:
    """Return those of `slugs` that live products of this tenant have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT slug FROM catalog_product WHERE tenant_id = %s AND archived_at IS NULL AND slug = ANY(%s)",
            [get_current_tenant().id, list(slugs)],
        )
        return {slug for (slug,) in cursor.fetchall()}


def _adopt(cursor: CursorWrapper, drafts: Sequence[ProductDraft], found: dict[str, StoredProduct]) -> None:
    """Find what the source_key of a live product does not find."""
    by_slug: dict[str, str] = {}
    for draft in drafts:
        by_slug.setdefault(slugify(draft.source_key), draft.source_key)
    by_hand = f"slug = ANY(%s) AND source_key IS NULL AND archived_at IS NULL {_LOCKED}"
    for product in _products(cursor, by_hand, list(by_slug)):
        found[by_slug[product.slug]] = product
    archived = [draft.source_key for draft in drafts if draft.is_archived and draft.source_key not in found]
    if archived:
        put_away = f"source_key = ANY(%s) AND archived_at IS NOT NULL {_LOCKED}"
        for product in _products(cursor, put_away, archived):
            found[product.source_key or ""] = product  # the youngest wins: ids are in the order of their making


def _products(cursor: CursorWrapper, condition: str, values: list[str]) -> list[StoredProduct]:
    cursor.execute(
        f"SELECT {_PRODUCT_COLUMNS} FROM catalog_product WHERE tenant_id = %s AND {condition}",  # noqa: S608  (ours)
        [get_current_tenant().id, values],
    )
    products = []
    for row in cursor.fetchall():
        product = StoredProduct(*row)
        product.tags, product.option_names = tuple(product.tags), tuple(product.option_names)
        product.metadata = _parsed(product.metadata)
        products.append(product)
    return products


def _add_parts(cursor: CursorWrapper, products: Iterable[StoredProduct]) -> None:
    by_id = {product.id: product for product in products}
    if not by_id:
        return
    parameters = [get_current_tenant().id, list(by_id)]
    cursor.execute(
        "SELECT product_id, id, option_values, position, sku, barcode, price_amount, compare_at_amount,"
        " is_stock_tracked, stock_quantity, sells_when_out_of_stock, weight_grams, requires_shipping, is_taxable,"
        " image_id, metadata FROM catalog_variant WHERE tenant_id = %s AND product_id = ANY(%s) ORDER BY position, id",
        parameters,
    )
    for product_id, *row in cursor.fetchall():
        variant = StoredVariant(*row)
        variant.option_values, variant.metadata = tuple(variant.option_values), _parsed(variant.metadata)
        by_id[product_id].variants[variant.option_values] = variant
    cursor.execute(
        "SELECT product_id, id, url, alt, position FROM catalog_productimage"
        " WHERE tenant_id = %s AND product_id = ANY(%s) ORDER BY position, id",
        parameters,
    )
    for product_id, *image in cursor.fetchall():
        by_id[product_id].images[image[1]] = StoredImage(*image)


def _parsed(document: str | dict[str, Any]) -> dict[str, Any]:
    """Return a jsonb value; Django asks the driver for its text."""
    return json.loads(document) if isinstance(document, str) else document
