"""Let orders count for what is popular, as long as they are paid."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

from hansa.domain.catalog.services.count_purchases import count_purchases
from hansa.domain.catalog.services.locks import lock_products_that_exist
from hansa.domain.orders.models import Order, OrderLine, Status
from hansa.domain.orders.services.lock import lock_orders
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


def count_sales(*, order_ids: Collection[UUID]) -> None:
    """Make what was bought say what these orders are now: counted once, and taken back once when they come to nothing.

    However often it is called. Raises OrderNotFound. Locks the products, for which an import may make it wait, then the
    orders, for which buyers would; each by their ids.
    """
    with transaction():
        lines = OrderLine.objects.filter(order__in=order_ids)
        bought = list(lines.values_list("order_id", "product_id", "quantity"))
        lock_products_that_exist({product_id for _, product_id, _ in bought})
        orders = lock_orders(order_ids)
        to_count = {one.pk for one in orders if one.status in _COUNTS and not one.is_counted}
        to_take_back = {one.pk for one in orders if one.status not in _COUNTS and one.is_counted}
        Order.objects.filter(pk__in=to_count).update(is_counted=True)
        Order.objects.filter(pk__in=to_take_back).update(is_counted=False)
        pieces: Counter[UUID] = Counter()
        for order_id, product_id, quantity in bought:
            if order_id in to_count | to_take_back:
                pieces[product_id] += quantity if order_id in to_count else -quantity
        count_purchases(pieces=pieces)
