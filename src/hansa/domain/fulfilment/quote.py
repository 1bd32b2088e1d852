"""Which shipping methods are offered for a basket, and what they cost. Pure."""

from collections.abc import Iterable

from hansa.domain.fulfilment.types import BasketFacts, Method, MethodKind, ShippingOption


def quote(methods: Iterable[Method], facts: BasketFacts) -> tuple[ShippingOption, ...]:
    """Return what is offered for the basket, in the order of `methods`.

    A method in another currency, or for other weights, or whose first tier is not reached, is left out.
    """
    options = []
    for method in methods:
        amount = _amount(method, facts)
        if amount is None:
            continue
        options.append(
            ShippingOption(
                id=method.id,
                name=method.name,
                amount=amount,
                currency=method.currency,
                tax_class=method.tax_class,
                kind=method.kind,
                pickup_points=method.pickup_points,
            )
        )
    return tuple(options)


def _amount(method: Method, facts: BasketFacts) -> int | None:
    """Return the price of the method in minor units; None where it is not offered."""
    if method.currency != facts.currency or facts.weight_grams < method.min_weight_grams:
        return None
    if method.max_weight_grams is not None and facts.weight_grams > method.max_weight_grams:
        return None
    match method.kind:
        case MethodKind.FLAT | MethodKind.PICKUP:
            amount: int | None = method.amount
        case MethodKind.BY_WEIGHT:
            amount = _tier(method.tiers, facts.weight_grams)
        case MethodKind.BY_PRICE:
            amount = _tier(method.tiers, facts.value)
        case MethodKind.BY_QUANTITY:
            amount = _tier(method.tiers, facts.quantity)
    if amount is not None and method.free_from_amount is not None and facts.value >= method.free_from_amount:
        return 0
    return amount


def _tier(tiers: Iterable[tuple[int, int]], value: int) -> int | None:
    """Return the amount of the highest step that `value` reaches; None below the first."""
    reached = [(start, amount) for start, amount in tiers if start <= value]
    return max(reached)[1] if reached else None
