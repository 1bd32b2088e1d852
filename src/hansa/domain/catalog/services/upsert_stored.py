"""What the catalogue already holds of the products that are about to be upserted."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
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
_VARIANT_COLUMNS = (
    "product_id, id, option_values, position, sku, barcode, price_amount, compare_at_amount, is_stock_tracked,"
    " stock_quantity, sells_when_out_of_stock, weight_grams, requires_shipping, is_taxable, image_id, metadata"
)
_IMAGE_COLUMNS = "product_id, id, url, alt, position"


class SourceKey(NamedTuple):
    """What a product is found by."""

    source_key: str
    is_archived: bool
    """Whether an archived product will do."""


def find_stored(drafts: Sequence[ProductDraft]) -> tuple[dict[str, StoredProduct], set[str]]:
    """Return the products that `drafts` describe, by source_key, and lock their rows.

    A live product with the draft's source_key, else a live one made by hand whose slug the handle
    would get, else, for a draft that is archived, the archived one with its source_key. Also returns
    which of the slugs that new products would get are taken.
    """
    with connection.cursor() as cursor:
        keys, taken = find_known(cursor, [SourceKey(draft.source_key, draft.is_archived) for draft in drafts])
        # The lock keeps staff away from the products until we are done, in one order so that nobody
        # waits in a circle. Stock moves on variants and is not held up.
        locked = "id = k.key FOR NO KEY UPDATE"
        rows = _look_up(cursor, "catalog_product", _PRODUCT_COLUMNS, "uuid", locked, sorted(keys))
        found = {keys[row[0]]: _product(row) for row in rows}
        _add_parts(cursor, found.values())
    return found, taken


def find_taken_slugs(slugs: Iterable[str]) -> set[str]:
    """Return those of `slugs` that live products of this tenant have."""
    with connection.cursor() as cursor:
        return {slug for _, slug, _ in _live_by(cursor, "slug", list(slugs))}


def _live_by(cursor: CursorWrapper, column: str, keys: Sequence[str]) -> list[tuple[UUID, str, bool]]:
    """Return (id, key, is made by hand) of the live product with each of `keys` in `column`.

    The first key not below the one we want, in the order of the index, and not simply the equal one:
    without statistics the planner takes any index on live products for as good as another, and only
    the order tells it which one we mean.
    """
    if not keys:
        return []
    cursor.execute(
        "SELECT r.id, k.key, r.source_key IS NULL FROM unnest(%s::text[]) AS k (key) CROSS JOIN LATERAL ("  # noqa: S608
        f"SELECT id, source_key, {column} AS found FROM catalog_product"
        f" WHERE tenant_id = (SELECT %s::uuid) AND archived_at IS NULL AND {column} >= k.key"
        f" ORDER BY {column} LIMIT 1) AS r WHERE r.found = k.key",
        [list(keys), get_current_tenant().id],
    )
    rows: list[tuple[UUID, str, bool]] = cursor.fetchall()
    return rows


def _look_up(
    cursor: CursorWrapper, table: str, columns: str, kind: str, condition: str, keys: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """Return the rows of this tenant that `condition` finds for each of `keys`, in their order.

    One index look-up per key, whatever the planner thinks of the tenant's size: see listing.sql.
    """
    if not keys:
        return []
    cursor.execute(
        f"SELECT r.* FROM unnest(%s::{kind}[]) AS k (key) CROSS JOIN LATERAL ("  # noqa: S608  (our own names)
        f"SELECT {columns} FROM {table} WHERE tenant_id = (SELECT %s::uuid) AND {condition}) AS r",
        [list(keys), get_current_tenant().id],
    )
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def find_known(cursor: CursorWrapper, drafts: Sequence[SourceKey]) -> tuple[dict[UUID, str], set[str]]:
    """Return the stored products' ids with the source_key that each is to have, and the slugs that are taken."""
    ids = {product_id: key for product_id, key, _ in _live_by(cursor, "source_key", [d.source_key for d in drafts])}
    known = set(ids.values())
    missing = [draft for draft in drafts if draft.source_key not in known]
    by_slug: dict[str, str] = {}
    for draft in missing:
        by_slug.setdefault(slugify(draft.source_key), draft.source_key)
    in_the_way = _live_by(cursor, "slug", list(by_slug))
    ids |= {product_id: by_slug[slug] for product_id, slug, is_made_by_hand in in_the_way if is_made_by_hand}
    archived = {draft.source_key for draft in missing if draft.is_archived} - set(ids.values())
    if archived:
        ids |= _archived(cursor, archived)
    return ids, {slug for _, slug, _ in in_the_way}


def _archived(cursor: CursorWrapper, source_keys: Iterable[str]) -> dict[UUID, str]:
    """Return the youngest archived product of each source_key. No index leads there; few files need it."""
    cursor.execute(
        "SELECT DISTINCT ON (source_key) id, source_key FROM catalog_product"
        " WHERE tenant_id = %s AND source_key = ANY(%s) AND archived_at IS NOT NULL ORDER BY source_key, id DESC",
        [get_current_tenant().id, list(source_keys)],
    )
    return dict(cursor.fetchall())


def _product(row: tuple[Any, ...]) -> StoredProduct:
    product = StoredProduct(*row)
    product.tags, product.option_names = tuple(product.tags), tuple(product.option_names)
    product.metadata = _parsed(product.metadata)
    return product


def _add_parts(cursor: CursorWrapper, products: Iterable[StoredProduct]) -> None:
    by_id = {product.id: product for product in products}
    of_product = "product_id = k.key ORDER BY position, id OFFSET 0"
    for product_id, *row in _look_up(cursor, "catalog_variant", _VARIANT_COLUMNS, "uuid", of_product, list(by_id)):
        variant = StoredVariant(*row)
        variant.option_values, variant.metadata = tuple(variant.option_values), _parsed(variant.metadata)
        by_id[product_id].variants[variant.option_values] = variant
    for product_id, *row in _look_up(cursor, "catalog_productimage", _IMAGE_COLUMNS, "uuid", of_product, list(by_id)):
        image = StoredImage(*row)
        by_id[product_id].images[image.url] = image


def _parsed(document: str | dict[str, Any]) -> dict[str, Any]:
    """Return a jsonb value; Django asks the driver for its text."""
    return json.loads(document) if isinstance(document, str) else document
