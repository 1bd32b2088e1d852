"""A shop where one can fetch what one bought: for tests of pick-up points."""

from uuid import UUID

from hansa.domain.fulfilment.models import PickupPoint, ShippingMethod, ShippingZone
from hansa.domain.fulfilment.services.save_method import save_method
from hansa.domain.fulfilment.services.save_pickup_point import save_pickup_point
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction


def open_counter(tenant: TenantContext, *names: str, method: str = "Pick up") -> tuple[UUID, list[UUID]]:
    """Let the tenant, whose shop is open, hand goods over at these points; returns the method and the points."""
    with tenant_scope(tenant):
        with transaction():
            zone = ShippingZone.objects.get()
        fetch = save_method(method=ShippingMethod(zone=zone, name=method, kind="pickup", position=1))
        points = [
            PickupPoint(method=fetch, name=name, address=f"{name} Street 1", opening_hours="Mo–Fr", position=place)
            for place, name in enumerate(names)
        ]
        return fetch.pk, [save_pickup_point(point=point).pk for point in points]
