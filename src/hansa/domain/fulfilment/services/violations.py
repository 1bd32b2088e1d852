"""What the database refuses, in the words of fulfilment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from hansa.domain.catalog.services.violations import violated_constraint
from hansa.domain.fulfilment.errors import InvalidMethod, InvalidZone, ShippingNameTaken
from hansa.kernel.errors import DomainError, FieldError

_FACTS: dict[str, tuple[type[DomainError], str, str]] = {
    "fulfilment_shippingzone_name": (ShippingNameTaken, "name", "Another shipping zone has this name."),
    "fulfilment_shippingzone_postal_list": (InvalidZone, "postal_ranges", 'Ranges are a list: [["20", "22"]].'),
    "fulfilment_shippingmethod_name": (ShippingNameTaken, "name", "Another method of this zone has this name."),
    "fulfilment_shippingmethod_weight": (InvalidMethod, "max_weight_grams", "It must not be below the least weight."),
    "fulfilment_shippingmethod_zone_id_tenant_fk": (InvalidMethod, "zone", "There is no such shipping zone."),
    "fulfilment_shippingmethod_tax_class_id_tenant_fk": (InvalidMethod, "tax_class", "There is no such tax class."),
    "fulfilment_pickuppoint_name": (ShippingNameTaken, "name", "Another pick-up point of this method has this name."),
    "fulfilment_pickuppoint_method_id_tenant_fk": (InvalidMethod, "method", "There is no such shipping method."),
}
"""Every CHECK, UNIQUE and reference that a user's input can violate: the error, the field, the sentence."""


@contextmanager
def named_violations() -> Iterator[None]:
    """Turn the database's refusal into a named domain error; goes around the service's transaction."""
    try:
        yield
    except IntegrityError as error:
        fact = _FACTS.get(violated_constraint(error))
        if fact is None:
            raise
        kind, field, message = fact
        raise kind(message, errors=(FieldError(field, kind.code, message),)) from error
