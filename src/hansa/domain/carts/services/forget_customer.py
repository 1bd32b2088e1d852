"""Forget what a customer has put into carts."""

from uuid import UUID

from hansa.domain.carts.models import Cart, Wish
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def forget_customer(*, customer_id: UUID, email: str) -> None:
    """Delete the customer's open and old carts and wishes; of carts that were ordered keep no address."""
    mine = Cart.objects.filter(customer_id=customer_id) | Cart.objects.filter(customer_id=None, email__iexact=email)
    mine.exclude(status=Cart.Status.ORDERED).delete()
    mine.update(email="", shipping_address=None, billing_address=None, gift_card_codes=[])
    Wish.objects.filter(customer_id=customer_id).delete()
