"""Reads of orders."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from hansa.domain.orders.errors import OrderNotFound
from hansa.domain.orders.models import Order
from hansa.kernel.postgresql.batches import ask_together
from hansa.kernel.tokens import make_token
from hansa.kernel.transactions import reading, transaction

_DOCUMENT = "SELECT orders_document(%(order_id)s, %(token)s)"
_CART = """
    SELECT cart_id, total, currency FROM orders_order
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND id = %(order_id)s
"""

_OWN = """
    SELECT orders_document(o.id, %(token)s) FROM orders_order o
    WHERE o.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND o.id = %(order_id)s
        AND (o.customer_id = %(customer_id)s OR (o.customer_id IS NULL AND o.email_key = %(email)s))
"""
_PAGE = """
    SELECT jsonb_build_object(
        'id', o.id, 'number', o.number::text, 'status', o.status, 'placed_at', orders_instant(o.placed_at),
        'total', orders_money(o.total, o.currency),
        'line_count', (SELECT count(*) FROM orders_orderline l WHERE l.tenant_id = o.tenant_id AND l.order_id = o.id),
        'image', (
            SELECT l.image FROM orders_orderline l
            WHERE l.tenant_id = o.tenant_id AND l.order_id = o.id AND l.image IS NOT NULL ORDER BY l.position LIMIT 1
        )
    )::text
    FROM orders_order o
    WHERE o.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND (o.customer_id = %(customer_id)s OR (o.customer_id IS NULL AND o.email_key = %(email)s))
        AND o.number < %(before)s
    ORDER BY o.number DESC LIMIT %(limit)s
"""
_NO_LIMIT = 2**62
_NOT_FOUND = "There is no such order, or the token does not open it."


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some of a customer's orders, the newest first."""

    documents: list[dict[str, Any]]
    next_cursor: str | None


def list_own_orders(*, customer_id: UUID, email: str, limit: int, cursor: str | None = None) -> OrderPage:
    """Return a page of what the customer ordered, logged in or as a guest with their address.

    `email` is theirs, proved and in small letters. `cursor` names the place after an order; one that
    cannot be read is the first page.
    """
    before = int(cursor) if cursor and cursor.isascii() and cursor.isdigit() and len(cursor) < 19 else _NO_LIMIT  # noqa: PLR2004  (bigint)
    values = {"customer_id": customer_id, "email": email, "before": before, "limit": limit + 1}
    documents = [json.loads(row[0] or "") for row in ask_together([(_PAGE, values)])[0]]
    is_more = len(documents) > limit
    return OrderPage(documents[:limit], documents[limit - 1]["number"] if is_more else None)


def list_own_order_ids(*, customer_id: UUID, emails: Collection[str]) -> list[UUID]:
    """Return the ids of all that the customer ordered, logged in or as a guest with one of these addresses."""
    theirs = Q(customer_id=customer_id) | Q(customer_id=None, email_key__in=emails)
    with transaction():
        return list(Order.objects.filter(theirs).values_list("pk", flat=True))


def find_first_order_time(order_ids: Collection[UUID]) -> list[datetime]:
    """Return when the first of these orders was placed; nothing without orders."""
    with transaction():
        return list(
            Order.objects.filter(pk__in=order_ids).order_by("placed_at").values_list("placed_at", flat=True)[:1]
        )


def get_own_order_json(order_id: UUID, *, customer_id: UUID, email: str) -> str:
    """Return the order as the storefront answers it, when it is the customer's. Raises OrderNotFound."""
    token = make_token("order", order_id)
    values = {"order_id": order_id, "token": token, "customer_id": customer_id, "email": email}
    rows = ask_together([(_OWN, values)])[0]
    if not rows or rows[0][0] is None:
        raise OrderNotFound(_NOT_FOUND)
    return rows[0][0]


def get_order_document(order_id: UUID) -> dict[str, Any]:
    """Return the order as the storefront answers it, with its timeline and token. Raises OrderNotFound."""
    document = get_order_json(order_id)
    order: dict[str, Any] = json.loads(document)
    return order


def get_order_json(order_id: UUID) -> str:
    """Return the same as JSON, untouched. Raises OrderNotFound."""
    rows = ask_together([(_DOCUMENT, {"order_id": order_id, "token": make_token("order", order_id)})])[0]
    if not rows or rows[0][0] is None:
        raise OrderNotFound(_NOT_FOUND)
    return rows[0][0]


def get_emails_of(order_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the address that the buyer of each order gave. Raises OrderNotFound."""
    with reading():
        emails = dict(Order.objects.filter(pk__in=order_ids).values_list("pk", "email"))
    if emails.keys() != set(order_ids):
        raise OrderNotFound(_NOT_FOUND)
    return emails


def get_buyer_of(order_id: UUID) -> tuple[str, UUID | None]:
    """Return the language that the buyer asked for, or "", and the customer who they are. Raises OrderNotFound.

    Needs the caller's transaction.
    """
    found = Order.objects.filter(pk=order_id).values_list("language", "customer_id").first()
    if found is None:
        raise OrderNotFound(_NOT_FOUND)
    return found


def orders_briefly(orders: QuerySet[Order]) -> list[dict[str, Any]]:
    """Return what a list of orders shows of each, without whose it is."""
    names = ("id", "number", "status", "total", "currency", "placed_at", "updated_at")
    return [
        {
            "id": str(order["id"]),
            "number": str(order["number"]),
            "status": order["status"],
            "total": {"amount": order["total"], "currency": order["currency"]},
            "placed_at": _instant(order["placed_at"]),
            "updated_at": _instant(order["updated_at"]),
        }
        for order in orders.order_by("number").values(*names)
    ]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
