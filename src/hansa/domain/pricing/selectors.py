"""Reads of pricing, one question each; the checkout asks several at once with `queries.py`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from hansa.domain.pricing.models import Promotion
from hansa.domain.pricing.queries import (
    lowest_prices_sql,
    prices_sql,
    promotions_sql,
    read_offers,
    read_promotions,
    read_tax,
    tax_sql,
)
from hansa.domain.pricing.types import CustomerFacts, Offer, TaxRules
from hansa.domain.pricing.types import Promotion as Candidate
from hansa.kernel.postgresql.batches import ask_together

_NEXT_CHANGE_SQL = """
    SELECT min(m.moment) FROM pricing_pricelist l
    CROSS JOIN LATERAL (VALUES (l.valid_from), (l.valid_until)) AS m (moment)
    WHERE l.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND l.is_active AND m.moment > %(now)s::timestamptz
"""


@dataclass(frozen=True, slots=True)
class LowestPrice:
    """The lowest catalogue prices of a variant, in minor units of its currency."""

    amount: int
    """In the last 30 days, the present price among them."""
    before_change_amount: int | None
    """In the 30 days before the present price began, as Directive 98/6/EC article 6a asks beside a
    reduction; None when the price has never changed."""


def get_offers(
    *, variant_ids: Collection[UUID], currency: str, group_id: UUID | None = None, at: datetime
) -> dict[UUID, Offer]:
    """Return how these variants are sold right now; a variant that is gone is missing."""
    question = prices_sql(variant_ids=variant_ids, currency=currency, group_id=group_id, at=at)
    return read_offers(ask_together([question])[0])


def get_promotions(
    *, codes: Collection[str], at: datetime, customer_key: str = ""
) -> tuple[tuple[Candidate, ...], CustomerFacts]:
    """Return the automatic promotions and those with these codes, and what they ask about the customer."""
    return read_promotions(ask_together([promotions_sql(codes=codes, at=at, customer_key=customer_key)])[0])


def get_tax_rules(
    *, country: str, region: str = "", postal_code: str = "", at: datetime, is_exempt: bool = False
) -> TaxRules:
    """Return the taxes at an address. See Note [Which tax rate] in `queries.py`."""
    question = tax_sql(country=country, region=region, postal_code=postal_code, at=at)
    return read_tax(ask_together([question])[0], is_exempt=is_exempt)


def lowest_price_30_days(*, variant_ids: Collection[UUID], now: datetime) -> dict[UUID, LowestPrice]:
    """Return the lowest catalogue prices of these variants; price lists are not in the history."""
    rows = ask_together([lowest_prices_sql(variant_ids=variant_ids, now=now)])[0]
    return {
        UUID(variant_id): LowestPrice(int(lowest or 0), None if before is None else int(before))
        for variant_id, lowest, before in rows
    }


def price_product_document(
    document: dict[str, Any], *, now: datetime, customer_id: UUID | None = None
) -> dict[str, Any]:
    """Return a product's document as the customer, or anybody, can buy it at `now`, in the catalogue's currency.

    Each variant gets what it costs after the price lists for everybody and for the customer's group, its
    prices by quantity (`tiers`), and `lowest_price_30_days`, which EU shops must show beside a reduction
    (Directive 98/6/EC). One message. The listing shows the prices
    for everybody, as last published (`services/publish_prices.py`).
    """
    variants = {UUID(variant["id"]): variant for variant in document["variants"]}
    if not variants:
        return document
    currency = document["price"]["currency"]
    offer_rows, lowest_rows = ask_together(
        [
            prices_sql(variant_ids=list(variants), currency=currency, customer_id=customer_id, at=now),
            lowest_prices_sql(variant_ids=list(variants), now=now),
        ]
    )
    offers = read_offers(offer_rows)
    lowest = {UUID(row[0]): int(row[1] or 0) for row in lowest_rows}

    def money(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": currency}

    for variant_id, variant in variants.items():
        offer = offers[variant_id]
        price = offer.unit_price(1)
        if price is not None and price < variant["price"]["amount"]:
            variant["compare_at_price"] = variant["compare_at_price"] or variant["price"]
            variant["price"] = money(price)
        steps = sorted({tier.min_quantity for tier in offer.tiers if tier.min_quantity > 1})
        variant["tiers"] = [
            {"min_quantity": step, "price": money(amount)}
            for step in steps
            if (amount := offer.unit_price(step)) is not None and amount < variant["price"]["amount"]
        ]
        variant["lowest_price_30_days"] = money(lowest[variant_id])
    cheapest = min(document["variants"], key=lambda variant: variant["price"]["amount"])
    document["price"], document["compare_at_price"] = cheapest["price"], cheapest["compare_at_price"]
    document["price_varies"] = any(variant["price"] != cheapest["price"] for variant in document["variants"])
    return document


def find_next_price_change(now: datetime) -> datetime | None:
    """Return the first moment after `now` when a price list begins or ends, though nobody writes anything; or None."""
    rows = ask_together([(_NEXT_CHANGE_SQL, {"now": now.isoformat()})])[0]
    return datetime.fromisoformat(rows[0][0]) if rows[0][0] else None


def list_promotions() -> QuerySet[Promotion]:
    """Return the current tenant's promotions that are not archived, in the order they are applied."""
    return Promotion.objects.filter(archived_at=None).order_by("priority", "id")
