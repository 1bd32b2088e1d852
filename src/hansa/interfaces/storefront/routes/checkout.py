"""Checkout and orders: from here one flow can be read; it goes on in domain/checkout/services/complete.py."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hansa.domain.checkout.models import MAX_KEY_CHARACTERS
from hansa.domain.checkout.services.claim import fingerprint_of
from hansa.domain.checkout.services.complete import complete_checkout
from hansa.domain.checkout.types import CheckoutRequest
from hansa.domain.orders.selectors import get_order_json, get_own_order_json
from hansa.interfaces.storefront.people import find_holder, find_signed_in
from hansa.interfaces.storefront.routes.carts import PROBLEMS, CartId, client_of
from hansa.interfaces.storefront.routing import StorefrontRoute
from hansa.interfaces.storefront.schemas.catalog import ProblemOut
from hansa.interfaces.storefront.schemas.checkout import CheckoutIn, OrderOut
from hansa.interfaces.storefront.tokens import require_token
from hansa.kernel import clock

CHECKOUT_PROBLEMS: dict[int | str, dict[str, Any]] = PROBLEMS | {
    400: {"model": ProblemOut, "description": "`idempotency_key_required`"},
    402: {"model": ProblemOut, "description": "`payment_declined`: nothing was taken, the cart can be used again"},
    409: {
        "model": ProblemOut,
        "description": "`cart_changed`, `checkout_in_progress`, `insufficient_stock` (the lines are in `errors`)",
    },
    429: {
        "model": ProblemOut,
        "description": "`too_many_open_orders`: pay or cancel one; `rate_limited`: too often",
    },
    503: {"model": ProblemOut, "description": "The payment provider does not answer; nothing was charged"},
}

ORDER_PROBLEMS: dict[int | str, dict[str, Any]] = {status: PROBLEMS[status] for status in (401, 404, 422)}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARACTERS, "pattern": r"^[!-~]([ -~]*[!-~])?$"},
    "description": "A new random value for each attempt to order; sent again, it gives the same answer.",
}

router = APIRouter(route_class=StorefrontRoute, tags=["checkout"])


@router.post(
    "/carts/{cart_id}/checkout",
    status_code=201,
    response_model=OrderOut,
    responses=CHECKOUT_PROBLEMS,
    openapi_extra={"parameters": [_KEY]},
)
def check_out(cart_id: CartId, body: CheckoutIn, request: Request) -> Response:
    """Order and pay for what is in the cart. The same key and body again give the same answer."""
    answer = complete_checkout(
        CheckoutRequest(
            cart_id=cart_id,
            payment=body.payment.to_wish(),
            idempotency_key=request.headers.get("idempotency-key", ""),
            fingerprint=fingerprint_of(cart_id, body.model_dump(mode="json")),
            cart_version=body.cart_version,
            expected_total=body.expected_total,
            asker=find_holder(request),
            address=client_of(request),
        ),
        now=clock.now(),
    )
    headers = {"cache-control": "no-store"} | ({"idempotency-replayed": "true"} if answer.is_replay else {})
    return Response(answer.document, 201, media_type="application/json", headers=headers)


@router.get("/orders/{order_id}", response_model=OrderOut, responses=ORDER_PROBLEMS)
def read_order(order_id: UUID, request: Request) -> Response:
    """Return the order as it stands now, with its timeline: to whoever holds its token, or has placed it."""
    person = None if "authorization" in request.headers else find_signed_in(request)
    if person:
        document = get_own_order_json(order_id, customer_id=person.customer_id, email=person.email)
    else:
        require_token(request, "order", order_id)
        document = get_order_json(order_id)
    return Response(document, media_type="application/json", headers={"cache-control": "no-store"})
