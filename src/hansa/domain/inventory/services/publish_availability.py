"""Publish availability: tell the catalogue how many pieces are free.

Note [Publishing]: whoever moves stock adds a StockChange in the same transaction, and touches no row of
the catalogue; so a hot variant's buyers wait for nobody but each other. The worker locks the
products, as everybody does who writes a variant; then takes these rows away, a thousand changes of
one variant at once; and only then looks how much is free. A change that commits later has a row of its
own, so none is missed, and what a merchant's file moved meanwhile is in the number.
"""

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from hansa.domain.catalog.services.publish_stock import lock_for_publishing, publish_stock
from hansa.domain.inventory.models import BundleComponent
from hansa.domain.inventory.selectors import list_free
from hansa.kernel.transactions import transaction

AT_ONCE = 1000
"""Changes looked at in one transaction: it keeps staff and imports from their products."""

PLENTY = 1_000_000
"""What a bundle shows whose parts are not counted, or sell when they are out of stock."""

_MOST = 2**31 - 1

_WAITING = """
    SELECT DISTINCT s.variant_id
    FROM (
        SELECT c.tenant_id, c.stock_item_id FROM inventory_stockchange c
        WHERE c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        ORDER BY c.changed_at LIMIT %(most)s
    ) w
    JOIN inventory_stockitem s ON s.tenant_id = w.tenant_id AND s.id = w.stock_item_id
"""
_TAKE = """
    DELETE FROM inventory_stockchange c
    WHERE c.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND c.stock_item_id IN (
            SELECT s.id FROM inventory_stockitem s
            WHERE s.tenant_id = c.tenant_id AND s.variant_id = ANY (%(variants)s::uuid[])
        )
"""


def publish_availability(*, variant_ids: Collection[UUID] | None) -> int:
    """Let the catalogue show what is free of these variants and of bundles with them; None: of all that changed.

    Returns how many numbers changed. Backorders that wait make a number negative, so that goods that
    arrive fill them first. Transactions of its own. Locks the products, in the order of their ids.
    """
    if variant_ids is not None:
        return _publish(set(variant_ids))
    published = 0
    while waiting := _find_waiting():
        published += _publish(waiting)
    return published


def _find_waiting() -> set[UUID]:
    with transaction(), connection.cursor() as cursor:
        cursor.execute(_WAITING, {"most": AT_ONCE})
        return {variant_id for (variant_id,) in cursor.fetchall()}


def _publish(variant_ids: set[UUID]) -> int:
    if not variant_ids:
        return 0
    with transaction():
        bundles = BundleComponent.objects.filter(component__in=variant_ids).values_list("bundle_id", flat=True)
        wanted = variant_ids.union(bundles)
        lock_for_publishing(wanted)
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, {"variants": list(variant_ids)})
        numbers = {
            variant_id: (PLENTY if stock.free is None else max(-_MOST, min(stock.free, _MOST)), stock.backorder_limit)
            for variant_id, stock in list_free(wanted).items()
            if stock.free is not None or stock.is_bundle
        }
        return publish_stock(stock=numbers)
