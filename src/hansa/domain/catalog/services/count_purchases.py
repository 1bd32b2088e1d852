"""Count what was bought: by it the listing says what is popular."""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection

from hansa.domain.catalog.services.listing import refresh_listing
from hansa.domain.catalog.services.locks import lock_products_that_exist
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import requires_transaction

_COUNT = """
    UPDATE catalog_product AS p SET popularity = greatest(p.popularity + bought.pieces, 0)
    FROM unnest(%s::uuid[], %s::bigint[]) AS bought (product_id, pieces)
    WHERE p.tenant_id = %s AND p.id = bought.product_id
"""


@requires_transaction
def count_purchases(*, pieces: Mapping[UUID, int]) -> None:
    """Add so many pieces (negative: take them back) to what was bought of these products, and to the listing.

    Products that are gone are passed over. Locks the products, in the order of their ids. A sale is no
    edit: their `updated_at` stays.
    """
    if not pieces:
        return
    there = [product.pk for product in lock_products_that_exist(pieces)]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [there, [pieces[product_id] for product_id in there], get_current_tenant().id])
    refresh_listing(there)
