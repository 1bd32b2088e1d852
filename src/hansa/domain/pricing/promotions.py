"""Which promotions hold for a basket, and what each takes off which line. Pure.

Note [Stacking]: promotions that stack are applied one after another, by priority and then by id, each
to what the earlier ones left. An exclusive promotion stands alone. So there is one plan with all that
stack, and one plan for each exclusive promotion; the customer gets the plan that takes off most, and
among equal ones the earliest. The order in which candidates are given never matters.

Discounts always lie on lines, or on shipping: what is off the whole basket is divided over the lines
by largest remainder, so that tax, refunds and returns can be reckoned line by line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from hansa.domain.pricing.split import ratio, split
from hansa.domain.pricing.types import (
    PPM,
    Applied,
    Basket,
    BasketLine,
    Promotion,
    PromotionConditions,
    PromotionKind,
    Refusal,
    RejectedCode,
    Scope,
    normal_code,
)
from hansa.kernel.money import Money


@dataclass(slots=True)
class Discounts:
    """What one plan takes off."""

    lines: list[int]
    shipping: int = 0
    applied: list[Applied] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.lines) + self.shipping


def apply_promotions(
    basket: Basket, subtotals: Sequence[int], shipping_amount: int
) -> tuple[Discounts, tuple[RejectedCode, ...]]:
    """Return what the basket's promotions take off, and the codes that give nothing.

    `subtotals` are the lines' amounts before discounts, `shipping_amount` that of shipping.
    """
    if not basket.promotions and not basket.codes:
        return Discounts([0] * len(subtotals)), ()
    by_id = {promotion.id: promotion for promotion in basket.promotions}
    candidates = sorted(by_id.values(), key=lambda promotion: (promotion.priority, promotion.id))
    typed = {normal_code(code): code.strip() for code in reversed(basket.codes) if code.strip()}
    refusals: dict[str, tuple[Refusal, Promotion | None]] = {}
    holding: list[Promotion] = []
    for promotion in candidates:
        code = normal_code(promotion.code)
        if code and code not in typed:
            continue
        refusal = _refusal(promotion, basket, subtotals)
        if refusal is None:
            holding.append(promotion)
        elif code:
            refusals[code] = (refusal, promotion)
    plans = [_run(plan, basket, subtotals, shipping_amount) for plan in _plans(holding)]
    best = max(plans, key=lambda plan: plan.total)  # the first of equal ones
    giving = {applied.promotion_id for applied in best.applied}
    for promotion in holding:
        if promotion.code and promotion.id not in giving:
            reason = _why_nothing(promotion, basket, subtotals, shipping_amount)
            if reason:
                refusals[normal_code(promotion.code)] = (reason, promotion)
    known = {normal_code(promotion.code) for promotion in candidates}
    refusals |= {code: (Refusal.UNKNOWN, None) for code in typed if code not in known}
    rejected = [_rejected(typed[code], *refusals[code]) for code in reversed(typed) if code in refusals]
    return best, tuple(rejected)


def _plans(holding: Sequence[Promotion]) -> list[list[Promotion]]:
    """Return the sets that may be applied together. See Note [Stacking]."""
    stacking = [promotion for promotion in holding if not promotion.is_exclusive]
    return [stacking, *([promotion] for promotion in holding if promotion.is_exclusive)]


def _refusal(promotion: Promotion, basket: Basket, subtotals: Sequence[int]) -> Refusal | None:
    """Say why the promotion does not hold; None when it does. Nothing here depends on other promotions."""
    return _refusal_of_customer(promotion, basket) or _refusal_of_goods(promotion, basket, subtotals)


def _refusal_of_customer(promotion: Promotion, basket: Basket) -> Refusal | None:
    conditions, customer = promotion.conditions, basket.customer
    per_customer = promotion.usage_limit_per_customer
    reasons = (
        (conditions.starts_at is not None and basket.at < conditions.starts_at, Refusal.NOT_YET_VALID),
        (conditions.ends_at is not None and basket.at >= conditions.ends_at, Refusal.EXPIRED),
        (promotion.usage_limit is not None and promotion.uses >= promotion.usage_limit, Refusal.USED_UP),
        (
            per_customer is not None and customer.uses.get(promotion.id, 0) >= per_customer,
            Refusal.USED_BY_CUSTOMER,
        ),
        (
            conditions.customer_group_id is not None and conditions.customer_group_id != customer.group_id,
            Refusal.NOT_FOR_CUSTOMER,
        ),
        (conditions.is_first_order_only and not customer.is_first_order, Refusal.FIRST_ORDER_ONLY),
    )
    return next((refusal for is_so, refusal in reasons if is_so), None)


def _refusal_of_goods(promotion: Promotion, basket: Basket, subtotals: Sequence[int]) -> Refusal | None:
    if promotion.currency and promotion.currency != basket.currency:
        return Refusal.OTHER_CURRENCY
    eligible = _eligible(promotion.conditions, basket.lines)
    if not eligible:
        return Refusal.NOT_FOR_PRODUCTS
    value = sum(subtotals[index] for index in eligible)
    if value < promotion.conditions.min_subtotal:
        return Refusal.MINIMUM_NOT_REACHED
    if promotion.kind is PromotionKind.TIERED and value < min(
        (tier.min_subtotal for tier in promotion.tiers), default=value + 1
    ):
        return Refusal.MINIMUM_NOT_REACHED
    if promotion.kind is PromotionKind.BUY_X_GET_Y:
        units = sum(basket.lines[index].quantity for index in eligible)
        if units < promotion.buy_quantity + promotion.get_quantity:
            return Refusal.NOT_ENOUGH_ITEMS
    return None


def _eligible(conditions: PromotionConditions, lines: Sequence[BasketLine]) -> list[int]:
    """Return the places of the lines that the promotion is about: any of its products or categories."""
    if not conditions.product_ids and not conditions.category_ids:
        return list(range(len(lines)))
    return [
        index
        for index, line in enumerate(lines)
        if line.product_id in conditions.product_ids or not conditions.category_ids.isdisjoint(line.category_ids)
    ]


def _run(plan: Sequence[Promotion], basket: Basket, subtotals: Sequence[int], shipping_amount: int) -> Discounts:
    """Apply the promotions of a plan one after another."""
    discounts = Discounts([0] * len(subtotals))
    for promotion in plan:
        if promotion.kind is PromotionKind.FREE_SHIPPING:
            amount = shipping_amount - discounts.shipping
            if amount:
                discounts.shipping += amount
                discounts.applied.append(_applied(promotion, amount, None))
            continue
        eligible = _eligible(promotion.conditions, basket.lines)
        remaining = [subtotals[index] - discounts.lines[index] for index in eligible]
        quantities = [basket.lines[index].quantity for index in eligible]
        value = sum(subtotals[index] for index in eligible)
        for index, amount in zip(eligible, _amounts(promotion, remaining, quantities, value), strict=True):
            if amount:
                discounts.lines[index] += amount
                discounts.applied.append(_applied(promotion, amount, basket.lines[index]))
    return discounts


def _amounts(promotion: Promotion, remaining: Sequence[int], quantities: Sequence[int], value: int) -> list[int]:
    """Return what the promotion takes off each eligible line: never more than remains of it.

    `value` is what the eligible lines came to before any discount: it decides the tier.
    """
    whole = sum(remaining)
    match promotion.kind:
        case PromotionKind.PERCENTAGE:
            return split(ratio(whole, promotion.rate_ppm, PPM), remaining)
        case PromotionKind.FIXED_AMOUNT:
            return split(min(promotion.amount, whole), remaining)
        case PromotionKind.TIERED:
            reached = [tier for tier in promotion.tiers if tier.min_subtotal <= value]
            tier = max(reached, key=lambda tier: tier.min_subtotal)
            return split(min(ratio(whole, tier.rate_ppm, PPM) + tier.amount, whole), remaining)
        case PromotionKind.BUY_X_GET_Y:
            return _cheapest_units(promotion, remaining, quantities)
        case PromotionKind.FREE_SHIPPING:
            return [0] * len(remaining)


def _cheapest_units(promotion: Promotion, remaining: Sequence[int], quantities: Sequence[int]) -> list[int]:
    """Take the rate off the cheapest units: `get_quantity` of them for every full group in the basket."""
    group = promotion.buy_quantity + promotion.get_quantity
    left = sum(quantities) // group * promotion.get_quantity
    amounts = [0] * len(remaining)
    for index in sorted(range(len(remaining)), key=lambda index: Fraction(remaining[index], quantities[index])):
        units = min(left, quantities[index])
        amounts[index] = ratio(remaining[index], units * promotion.rate_ppm, quantities[index] * PPM)
        left -= units
    return amounts


def _applied(promotion: Promotion, amount: int, line: BasketLine | None) -> Applied:
    return Applied(
        promotion_id=promotion.id,
        kind=promotion.kind,
        name=promotion.name,
        code=promotion.code,
        amount=amount,
        scope=Scope.LINE if line else Scope.SHIPPING,
        line_id=line.id if line else None,
    )


def _why_nothing(
    promotion: Promotion, basket: Basket, subtotals: Sequence[int], shipping_amount: int
) -> Refusal | None:
    """Say why a promotion that holds gives nothing; None when it may give something yet, once shipping is chosen."""
    if promotion.kind is PromotionKind.FREE_SHIPPING and not shipping_amount:
        return None
    alone = _run([promotion], basket, subtotals, shipping_amount)
    return Refusal.NOT_COMBINABLE if alone.total else Refusal.GIVES_NOTHING


def _rejected(typed: str, reason: Refusal, promotion: Promotion | None) -> RejectedCode:
    shown = typed[:50]
    sentence = _SENTENCES[reason]
    if reason is Refusal.MINIMUM_NOT_REACHED and promotion is not None:
        steps = [tier.min_subtotal for tier in promotion.tiers]
        least = max(promotion.conditions.min_subtotal, min(steps, default=0))
        sentence = f"needs an order of at least {Money(least, promotion.currency).display()}."
    if reason is Refusal.NOT_ENOUGH_ITEMS and promotion is not None:
        sentence = f"needs {promotion.buy_quantity + promotion.get_quantity} items that it is for."
    return RejectedCode(typed, reason, f"The code {shown} {sentence}")


_SENTENCES = {
    Refusal.UNKNOWN: "does not exist. Check the spelling.",
    Refusal.NOT_YET_VALID: "is not valid yet.",
    Refusal.EXPIRED: "has expired.",
    Refusal.USED_UP: "has been used up.",
    Refusal.USED_BY_CUSTOMER: "has been used with this e-mail address already.",
    Refusal.NOT_FOR_CUSTOMER: "is for certain customers only. Log in if you are one of them.",
    Refusal.FIRST_ORDER_ONLY: "is for the first order only.",
    Refusal.OTHER_CURRENCY: "is for another currency.",
    Refusal.NOT_FOR_PRODUCTS: "is for other products than those in the cart.",
    Refusal.MINIMUM_NOT_REACHED: "needs a larger order.",
    Refusal.NOT_ENOUGH_ITEMS: "needs more items that it is for.",
    Refusal.NOT_COMBINABLE: "cannot be combined with what is taken off already, which is more.",
    Refusal.GIVES_NOTHING: "takes nothing off: there is nothing left to take it off.",
}
