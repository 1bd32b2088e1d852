"""Reads of carts."""

from datetime import datetime
from uuid import UUID

from hansa.domain.carts.pricing import PricedCart, cart_facts, price_cart
from hansa.domain.carts.queries import cart_questions, read_cart
from hansa.domain.carts.taxes import tax_ahead
from hansa.kernel.postgresql.batches import ask_together
from hansa.kernel.transactions import transaction


def get_cart(*, cart_id: UUID, now: datetime) -> PricedCart:
    """Return the cart, priced at `now`, with what is wrong with its lines. Raises CartNotFound."""
    ahead = tax_ahead(cart_id, now=now)
    with transaction():
        state = read_cart(*ask_together(cart_questions(cart_id, lock=False)))
        facts = cart_facts(state, now=now, ahead=ahead)
    return price_cart(state, facts, now=now)
