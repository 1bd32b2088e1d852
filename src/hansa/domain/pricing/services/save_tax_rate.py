"""Save a tax rate."""

from hansa.domain.catalog.services.violations import check_fields
from hansa.domain.pricing.errors import InvalidTax
from hansa.domain.pricing.models import TaxRate
from hansa.domain.pricing.queries import normal_postal_code
from hansa.domain.pricing.services.violations import named_violations
from hansa.kernel.transactions import transaction


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
