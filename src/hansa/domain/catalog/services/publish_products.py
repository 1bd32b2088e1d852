"""Publish products, and take them off again."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Coalesce

from hansa.domain.catalog.errors import InvalidProduct, NothingToSell
from hansa.domain.catalog.models import Product, Variant
from hansa.domain.catalog.services.listing import refresh_listing
from hansa.domain.catalog.services.locks import lock_products
from hansa.kernel.transactions import transaction


def publish_products(*, product_ids: Collection[UUID], now: datetime) -> int:
    """Show these products to shoppers; returns how many were drafts. A product's first day stays its day.

    Raises ProductNotFound, InvalidProduct for an archived one, and NothingToSell for one without a
    variant; then none is published. Locks the products.
    """
    with transaction():
        products = lock_products(product_ids)
        _refuse_archived(products)
        _refuse_empty(products)
        published = Product.objects.filter(pk__in=product_ids, status=Product.Status.DRAFT).update(
            status=Product.Status.PUBLISHED, published_at=Coalesce("published_at", Value(now)), updated_at=now
        )
        refresh_listing([product.pk for product in products])
    return published


def unpublish_products(*, product_ids: Collection[UUID], now: datetime) -> int:
    """Take these products out of the shop, as drafts; returns how many were on sale.

    Raises ProductNotFound. Locks the products.
    """
    with transaction():
        products = lock_products(product_ids)
        unpublished = Product.objects.filter(pk__in=product_ids, status=Product.Status.PUBLISHED).update(
            status=Product.Status.DRAFT, updated_at=now
        )
        refresh_listing([product.pk for product in products])
    return unpublished


def _refuse_archived(products: list[Product]) -> None:
    archived = [product.name for product in products if product.archived_at]
    if archived:
        message = f"{_names(archived)} cannot be published from the archive. Restore first."
        raise InvalidProduct(message)


def _refuse_empty(products: list[Product]) -> None:
    ids = [product.pk for product in products]
    sellable = set(Variant.objects.filter(product__in=ids).values_list("product_id", flat=True))
    empty = [product.name for product in products if product.pk not in sellable]
    if empty:
        message = f"{_names(empty)} cannot be published without a variant. Add one with a price first."
        raise NothingToSell(message)


def _names(names: list[str]) -> str:
    """Name at most three of them."""
    shown = ", ".join(f"“{name}”" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"  # noqa: PLR2004  (three fit a message)
