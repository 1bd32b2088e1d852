"""The checkout: one page, and the page where a test payment is approved."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_safe

from hansa.domain.accounts.selectors import list_addresses
from hansa.domain.carts.errors import CartChanged, CartClosed, CartNotFound, InvalidCart
from hansa.domain.carts.pricing import PricedCart
from hansa.domain.carts.services.accept_prices import accept_prices
from hansa.domain.carts.services.change import change_cart
from hansa.domain.carts.types import CartState
from hansa.domain.checkout.errors import (
    CartIncomplete,
    CheckoutInProgress,
    IdempotencyKeyReused,
    PaymentDeclined,
)
from hansa.domain.checkout.services.claim import fingerprint_of
from hansa.domain.checkout.services.complete import complete_checkout
from hansa.domain.checkout.services.settle import settle_payment
from hansa.domain.checkout.types import CheckoutRequest, PaymentWish
from hansa.domain.inventory.errors import InsufficientStock
from hansa.domain.orders.selectors import get_order_document
from hansa.domain.payments.errors import NotDecidable, PaymentNotFound
from hansa.domain.payments.providers import DecidesHere, get_provider
from hansa.domain.payments.selectors import get_payment
from hansa.domain.payments.services.confirm_payment import confirm_payment
from hansa.domain.payments.types import PaymentView
from hansa.domain.pricing.errors import PromotionUsedUp
from hansa.interfaces.shop.buying.cart import is_prevented
from hansa.interfaces.shop.buying.cart_views import find_cart
from hansa.interfaces.shop.buying.checkout import build_checkout_page
from hansa.interfaces.shop.buying.cookies import find_last_order_id, forget_cart, keep_cart, keep_order
from hansa.interfaces.shop.buying.form import CheckoutForm, changes_of, form_of_cart, form_of_post
from hansa.interfaces.shop.buying.money import price_of
from hansa.interfaces.shop.buying.ways_to_pay import policy_with_stripe, ways_to_pay, wish_of
from hansa.interfaces.shop.notices import leave_notices
from hansa.interfaces.shop.page import render_page
from hansa.interfaces.shop.shopper import find_shopper
from hansa.kernel import clock
from hansa.kernel.errors import DomainError, FieldError, LimitReached, Unavailable
from hansa.kernel.money import Money
from hansa.kernel.tokens import is_token
from hansa.kernel.transactions import transaction

_TOTAL_CHANGED = "The total has changed: it is {} now. Look at it once more, then pay."
_STALE = "Something was changed since this attempt began. Nothing was charged: look at it once more, then pay."
_KEPT = "Nothing was charged, and everything that you typed is still here."
_NO_WAY = FieldError("payment", "required", "Choose how to pay.")
_NO_CARD = FieldError("payment", "required", "The card was not read: to pay by card, JavaScript must be allowed here.")
_NO_SHIPPING = FieldError("shipping_method", "unavailable", "We cannot send this there. Try another address.")
_WAITING = frozenset({"created", "pending"})


@never_cache
@non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def check_out(request: HttpRequest) -> HttpResponse:
    """Show the checkout; with `action=pay` order and pay, with any other work out the shipping anew."""
    if any(way.is_stripe for way in ways_to_pay()):
        return csp_override(policy_with_stripe())(_check_out)(request)
    return _check_out(request)


def _check_out(request: HttpRequest) -> HttpResponse:
    cart = find_cart(request)
    if cart is None or not cart.lines:
        return redirect("shop:cart")
    if cart.state.status == "ordered" and cart.state.order_id:
        # Paid or being paid by another click, or in another window: the order says which.
        return _to_order(request, cart.state.order_id)
    if any(is_prevented(line) for line in cart.lines) and request.method != "POST":
        return redirect("shop:cart")
    if request.method != "POST":
        return _page(request, cart, form_of_cart(_with_what_is_known(request, cart.state)))
    form = form_of_post(request.POST)
    try:
        return _pay(request, cart, form) if request.POST.get("action") == "pay" else _work_out(request, cart, form)
    except (CartNotFound, CartClosed, CheckoutInProgress):
        return redirect("shop:cart")


def _with_what_is_known(request: HttpRequest, state: CartState) -> CartState:
    """Fill in who is logged in and where they live, as far as the cart does not say; nothing is written."""
    person = find_shopper(request)
    if person is None or (state.email and state.shipping_address):
        return state
    book = list_addresses(person.customer_id)
    address = state.shipping_address or (book[0].parts if book else None)
    return replace(state, email=state.email or person.email, shipping_address=address)


def _work_out(request: HttpRequest, cart: PricedCart, form: CheckoutForm) -> HttpResponse:
    """Keep what is right of the form, and show what follows from it; nothing is complained about yet."""
    return _page(request, _save(cart, form)[0], form)


def _save(cart: PricedCart, form: CheckoutForm) -> tuple[PricedCart, list[FieldError]]:
    """Write what is right into the cart; return the cart, and what is wrong."""
    asker = cart.state.customer_id  # `find_cart` has seen that it is theirs
    changes, errors = changes_of(form, needs_shipping=cart.needs_shipping)
    try:
        return change_cart(cart_id=cart.state.id, changes=changes, now=clock.now(), asker=asker), errors
    except InvalidCart as error:
        # The place does not belong to the way, or the way not to the address: the rest is kept.
        changes = replace(changes, pickup_point_id=None)
        return change_cart(cart_id=cart.state.id, changes=changes, now=clock.now(), asker=asker), [
            *errors,
            *error.errors,
        ]


def _pay(request: HttpRequest, cart: PricedCart, form: CheckoutForm) -> HttpResponse:
    with transaction():
        page = build_checkout_page(cart.state, form, now=clock.now())
    if page.priced.shipping is not None:
        form = replace(form, shipping_method_id=page.priced.shipping.id)
    cart, errors = _save(cart, form)
    if cart.needs_shipping and not page.options:
        errors.append(_NO_SHIPPING)
    wish = wish_of(form.payment, form.payment_method, return_url=_return_url(request), is_free=page.due == 0)
    if wish is None:
        errors.append(_NO_CARD if form.payment == "stripe" else _NO_WAY)
    if errors or wish is None:
        return _page(request, cart, form.with_errors(errors), status=422)
    if form.seen_due != str(page.due):
        return _page(
            request,
            cart,
            form,
            status=409,
            notices=[_TOTAL_CHANGED.format(Money(page.due, cart.state.currency).display())],
        )
    return _order(request, cart, form, wish)


def _order(request: HttpRequest, cart: PricedCart, form: CheckoutForm, wish: PaymentWish) -> HttpResponse:
    """Complete the checkout, and lead the visitor to where it went."""
    state, version = cart.state, cart.state.version
    if any(line.issues for line in cart.lines):
        # They have seen the total with today's prices, so these are the prices that count.
        accept_prices(cart_id=state.id, now=clock.now())
        version += 1
    attempt = CheckoutRequest(
        cart_id=state.id,
        payment=wish,
        idempotency_key=form.key,
        fingerprint=fingerprint_of(state.id, {"form": dict(form.values), "payment": wish.details}),
        cart_version=version,
        expected_total=cart.basket.total,
        asker=state.customer_id,
        address=request.META.get("REMOTE_ADDR") or "",
    )
    try:
        answer = complete_checkout(attempt, now=clock.now())
    except PaymentDeclined as declined:
        return _page(request, _again(request, cart), form, status=402, notices=[declined.message, _KEPT])
    except IdempotencyKeyReused:
        return _page(request, cart, form, status=409, notices=[_STALE])
    except CartIncomplete as incomplete:
        return _page(request, cart, form.with_errors(incomplete.errors), status=422)
    except (InsufficientStock, CartChanged, PromotionUsedUp) as changed:
        response = redirect("shop:cart")
        leave_notices(request, response, _explain(changed, cart))
        return response
    except (CartNotFound, CartClosed, CheckoutInProgress):
        raise
    except DomainError as error:
        status = 503 if isinstance(error, Unavailable) else 429 if isinstance(error, LimitReached) else 422
        return _page(request, cart, form, status=status, notices=[error.message])
    return _onwards(request, answer.order_id)


def _again(request: HttpRequest, cart: PricedCart) -> PricedCart:
    """Return the cart as it is after a failed attempt."""
    return find_cart(request) or cart


def _explain(error: DomainError, cart: PricedCart) -> Sequence[str]:
    """Say what became of which line, by its name."""
    names = {str(key): line.line.name for line in cart.lines for key in (line.line.id, line.line.variant_id)}
    told = [
        f"{names[identifier]}: {one.message}"
        for one in error.errors
        if (identifier := one.field.rpartition(".")[2]) in names
    ]
    return [error.message, *told]


def _onwards(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Lead to the bank when it wants to see the visitor, else to the order."""
    with transaction():
        order = get_order_document(order_id)
    action = order["payment"]["next_action"] or {}
    address = str(action.get("url", ""))
    if order["status"] != "pending_payment" or not address:
        response = _to_order(request, order_id)
        if order["status"] != "pending_payment":
            forget_cart(response)
        return response
    if address.startswith("/") and not address.startswith("//"):
        response = HttpResponseRedirect(address, status=303)
    else:
        # Our policy lets forms lead only to ourselves, so a page of ours leads on.
        response = render_page(request, "buying/leave", [], address=address if address.startswith("https://") else "")
    keep_order(request, response, order_id)
    return response


