"""The price of a basket: one pure function, in one pass, with the reasons.

It reads no database and no clock, so the same basket has the same price today, at checkout and when
somebody asks a year later why.
"""

from hansa.domain.pricing.promotions import apply_promotions
from hansa.domain.pricing.tax import line_rates, shipping_rates, taxes_on, without_tax
from hansa.domain.pricing.types import Basket, BasketLine, PricedBasket, PricedLine, PricedShipping, TaxRate, TaxRules


def price(basket: Basket) -> PricedBasket:
    """Price the basket: subtotals, then promotions, then tax on what is left of each line.

    The result keeps the invariant of PricedBasket for every input with amounts and quantities >= 0.
    """
    rules = basket.tax
    is_included = rules.prices_include_tax and not rules.is_exempt
    unit_prices = [_unit_price(line, rules) for line in basket.lines]
    subtotals = [unit * line.quantity for unit, line in zip(unit_prices, basket.lines, strict=True)]
    shipping_amount, rates_of_shipping = _shipping(basket)
    discounts, rejected = apply_promotions(basket, subtotals, shipping_amount)
    lines = []
    for line, unit, subtotal, discount in zip(basket.lines, unit_prices, subtotals, discounts.lines, strict=True):
        rates = _due(line_rates(rules, line.tax_class, is_taxable=line.is_taxable), rules)
        taxes = taxes_on(subtotal - discount, rates, is_included=is_included)
        tax = sum(part.amount for part in taxes)
        total = subtotal - discount + (0 if is_included else tax)
        lines.append(PricedLine(line.id, unit, line.quantity, subtotal, discount, tax, total, taxes))
    shipping_left = shipping_amount - discounts.shipping
    shipping_taxes = taxes_on(shipping_left, rates_of_shipping, is_included=is_included)
    shipping_tax = sum(part.amount for part in shipping_taxes)
    shipping = PricedShipping(
        amount=shipping_amount,
        discount=discounts.shipping,
        tax=shipping_tax,
        total=shipping_left + (0 if is_included else shipping_tax),
        taxes=shipping_taxes,
    )
    return PricedBasket(
        currency=basket.currency,
        lines=tuple(lines),
        shipping=shipping,
        subtotal=sum(subtotals),
        discount=sum(discounts.lines),
        shipping_total=shipping_left,
        tax=sum(line.tax for line in lines) + shipping_tax,
        total=sum(line.total for line in lines) + shipping.total,
        prices_include_tax=is_included,
        explanation=tuple(discounts.applied),
        rejected_codes=rejected,
    )


def _unit_price(line: BasketLine, rules: TaxRules) -> int:
    """Return the price of one piece; for an exempt customer without the tax that it includes."""
    if rules.is_exempt and rules.prices_include_tax:
        return without_tax(line.unit_price, line_rates(rules, line.tax_class, is_taxable=line.is_taxable))
    return line.unit_price


def _shipping(basket: Basket) -> tuple[int, tuple[TaxRate, ...]]:
    """Return what shipping costs before discounts, and the rates it is taxed with."""
    choice, rules = basket.shipping, basket.tax
    if choice is None:
        return 0, ()
    rates = shipping_rates(rules, choice.tax_class, is_taxable=choice.is_taxable)
    amount = choice.amount
    if rules.is_exempt and rules.prices_include_tax:
        amount = without_tax(amount, rates)
    return amount, _due(rates, rules)


def _due(rates: tuple[TaxRate, ...], rules: TaxRules) -> tuple[TaxRate, ...]:
    return () if rules.is_exempt else rates
