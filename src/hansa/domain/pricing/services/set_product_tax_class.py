"""Give a product its tax class."""

from uuid import UUID

from hansa.domain.pricing.errors import TaxClassNotFound
from hansa.domain.pricing.models import ProductTaxClass, TaxClass
from hansa.domain.pricing.services.violations import named_violations
from hansa.kernel.transactions import transaction


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
