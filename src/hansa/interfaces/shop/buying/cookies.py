"""The cookies that open a visitor's cart and orders. Their values are HMAC tokens: nobody can make one."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from hansa.domain.carts.types import CartState
from hansa.kernel.tokens import is_token, make_token

CART = f"{settings.COOKIE_PREFIX}cart"
COUNT = f"{settings.COOKIE_PREFIX}cart_count"
"""How many pieces are in the cart, so that a page can say it without asking for the cart."""
_SCOPED = "__Secure-" if settings.COOKIE_PREFIX else ""
ORDER = f"{_SCOPED}order"
LAST_ORDER = f"{_SCOPED}last_order"
"""These two are sent to one path only, which `__Host-` does not allow."""

CART_SECONDS = 60 * 24 * 3600
ORDER_SECONDS = 90 * 24 * 3600


def is_secure(request: HttpRequest) -> bool:
    """Tell whether cookies must be sent over HTTPS only."""
    return settings.SESSION_COOKIE_SECURE or request.is_secure()


def find_cart_id(request: HttpRequest) -> UUID | None:
    """Return the id of the visitor's cart, or None."""
    return _opened(request.COOKIES.get(CART, ""), "cart")


def keep_cart(request: HttpRequest, response: HttpResponse, cart: CartState) -> None:
    """Let the visitor come back to this cart."""
    count = sum(line.quantity for line in cart.lines)
    for name, value in ((CART, f"{cart.id}.{make_token('cart', cart.id)}"), (COUNT, str(count))):
        response.set_cookie(name, value, max_age=CART_SECONDS, secure=is_secure(request), httponly=True, samesite="Lax")


def forget_cart(response: HttpResponse) -> None:
    """Begin with an empty cart."""
    for name in (CART, COUNT):
        response.delete_cookie(name, samesite="Lax")


def read_count(request: HttpRequest) -> int:
    """Return how many pieces the cart held when it was last changed here."""
    count = request.COOKIES.get(COUNT, "")
    return int(count) if count.isascii() and count.isdigit() and len(count) < 8 else 0  # noqa: PLR2004


def keep_order(request: HttpRequest, response: HttpResponse, order_id: UUID) -> None:
    """Let the visitor see this order, also after coming back from the bank."""
    token = make_token("order", order_id)
    for name, value, path in ((ORDER, token, f"/orders/{order_id}"), (LAST_ORDER, f"{order_id}.{token}", "/checkout")):
        response.set_cookie(
            name, value, max_age=ORDER_SECONDS, path=path, secure=is_secure(request), httponly=True, samesite="Lax"
        )


def may_see_order(request: HttpRequest, order_id: UUID) -> bool:
    """Tell whether the visitor holds the order's token."""
    return is_token(request.COOKIES.get(ORDER, ""), "order", order_id)


def find_last_order_id(request: HttpRequest) -> UUID | None:
    """Return the order that the visitor placed last, or None."""
    return _opened(request.COOKIES.get(LAST_ORDER, ""), "order")


def _opened(cookie: str, kind: str) -> UUID | None:
    identifier, _, token = cookie.partition(".")
    try:
        found = UUID(identifier)
    except ValueError:
        return None
    return found if is_token(token, kind, found) else None
