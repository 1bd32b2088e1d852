"""Save a market."""

import re

from hansa.domain.catalog.services.violations import check_fields
from hansa.domain.pricing.errors import InvalidTax
from hansa.domain.pricing.models import COUNTRY_PATTERN, Market
from hansa.domain.pricing.services.defaults import unseat_default
from hansa.domain.pricing.services.violations import named_violations
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction


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
        unseat_default(market, is_default=market.is_default)
        for other in Market.objects.select_for_update().exclude(pk=market.pk).order_by("pk"):
            if twice := sorted(set(other.countries) & set(market.countries)):
                message = f"{twice[0]} is in the market {other.name} already."
                raise _refused(message)
        market.save()
    return market


def _refused(message: str) -> InvalidTax:
    return InvalidTax(message, errors=(FieldError("countries", InvalidTax.code, message),))
