"""Promotions as merchants make them, and as baskets find them."""

from datetime import timedelta
from typing import Any

import pytest

from hansa.domain.accounts.models import CustomerGroup
from hansa.domain.accounts.services.save_customer import save_customer_group
from hansa.domain.pricing.errors import CodeTaken, InvalidPromotion, PromotionNotFound, TooManyPromotions
from hansa.domain.pricing.models import Promotion
from hansa.domain.pricing.queries import MAX_CANDIDATES
from hansa.domain.pricing.selectors import get_promotions, list_promotions
from hansa.domain.pricing.services.archive_promotion import archive_promotion
from hansa.domain.pricing.services.redeem import redeem
from hansa.domain.pricing.services.save_promotion import save_promotion
from hansa.domain.pricing.types import PPM, PromotionKind, PromotionTier
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.worlds import NOON, entered
from tests.worlds_buying import promote


def _found(shop: TenantContext, *codes: str) -> list[str]:
    with tenant_scope(shop):
        promotions, _ = get_promotions(codes=codes, at=NOON)
    return sorted(promotion.name for promotion in promotions)


def test_a_basket_finds_the_automatic_ones_and_its_codes(shop: TenantContext, rival: TenantContext) -> None:
    promote(shop, "Automatic")
    promote(shop, "Welcome", code="Welcome10")
    promote(shop, "Secret", code="SECRET")
    promote(rival, "Theirs")
    promote(rival, "Their code", code="WELCOME10")
    assert _found(shop) == ["Automatic"]
    assert _found(shop, "wElCoMe10", "nonsense", "") == ["Automatic", "Welcome"]


def test_an_automatic_one_is_found_while_it_is_valid_and_a_code_always(shop: TenantContext) -> None:
    second = timedelta(seconds=1)
    promote(shop, "Now", starts_at=NOON, ends_at=NOON + second)
    promote(shop, "Over", ends_at=NOON)
    promote(shop, "To come", starts_at=NOON + second)
    promote(shop, "Over, with code", ends_at=NOON, code="OVER")
    assert _found(shop, "over") == ["Now", "Over, with code"]


def test_everything_about_a_promotion_comes_back_from_the_database(shop: TenantContext) -> None:
    product, category = uuid7(), uuid7()
    with tenant_scope(shop):
        group = save_customer_group(group=CustomerGroup(name="Wholesale", code="wholesale"))
    saved = promote(
        shop,
        "Rich",
        kind="tiered",
        tiers=[{"min_subtotal": 5000, "rate_ppm": 50_000}, {"min_subtotal": 9000, "amount": 700}],
        product_ids=[product],
        category_ids=[category],
        customer_group=group,
        is_first_order_only=True,
        min_subtotal=100,
        starts_at=NOON,
        ends_at=NOON + timedelta(days=1),
        usage_limit=5,
        usage_limit_per_customer=2,
        priority=-3,
        is_exclusive=True,
    )
    with tenant_scope(shop):
        (found,), _ = get_promotions(codes=(), at=NOON)
    assert (found.id, found.kind, found.currency) == (saved.pk, PromotionKind.TIERED, shop.currency)
    assert found.tiers == (PromotionTier(5000, rate_ppm=50_000), PromotionTier(9000, amount=700))
    conditions = found.conditions
    assert (conditions.product_ids, conditions.category_ids) == (frozenset([product]), frozenset([category]))
    assert (conditions.customer_group_id, conditions.min_subtotal) == (group.pk, 100)
    assert (conditions.starts_at, conditions.ends_at) == (NOON, NOON + timedelta(days=1))
    assert conditions.is_first_order_only
    assert (found.usage_limit, found.usage_limit_per_customer, found.uses) == (5, 2, 0)
    assert (found.priority, found.is_exclusive) == (-3, True)


