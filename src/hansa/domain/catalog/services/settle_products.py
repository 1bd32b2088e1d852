"""Settle products: derive what follows from rows that were just written."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hansa.domain.catalog import text
from hansa.domain.catalog.models import Product, Variant
from hansa.domain.catalog.services.listing import refresh_listing
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def settle_products(*, product_ids: Collection[UUID], now: datetime) -> None:
    """Make currency, search text and listing of these products say what their rows say.

    Every service that writes a product, its variants, pictures or facts ends with it; the
    products must be locked (`services/locks.py`).
    """
    ids = sorted(product_ids)
    currency = get_current_tenant().currency
    Variant.objects.filter(product__in=ids).exclude(currency=currency).update(currency=currency)
    skus: defaultdict[UUID, list[str]] = defaultdict(list)
    with_sku = Variant.objects.filter(product__in=ids).exclude(sku="").order_by("position", "id")
    for product_id, sku in with_sku.values_list("product_id", "sku"):
        skus[product_id].append(sku)
    products = list(Product.objects.filter(pk__in=ids))
    for product in products:
        product.search_text = text.search_text(
            product.name,
            product.vendor,
            tuple(product.tags),
            tuple(dict.fromkeys(skus[product.pk])),
            product.description,
        )
        product.updated_at = now
    Product.objects.bulk_update(products, ["search_text", "updated_at"], batch_size=500)
    refresh_listing(ids)
