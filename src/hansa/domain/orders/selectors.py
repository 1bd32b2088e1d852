"""Reads of orders."""

import json
from typing import Any
from uuid import UUID

from hansa.domain.orders.errors import OrderNotFound
from hansa.kernel.postgresql.batches import ask_together
from hansa.kernel.tokens import make_token

_DOCUMENT = "SELECT orders_document(%(order_id)s, %(token)s)"
_CART = """
    SELECT cart_id, total, currency FROM orders_order
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND id = %(order_id)s
"""


def get_order_document(order_id: UUID) -> dict[str, Any]:
    """Return the order as the storefront answers it, with its timeline and token. Raises OrderNotFound."""
    document = get_order_json(order_id)
    order: dict[str, Any] = json.loads(document)
    return order


def get_order_json(order_id: UUID) -> str:
    """Return the same as JSON, untouched. Raises OrderNotFound."""
    rows = ask_together([(_DOCUMENT, {"order_id": order_id, "token": make_token("order", order_id)})])[0]
    if not rows or rows[0][0] is None:
        message = "There is no such order, or the token does not open it."
        raise OrderNotFound(message)
    return rows[0][0]


def find_cart_of_order(order_id: UUID) -> tuple[UUID, int, str]:
    """Return the cart that the order was made from, its total in minor units, and its currency.

    Raises OrderNotFound.
    """
    rows = ask_together([(_CART, {"order_id": order_id})])[0]
    if not rows:
        message = f"There is no order {order_id}."
        raise OrderNotFound(message)
    cart_id, total, currency = (value or "" for value in rows[0])
    return UUID(cart_id), int(total), currency
