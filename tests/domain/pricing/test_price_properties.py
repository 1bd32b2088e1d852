"""What holds for every basket there could be."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hansa.domain.pricing.price import price
from hansa.domain.pricing.split import ratio, split
from hansa.domain.pricing.types import Basket, PricedBasket, PromotionKind, Scope
from tests.domain.pricing.baskets import baskets

random_baskets = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def _check(basket: Basket, priced: PricedBasket) -> None:
    """Assert everything that PricedBasket promises."""
    added = 0 if priced.prices_include_tax else priced.tax
    assert priced.subtotal - priced.discount + priced.shipping_total + added == priced.total
    assert priced.subtotal == sum(line.subtotal for line in priced.lines)
    assert priced.discount == sum(line.discount for line in priced.lines)
    assert priced.tax == sum(line.tax for line in priced.lines) + priced.shipping.tax
    assert priced.total == sum(line.total for line in priced.lines) + priced.shipping.total
    for asked, line in zip(basket.lines, priced.lines, strict=True):
        assert (line.id, line.quantity) == (asked.id, asked.quantity)
        assert line.subtotal == line.unit_price * line.quantity
        assert 0 <= line.discount <= line.subtotal
        assert line.tax == sum(tax.amount for tax in line.taxes)
        assert line.total == line.subtotal - line.discount + (0 if priced.prices_include_tax else line.tax)
        assert all(tax.amount >= 0 for tax in line.taxes)
        if priced.prices_include_tax:
            assert line.tax <= line.total
        given_to_line = sum(applied.amount for applied in priced.explanation if applied.line_id == line.id)
        assert given_to_line == line.discount
    shipping = priced.shipping
    assert 0 <= shipping.discount <= shipping.amount
    assert shipping.tax == sum(tax.amount for tax in shipping.taxes)
    assert priced.shipping_total == shipping.amount - shipping.discount
    off_shipping = [applied.amount for applied in priced.explanation if applied.scope is Scope.SHIPPING]
    assert sum(off_shipping) == shipping.discount
    assert all(applied.amount > 0 for applied in priced.explanation)


@random_baskets
@given(baskets())
def test_the_parts_of_every_price_add_up_to_what_is_charged(basket: Basket) -> None:
    _check(basket, price(basket))


@random_baskets
@given(baskets(), st.randoms(use_true_random=False))
def test_the_order_in_which_promotions_are_given_changes_nothing(basket: Basket, random: object) -> None:
    shuffled = list(basket.promotions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    codes = tuple(reversed(basket.codes))
    other = price(replace(basket, promotions=tuple(shuffled), codes=codes))
    first = price(basket)
    assert replace(other, rejected_codes=()) == replace(first, rejected_codes=())
    assert set(other.rejected_codes) == set(first.rejected_codes)


@random_baskets
@given(baskets())
def test_every_typed_code_either_gives_something_or_says_why_not(basket: Basket) -> None:
    priced = price(basket)
    giving = {applied.code.lower() for applied in priced.explanation}
    rejected = {code.code.lower() for code in priced.rejected_codes}
    assert not giving & rejected
    waiting = {
        promotion.code.lower()
        for promotion in basket.promotions
        if promotion.kind is PromotionKind.FREE_SHIPPING and not priced.shipping.amount
    }
    assert {code.lower() for code in basket.codes} <= giving | rejected | waiting


@random_baskets
@given(baskets())
def test_an_exclusive_promotion_stands_alone(basket: Basket) -> None:
    exclusive = {promotion.id for promotion in basket.promotions if promotion.is_exclusive}
    applied = set(price(basket).promotion_ids)
    assert not applied & exclusive or len(applied) == 1


@random_baskets
@given(baskets())
def test_promotions_never_make_anything_dearer(basket: Basket) -> None:
    without = price(replace(basket, promotions=(), codes=()))
    assert price(basket).total <= without.total


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**15), min_size=1, max_size=30))
def test_a_split_adds_up_and_is_fair_to_a_cent(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    whole = sum(weights)
    if whole == 0:
        assert parts == [0] * len(weights)
        return
    assert sum(parts) == amount
    assert all(abs(part * whole - amount * weight) < whole for part, weight in zip(parts, weights, strict=True))
    if amount <= whole:
        assert all(part <= weight for part, weight in zip(parts, weights, strict=True))


@given(st.integers(0, 10**15), st.integers(0, 10**7), st.integers(1, 10**7))
def test_a_ratio_is_rounded_half_up(amount: int, numerator: int, denominator: int) -> None:
    rounded = ratio(amount, numerator, denominator)
    assert (2 * rounded - 1) * denominator <= 2 * amount * numerator < (2 * rounded + 1) * denominator
