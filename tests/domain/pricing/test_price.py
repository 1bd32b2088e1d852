"""Prices that can be checked with pencil and paper."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hansa.domain.pricing.price import price
from hansa.domain.pricing.split import ratio, split
from hansa.domain.pricing.types import (
    PPM,
    CustomerFacts,
    PricedShipping,
    PromotionConditions,
    PromotionKind,
    PromotionTier,
    Refusal,
    Scope,
    TaxRate,
    TaxRules,
)
from tests.domain.pricing.baskets import CATEGORIES, GERMAN, GROUP, NOON, basket, line, promotion, shipping

SWISS = TaxRules(prices_include_tax=False, rates={"": (TaxRate("MWST 8.1 %", 81_000),)})


def _off(rate_percent: int, number: int = 1, **fields: Any) -> Any:
    return promotion(number, PromotionKind.PERCENTAGE, rate_ppm=rate_percent * 10_000, **fields)


def _reasons(priced: Any) -> list[Refusal]:
    return [rejected.reason for rejected in priced.rejected_codes]


def test_an_empty_basket_costs_nothing() -> None:
    priced = price(basket())
    assert (priced.total, priced.tax, priced.lines, priced.shipping) == (0, 0, (), PricedShipping())


def test_german_vat_is_inside_the_price() -> None:
    priced = price(basket(line(1, 11900), line(2, 1070, 2, tax_class="reduced"), tax=GERMAN, shipping=shipping(490)))
    assert [each.tax for each in priced.lines] == [1900, 140]
    assert priced.shipping.tax == 78  # 4.90 · 19/119 = 0.7823…
    assert (priced.subtotal, priced.shipping_total, priced.tax, priced.total) == (14040, 490, 2118, 14530)
    assert priced.prices_include_tax


def test_swiss_vat_is_added_where_prices_are_net() -> None:
    priced = price(basket(line(1, 1000, 3), tax=SWISS, shipping=shipping(850)))
    assert priced.lines[0].tax == 243
    assert priced.shipping.tax == 69  # 8.50 · 8.1 % = 0.6885
    assert priced.total == 3000 + 850 + 243 + 69


def test_halves_of_a_cent_go_up() -> None:
    tax = TaxRules(prices_include_tax=False, rates={"": (TaxRate("Five", 50_000),)})
    assert price(basket(line(1, 10), tax=tax)).tax == 1  # 0.5
    assert price(basket(line(1, 30), tax=tax)).tax == 2  # 1.5: half-even would say 2 as well
    assert price(basket(line(1, 50), tax=tax)).tax == 3  # 2.5: half-even would say 2


def test_a_quarter_off_rounds_as_a_shopkeeper_would() -> None:
    """saleor#12040: 25 % of an odd price went the wrong way."""
    priced = price(basket(line(1, 1_30), promotions=(_off(25),)))
    assert (priced.discount, priced.total) == (33, 97)  # 32.5 → 33


def test_a_total_never_has_fractions_of_a_cent() -> None:
    """medusa#14818: 34.116425 in the shop, 34.12 at the bank."""
    tax = TaxRules(prices_include_tax=False, rates={"": (TaxRate("State", 62_500), TaxRate("City", 26_450))})
    priced = price(basket(line(1, 3133), tax=tax))
    assert priced.total == 3133 + 279  # 278.68
    assert [part.amount for part in priced.lines[0].taxes] == [196, 83]


def test_several_taxes_add_up_to_what_is_inside_the_price() -> None:
    tax = TaxRules(prices_include_tax=True, rates={"": (TaxRate("GST", 50_000), TaxRate("QST", 99_750))})
    priced = price(basket(line(1, 11498), tax=tax))
    assert priced.total == 11498
    assert [(part.name, part.amount) for part in priced.lines[0].taxes] == [("GST", 500), ("QST", 998)]


@pytest.mark.parametrize(
    ("currency", "unit", "expected"),
    [("JPY", 1000, (100, 900)), ("EUR", 1000, (100, 900)), ("KWD", 12_345, (1235, 11_110))],
)
def test_a_tenth_off_in_currencies_of_every_kind(currency: str, unit: int, expected: tuple[int, int]) -> None:
    priced = price(basket(line(1, unit), currency=currency, promotions=(_off(10),)))
    assert (priced.discount, priced.total) == expected


def test_an_amount_off_the_basket_is_divided_by_largest_remainder() -> None:
    voucher = promotion(1, PromotionKind.FIXED_AMOUNT, amount=1000, currency="EUR")
    priced = price(basket(line(1, 1000), line(2, 1000), line(3, 1000), promotions=(voucher,)))
    assert [each.discount for each in priced.lines] == [334, 333, 333]
    assert [applied.amount for applied in priced.explanation] == [334, 333, 333]


