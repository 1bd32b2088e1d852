"""Reads of fulfilment; the checkout asks with `queries.py`, together with other questions."""

from django.db.models import QuerySet

from hansa.domain.fulfilment.models import ShippingMethod
from hansa.domain.fulfilment.queries import methods_sql, read_methods
from hansa.domain.fulfilment.types import Method
from hansa.kernel.postgresql.batches import ask_together


def get_methods(*, country: str, postal_code: str = "") -> tuple[Method, ...]:
    """Return the shipping methods of the zone that an address is in; none where the shop does not ship to."""
    return read_methods(ask_together([methods_sql(country=country, postal_code=postal_code)])[0])


def list_shipping_methods() -> QuerySet[ShippingMethod]:
    """Return the current tenant's methods that are not archived, with their zones."""
    return ShippingMethod.objects.filter(archived_at=None).select_related("zone").order_by("zone", "position", "id")
