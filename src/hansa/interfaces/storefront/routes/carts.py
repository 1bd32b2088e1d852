"""Carts: everything a visitor does before paying."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from hansa.domain.carts.pricing import PricedCart
from hansa.domain.carts.selectors import get_cart
from hansa.domain.carts.services.change import add_line, change_cart, remove_line, set_quantity
from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.types import WantedLine
from hansa.interfaces.guards.limits import count_codes
from hansa.interfaces.languages import language_of
from hansa.interfaces.storefront.answers import json_answer
from hansa.interfaces.storefront.people import find_holder, find_signed_in
from hansa.interfaces.storefront.routing import StorefrontRoute
from hansa.interfaces.storefront.schemas.carts import (
    CartChangesIn,
    CartIn,
    CartOut,
    LineIn,
    QuantityIn,
    ShippingMethodsOut,
    cart_document,
)
from hansa.interfaces.storefront.schemas.catalog import ProblemOut
from hansa.interfaces.storefront.tokens import require_token
from hansa.kernel import clock

PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"model": ProblemOut, "description": "The cart's token is missing"},
    404: {"model": ProblemOut, "description": "No such thing, another shop's, or a wrong token"},
    409: {"model": ProblemOut, "description": "The cart is closed"},
    422: {"model": ProblemOut, "description": "The request makes no sense as it is"},
}

router = APIRouter(route_class=StorefrontRoute, tags=["carts"])


def client_of(request: Request) -> str:
    """Return the client's network address, as the gate knows it."""
    return request.client.host if request.client else ""


def _opened(cart_id: UUID, request: Request) -> UUID:
    """Return the cart's id when the request holds its token."""
    require_token(request, "cart", cart_id)
    return cart_id


CartId = Annotated[UUID, Depends(_opened)]


@router.post("/carts", status_code=201, response_model=CartOut, responses=PROBLEMS)
def post_cart(request: Request, body: CartIn | None = None) -> Response:
    """Make a cart; a client that knows everything fills it in this one call. Logged in, it is the customer's.

    The buyer is written to in the language that `Accept-Language` asks for, where the shop writes in it.
    """
    body = body or CartIn()
    count_codes(client_of(request), body.codes())
    person = find_signed_in(request)
    cart = create_cart(
        currency=body.currency,
        lines=body.to_lines(),
        changes=body.to_changes(),
        customer_id=person.customer_id if person else None,
        language=language_of(request.headers) or (person.language if person else ""),
        now=clock.now(),
    )
    return _answer(cart, 201)


@router.get("/carts/{cart_id}", response_model=CartOut, responses=PROBLEMS)
def read_cart(cart_id: CartId, request: Request) -> Response:
    """Return the cart, priced at this moment, with what is wrong with its lines.

    A customer's opens with their session as well, and for nobody else.
    """
    return _answer(get_cart(cart_id=cart_id, now=clock.now(), asker=find_holder(request)))


@router.patch("/carts/{cart_id}", response_model=CartOut, responses=PROBLEMS)
def patch_cart(cart_id: CartId, body: CartChangesIn, request: Request) -> Response:
    """Fill in who buys, where it goes and how, and the codes."""
    count_codes(client_of(request), body.codes())
    return _answer(change_cart(cart_id=cart_id, changes=body.to_changes(), now=clock.now(), asker=find_holder(request)))


@router.post("/carts/{cart_id}/lines", status_code=201, response_model=CartOut, responses=PROBLEMS)
def post_line(cart_id: CartId, body: LineIn, request: Request) -> Response:
    """Put something into the cart; more of what is there already is added up."""
    wanted = WantedLine(variant_id=body.variant_id, quantity=body.quantity)
    return _answer(add_line(cart_id=cart_id, wanted=wanted, now=clock.now(), asker=find_holder(request)), 201)


@router.patch("/carts/{cart_id}/lines/{line_id}", response_model=CartOut, responses=PROBLEMS)
def patch_line(cart_id: CartId, line_id: UUID, body: QuantityIn, request: Request) -> Response:
    """Make it so many."""
    asker = find_holder(request)
    return _answer(set_quantity(cart_id=cart_id, line_id=line_id, quantity=body.quantity, now=clock.now(), asker=asker))


@router.delete("/carts/{cart_id}/lines/{line_id}", response_model=CartOut, responses=PROBLEMS)
def delete_line(cart_id: CartId, line_id: UUID, request: Request) -> Response:
    """Take a line out of the cart."""
    return _answer(remove_line(cart_id=cart_id, line_id=line_id, now=clock.now(), asker=find_holder(request)))


@router.get("/carts/{cart_id}/shipping-methods", response_model=ShippingMethodsOut, responses=PROBLEMS)
def list_shipping_methods(cart_id: CartId, request: Request) -> Response:
    """List the ways to send the cart to its address, and what each costs."""
    cart = get_cart(cart_id=cart_id, now=clock.now(), asker=find_holder(request))
    return json_answer({"items": cart.shipping_options(), "next_cursor": None})


def _answer(cart: PricedCart, status: int = 200) -> Response:
    return json_answer(cart_document(cart), status)
