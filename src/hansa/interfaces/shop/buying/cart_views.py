"""Pages and forms of the cart."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hansa.domain.carts.errors import CartClosed, CartNotFound
from hansa.domain.carts.pricing import PricedCart
from hansa.domain.carts.selectors import get_cart
from hansa.domain.carts.services.change import change_cart, remove_line, set_quantity
from hansa.domain.carts.types import CartChanges, WantedLine
from hansa.domain.catalog.selectors import get_category_tree
from hansa.domain.orders.selectors import get_order_document
from hansa.domain.payments.selectors import find_gift_card
from hansa.domain.pricing.types import Refusal
from hansa.interfaces.guards.limits import count_codes
from hansa.interfaces.languages import language_of
from hansa.interfaces.shop.buying.add import add_to_cart
from hansa.interfaces.shop.buying.cart import build_cart_page
from hansa.interfaces.shop.buying.cookies import find_cart_id, forget_cart, keep_cart, keep_order
from hansa.interfaces.shop.notices import leave_notices
from hansa.interfaces.shop.page import render_page
from hansa.interfaces.shop.shopper import find_shopper, find_shopper_id
from hansa.kernel import clock
from hansa.kernel.errors import DomainError
from hansa.kernel.limits import RateLimited
from hansa.kernel.transactions import transaction

PART = "x-part"
"""Set by buying.js, which wants a piece of a page instead of a way to another page."""
_UNKNOWN_CARD = "We do not know this gift card, or nothing is left on it. Check the code."

type View = Callable[..., HttpResponse]


@never_cache
@require_safe
def show_cart(request: HttpRequest) -> HttpResponse:
    """Show what is in the cart."""
    cart = find_cart(request)
    if cart is None:
        response = _cart_page(request, None)
        forget_cart(response)
        return response
    if cart.state.status == "ordered" and cart.state.order_id:
        return _being_paid(request, cart.state.order_id)
    return _cart_page(request, cart)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a variant into the cart."""
    back = _way_back(request)
    try:
        wanted = WantedLine(UUID(request.POST.get("variant", "")), _quantity(request.POST.get("quantity", "1")))
        added = add_to_cart(
            cart_id=find_cart_id(request),
            wanted=wanted,
            buyer=find_shopper(request),
            language=language_of(request.headers),
            now=clock.now(),
        )
    except (DomainError, ValueError) as error:
        message = error.message if isinstance(error, DomainError) else "Choose a variant and a quantity first."
        if PART in request.headers:
            return render(request, "shop/buying/_added.html", {"complaint": message}, status=409)
        response: HttpResponse = HttpResponseRedirect(back)
        leave_notices(request, response, [message])
        return response
    if PART in request.headers:
        count = sum(line.quantity for line in added.cart.state.lines)
        response = render(request, "shop/buying/_added.html", {"added": added, "count": count})
    else:
        response = redirect("shop:cart")
        leave_notices(request, response, [f"{added.line.line.name} is in your cart."], is_good=True)
    keep_cart(request, response, added.cart.state)
    return response


def _of_the_open_cart(view: View) -> View:
    """Give the view the id of the visitor's cart, and who is logged in; what it refuses is said on the cart's page."""

    @wraps(view)
    def wrapped(request: HttpRequest, **given: UUID) -> HttpResponse:
        cart_id = find_cart_id(request)
        if cart_id is None:
            return redirect("shop:cart")
        try:
            return view(request, cart_id, find_shopper_id(request), **given)
        except (CartNotFound, CartClosed):
            return redirect("shop:cart")
        except RateLimited:
            raise  # answered by interfaces/overload.py
        except (DomainError, ValueError) as error:
            response = redirect("shop:cart")
            message = error.message if isinstance(error, DomainError) else "That is no quantity: type a whole number."
            leave_notices(request, response, [message])
            return response

    return wrapped


@require_POST
@_of_the_open_cart
def change_line(request: HttpRequest, cart_id: UUID, asker: UUID | None, line_id: UUID) -> HttpResponse:
    """Make it more or less of a line, or take it out."""
    quantity = 0 if "remove" in request.POST else _quantity(request.POST.get("quantity", ""))
    if quantity:
        cart = set_quantity(cart_id=cart_id, line_id=line_id, quantity=quantity, now=clock.now(), asker=asker)
    else:
        cart = remove_line(cart_id=cart_id, line_id=line_id, now=clock.now(), asker=asker)
    return _changed(request, cart)


