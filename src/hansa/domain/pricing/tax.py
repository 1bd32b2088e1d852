"""What tax is due on an amount, or inside it.

Note [Tax is rounded per line]: the taxes of a line are rounded once, together, and then divided among
its rates by largest remainder. So a line on an invoice can be recomputed by itself. Some countries
also allow rounding per invoice; that is not offered yet.
"""

from collections.abc import Sequence

from hansa.domain.pricing.split import ratio, split
from hansa.domain.pricing.types import PPM, AppliedTax, TaxRate, TaxRules


def line_rates(rules: TaxRules, tax_class: str, *, is_taxable: bool) -> tuple[TaxRate, ...]:
    """Return the rates that a line of this class would be taxed with, exempt customer or not."""
    return rules.rates.get(tax_class or rules.default_class, ()) if is_taxable else ()


def shipping_rates(rules: TaxRules, tax_class: str, *, is_taxable: bool) -> tuple[TaxRate, ...]:
    """Return the rates that shipping would be taxed with."""
    return tuple(rate for rate in line_rates(rules, tax_class, is_taxable=is_taxable) if rate.applies_to_shipping)


def taxes_on(amount: int, rates: Sequence[TaxRate], *, is_included: bool) -> tuple[AppliedTax, ...]:
    """Return the taxes on `amount`, or inside it: one per rate, adding up to what is due."""
    together = sum(rate.rate_ppm for rate in rates)
    if together == 0:
        return tuple(AppliedTax(rate.name, rate.rate_ppm, 0) for rate in rates)
    due = ratio(amount, together, PPM + together if is_included else PPM)
    parts = split(due, [rate.rate_ppm for rate in rates])
    return tuple(AppliedTax(rate.name, rate.rate_ppm, part) for rate, part in zip(rates, parts, strict=True))


def without_tax(amount: int, rates: Sequence[TaxRate]) -> int:
    """Return what is left of a price that includes these taxes when they are taken out."""
    return amount - sum(tax.amount for tax in taxes_on(amount, rates, is_included=True))
