"""Save a pick-up point."""

from hansa.domain.catalog.services.violations import check_fields
from hansa.domain.fulfilment.errors import InvalidMethod
from hansa.domain.fulfilment.models import PickupPoint
from hansa.domain.fulfilment.services.violations import named_violations
from hansa.kernel.errors import FieldError
from hansa.kernel.transactions import transaction


def save_pickup_point(*, point: PickupPoint) -> PickupPoint:
    """Save a pick-up point whose fields somebody has set; its position in millionths of a degree, or unknown.

    Raises InvalidMethod, ShippingNameTaken.
    """
    point.name, point.address = point.name.strip(), point.address.strip()
    check_fields(point, InvalidMethod)
    if (point.latitude_microdegrees is None) != (point.longitude_microdegrees is None):
        message = "Give both latitude and longitude, or neither."
        raise InvalidMethod(message, errors=(FieldError("longitude_microdegrees", InvalidMethod.code, message),))
    with named_violations(), transaction():
        point.save()
    return point
