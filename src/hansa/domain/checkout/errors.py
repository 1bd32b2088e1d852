"""What can keep a checkout from succeeding."""

from hansa.kernel.errors import Conflict, Declined, Invalid, LimitReached, Malformed


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


class TooManyOpenOrders(LimitReached):
    """The buyer, or somebody at the same address, has too many orders that wait for payment."""

    code = "too_many_open_orders"


class OrderNotCancellable(Conflict):
    """The order has gone too far to be cancelled, or is over already."""

    code = "order_not_cancellable"


class OrderNotRefundable(Conflict):
    """Nothing of this order can go back, or not that much."""

    code = "order_not_refundable"


class InvalidRefundLines(Invalid):
    """More of a line than there is left of it, or a line of another order."""

    code = "invalid_refund_lines"
