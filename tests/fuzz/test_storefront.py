"""The storefront keeps what its description promises, whatever it is sent."""

import itertools
from typing import Any

import pytest
from schemathesis import AuthContext, AuthProvider, Case

from hansa.kernel.tenancy import TenantContext
from tests.fuzz.engine import Plan, assert_went_through, fuzz
from tests.fuzz.world import World, make_world
from tests.people import ADDRESS

_CART, _LINE = "/api/v1/carts/{cart_id}", "/api/v1/carts/{cart_id}/lines/{line_id}"
_ADDRESS_WORDS = ("country", "postal_code", "city", "line1", "first_name")
_CONTENT = "what a text may say is more than its length: the address's country, e-mails, codes, NUL"
_CURSOR = "a cursor is a text that we gave; no pattern tells ours from others"
_LINE_LINK = "schemathesis takes the id of a cart for the id of a line in it"

PLAN = Plan(
    document="/api/openapi.json",
    examples={
        "/api/v1/products/{slug}": {"slug": "slug"},
        _CART: {"cart_id": "cart_id"},
        f"{_CART}/lines": {"cart_id": "cart_id"},
        f"{_CART}/shipping-methods": {"cart_id": "cart_id"},
        f"{_CART}/checkout": {"cart_id": "cart_id"},
        _LINE: {"cart_id": "lined_cart_id", "line_id": "line_id"},
        "/api/v1/orders/{order_id}": {"order_id": "order_id"},
        "/api/v1/me/addresses/{address_id}": {"address_id": "address_id"},
        "/api/v1/me/wishlist/{product_id}": {"product_id": "product_id"},
    },
    words={
        "query.cursor": "no_cursor",
        "body.variant_id": "variant_id",
        "body.lines[*].variant_id": "variant_id",
        "body.shipping_method_id": "shipping_method_id",
        "body.product_id": "product_id",
        "body.email": "email",
        "body.currency": "currency",
        "body.password": "password",
        "body.id": "cart_id",
        "body.payment.provider": "provider",
        "body.payment.method": "method",
    }
    | {f"body.{name}": name for name in _ADDRESS_WORDS}
    | {f"body.{kind}_address.{name}": name for kind in ("shipping", "billing") for name in _ADDRESS_WORDS},
    bodies={
        "POST /api/v1/carts": {
            "email": "ada@example.com",
            "shipping_address": ADDRESS,
            "lines": [{"variant_id": "{variant_id}", "quantity": 2}],
        },
        f"PATCH {_CART}": {"shipping_address": ADDRESS, "shipping_method_id": "{shipping_method_id}"},
        f"POST {_CART}/lines": {"variant_id": "{variant_id}", "quantity": 1},
        f"PATCH {_LINE}": {"quantity": 2},
        f"POST {_CART}/checkout": {"payment": {"provider": "manual", "method": "ok"}},
        "PATCH /api/v1/me": {"name": "Ada"},
        "POST /api/v1/me/addresses": ADDRESS,
        "PATCH /api/v1/me/addresses/{address_id}": {"line2": "Third floor"},
        "POST /api/v1/me/wishlist": {"product_id": "{product_id}"},
        "POST /api/v1/me/cart": {"id": "{cart_id}", "token": "{token}"},
        "DELETE /api/v1/me": {"password": "{password}"},
    },
    also_expected={
        "GET /api/v1/products": (["422"], _CURSOR + "; sort=relevance needs words"),
        "GET /api/v1/me/orders": (["422"], _CURSOR),
        "GET /api/v1/products/{slug}": (["422"], _CONTENT),
        "POST /api/v1/carts": (["422"], _CONTENT),
        f"PATCH {_CART}": (["422"], _CONTENT),
        f"POST {_CART}/lines": (["422"], "a cart holds only so many of one thing"),
        f"PATCH {_LINE}": (["422"], "a cart holds only so many of one thing"),
        f"POST {_CART}/checkout": (["402", "422"], "the bank declines; the cart is not complete"),
        "PATCH /api/v1/me": (["422"], _CONTENT),
        "DELETE /api/v1/me": (["422"], _CONTENT),
        "POST /api/v1/me/addresses": (["422"], _CONTENT),
        "PATCH /api/v1/me/addresses/{address_id}": (["422"], _CONTENT),
        "POST /api/v1/me/cart": (["422"], _CONTENT),
    },
    unchecked={
        f"PATCH {_LINE}": ("ensure_resource_availability", _LINE_LINK),
        f"DELETE {_LINE}": ("ensure_resource_availability", _LINE_LINK),
    },
)


def visitor(world: World) -> type[AuthProvider[Any]]:
    """Return somebody who holds the token of every cart and order, or is logged in as a customer."""
    turn = itertools.count()

    class Visitor:
        def get(self, case: Case[Any], _context: AuthContext, /) -> dict[str, str]:
            path = case.path_parameters or {}
            if "cart_id" in path:
                token = world.token("cart", path["cart_id"])  # a customer's cart opens for them alone
                return {"Authorization": f"Cart {token}", "X-Session-Token": world.customer_session()}
            if "order_id" in path and next(turn) % 2:
                return {"Authorization": f"Order {world.token('order', path['order_id'])}"}
            if case.operation.label == "DELETE /api/v1/me":
                return {"X-Session-Token": world.leaver_session()}
            return {"X-Session-Token": world.customer_session()}

        def set(self, case: Case[Any], data: Any, _context: AuthContext, /) -> None:
            case.headers.update(data)

    return Visitor


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("examples", "least"), [(8, 1_000), pytest.param(400, 10_000, marks=pytest.mark.long)], ids=["short", "long"]
)
def test_the_storefront_keeps_its_word(shop: TenantContext, examples: int, least: int) -> None:
    world = make_world(shop)
    findings = fuzz(PLAN, world, visitor(world), examples)
    assert not findings.failures, str(findings)
    assert findings.cases >= least, str(findings)
    print(f"\n{findings}")  # noqa: T201
    assert_went_through(findings)
