"""Put products on another shelf."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hansa.domain.catalog.models import Product
from hansa.domain.catalog.services.listing import refresh_listing
from hansa.domain.catalog.services.locks import hold_category, lock_products
from hansa.kernel.transactions import transaction


def reassign_products(*, product_ids: Collection[UUID], to: UUID | None, now: datetime) -> int:
    """Put these products into category `to`, or into none; returns how many moved.

    Raises ProductNotFound, CategoryNotFound. Locks the products and holds the category.
    """
    with transaction():
        products = lock_products(product_ids)
        if to is not None:
            hold_category(to)
        moving = [product.pk for product in products if product.category_id != to]
        Product.objects.filter(pk__in=moving).update(category=to, updated_at=now)
        refresh_listing(moving)
    return len(moving)


def reassign_category(*, category_id: UUID, to: UUID | None, now: datetime) -> int:
    """Empty one shelf: put all its products, archived ones too, into category `to`; returns how many.

    Raises CategoryNotFound. Locks the products.
    """
    with transaction():
        ids = list(Product.objects.filter(category=category_id).values_list("pk", flat=True))
        return reassign_products(product_ids=ids, to=to, now=now)
