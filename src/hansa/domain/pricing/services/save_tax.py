"""Save tax classes, rates and markets."""

import re
from uuid import UUID

from django.db.models import Model

from hansa.domain.catalog.services.violations import check_fields
from hansa.domain.pricing.errors import InvalidTax, TaxClassNotFound
from hansa.domain.pricing.models import COUNTRY_PATTERN, Market, ProductTaxClass, TaxClass, TaxRate
from hansa.domain.pricing.queries import normal_postal_code
from hansa.domain.pricing.services.violations import named_violations
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction


def save_tax_class(*, tax_class: TaxClass) -> TaxClass:
    """Save a tax class; when it is the default one, no other is any more. Raises InvalidTax, TaxNameTaken."""
    tax_class.name = tax_class.name.strip()
    check_fields(tax_class, InvalidTax)
    with named_violations(), transaction():
        _unseat(tax_class, is_default=tax_class.is_default)
        tax_class.save()
    return tax_class


def set_product_tax_class(*, product_id: UUID, tax_class_code: str) -> None:
    """Give a product its tax class; an empty code: the default one. Raises InvalidTax, TaxClassNotFound."""
    with named_violations(), transaction():
        if not tax_class_code:
            ProductTaxClass.objects.filter(product=product_id).delete()
            return
        tax_class = TaxClass.objects.filter(code=tax_class_code).first()
        if tax_class is None:
            message = f"There is no tax class {tax_class_code[:50]!r}."
            raise TaxClassNotFound(message)
        ProductTaxClass.objects.update_or_create(product_id=product_id, defaults={"tax_class": tax_class})


def save_tax_rate(*, rate: TaxRate) -> TaxRate:
    """Save a rate, in parts per million: 190000 is 19 %.

    Country and region are stored in capitals, postal codes without blanks and hyphens. Raises
    InvalidTax, TaxNameTaken.
    """
    rate.name = rate.name.strip()
    rate.country, rate.region = rate.country.strip().upper(), rate.region.strip().upper()
    rate.postal_from, rate.postal_until = normal_postal_code(rate.postal_from), normal_postal_code(rate.postal_until)
    check_fields(rate, InvalidTax)
    with named_violations(), transaction():
        rate.save()
    return rate


def save_market(*, market: Market) -> Market:
    """Save a market; when it is the default one, no other is any more.

    The order of its countries is kept, for the first one counts. Raises InvalidTax, TaxNameTaken; a
    country can be in one market only.
    """
    market.name = market.name.strip()
    market.countries = list(dict.fromkeys(country.strip().upper() for country in market.countries))
    if wrong := [country for country in market.countries if not re.fullmatch(COUNTRY_PATTERN, country)]:
        message = f"{wrong[0][:10]!r} is no country code. Use two letters (ISO 3166-1), for example DE."
        raise _refused(message)
    check_fields(market, InvalidTax)
    with named_violations(), transaction():
        _unseat(market, is_default=market.is_default)
        for other in Market.objects.select_for_update().exclude(pk=market.pk).order_by("pk"):
            if twice := sorted(set(other.countries) & set(market.countries)):
                message = f"{twice[0]} is in the market {other.name} already."
                raise _refused(message)
        market.save()
    return market


def _unseat(row: Model, *, is_default: bool) -> None:
    """Let the present default be none any more, when `row` becomes it."""
    if is_default:
        type(row)._default_manager.filter(is_default=True).exclude(pk=row.pk).update(is_default=False)  # noqa: SLF001  (Django's documented name)


def _refused(message: str) -> InvalidTax:
    return InvalidTax(message, errors=(FieldError("countries", InvalidTax.code, message),))
