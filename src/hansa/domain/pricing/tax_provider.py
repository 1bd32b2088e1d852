"""Who says which taxes are due: the merchant's own table, or somebody who knows better."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from hansa.domain.pricing.selectors import get_tax_rules
from hansa.domain.pricing.types import TaxRules


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the goods go: ISO 3166-1 alpha-2, the second half of ISO 3166-2, the postal code."""

    country: str
    region: str = ""
    postal_code: str = ""


class TaxProvider(Protocol):
    """Finds the taxes at a destination. It is asked before the checkout's transaction, never inside one."""

    def rates_for(
        self, destination: Destination, classes: Collection[str], at: datetime, *, is_exempt: bool = False
    ) -> TaxRules:
        """Return the rules for goods of these tax classes; empty classes mean all."""
        ...


class TableTaxProvider:
    """The default: the tenant's own rates, as they stand in TaxRate."""

    def rates_for(
        self, destination: Destination, classes: Collection[str], at: datetime, *, is_exempt: bool = False
    ) -> TaxRules:
        """Return the rules with one statement. See Note [Which tax rate] in `queries.py`."""
        rules = get_tax_rules(
            country=destination.country,
            region=destination.region,
            postal_code=destination.postal_code,
            at=at,
            is_exempt=is_exempt,
        )
        if not classes:
            return rules
        wanted = {code or rules.default_class for code in classes}
        return TaxRules(
            prices_include_tax=rules.prices_include_tax,
            rates={code: rates for code, rates in rules.rates.items() if code in wanted},
            default_class=rules.default_class,
            is_exempt=rules.is_exempt,
        )


@cache
def get_tax_provider() -> TaxProvider:
    """Return the installation's provider: the dotted path in the setting TAX_PROVIDER, or the table."""
    path = settings.TAX_PROVIDER
    provider: TaxProvider = import_string(path)() if path else TableTaxProvider()
    return provider
