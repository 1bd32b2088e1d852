"""Create many products at once that nobody has looked up yet: the fast way for large files.

`prepare_new_products` does everything that needs no database, and may run in another process.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import DataError, IntegrityError, connection

from hansa.domain.catalog.services.listing import refresh_listing
from hansa.domain.catalog.services.locks import hold_categories, lock_category_tree
from hansa.domain.catalog.services.upsert_attributes import write_new_attributes
from hansa.domain.catalog.services.upsert_categories import Names, upsert_categories
from hansa.domain.catalog.services.upsert_ids import IdSeries
from hansa.domain.catalog.services.upsert_products import (
    ProductsUpserted,
    free_slugs,
    refuse_category,
    refused_variants,
)
from hansa.domain.catalog.services.upsert_rows import ProductRows, Refused, plan_product
from hansa.domain.catalog.services.upsert_staging import (
    image_lines,
    product_columns,
    product_line,
    variant_lines,
    write_new_rows,
)
from hansa.domain.catalog.services.upsert_stored import SourceKey, find_known
from hansa.domain.catalog.types import ProductDraft
from hansa.kernel.transactions import requires_transaction, transaction


class NewProduct(NamedTuple):
    """A product as text for COPY, without its category and slug."""

    id: int
    """As a number: a UUID takes several times as long from process to process."""
    source_key: str
    category_names: Names
    columns: str
    attributes: Mapping[str, tuple[str, ...]] | None


@dataclass(frozen=True, slots=True)
class NewProducts:
    """What to write if no product of the set is in the shop."""

    keys: tuple[SourceKey, ...]
    """Of all drafts whose category can be; also of those refused for another reason, which may be known."""
    category_names: frozenset[Names]
    products: tuple[NewProduct, ...]
    images: str
    variants: str
    refused: Mapping[str, str]
    refused_variants: Mapping[tuple[str, tuple[str, ...]], str]


def prepare_new_products(drafts: Iterable[ProductDraft], *, now: datetime) -> NewProducts:
    """Plan and write out products as if none were in the shop; each source_key comes once. No database."""
    keys, names, refused = [], set(), {}
    plans: list[ProductRows] = []
    new_id = IdSeries()
    for draft in drafts:
        if reason := refuse_category(draft):
            refused[draft.source_key] = reason
            continue
        keys.append(SourceKey(draft.source_key, draft.is_archived))
        if draft.category_names:
            names.add(draft.category_names)
        try:
            plans.append(plan_product(draft, None, slug="", category_id=None, now=now, new_id=new_id))
        except Refused as error:
            refused[draft.source_key] = str(error)
    return NewProducts(
        keys=tuple(keys),
        category_names=frozenset(names),
        products=tuple(_new_product(plan) for plan in plans),
        images=image_lines(plans),
        variants=variant_lines(plans),
        refused=refused,
        refused_variants=refused_variants(plans),
    )


@requires_transaction
def create_new_products(new: NewProducts, *, now: datetime) -> ProductsUpserted | None:
    """Write the set, with the listing, if all of it is new to the shop.

    None, and nothing written, when a product is in the shop already or the database refuses the set:
    then `upsert_products` finds out more. Locks the category tree if there are categories.
    """
    if new.category_names:
        lock_category_tree()
    try:
        with transaction():
            return _create(new, now)
    except (DataError, IntegrityError):
        return None


def _create(new: NewProducts, now: datetime) -> ProductsUpserted | None:
    with connection.cursor() as cursor:
        known, taken = find_known(cursor, new.keys)
    if known:
        return None
    slugs = free_slugs([key.source_key for key in new.keys], taken)
    categories = upsert_categories(new.category_names)
    ids = [UUID(int=product.id) for product in new.products]
    lines = [
        product_line(product_id, categories.get(product.category_names), slugs[product.source_key], product.columns)
        for product_id, product in zip(ids, new.products, strict=True)
    ]
    write_new_rows(products="".join(lines), images=new.images, variants=new.variants, now=now)
    write_new_attributes(
        (product_id, product.attributes) for product_id, product in zip(ids, new.products, strict=True)
    )
    # Note [Locks of the catalogue]: a shelf that is renamed meanwhile would leave its old path in the listing.
    hold_categories(set(categories.values()))
    refresh_listing(ids)
    return ProductsUpserted(created=len(ids), refused=new.refused, refused_variants=new.refused_variants)


def _new_product(plan: ProductRows) -> NewProduct:
    draft = plan.draft
    columns = product_columns(plan.product)
    return NewProduct(plan.product.id.int, draft.source_key, draft.category_names or (), columns, draft.attributes)
