"""Save or delete an attribute."""

from uuid import UUID

from hansa.domain.catalog.errors import AttributeNotFound, InvalidAttribute
from hansa.domain.catalog.models import Attribute, ProductAttribute
from hansa.domain.catalog.services.listing import refresh_listing
from hansa.domain.catalog.services.locks import lock_products
from hansa.domain.catalog.services.violations import check_fields, named_violations
from hansa.domain.catalog.text import is_visible
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction


def save_attribute(*, attribute: Attribute) -> Attribute:
    """Save an attribute whose fields somebody has set, new or changed.

    Raises InvalidAttribute, NameTaken. Locks every product that has it, then the attribute.
    """
    attribute.label = attribute.label.strip()
    check_fields(attribute, InvalidAttribute)
    if not is_visible(attribute.label):
        message = "An attribute needs a label that people can see, such as Material."
        raise InvalidAttribute(message, errors=(FieldError("label", InvalidAttribute.code, message),))
    with named_violations(), transaction():
        _lock(attribute.pk)
        attribute.save()
        refresh_listing(_bearers(attribute.pk))
    return attribute


def delete_attribute(*, attribute_id: UUID) -> None:
    """Delete an attribute with all products' values for it.

    Raises AttributeNotFound. Locks every product that has it, then the attribute.
    """
    with transaction():
        _lock(attribute_id)
        bearers = _bearers(attribute_id)
        deleted, _ = Attribute.objects.filter(pk=attribute_id).delete()
        if not deleted:
            message = f"There is no attribute with the id {attribute_id}."
            raise AttributeNotFound(message)
        refresh_listing(bearers)


def _lock(attribute_id: UUID) -> None:
    """Lock the attribute's products, then the attribute, so that no product gets or loses it meanwhile."""
    lock_products(_bearers(attribute_id))
    Attribute.objects.select_for_update().filter(pk=attribute_id).first()


def _bearers(attribute_id: UUID) -> list[UUID]:
    """Return the ids of the products that have the attribute."""
    return sorted(set(ProductAttribute.objects.filter(attribute=attribute_id).values_list("product_id", flat=True)))