def test_a_code_is_taken_in_any_case_until_its_promotion_is_archived(shop: TenantContext) -> None:
    first = promote(shop, "First", code="ten")
    with pytest.raises(CodeTaken) as refused:
        promote(shop, "Second", code="TEN")
    assert refused.value.errors[0].field == "code"
    with tenant_scope(shop):
        archive_promotion(promotion_id=first.pk, now=NOON)
    promote(shop, "Second", code="Ten")
    assert _found(shop, "ten") == ["Second"]
    with tenant_scope(shop), pytest.raises(PromotionNotFound):
        archive_promotion(promotion_id=first.pk, now=NOON)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"code": "two words"}, "code"),
        ({"code": "ÄÖÜ"}, "code"),
        ({"kind": "gift"}, "kind"),
        ({"kind": "percentage", "rate_ppm": 0}, "rate_ppm"),
        ({"kind": "percentage", "rate_ppm": PPM + 1}, "rate_ppm"),
        ({"kind": "fixed_amount"}, "amount"),
        ({"kind": "fixed_amount", "amount": -1}, "amount"),
        ({"kind": "fixed_amount", "amount": 100, "currency": "XXX"}, "currency"),
        ({"kind": "buy_x_get_y", "buy_quantity": 2}, "get_quantity"),
        ({"kind": "tiered", "tiers": []}, "tiers"),
        ({"kind": "tiered", "tiers": "cheap"}, "tiers"),
        ({"kind": "tiered", "tiers": [{"min_subtotal": 100}]}, "tiers"),
        ({"kind": "tiered", "tiers": [{"min_subtotal": 1.5, "amount": 1}]}, "tiers"),
        ({"kind": "tiered", "tiers": [{"min_subtotal": True, "amount": 1}]}, "tiers"),
        ({"kind": "tiered", "tiers": [{"min_subtotal": 9, "amount": 1}, {"min_subtotal": 9, "amount": 2}]}, "tiers"),
        ({"starts_at": NOON, "ends_at": NOON}, "ends_at"),
        ({"usage_limit": 0}, "usage_limit"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(shop: TenantContext, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidPromotion) as refused:
        promote(shop, **({"name": "Ten", "kind": "percentage"} | fields))
    assert field in [error.field for error in refused.value.errors]
    with entered(shop):
        assert not list_promotions().exists()


def test_a_limit_below_what_was_used_is_refused(shop: TenantContext) -> None:
    promotion = promote(shop, "Ten", usage_limit=5)
    for _ in range(2):
        with entered(shop):
            redeem(reference=uuid7(), promotion_ids=[promotion.pk], customer_key="a@b.example", now=NOON)
    with tenant_scope(shop), pytest.raises(InvalidPromotion) as refused:
        promotion.usage_limit = 1
        save_promotion(promotion=promotion)
    assert refused.value.errors[0].field == "usage_limit"
    with tenant_scope(shop):
        promotion.usage_limit, promotion.uses, promotion.name = 2, 0, "Two"
        save_promotion(promotion=promotion)
    with entered(shop):
        stored = Promotion.objects.get(pk=promotion.pk)
    assert (stored.name, stored.usage_limit, stored.uses) == ("Two", 2, 2), "the counter is nobody's to set"


def test_a_rivals_group_is_no_group(shop: TenantContext, rival: TenantContext) -> None:
    with tenant_scope(rival):
        theirs = save_customer_group(group=CustomerGroup(name="Wholesale", code="wholesale"))
    with pytest.raises(InvalidPromotion) as refused:
        promote(shop, "Ten", customer_group_id=theirs.pk)
    assert refused.value.errors[0].field == "customer_group"


def test_a_rivals_promotion_cannot_be_changed(shop: TenantContext, rival: TenantContext) -> None:
    theirs = promote(rival, "Theirs")
    with tenant_scope(shop), pytest.raises(PromotionNotFound):
        theirs.name = "Ours"
        save_promotion(promotion=theirs)
    with tenant_scope(shop), pytest.raises(PromotionNotFound):
        archive_promotion(promotion_id=theirs.pk, now=NOON)


def test_there_are_only_as_many_automatic_ones_as_a_basket_looks_at(shop: TenantContext) -> None:
    with entered(shop):
        Promotion.objects.bulk_create(
            [Promotion(name=f"{n}", kind="percentage", rate_ppm=1) for n in range(MAX_CANDIDATES)]
        )
    with pytest.raises(TooManyPromotions):
        promote(shop, "One more")
    promote(shop, "With a code", code="MORE")
