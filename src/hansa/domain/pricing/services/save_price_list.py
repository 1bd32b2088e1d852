"""Save a price list."""

from hansa.domain.catalog.services.violations import check_fields
from hansa.domain.pricing.errors import InvalidPriceList
from hansa.domain.pricing.models import PriceList
from hansa.domain.pricing.services.violations import named_violations
from hansa.kernel.errors import FieldError
from hansa.kernel.money import UnknownCurrency, exponent
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction


def save_price_list(*, price_list: PriceList) -> PriceList:
    """Save a price list whose fields somebody has set, new or changed; without a currency it takes the shop's.

    Raises InvalidPriceList.
    """
    price_list.name = price_list.name.strip()
    price_list.currency = price_list.currency or get_current_tenant().currency
    check_fields(price_list, InvalidPriceList)
    try:
        exponent(price_list.currency)
    except UnknownCurrency as error:
        raise InvalidPriceList(
            error.message, errors=(FieldError("currency", InvalidPriceList.code, error.message),)
        ) from None
    with named_violations(), transaction():
        price_list.save()
    return price_list