def _to_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    response = HttpResponseRedirect(reverse("shop:order", args=[order_id]), status=303)
    keep_order(request, response, order_id)
    return response


def _return_url(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("shop:checkout_return"))


def _page(
    request: HttpRequest, cart: PricedCart, form: CheckoutForm, *, status: int = 200, notices: Sequence[str] = ()
) -> HttpResponse:
    with transaction():
        page = build_checkout_page(cart.state, form, now=clock.now())
    response = render_page(request, "buying/checkout", [], status=status, notices=notices, page=page)
    keep_cart(request, response, cart.state)
    return response


@never_cache
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """Take a visitor who comes back from the bank to the order."""
    order_id = find_last_order_id(request)
    return redirect("shop:order", order_id) if order_id else redirect("shop:cart")


@never_cache
@non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Be the bank of the provider that has none: let whoever has the payment's link approve or decline."""
    if not is_token(request.GET.get("token", ""), "payment", payment_id):
        message = "This link is not complete."
        raise Http404(message)
    try:
        with transaction():
            payment = get_payment(payment_id)
    except PaymentNotFound as error:
        raise Http404(error.message) from error
    if not _is_decided_here(payment):
        return redirect("shop:order", payment.reference)
    if request.method != "POST":
        amount = price_of(payment.amount, payment.currency)
        return render_page(request, "buying/confirm", [], payment=payment, amount=amount)
    is_approved = request.POST.get("decision") == "approve"
    with suppress(NotDecidable):  # decided in another window: the order says how
        confirm_payment(payment_id=payment_id, is_approved=is_approved, now=clock.now(), settle=settle_payment)
    return HttpResponseRedirect(reverse("shop:order", args=[payment.reference]), status=303)


def _is_decided_here(payment: PaymentView) -> bool:
    return payment.status in _WAITING and isinstance(get_provider(payment.provider), DecidesHere)
