"""The SQL that brings everything a price depends on, and what its rows mean.

Each `…_sql` returns a statement with its parameters, for `ask` or, several in one message, for
`ask_together`; each `read_…` turns the rows into values. Every row is one JSON document.

Note [Which tax rate]: a rate fits an address when its country is the address's, its region is empty or
the address's, and its postal range is empty or holds as many first characters of the postal code as the
range's ends have. For each tax class and priority the most specific rate that fits counts: a postal
range before a region before a whole country (the Canaries are Spanish and have no VAT). Rates of
different priorities add up (state, county, city).
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hansa.domain.pricing.types import (
    CustomerFacts,
    Offer,
    PriceTier,
    Promotion,
    PromotionConditions,
    PromotionKind,
    PromotionTier,
    TaxRate,
    TaxRules,
    normal_code,
)
from hansa.kernel.postgresql.statements import Json

type Question = tuple[str, dict[str, Any]]
type Rows = Sequence[tuple[str | None, ...]]

MAX_CANDIDATES = 200
"""Automatic promotions that are looked at; `save_promotion` refuses more."""
HISTORY_DAYS = 30

_TENANT = "(SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)"
VARIANTS_GIVEN = "SELECT value::uuid FROM jsonb_array_elements_text(%(variant_ids)s::jsonb)"


def prices_sql(
    *,
    variant_ids: Collection[UUID],
    currency: str,
    at: datetime,
    group_id: UUID | None = None,
    customer_id: UUID | None = None,
    variants: str = VARIANTS_GIVEN,
) -> Question:
    """Return the statement that reads the offers of these variants; `read_offers` reads its rows.

    The price lists of the group count, or of the customer's group. `variants` may be another constant SELECT
    of variant ids (a cart's lines, say) with parameters that the caller adds; `variant_ids` is then empty.
    """
    parameters: dict[str, Any] = {
        "currency": currency,
        "group_id": group_id,
        "customer_id": customer_id,
        "at": at.isoformat(),
    }
    if variants == VARIANTS_GIVEN:
        parameters["variant_ids"] = Json([str(variant_id) for variant_id in variant_ids])
    return _PRICES_SQL.replace("{variants}", variants), parameters


_PRICES_SQL = f"""
    SELECT json_build_object(
        'variant_id', v.id, 'product_id', p.id, 'name', p.name, 'slug', p.slug, 'sku', v.sku,
        'option_names', p.option_names, 'option_values', v.option_values,
        'image_url', coalesce(
            (SELECT i.url FROM catalog_productimage i WHERE i.tenant_id = v.tenant_id AND i.id = v.image_id),
            (SELECT i.url FROM catalog_productimage i
                WHERE i.tenant_id = v.tenant_id AND i.product_id = v.product_id ORDER BY i.position, i.id LIMIT 1),
            ''),
        'base_amount', CASE WHEN v.currency = %(currency)s THEN v.price_amount END,
        'tiers', (
            SELECT json_agg(json_build_array(l.priority, t.min_quantity, t.amount))
            FROM pricing_pricelistitem t
            JOIN pricing_pricelist l ON l.tenant_id = t.tenant_id AND l.id = t.price_list_id
            WHERE t.tenant_id = v.tenant_id AND t.variant_id = v.id
                AND l.is_active AND l.currency = %(currency)s
                AND (l.customer_group_id IS NULL OR l.customer_group_id = coalesce(%(group_id)s::uuid, (
                    SELECT c.group_id FROM accounts_customer c
                    WHERE c.tenant_id = v.tenant_id AND c.id = %(customer_id)s::uuid)))
                AND (l.valid_from IS NULL OR l.valid_from <= %(at)s::timestamptz)
                AND (l.valid_until IS NULL OR l.valid_until > %(at)s::timestamptz)
        ),
        'weight_grams', coalesce(v.weight_grams, 0),
        'requires_shipping', v.requires_shipping,
        'is_taxable', v.is_taxable,
        'tax_class', coalesce((
            SELECT c.code FROM pricing_producttaxclass x
            JOIN pricing_taxclass c ON c.tenant_id = x.tenant_id AND c.id = x.tax_class_id
            WHERE x.tenant_id = v.tenant_id AND x.product_id = v.product_id), ''),
        'category_ids', (
            SELECT json_agg(s.category_id) FROM catalog_placement s
            WHERE s.tenant_id = v.tenant_id AND s.product_id = v.product_id),
        'is_for_sale', p.status = 'published' AND p.archived_at IS NULL,
        'available', CASE WHEN v.is_stock_tracked AND NOT (v.sells_when_out_of_stock AND v.backorder_limit IS NULL)
            THEN greatest(v.stock_quantity + CASE WHEN v.sells_when_out_of_stock THEN v.backorder_limit ELSE 0 END, 0)
        END
    )
    FROM ({{variants}}) AS wanted (id)
    CROSS JOIN LATERAL (
        SELECT w.* FROM catalog_variant w WHERE w.tenant_id = {_TENANT} AND w.id = wanted.id OFFSET 0
    ) v
    CROSS JOIN LATERAL (
        SELECT x.* FROM catalog_product x WHERE x.tenant_id = {_TENANT} AND x.id = v.product_id OFFSET 0
    ) p
"""  # noqa: S608  (only our own constants; values are bound)


def read_offers(rows: Rows) -> dict[UUID, Offer]:
    """Return the offers by variant; a variant that is gone is missing."""
    offers = {}
    for row in _documents(rows):
        variant_id = UUID(row["variant_id"])
        offers[variant_id] = Offer(
            variant_id=variant_id,
            product_id=UUID(row["product_id"]),
            name=row["name"],
            slug=row["slug"],
            option_names=tuple(row["option_names"]),
            option_values=tuple(row["option_values"]),
            sku=row["sku"],
            image_url=row["image_url"],
            base_amount=row["base_amount"],
            tiers=tuple(PriceTier(*tier) for tier in row["tiers"] or ()),
            weight_grams=row["weight_grams"],
            requires_shipping=row["requires_shipping"],
            is_taxable=row["is_taxable"],
            tax_class=row["tax_class"],
            category_ids=_ids(row["category_ids"]),
            is_for_sale=row["is_for_sale"],
            available=row["available"],
        )
    return offers


def promotions_sql(
    *,
    codes: Collection[str],
    at: datetime,
    customer_key: str = "",
    customer_id: UUID | None = None,
    first_order: str = "false",
) -> Question:
    """Return the statement that reads the automatic promotions and those with these codes; see `read_promotions`.

    Automatic ones that are not valid at `at` are left out; a code is read whenever it exists, so that
    its owner can be told why it gives nothing. `customer_key` is the e-mail address in small letters.
    `first_order` is a constant SQL condition on %(customer_key)s that tells whether they have not ordered yet:
    orders are above us.
    """
    return _PROMOTIONS_SQL.replace("{first_order}", first_order), {
        "codes": Json(sorted({normal_code(code) for code in codes})),
        "at": at.isoformat(),
        "customer_key": customer_key,
        "customer_id": customer_id,
    }


_PROMOTIONS_SQL = f"""
    SELECT json_build_object(
        'id', p.id, 'name', p.name, 'code', p.code, 'kind', p.kind, 'currency', p.currency,
        'rate_ppm', p.rate_ppm, 'amount', p.amount, 'buy_quantity', p.buy_quantity, 'get_quantity', p.get_quantity,
        'tiers', p.tiers, 'product_ids', p.product_ids, 'category_ids', p.category_ids,
        'customer_group_id', p.customer_group_id, 'is_first_order_only', p.is_first_order_only,
        'min_subtotal', p.min_subtotal, 'starts_at', p.starts_at, 'ends_at', p.ends_at,
        'usage_limit', p.usage_limit, 'usage_limit_per_customer', p.usage_limit_per_customer, 'uses', p.uses,
        'priority', p.priority, 'is_exclusive', p.is_exclusive,
        'uses_by_customer', CASE WHEN p.usage_limit_per_customer IS NOT NULL THEN (
            SELECT c.uses FROM pricing_promotioncustomer c
            WHERE c.tenant_id = p.tenant_id AND c.promotion_id = p.id AND c.customer_key = %(customer_key)s) END,
        'buyer_group_id', (SELECT c.group_id FROM accounts_customer c
            WHERE c.tenant_id = p.tenant_id AND c.id = %(customer_id)s::uuid),
        'is_first_order', p.is_first_order_only AND {{first_order}}
    )
    FROM (
        (SELECT a.* FROM pricing_promotion a
            WHERE a.tenant_id = {_TENANT} AND a.archived_at IS NULL AND a.code = ''
                AND (a.starts_at IS NULL OR a.starts_at <= %(at)s::timestamptz)
                AND (a.ends_at IS NULL OR a.ends_at > %(at)s::timestamptz)
            ORDER BY a.priority, a.id LIMIT {MAX_CANDIDATES})
        UNION ALL
        (SELECT b.* FROM jsonb_array_elements_text(%(codes)s::jsonb) AS typed (code)
            CROSS JOIN LATERAL (
                -- OFFSET 0: one look into the index per code, whatever the planner thinks of their number.
                SELECT q.* FROM pricing_promotion q
                WHERE q.tenant_id = {_TENANT} AND q.code = typed.code AND q.code <> '' AND q.archived_at IS NULL
                OFFSET 0
            ) b)
    ) p
"""  # noqa: S608  (only our own constants; values are bound)


def read_promotions(rows: Rows) -> tuple[tuple[Promotion, ...], CustomerFacts]:
    """Return the candidates, and what they ask about the customer."""
    promotions, uses = [], {}
    group_id, is_first_order = None, False
    for row in _documents(rows):
        group_id = row["buyer_group_id"]
        is_first_order = is_first_order or row["is_first_order"]
        promotion = _promotion(row)
        promotions.append(promotion)
        if row["uses_by_customer"]:
            uses[promotion.id] = row["uses_by_customer"]
    return tuple(promotions), CustomerFacts(UUID(group_id) if group_id else None, is_first_order, uses)


def _promotion(row: Mapping[str, Any]) -> Promotion:
    return Promotion(
        id=UUID(row["id"]),
        name=row["name"],
        kind=PromotionKind(row["kind"]),
        code=row["code"],
        currency=row["currency"],
        rate_ppm=row["rate_ppm"],
        amount=row["amount"],
        buy_quantity=row["buy_quantity"],
        get_quantity=row["get_quantity"],
        tiers=tuple(PromotionTier(**tier) for tier in row["tiers"]),
        conditions=PromotionConditions(
            product_ids=_ids(row["product_ids"]),
            category_ids=_ids(row["category_ids"]),
            customer_group_id=UUID(row["customer_group_id"]) if row["customer_group_id"] else None,
            is_first_order_only=row["is_first_order_only"],
            min_subtotal=row["min_subtotal"],
            starts_at=_instant(row["starts_at"]),
            ends_at=_instant(row["ends_at"]),
        ),
        usage_limit=row["usage_limit"],
        usage_limit_per_customer=row["usage_limit_per_customer"],
        uses=row["uses"],
        priority=row["priority"],
        is_exclusive=row["is_exclusive"],
    )


def tax_sql(
    *, country: str, region: str = "", postal_code: str = "", at: datetime, customer_id: UUID | None = None
) -> Question:
    """Return the statement that reads the taxes at an address; `read_tax` reads its row.

    `country` is ISO 3166-1 alpha-2, empty while it is not known: then the first country of the default
    market counts. `region` is the part after the hyphen of ISO 3166-2, such as CA.
    """
    return _TAX_SQL, {
        "country": country.strip().upper(),
        "region": region.strip().upper(),
        "postal_code": normal_postal_code(postal_code),
        "at": at.isoformat(),
        "customer_id": customer_id,
    }


def normal_postal_code(text: str) -> str:
    """Return a postal code as ranges are compared: capitals and digits only."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


_TAX_SQL = f"""
    WITH place AS (
        SELECT coalesce(nullif(%(country)s, ''), (
            SELECT m.countries[1] FROM pricing_market m WHERE m.tenant_id = {_TENANT} AND m.is_default), '') AS country
    ), fitting AS (
        SELECT DISTINCT ON (c.code, r.priority)
            c.code, r.priority, r.name, r.rate_ppm, r.applies_to_shipping
        FROM place
        JOIN pricing_taxrate r ON r.tenant_id = {_TENANT} AND r.country = place.country
        JOIN pricing_taxclass c ON c.tenant_id = r.tenant_id AND c.id = r.tax_class_id
        WHERE r.region IN ('', %(region)s)
            AND length(%(postal_code)s) >= length(r.postal_from)
            AND left(%(postal_code)s, length(r.postal_from)) COLLATE "C"
                BETWEEN r.postal_from AND r.postal_until
            AND (r.valid_from IS NULL OR r.valid_from <= %(at)s::timestamptz)
            AND (r.valid_until IS NULL OR r.valid_until > %(at)s::timestamptz)
        ORDER BY c.code, r.priority, length(r.postal_from) DESC, r.region = '', r.valid_from DESC NULLS LAST, r.id
    )
    SELECT json_build_object(
        'prices_include_tax', coalesce((
            SELECT m.prices_include_tax FROM pricing_market m, place
            WHERE m.tenant_id = {_TENANT} AND (m.is_default OR place.country = ANY (m.countries))
            ORDER BY (place.country = ANY (m.countries)) DESC, m.name, m.id LIMIT 1), true),
        'default_class', coalesce(
            (SELECT c.code FROM pricing_taxclass c WHERE c.tenant_id = {_TENANT} AND c.is_default), ''),
        'rates', (SELECT json_agg(json_build_array(f.code, f.name, f.rate_ppm, f.applies_to_shipping)
            ORDER BY f.code, f.priority) FROM fitting f),
        'is_exempt', coalesce((SELECT c.is_tax_exempt FROM accounts_customer c
            WHERE c.tenant_id = {_TENANT} AND c.id = %(customer_id)s::uuid), false)
    )
"""  # noqa: S608  (only our own constants; values are bound)


def read_tax(rows: Rows, *, is_exempt: bool = False) -> TaxRules:
    """Return the rules; `is_exempt` says that somebody is who is no customer of ours yet."""
    (row,) = _documents(rows)
    rates: dict[str, tuple[TaxRate, ...]] = {}
    for code, name, rate_ppm, applies_to_shipping in row["rates"] or ():
        rates[code] = (*rates.get(code, ()), TaxRate(name, rate_ppm, applies_to_shipping))
    return TaxRules(
        prices_include_tax=row["prices_include_tax"],
        rates=rates,
        default_class=row["default_class"],
        is_exempt=is_exempt or row["is_exempt"],
    )


def lowest_prices_sql(*, variant_ids: Collection[UUID], now: datetime) -> Question:
    """Return the statement for `selectors.lowest_price_30_days`: variant, lowest now, lowest before."""
    return _LOWEST_SQL, {"variant_ids": Json([str(variant_id) for variant_id in variant_ids]), "now": now.isoformat()}


# A row of the history says what the price was until `changed_at`, so the prices that held at some moment
# of the last 30 days are the present one and those of every change since.
_LOWEST_SQL = f"""
    SELECT v.id, least(v.price_amount, recent.lowest), before.lowest
    FROM ({VARIANTS_GIVEN}) AS wanted (id)
    JOIN catalog_variant v ON v.tenant_id = {_TENANT} AND v.id = wanted.id
    CROSS JOIN LATERAL (
        SELECT min(h.amount) AS lowest FROM pricing_pricechange h
        WHERE h.tenant_id = v.tenant_id AND h.variant_id = v.id AND h.currency = v.currency
            AND h.changed_at > %(now)s::timestamptz - interval '{HISTORY_DAYS} days'
            AND h.changed_at <= %(now)s::timestamptz
    ) recent
    CROSS JOIN LATERAL (
        SELECT max(h.changed_at) AS changed_at FROM pricing_pricechange h
        WHERE h.tenant_id = v.tenant_id AND h.variant_id = v.id AND h.changed_at <= %(now)s::timestamptz
    ) last
    CROSS JOIN LATERAL (
        SELECT min(h.amount) AS lowest FROM pricing_pricechange h
        WHERE h.tenant_id = v.tenant_id AND h.variant_id = v.id AND h.currency = v.currency
            AND h.changed_at > last.changed_at - interval '{HISTORY_DAYS} days'
            AND h.changed_at <= last.changed_at
    ) before
"""  # noqa: S608  (only our own constants; values are bound)


def _documents(rows: Rows) -> list[dict[str, Any]]:
    return [json.loads(row[0] or "") for row in rows]


def _ids(texts: Sequence[str] | None) -> frozenset[UUID]:
    return frozenset(UUID(text) for text in texts or ())


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
