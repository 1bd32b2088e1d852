"""Lock an order, so that two decisions about it follow each other."""

from collections.abc import Collection
from uuid import UUID

from hansa.domain.orders.errors import OrderNotFound
from hansa.domain.orders.models import Order
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def lock_order(order_id: UUID) -> Order:
    """Return the order, which nobody else changes until the transaction ends. Raises OrderNotFound.

    Whoever locks payments of it, too, locks those first.
    """
    (order,) = lock_orders([order_id])
    return order


@requires_transaction
def lock_orders(order_ids: Collection[UUID]) -> list[Order]:
    """Return these orders, locked in the order of their ids, until the transaction ends. Raises OrderNotFound."""
    wanted = set(order_ids)
    orders = list(Order.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    if len(orders) < len(wanted):
        (missing, *_) = sorted(wanted.difference(order.pk for order in orders))
        message = f"There is no order {missing}."
        raise OrderNotFound(message)
    return orders
