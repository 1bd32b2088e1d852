"""What can be wrong with webhooks."""

from hansa.kernel.errors import Conflict, Invalid, NotFound


class InvalidEndpoint(Invalid):
    """What the merchant wants of an endpoint makes no sense."""

    code = "invalid_webhook"


class EndpointNotFound(NotFound):
    """There is no such endpoint in this shop."""

    code = "webhook_not_found"


class DeliveryNotFound(NotFound):
    """There is no such delivery in this shop."""

    code = "delivery_not_found"


class EndpointDisabled(Conflict):
    """Nothing is sent to an endpoint that is disabled."""

    code = "webhook_disabled"


class TooManyEndpoints(Conflict):
    """A shop has only so many endpoints."""

    code = "too_many_webhooks"