@require_POST
@_of_the_open_cart
def change_promotions(request: HttpRequest, cart_id: UUID, asker: UUID | None) -> HttpResponse:
    """Take a promotion's code, or let it go. One that does not exist is not kept."""
    code, codes, now = request.POST.get("code", "").strip(), _codes(cart_id, asker, "promotion_codes"), clock.now()
    if "remove" in request.POST:
        codes = tuple(one for one in codes if one != code)
    elif code:
        count_codes(request.META.get("REMOTE_ADDR") or "", [code])
        codes = (*(one for one in codes if one.upper() != code.upper()), code)
    cart = change_cart(cart_id=cart_id, changes=CartChanges(promotion_codes=codes), now=now, asker=asker)
    unknown = [one for one in cart.basket.rejected_codes if one.reason is Refusal.UNKNOWN]
    if not unknown:
        return _changed(request, cart)
    kept = tuple(one for one in codes if one not in {rejected.code for rejected in unknown})
    cart = change_cart(cart_id=cart_id, changes=CartChanges(promotion_codes=kept), now=now, asker=asker)
    return _cart_page(request, cart, status=422, promotion_complaint=unknown[0].message, typed_promotion=code)


@require_POST
@_of_the_open_cart
def change_gift_cards(request: HttpRequest, cart_id: UUID, asker: UUID | None) -> HttpResponse:
    """Take a gift card, or let it go. One that pays nothing is not kept."""
    code, codes, now = request.POST.get("code", "").strip(), _codes(cart_id, asker, "gift_card_codes"), clock.now()
    if "remove" in request.POST:
        codes = tuple(one for one in codes if one != code)
    elif code:
        count_codes(request.META.get("REMOTE_ADDR") or "", [code])
        cart = get_cart(cart_id=cart_id, now=now, asker=asker)
        card = find_gift_card(code=code, now=now)
        if card is None or card.currency != cart.state.currency:
            return _cart_page(request, cart, status=422, gift_card_complaint=_UNKNOWN_CARD, typed_gift_card=code)
        codes = (*codes, code)
    changes = CartChanges(gift_card_codes=codes)
    return _changed(request, change_cart(cart_id=cart_id, changes=changes, now=now, asker=asker))


def find_cart(request: HttpRequest) -> PricedCart | None:
    """Return the visitor's cart unless there is none, it was given up, or its customer is not logged in."""
    cart_id = find_cart_id(request)
    if cart_id is None:
        return None
    try:
        cart = get_cart(cart_id=cart_id, now=clock.now(), asker=find_shopper_id(request))
    except CartNotFound:
        return None
    return cart if cart.state.status in {"open", "ordered"} else None


def _changed(request: HttpRequest, cart: PricedCart) -> HttpResponse:
    response = redirect("shop:cart")
    keep_cart(request, response, cart.state)
    return response


def _cart_page(request: HttpRequest, cart: PricedCart | None, *, status: int = 200, **content: str) -> HttpResponse:
    with transaction():
        tree = get_category_tree()
        page = build_cart_page(cart, now=clock.now()) if cart and cart.lines else None
    count = page.count if page else 0
    response = render_page(request, "buying/cart", tree, status=status, cart=page, cart_count=count, **content)
    if cart:
        keep_cart(request, response, cart.state)
    return response


def _being_paid(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Say that the cart is an order by now; when that is settled, begin a new cart."""
    with transaction():
        tree, order = get_category_tree(), get_order_document(order_id)
    is_pending = order["status"] == "pending_payment"
    response = render_page(request, "buying/cart", tree, order=order if is_pending else None, cart_count=0)
    if is_pending:
        keep_order(request, response, order_id)
    else:
        forget_cart(response)
    return response


def _codes(cart_id: UUID, asker: UUID | None, kind: str) -> tuple[str, ...]:
    codes: tuple[str, ...] = getattr(get_cart(cart_id=cart_id, now=clock.now(), asker=asker).state, kind)
    return codes


def _quantity(text: str) -> int:
    """Read a number of pieces. Raises ValueError."""
    quantity = int(text.strip()[:10])
    if quantity < 0:
        message = "less than nothing"
        raise ValueError(message)
    return quantity


def _way_back(request: HttpRequest) -> str:
    """Return the page that the form stood on, when it is one of ours."""
    back = request.POST.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else reverse("shop:cart")
