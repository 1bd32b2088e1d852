"""The SQL of carts: a cart and its lines travel in one message."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from hansa.domain.carts.errors import CartNotFound
from hansa.domain.carts.types import CartState, Line
from hansa.kernel.postgresql.batches import Question, Row

_NONE: Mapping[str, Any] = MappingProxyType({})
_CART = """
    SELECT
        id, version, status, currency, customer_id, email, shipping_address::text, billing_address::text,
        shipping_method_id, promotion_codes::text, gift_card_codes::text, order_id, pickup_point_id,
        language{extra}
    FROM carts_cart
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND id = %(cart_id)s
"""
_LOCKED = _CART + " FOR NO KEY UPDATE"
# A statement of its own: after waiting for the lock it sees what the one before us has written.
_LINES = """
    SELECT l.id, l.variant_id, l.quantity, l.seen_price, l.name{extra}
    FROM carts_cartline l
    WHERE l.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND l.cart_id = %(cart_id)s
    ORDER BY l.id
"""


def cart_questions(
    cart_id: UUID, *, lock: bool, about_cart: str = "", about_lines: str = "", parameters: Mapping[str, Any] = _NONE
) -> list[Question]:
    """Return the two questions that read a cart; with `lock` nobody else can change it until the commit.

    `about_cart` and `about_lines` are constant SQL expressions, on `carts_cart` and on the line `l`, with
    `parameters` of their own; their values stand last in the rows.
    """
    cart = (_LOCKED if lock else _CART).replace("{extra}", f", {about_cart}" if about_cart else "")
    lines = _LINES.replace("{extra}", f", {about_lines}" if about_lines else "")
    return [(cart, {**parameters, "cart_id": cart_id}), (lines, {**parameters, "cart_id": cart_id})]


def read_own_cart(cart_rows: list[Row], line_rows: list[Row], *, asker: UUID | None) -> CartState:
    """Return what `read_cart` returns, unless it is a customer's and somebody else asks. Raises CartNotFound.

    Note [Whose cart]: a guest's cart is whoever's who holds its token. A customer's has their prices, their
    promotions and their addresses, so its token opens it for them alone, and only while they are logged in:
    `asker` is the customer who is, or None.
    """
    state = read_cart(cart_rows, line_rows)
    if state.customer_id not in {None, asker}:
        message = "There is no such cart for you. It belongs to a customer: log in again to go on with it."
        raise CartNotFound(message)
    return state


def read_cart(cart_rows: list[Row], line_rows: list[Row]) -> CartState:
    """Return the cart from the answers to `cart_questions`. Raises CartNotFound."""
    if not cart_rows:
        message = "There is no such cart. POST /api/v1/carts makes one."
        raise CartNotFound(message)
    row = cart_rows[0]
    return CartState(
        id=UUID(row[0]),
        version=int(row[1] or 0),
        status=row[2] or "",
        currency=row[3] or "",
        customer_id=_uuid(row[4]),
        email=row[5] or "",
        shipping_address=_json(row[6]),
        billing_address=_json(row[7]),
        shipping_method_id=_uuid(row[8]),
        pickup_point_id=_uuid(row[12]),
        promotion_codes=tuple(_json(row[9]) or ()),
        gift_card_codes=tuple(_json(row[10]) or ()),
        order_id=_uuid(row[11]),
        language=row[13] or "",
        lines=tuple(_line(line) for line in line_rows),
    )


def _line(row: Row) -> Line:
    identifier, variant_id, quantity, seen_price, name = (value or "" for value in row[:5])
    return Line(UUID(identifier), UUID(variant_id), int(quantity), int(seen_price), name)


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _json(text: str | None) -> Any:  # noqa: ANN401  (whatever the JSON holds)
    return json.loads(text) if text else None
