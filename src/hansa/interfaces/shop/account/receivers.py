"""What the shop does when somebody logs in."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from hansa.domain.accounts.models import User
from hansa.domain.accounts.selectors import find_customer_of
from hansa.domain.carts.services.take_cart import take_cart
from hansa.interfaces.shop.buying.cookies import find_cart_id, keep_cart
from hansa.kernel import clock


@receiver(user_logged_in, dispatch_uid="hansa.shop.take_cart")
def take_the_guests_cart_along(request: HttpRequest, response: HttpResponse, user: User, **_: Any) -> None:  # noqa: ANN401  (signals)
    """Let the customer go on with the cart of this browser, and with what they put into their own before."""
    customer = find_customer_of(user.pk)
    if customer is None:
        return
    cart = take_cart(customer_id=customer.pk, guest_cart_id=find_cart_id(request), now=clock.now())
    if cart is not None:
        keep_cart(request, response, cart.state)
