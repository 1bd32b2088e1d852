"""Archive products, and bring them back."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hansa.domain.catalog.models import Product
from hansa.domain.catalog.services.listing import refresh_listing
from hansa.domain.catalog.services.locks import hold_categories, lock_products
from hansa.domain.catalog.services.save_product import find_taken_slugs
from hansa.domain.catalog.services.slugs import write_with_free_slug
from hansa.domain.catalog.services.violations import named_violations
from hansa.kernel.transactions import transaction


def archive_products(*, product_ids: Collection[UUID], now: datetime) -> int:
    """Put these products away: they leave the shop and give their addresses back; returns how many.

    Everything they have stays, for old orders and for `restore_products`. Raises ProductNotFound.
    Locks the products.
    """
    with transaction():
        lock_products(product_ids)
        archived = Product.objects.filter(pk__in=product_ids, archived_at=None).update(archived_at=now, updated_at=now)
        refresh_listing(list(product_ids))
    return archived


def restore_products(*, product_ids: Collection[UUID], now: datetime) -> int:
    """Bring archived products back as they were; returns how many.

    An address that somebody has taken since gets a number; so does nothing else: a shelf that is
    gone is left, and a file's row that has made another product keeps that one. Raises
    ProductNotFound. Locks the products.
    """
    with named_violations(), transaction():
        archived = [product for product in lock_products(product_ids) if product.archived_at]
        shelves = hold_categories({product.category_id for product in archived if product.category_id})
        keys = {product.source_key for product in archived if product.source_key}
        taken_keys = set(
            Product.objects.filter(archived_at=None, source_key__in=keys).values_list("source_key", flat=True)
        )
        for product in archived:
            if product.category_id not in shelves:
                product.category_id = None
            if product.source_key in taken_keys:
                product.source_key = None
            elif product.source_key:
                taken_keys.add(product.source_key)
            _restore(product, now)
        refresh_listing([product.pk for product in archived])
    return len(archived)


def _restore(product: Product, now: datetime) -> None:
    product.archived_at, product.updated_at = None, now

    def write(slug: str) -> None:
        product.slug = slug
        product.save(update_fields=["slug", "source_key", "category", "archived_at", "updated_at"])

    write_with_free_slug(
        product.slug,
        constraint="catalog_product_slug",
        max_characters=300,
        write=write,
        find_taken=find_taken_slugs,
    )
