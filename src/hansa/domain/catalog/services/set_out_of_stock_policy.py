"""Say whether a variant sells when it is out of stock."""

from datetime import datetime
from uuid import UUID

from hansa.domain.catalog.models import Variant
from hansa.domain.catalog.services.locks import lock_products
from hansa.domain.catalog.services.settle_products import settle_products
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def set_out_of_stock_policy(*, variant_id: UUID, sells_when_out_of_stock: bool, now: datetime) -> bool:
    """Let the variant sell when it is out of stock, or not; returns whether that is new. Unknown variants are left out.

    Locks the product. The inventory follows (`inventory/catalogue.sql`) and locks the variant's stock items.
    """
    products = set(Variant.objects.filter(pk=variant_id).values_list("product_id", flat=True))
    lock_products(products)
    changed = (
        Variant.objects.filter(pk=variant_id)
        .exclude(sells_when_out_of_stock=sells_when_out_of_stock)
        .update(sells_when_out_of_stock=sells_when_out_of_stock, updated_at=now)
    )
    if changed:
        settle_products(product_ids=products, now=now)
    return bool(changed)
