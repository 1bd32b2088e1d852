"""Take a product off a customer's wishlist."""

from uuid import UUID

from hansa.domain.carts.models import Wish
from hansa.kernel.transactions import transaction


def unwish(*, customer_id: UUID, product_id: UUID) -> None:
    """Forget the wish, if there is one."""
    with transaction():
        Wish.objects.filter(customer_id=customer_id, product_id=product_id).delete()
