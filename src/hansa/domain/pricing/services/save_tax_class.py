"""Save a tax class."""

from hansa.domain.catalog.services.violations import check_fields
from hansa.domain.pricing.errors import InvalidTax
from hansa.domain.pricing.models import TaxClass
from hansa.domain.pricing.services.defaults import unseat_default
from hansa.domain.pricing.services.violations import named_violations
from hansa.kernel.transactions import transaction


def save_tax_class(*, tax_class: TaxClass) -> TaxClass:
    """Save a tax class; when it is the default one, no other is any more. Raises InvalidTax, TaxNameTaken."""
    tax_class.name = tax_class.name.strip()
    check_fields(tax_class, InvalidTax)
    with named_violations(), transaction():
        unseat_default(tax_class, is_default=tax_class.is_default)
        tax_class.save()
    return tax_class
