"""Publish stock: show how many pieces the inventory says are free."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import connection

from hansa.domain.catalog.models import Variant
from hansa.domain.catalog.services.listing import refresh_listing
from hansa.domain.catalog.services.locks import lock_products
from hansa.domain.catalog.signals import tell_stock_published
from hansa.kernel.postgresql.statements import Json
from hansa.kernel.transactions import requires_transaction

_PUBLISH = """
    WITH wanted AS (
        SELECT w.key::uuid AS id, (w.value ->> 0)::integer AS quantity, (w.value ->> 1)::bigint AS backorders
        FROM jsonb_each(%(stock)s::jsonb) w
    ),
    before AS MATERIALIZED (
        SELECT v.id, w.quantity, w.backorders,
            v.stock_quantity > 0
                OR v.sells_when_out_of_stock AND coalesce(v.stock_quantity + v.backorder_limit > 0, true) AS could,
            w.quantity > 0
                OR v.sells_when_out_of_stock AND coalesce(w.quantity + w.backorders > 0, true) AS can
        FROM wanted w JOIN catalog_variant v ON v.id = w.id
        WHERE v.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND (v.stock_quantity <> w.quantity OR v.backorder_limit IS DISTINCT FROM w.backorders)
    )
    UPDATE catalog_variant v SET stock_quantity = b.quantity, backorder_limit = b.backorders
    FROM before b
    WHERE v.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND v.id = b.id
    RETURNING v.product_id, v.is_stock_tracked AND b.could <> b.can, v.id
"""


@requires_transaction
def lock_for_publishing(variant_ids: Collection[UUID]) -> None:
    """Lock the products of these variants, in the order of their ids, before the free stock is looked up."""
    products = Variant.objects.filter(pk__in=variant_ids).values_list("product_id", flat=True)
    lock_products(set(products))


@requires_transaction
def publish_stock(*, stock: Mapping[UUID, tuple[int, int | None]]) -> int:
    """Show these quantities and backorder limits (pieces, by variant; None: without limit).

    Returns how many were others before.

    Refreshes the listing of products of which a variant is sold out now, or no longer. The products
    must be locked (`lock_for_publishing`). A sale is no edit: the variants' `updated_at` stays, and the
    inventory's own stock does not follow, for it was asked. Sends the signal `stock_published` after the commit.
    """
    if not stock:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hansa.publishing', 'on', true)")
        shown = Json({str(variant): numbers for variant, numbers in stock.items()})
        cursor.execute(_PUBLISH, {"stock": str(shown)})
        rows = cursor.fetchall()
        cursor.execute("SELECT set_config('hansa.publishing', '', true)")
    refresh_listing(sorted({product_id for product_id, is_flipped, _ in rows if is_flipped}))
    tell_stock_published(Variant, [variant_id for _, _, variant_id in rows])
    return len(rows)
