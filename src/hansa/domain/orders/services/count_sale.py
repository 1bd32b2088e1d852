"""Let an order count for what is popular, as long as it is paid."""

from collections import Counter
from uuid import UUID

from hansa.domain.catalog.services.count_purchases import count_purchases
from hansa.domain.orders.models import Order, Status
from hansa.domain.orders.services.lock import lock_order
from hansa.kernel.transactions import transaction

_COUNTS = frozenset(
    {
        Status.PAID,
        Status.PARTIALLY_FULFILLED,
        Status.FULFILLED,
        Status.COMPLETED,
        Status.PARTIALLY_REFUNDED,
    }
)
"""An order that was cancelled or refunded as a whole has shown nobody's liking."""


def count_sale(*, order_id: UUID) -> None:
    """Make what was bought say what the order is now: counted once, and taken back once when it comes to nothing.

    However often it is called. Raises OrderNotFound. Locks the order, then the products.
    """
    with transaction():
        order = lock_order(order_id)
        counts = order.status in _COUNTS
        if counts == order.is_counted:
            return
        Order.objects.filter(pk=order_id).update(is_counted=counts)
        pieces: Counter[UUID] = Counter()
        for product_id, quantity in order.lines.values_list("product_id", "quantity"):
            pieces[product_id] += quantity if counts else -quantity
        count_purchases(pieces=pieces)
