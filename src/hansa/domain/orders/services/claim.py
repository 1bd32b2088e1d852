"""Give a customer the orders that they placed as a guest."""

from uuid import UUID

from hansa.domain.orders.models import Order
from hansa.kernel.transactions import transaction


def claim_orders(*, customer_id: UUID, email: str) -> int:
    """Note the customer on the orders with their address that are nobody's yet; return how many there were.

    The caller has seen that the address is proved.
    """
    with transaction():
        guests = Order.objects.filter(customer_id=None, email_key=email.lower())
        ids = list(guests.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        return Order.objects.filter(pk__in=ids).update(customer_id=customer_id)