def test_an_amount_off_is_at_most_what_there_is() -> None:
    voucher = promotion(1, PromotionKind.FIXED_AMOUNT, amount=5000, currency="EUR")
    priced = price(basket(line(1, 1999), promotions=(voucher,), shipping=shipping(490)))
    assert (priced.discount, priced.total) == (1999, 490)


def test_three_for_two_gives_the_cheapest() -> None:
    offer = promotion(1, PromotionKind.BUY_X_GET_Y, buy_quantity=2, get_quantity=1, rate_ppm=PPM)
    priced = price(basket(line(1, 3000, 4), line(2, 1000), line(3, 2000), promotions=(offer,)))
    assert [each.discount for each in priced.lines] == [0, 1000, 2000], "6 pieces, 2 of them free"
    assert _reasons(price(basket(line(1, 3000, 2), promotions=(replace(offer, code="A"),), codes=("a",)))) == [
        Refusal.NOT_ENOUGH_ITEMS
    ]


def test_the_second_at_half_the_price() -> None:
    offer = promotion(1, PromotionKind.BUY_X_GET_Y, buy_quantity=1, get_quantity=1, rate_ppm=PPM // 2)
    assert price(basket(line(1, 999, 5), promotions=(offer,))).discount == 999  # 2 · 4.995


@pytest.mark.parametrize(
    ("value", "discount"), [(4999, 0), (5000, 250), (9999, 500), (10_000, 1000), (20_000, 3000), (99_999, 3000)]
)
def test_the_more_the_cheaper(value: int, discount: int) -> None:
    tiers = (
        PromotionTier(5000, rate_ppm=50_000),
        PromotionTier(10_000, rate_ppm=100_000),
        PromotionTier(20_000, amount=3000),
    )
    offer = promotion(1, PromotionKind.TIERED, tiers=tiers, currency="EUR")
    assert price(basket(line(1, value), promotions=(offer,))).discount == discount


def test_free_shipping_from_seventy_five() -> None:
    offer = promotion(1, PromotionKind.FREE_SHIPPING, currency="EUR", conditions=PromotionConditions(min_subtotal=7500))
    below = price(basket(line(1, 7499), promotions=(offer,), shipping=shipping(490), tax=GERMAN))
    above = price(basket(line(1, 7500), promotions=(offer,), shipping=shipping(490), tax=GERMAN))
    assert (below.shipping_total, above.shipping_total) == (490, 0)
    assert (above.shipping.discount, above.shipping.tax, above.discount) == (490, 0, 0)
    assert [(applied.scope, applied.amount) for applied in above.explanation] == [(Scope.SHIPPING, 490)]


def test_a_free_shipping_code_waits_for_the_shipping() -> None:
    offer = promotion(1, PromotionKind.FREE_SHIPPING, code="SHIP")
    priced = price(basket(line(1, 100), promotions=(offer,), codes=("ship",)))
    assert (priced.rejected_codes, priced.explanation) == ((), ())


def test_percentages_stack_one_upon_the_other() -> None:
    priced = price(basket(line(1, 10_000), promotions=(_off(10, 2, priority=2), _off(50, 1, priority=1))))
    assert [applied.amount for applied in priced.explanation] == [5000, 500]


def test_equal_priorities_are_applied_in_the_order_of_their_ids() -> None:
    half, voucher = _off(50, 1), promotion(2, PromotionKind.FIXED_AMOUNT, amount=1000, currency="EUR")
    for offers in ((half, voucher), (voucher, half)):
        priced = price(basket(line(1, 10_000), promotions=offers))
        assert [applied.amount for applied in priced.explanation] == [5000, 1000]


def test_an_exclusive_code_counts_when_it_is_worth_more() -> None:
    automatic, code = _off(10), _off(30, 2, code="THIRTY", is_exclusive=True)
    priced = price(basket(line(1, 10_000), promotions=(automatic, code), codes=("thirty",)))
    assert (priced.discount, priced.promotion_ids) == (3000, (code.id,))


def test_an_exclusive_code_that_is_worth_less_is_refused_with_the_reason() -> None:
    automatic, code = _off(30), _off(10, 2, code="TEN", is_exclusive=True)
    priced = price(basket(line(1, 10_000), promotions=(automatic, code), codes=("ten",)))
    assert (priced.discount, _reasons(priced)) == (3000, [Refusal.NOT_COMBINABLE])


def test_a_promotion_is_about_its_products_and_categories_only() -> None:
    offer = _off(
        50, conditions=PromotionConditions(product_ids=frozenset([UUID(int=1)]), category_ids=frozenset(CATEGORIES[:1]))
    )
    lines = line(1, 1000), line(2, 1000, category_ids=frozenset(CATEGORIES)), line(3, 1000)
    assert [each.discount for each in price(basket(*lines, promotions=(offer,))).lines] == [500, 500, 0]


def test_codes_are_read_in_any_case_and_only_once() -> None:
    priced = price(basket(line(1, 1000), promotions=(_off(10, code="WELCOME10"),), codes=(" welcome10", "WELCOME10 ")))
    assert (priced.discount, priced.rejected_codes) == (100, ())


def test_a_promotion_with_a_code_needs_it() -> None:
    assert price(basket(line(1, 1000), promotions=(_off(10, code="SECRET"),))).discount == 0


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"conditions": PromotionConditions(starts_at=NOON + timedelta(seconds=1))}, Refusal.NOT_YET_VALID),
        ({"conditions": PromotionConditions(ends_at=NOON)}, Refusal.EXPIRED),
        ({"usage_limit": 3, "uses": 3}, Refusal.USED_UP),
        ({"usage_limit_per_customer": 2}, Refusal.USED_BY_CUSTOMER),
        ({"conditions": PromotionConditions(customer_group_id=GROUP)}, Refusal.NOT_FOR_CUSTOMER),
        ({"conditions": PromotionConditions(is_first_order_only=True)}, Refusal.FIRST_ORDER_ONLY),
        ({"currency": "CHF"}, Refusal.OTHER_CURRENCY),
        ({"conditions": PromotionConditions(product_ids=frozenset([UUID(int=7)]))}, Refusal.NOT_FOR_PRODUCTS),
        ({"conditions": PromotionConditions(min_subtotal=1001), "currency": "EUR"}, Refusal.MINIMUM_NOT_REACHED),
    ],
)
def test_a_code_that_gives_nothing_says_why(fields: dict[str, Any], reason: Refusal) -> None:
    offer = _off(10, code="TEN", **fields)
    customer = CustomerFacts(uses={offer.id: 2})
    priced = price(basket(line(1, 1000), promotions=(offer,), codes=("ten",), customer=customer))
    assert (_reasons(priced), priced.discount) == ([reason], 0)
    assert priced.rejected_codes[0].message.startswith("The code ten ")


