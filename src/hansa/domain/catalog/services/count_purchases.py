"""Count what was bought: by it the listing says what is popular."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Greatest

from hansa.domain.catalog.models import Product
from hansa.domain.catalog.services.listing import refresh_listing
from hansa.domain.catalog.services.locks import lock_products
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def count_purchases(*, pieces: Mapping[UUID, int]) -> None:
    """Add so many pieces (negative: take them back) to what was bought of these products, and to the listing.

    Products that are gone are passed over. Locks the products, in the order of their ids. A sale is no
    edit: their `updated_at` stays.
    """
    there = set(Product.objects.filter(pk__in=pieces).values_list("pk", flat=True))
    lock_products(there)
    for product_id in sorted(there):
        counted = Greatest(F("popularity") + pieces[product_id], 0)
        Product.objects.filter(pk=product_id).update(popularity=counted)
    refresh_listing(sorted(there))
