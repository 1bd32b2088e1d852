"""The customer's own: profile, address book, orders, wishlist, cart, and everything to take along or forget."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hansa.domain.accounts.selectors import get_address, get_profile, list_addresses
from hansa.domain.accounts.services.change_profile import change_profile
from hansa.domain.accounts.services.keep_address import keep_address
from hansa.domain.accounts.services.remove_address import remove_address
from hansa.domain.carts.selectors import list_wishes
from hansa.domain.carts.services.take_cart import take_or_make_cart
from hansa.domain.carts.services.unwish import unwish
from hansa.domain.carts.services.wish import wish
from hansa.domain.orders.selectors import list_own_orders
from hansa.domain.privacy.selectors import export_person
from hansa.domain.privacy.services.erase_person import erase_person
from hansa.interfaces.languages import language_of
from hansa.interfaces.storefront.answers import json_answer
from hansa.interfaces.storefront.people import signed_in
from hansa.interfaces.storefront.query import described, read_query
from hansa.interfaces.storefront.routing import StorefrontRoute
from hansa.interfaces.storefront.schemas.carts import CartOut, cart_document
from hansa.interfaces.storefront.schemas.catalog import ProblemOut
from hansa.interfaces.storefront.schemas.me import (
    AddressesOut,
    AddressOut,
    CartToTakeIn,
    EraseIn,
    ExportOut,
    MeOut,
    OrdersQuery,
    OwnOrdersOut,
    ProfileIn,
    SavedAddressIn,
    WishIn,
    WishlistOut,
    address_document,
    me_document,
    orders_document,
)
from hansa.interfaces.storefront.tokens import check_token
from hansa.kernel import clock

PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"model": ProblemOut, "description": "`unauthenticated`: nobody is logged in"},
    403: {"model": ProblemOut, "description": "`csrf_failed`, `reauthentication_required`"},
    422: {"model": ProblemOut, "description": "The request makes no sense as it is"},
}
NOT_THEIRS = PROBLEMS | {404: {"model": ProblemOut, "description": "No such thing, or another customer's"}}

router = APIRouter(route_class=StorefrontRoute, prefix="/me", tags=["me"])


@router.get("", response_model=MeOut, responses=PROBLEMS)
def read_me(request: Request) -> Response:
    """Return who is logged in."""
    return json_answer(me_document(get_profile(signed_in(request).customer_id)))


@router.patch("", response_model=MeOut, responses=PROBLEMS)
def patch_me(request: Request, body: ProfileIn) -> Response:
    """Change name and phone number."""
    person = signed_in(request)
    customer = change_profile(customer_id=person.customer_id, changes=body.to_changes(), now=clock.now())
    return json_answer(me_document(customer))


@router.delete(
    "",
    status_code=204,
    responses=PROBLEMS | {409: {"model": ProblemOut, "description": "`staff_account`: they work for this shop"}},
)
def delete_me(request: Request, body: EraseIn | None = None) -> Response:
    """Delete the account and take the person out of their orders; there is no way back."""
    erase_person(person=signed_in(request), password=body.password if body else None, now=clock.now())
    return Response(status_code=204, headers={"cache-control": "no-store"})


@router.get("/addresses", response_model=AddressesOut, responses=PROBLEMS)
def read_addresses(request: Request) -> Response:
    """List the address book, the default first."""
    addresses = list_addresses(signed_in(request).customer_id)
    return json_answer({"items": [address_document(address) for address in addresses], "next_cursor": None})


@router.post("/addresses", status_code=201, response_model=AddressOut, responses=PROBLEMS)
def post_address(request: Request, body: SavedAddressIn) -> Response:
    """Add an address."""
    parts = body.model_dump(exclude={"is_default"})
    person = signed_in(request)
    address = keep_address(customer_id=person.customer_id, parts=parts, is_default=body.is_default)
    return json_answer(address_document(address), 201)


@router.get("/addresses/{address_id}", response_model=AddressOut, responses=NOT_THEIRS)
def read_address(request: Request, address_id: UUID) -> Response:
    """Return one address."""
    person = signed_in(request)
    return json_answer(address_document(get_address(customer_id=person.customer_id, address_id=address_id)))


@router.patch("/addresses/{address_id}", response_model=AddressOut, responses=NOT_THEIRS)
def patch_address(request: Request, address_id: UUID, body: SavedAddressIn) -> Response:
    """Change an address; what is left out stays as it is. `is_default` makes it the default."""
    parts = body.model_dump(exclude={"is_default"}, exclude_unset=True)
    person = signed_in(request)
    address = keep_address(
        customer_id=person.customer_id, parts=parts, is_default=body.is_default, address_id=address_id
    )
    return json_answer(address_document(address))


@router.delete("/addresses/{address_id}", status_code=204, responses=NOT_THEIRS)
def delete_address(request: Request, address_id: UUID) -> Response:
    """Delete an address."""
    remove_address(customer_id=signed_in(request).customer_id, address_id=address_id)
    return Response(status_code=204)


@router.get("/orders", response_model=OwnOrdersOut, responses=PROBLEMS, openapi_extra=described(OrdersQuery))
def read_orders(request: Request) -> Response:
    """List the orders, also those placed as a guest with the same address; the newest first."""
    query = read_query(OrdersQuery, request)
    person = signed_in(request)
    page = list_own_orders(customer_id=person.customer_id, email=person.email, limit=query.limit, cursor=query.cursor)
    return json_answer(orders_document(page))


@router.get("/wishlist", response_model=WishlistOut, responses=PROBLEMS)
def read_wishlist(request: Request) -> Response:
    """List the wishes that are for sale."""
    return json_answer({"items": list_wishes(signed_in(request).customer_id), "next_cursor": None})


@router.post("/wishlist", status_code=204, responses=NOT_THEIRS)
def post_wish(request: Request, body: WishIn) -> Response:
    """Put a product on the wishlist; once is enough."""
    wish(customer_id=signed_in(request).customer_id, product_id=body.product_id)
    return Response(status_code=204)


@router.delete("/wishlist/{product_id}", status_code=204, responses=PROBLEMS)
def delete_wish(request: Request, product_id: UUID) -> Response:
    """Take a product off the wishlist, if it is on it."""
    unwish(customer_id=signed_in(request).customer_id, product_id=product_id)
    return Response(status_code=204)


@router.post("/cart", response_model=CartOut, responses=NOT_THEIRS)
def post_cart(request: Request, body: CartToTakeIn | None = None) -> Response:
    """Return the customer's cart, with what was in the guest's cart that is sent along; that one is closed."""
    person = signed_in(request)
    if body:
        check_token(body.token, "cart", body.id)
    guest_cart_id = body.id if body else None
    language = language_of(request.headers) or person.language
    cart = take_or_make_cart(
        customer_id=person.customer_id, guest_cart_id=guest_cart_id, language=language, now=clock.now()
    )
    return json_answer(cart_document(cart))


@router.post("/export", response_model=ExportOut, responses=PROBLEMS)
def post_export(request: Request) -> Response:
    """Return everything that the shop knows of the person, to read and to take along."""
    answer = json_answer(export_person(signed_in(request)))
    answer.headers["content-disposition"] = 'attachment; filename="my-data.json"'
    return answer