def test_the_least_order_is_named_in_money() -> None:
    offer = _off(10, code="TEN", currency="EUR", conditions=PromotionConditions(min_subtotal=7500))
    priced = price(basket(line(1, 1000), promotions=(offer,), codes=("TEN",)))
    assert "€75.00" in priced.rejected_codes[0].message


def test_an_unknown_code_is_said_to_be_unknown() -> None:
    assert _reasons(price(basket(line(1, 1000), codes=("nonsense",)))) == [Refusal.UNKNOWN]


def test_an_exempt_customer_pays_prices_without_their_tax() -> None:
    tax = replace(GERMAN, is_exempt=True)
    priced = price(basket(line(1, 11900, 2), tax=tax, shipping=shipping(595)))
    assert (priced.lines[0].unit_price, priced.subtotal, priced.shipping_total, priced.tax) == (10_000, 20_000, 500, 0)
    assert not priced.prices_include_tax
    assert price(basket(line(1, 1000), tax=replace(SWISS, is_exempt=True))).total == 1000


def test_goods_that_are_not_taxable_and_shipping_that_is_not_bear_no_tax() -> None:
    tax = replace(SWISS, rates={"": (TaxRate("Goods only", 100_000, applies_to_shipping=False),)})
    priced = price(basket(line(1, 1000), line(2, 1000, is_taxable=False), tax=tax, shipping=shipping(500)))
    assert ([each.tax for each in priced.lines], priced.shipping.tax) == ([100, 0], 0)


def test_tax_is_due_on_what_is_left_after_the_discount() -> None:
    priced = price(basket(line(1, 11900), tax=GERMAN, promotions=(_off(50),)))
    assert (priced.lines[0].tax, priced.total) == (950, 5950)


def test_a_hundred_lines_share_one_cent() -> None:
    assert split(1, [5] * 100) == [1] + [0] * 99
    assert split(7, [0, 1, 0]) == [0, 7, 0]
    assert split(7, [0, 0]) == [0, 0]
    assert [ratio(amount, 1, 2) for amount in range(4)] == [0, 1, 1, 2]
