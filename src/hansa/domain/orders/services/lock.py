"""Lock an order, so that two decisions about it follow each other."""

from uuid import UUID

from hansa.domain.orders.errors import OrderNotFound
from hansa.domain.orders.models import Order
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def lock_order(order_id: UUID) -> Order:
    """Return the order, which nobody else changes until the transaction ends. Raises OrderNotFound.

    Whoever locks payments of it, too, locks those first.
    """
    order = Order.objects.select_for_update(no_key=True).filter(pk=order_id).first()
    if order is None:
        message = f"There is no order {order_id}."
        raise OrderNotFound(message)
    return order
