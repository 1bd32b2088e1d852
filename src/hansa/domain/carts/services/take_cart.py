"""Let a customer who has logged in go on with what they put into a cart before."""

from datetime import datetime
from uuid import UUID

from hansa.domain.carts.errors import CartNotFound
from hansa.domain.carts.pricing import PricedCart
from hansa.domain.carts.selectors import find_open_cart_id, get_cart
from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.services.merge import merge_carts


def take_cart(*, customer_id: UUID, guest_cart_id: UUID | None, now: datetime) -> PricedCart | None:
    """Return the customer's open cart with what is in the guest's, which is closed; None when there is none.

    A cart that is ordered already, or another customer's, is left alone. Locks both carts.
    """
    if guest_cart_id is not None:
        try:
            cart = merge_carts(guest_cart_id=guest_cart_id, customer_id=customer_id, now=now)
        except CartNotFound:
            cart = None
        if cart is not None and cart.state.customer_id == customer_id and cart.state.status == "open":
            return cart
    own_id = find_open_cart_id(customer_id)
    return get_cart(cart_id=own_id, now=now, asker=customer_id) if own_id else None


def take_or_make_cart(
    *, customer_id: UUID, guest_cart_id: UUID | None, now: datetime, language: str = ""
) -> PricedCart:
    """Return what `take_cart` returns, or a new cart of the customer's, who is written to in `language`."""
    cart = take_cart(customer_id=customer_id, guest_cart_id=guest_cart_id, now=now)
    return cart or create_cart(now=now, customer_id=customer_id, language=language)
