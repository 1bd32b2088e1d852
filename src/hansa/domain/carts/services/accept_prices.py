"""Write down that the buyer is shown today's prices."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hansa.domain.carts.pricing import cart_facts
from hansa.domain.carts.queries import cart_questions, read_cart
from hansa.domain.carts.services.write import update_cart, write_lines
from hansa.kernel.postgresql.batches import ask_together, together
from hansa.kernel.transactions import transaction


def accept_prices(*, cart_id: UUID, now: datetime) -> None:
    """Make today's prices those that the buyer has seen, and raise the cart's version. Locks the cart."""
    with transaction():
        state = read_cart(*ask_together(cart_questions(cart_id, lock=True)))
        facts = cart_facts(state, now=now)
        seen = [
            replace(line, seen_price=seen_price)
            for line in state.lines
            if (offer := facts.variants.get(line.variant_id))
            and (seen_price := offer.unit_price(line.quantity)) is not None
        ]
        with together():
            write_lines(cart_id, seen)
            update_cart(state, now=now)
