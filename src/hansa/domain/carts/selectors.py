"""Reads of carts and wishlists."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from hansa.domain.carts.models import Cart
from hansa.domain.carts.pricing import PricedCart, cart_facts, price_cart
from hansa.domain.carts.queries import cart_questions, read_own_cart
from hansa.domain.carts.taxes import tax_ahead
from hansa.kernel.postgresql.batches import ask_together
from hansa.kernel.transactions import transaction

_WISHES = """
    SELECT l.document FROM carts_wish w
    JOIN catalog_listing l ON l.tenant_id = w.tenant_id AND l.product_id = w.product_id
    WHERE w.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND w.customer_id = %(customer_id)s
    ORDER BY w.id DESC
"""


def get_cart(*, cart_id: UUID, now: datetime, asker: UUID | None = None) -> PricedCart:
    """Return the cart, priced at `now`, with what is wrong with its lines. Raises CartNotFound.

    `asker` is the customer who is logged in: see Note [Whose cart].
    """
    ahead = tax_ahead(cart_id, now=now)
    with transaction():
        state = read_own_cart(*ask_together(cart_questions(cart_id, lock=False)), asker=asker)
        facts = cart_facts(state, now=now, ahead=ahead)
    return price_cart(state, facts, now=now)


def find_open_cart_id(customer_id: UUID) -> UUID | None:
    """Return the customer's open cart that was touched last, or None."""
    with transaction():
        mine = Cart.objects.filter(customer_id=customer_id, status=Cart.Status.OPEN)
        return mine.order_by("-touched_at").values_list("id", flat=True).first()


def list_carts(customer_id: UUID) -> list[dict[str, Any]]:
    """Return what is in the customer's open carts: for them to take along."""
    with transaction():
        mine = Cart.objects.filter(customer_id=customer_id, status=Cart.Status.OPEN).prefetch_related("lines")
        return [
            {
                "id": cart.id,
                "currency": cart.currency,
                "email": cart.email,
                "shipping_address": cart.shipping_address,
                "billing_address": cart.billing_address,
                "lines": [{"name": line.name, "quantity": line.quantity} for line in cart.lines.all()],
            }
            for cart in mine
        ]


def list_wishes(customer_id: UUID) -> list[dict[str, Any]]:
    """Return the listing documents of the customer's wishes that are for sale, the newest first."""
    return [json.loads(row[0] or "{}") for row in ask_together([(_WISHES, {"customer_id": customer_id})])[0]]
