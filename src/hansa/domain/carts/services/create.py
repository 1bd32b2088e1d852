"""Make a cart, empty or with everything in it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hansa.domain.carts.errors import TooManyLines
from hansa.domain.carts.models import MAX_LINES
from hansa.domain.carts.pricing import PricedCart, cart_facts, price_cart
from hansa.domain.carts.services.change import add_up, apply_changes, check_pickup
from hansa.domain.carts.services.write import insert_cart
from hansa.domain.carts.taxes import ask_ahead, destination_of
from hansa.domain.carts.types import CartChanges, CartState, WantedLine
from hansa.domain.carts.validation import checked_changes
from hansa.kernel.ids import uuid7
from hansa.kernel.money import exponent
from hansa.kernel.postgresql.batches import together
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction


def create_cart(
    *,
    now: datetime,
    currency: str | None = None,
    lines: Sequence[WantedLine] = (),
    changes: CartChanges | None = None,
    customer_id: UUID | None = None,
    language: str = "",
) -> PricedCart:
    """Make a cart in `currency` (default: the shop's); it keeps that currency, and the buyer's `language`.

    Raises UnknownCurrency, VariantNotFound, InvalidCart, InvalidAddress, TooManyLines.
    """
    currency = currency or get_current_tenant().currency
    exponent(currency)  # refuses what is no currency
    if len(lines) > MAX_LINES:
        message = f"A cart holds at most {MAX_LINES} different things."
        raise TooManyLines(message)
    empty = CartState(
        id=uuid7(),
        version=1,
        status="open",
        currency=currency,
        customer_id=customer_id,
        email="",
        shipping_address=None,
        billing_address=None,
        shipping_method_id=None,
        pickup_point_id=None,
        promotion_codes=(),
        gift_card_codes=(),
        order_id=None,
        lines=(),
        language=language,
    )
    state = apply_changes(empty, checked_changes(changes)) if changes else empty
    ahead = ask_ahead(destination_of(state), now=now)
    with transaction():
        facts = cart_facts(state, now=now, also=tuple(line.variant_id for line in lines), ahead=ahead)
        state = replace(state, lines=tuple(add_up((), lines, facts)))
        cart = price_cart(state, facts, now=now)
        if changes:
            check_pickup(cart, changes)
        with together():
            insert_cart(state, now=now)
    return cart
