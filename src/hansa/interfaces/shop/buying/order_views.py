"""Pages of an order, for whoever holds its token."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hansa.domain.carts.errors import CartNotFound
from hansa.domain.carts.selectors import get_cart
from hansa.domain.catalog.selectors import get_category_tree
from hansa.domain.orders.errors import OrderNotFound
from hansa.domain.orders.selectors import get_order_document, get_own_order_json
from hansa.interfaces.shop.buying.cookies import find_cart_id, forget_cart, keep_cart, keep_order, may_see_order
from hansa.interfaces.shop.buying.order import build_order_page
from hansa.interfaces.shop.notices import leave_notices
from hansa.interfaces.shop.page import render_page
from hansa.interfaces.shop.shopper import find_shopper, find_shopper_id
from hansa.kernel import clock
from hansa.kernel.tokens import is_token

_CART_GONE = "The cart of that order cannot be used any more. Please fill a new one."


@never_cache
@require_safe
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show the order. A token in the address becomes a cookie, so that no link of the page gives it away."""
    token = request.GET.get("token")
    if token is not None:
        response: HttpResponse = HttpResponseRedirect(request.path)
        if is_token(token, "order", order_id):
            keep_order(request, response, order_id)
        return response
    try:
        document = _find_document(request, order_id)
    except OrderNotFound:
        document = None
    if document is None:
        return render_page(request, "buying/closed_order", get_category_tree(), status=404)
    is_over = document["status"] not in {"pending_payment", "payment_failed", "cancelled"}
    is_its_cart = str(find_cart_id(request)) == document["cart_id"]
    content: dict[str, Any] = {"cart_count": 0} if is_its_cart and document["status"] != "payment_failed" else {}
    content |= {"order": build_order_page(document), "is_logged_in": find_shopper(request) is not None}
    response = render_page(request, "buying/order", get_category_tree(), **content)
    if is_over and is_its_cart:
        forget_cart(response)
    return response


def _find_document(request: HttpRequest, order_id: UUID) -> dict[str, Any] | None:
    """Return the order for whoever holds its token, or is logged in and has placed it. Raises OrderNotFound."""
    if may_see_order(request, order_id):
        return get_order_document(order_id)
    person = find_shopper(request)
    if person is None:
        return None
    return dict(json.loads(get_own_order_json(order_id, customer_id=person.customer_id, email=person.email)))


@require_POST
def try_again(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Go back to the checkout with the cart of an order that was not paid."""
    try:
        document = _find_document(request, order_id)
    except OrderNotFound:
        document = None
    if document is None:
        return redirect("shop:order", order_id)
    try:
        asker = find_shopper_id(request)
        cart = get_cart(cart_id=UUID(document["cart_id"]), now=clock.now(), asker=asker)
    except CartNotFound:
        cart = None
    if cart is None or cart.state.status != "open":
        response = redirect("shop:cart")
        leave_notices(request, response, [_CART_GONE])
        return response
    response = redirect("shop:checkout")
    keep_cart(request, response, cart.state)
    return response
