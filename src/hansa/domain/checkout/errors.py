"""What can keep a checkout from succeeding."""

from hansa.kernel.errors import Conflict, Declined, Invalid, Malformed


class IdempotencyKeyRequired(Malformed):
    """The request names no attempt, so it could not be repeated safely."""

    code = "idempotency_key_required"


class IdempotencyKeyReused(Invalid):
    """The key was used for another request."""

    code = "idempotency_key_reused"


class CheckoutInProgress(Conflict):
    """The same attempt, or another for the same cart, is still under way."""

    code = "checkout_in_progress"


class CartIncomplete(Invalid):
    """Something is missing that an order needs."""

    code = "cart_incomplete"


class PaymentDeclined(Declined):
    """The payment was declined; nothing was taken and the cart can be used again."""

    code = "payment_declined"
