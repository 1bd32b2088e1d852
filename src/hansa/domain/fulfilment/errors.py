"""What can go wrong with shipping."""

from hansa.kernel.errors import Conflict, Invalid, NotFound


class InvalidZone(Invalid):
    """The shipping zone cannot be as it was described."""

    code = "invalid_shipping_zone"


class InvalidMethod(Invalid):
    """The shipping method, or a pick-up point of it, cannot be as it was described."""

    code = "invalid_shipping_method"


class ZoneNotFound(NotFound):
    """No such shipping zone."""

    code = "shipping_zone_not_found"


class MethodNotFound(NotFound):
    """No such shipping method."""

    code = "shipping_method_not_found"


class ShippingNameTaken(Conflict):
    """Another zone, method or pick-up point has this name."""

    code = "shipping_name_taken"
