"""Publish prices: let the listing show what the price lists for everybody say.

The listing belongs to the catalogue, below us, and is read without asking us. So what a variant costs after
these lists is pushed down (`catalog_variant.listed_amount`), as its stock is: within a second after
somebody wrote a list, and when its time begins or ends. A product's own page and the cart ask us directly.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection

from hansa.domain.catalog.services.publish_stock import lock_for_publishing
from hansa.domain.catalog.services.show_prices import show_prices
from hansa.domain.pricing.models import PriceListChange
from hansa.kernel.postgresql.statements import Json
from hansa.kernel.transactions import transaction

AT_ONCE = 1000
"""Variants that are written in one transaction: it keeps staff and imports from their products."""

# As `Offer.unit_price(1)` decides, but for the catalogue's own price, which the listing compares itself.
_BEST = """
    SELECT DISTINCT ON (t.variant_id) t.variant_id, t.amount
    FROM pricing_pricelistitem t
    JOIN pricing_pricelist l ON l.tenant_id = t.tenant_id AND l.id = t.price_list_id
    JOIN catalog_variant v ON v.tenant_id = t.tenant_id AND v.id = t.variant_id AND v.currency = l.currency
    WHERE t.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND t.min_quantity = 1 AND l.is_active AND l.customer_group_id IS NULL
        AND (l.valid_from IS NULL OR l.valid_from <= %(at)s)
        AND (l.valid_until IS NULL OR l.valid_until > %(at)s)
        AND (%(only)s::jsonb IS NULL OR t.variant_id IN (
            SELECT value::uuid FROM jsonb_array_elements_text(%(only)s::jsonb)
        ))
    ORDER BY t.variant_id, l.priority, t.amount
"""
_WRONG = f"""
    WITH best AS ({_BEST})
    SELECT b.variant_id FROM best b
    JOIN catalog_variant v
        ON v.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND v.id = b.variant_id
    WHERE v.listed_amount IS DISTINCT FROM b.amount
    UNION
    SELECT v.id FROM catalog_variant v
    WHERE v.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND v.listed_amount IS NOT NULL AND v.id NOT IN (SELECT b.variant_id FROM best b)
    LIMIT %(most)s
"""  # noqa: S608  (our own constant)


def publish_prices(*, now: datetime) -> int:
    """Let the listing show what the lists say that hold at `now`; returns how many variants showed something else.

    Transactions of its own, each with at most AT_ONCE variants. Locks their products, in the order of their ids.
    """
    with transaction():
        waiting = list(PriceListChange.objects.filter(due_at__lte=now).values_list("pk", flat=True))
    published = 0
    while wrong := _find_wrong(now):
        published += _publish(wrong, now)
    with transaction():
        # Only now: who dies before has left them. What came meanwhile has a row of its own.
        PriceListChange.objects.filter(pk__in=waiting).delete()
    return published


def _find_wrong(now: datetime) -> list[UUID]:
    with transaction(), connection.cursor() as cursor:
        cursor.execute(_WRONG, {"at": now, "only": None, "most": AT_ONCE})
        return [variant_id for (variant_id,) in cursor.fetchall()]


def _publish(variant_ids: Collection[UUID], now: datetime) -> int:
    with transaction():
        lock_for_publishing(variant_ids)
        with connection.cursor() as cursor:
            cursor.execute(_BEST, {"at": now, "only": str(Json([str(variant_id) for variant_id in variant_ids]))})
            best = dict(cursor.fetchall())
        return show_prices(amounts={variant_id: best.get(variant_id) for variant_id in variant_ids})
