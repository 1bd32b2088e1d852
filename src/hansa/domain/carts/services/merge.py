"""Merge a guest's cart into the customer's own, when they log in."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hansa.domain.carts.models import MAX_LINES, MAX_QUANTITY, Cart
from hansa.domain.carts.pricing import PricedCart, cart_facts, price_cart
from hansa.domain.carts.queries import cart_questions, read_cart
from hansa.domain.carts.services.change import merged
from hansa.domain.carts.services.write import close_cart, update_cart, write_lines
from hansa.domain.carts.types import CartState, Line
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import ask_together, together
from hansa.kernel.transactions import transaction


def merge_carts(*, guest_cart_id: UUID, customer_id: UUID, now: datetime) -> PricedCart:
    """Return the customer's cart with what was in the guest's; the guest's is closed.

    Of what is in both the larger quantity counts: the same person has put it into both. A customer
    without an open cart in the guest's currency takes over the guest's. A guest's cart that is closed
    or belongs to a customer already is left alone. Raises CartNotFound. Locks both carts, in id order.
    """
    with transaction():
        guest_currency = Cart.objects.filter(id=guest_cart_id).values_list("currency", flat=True).first()
        own_id = (
            Cart.objects.filter(customer_id=customer_id, status=Cart.Status.OPEN, currency=guest_currency)
            .exclude(id=guest_cart_id)
            .order_by("-touched_at")
            .values_list("id", flat=True)
            .first()
        )
        ids = sorted({guest_cart_id, own_id or guest_cart_id}, key=str)
        answers = ask_together([question for cart_id in ids for question in cart_questions(cart_id, lock=True)])
        states = {}
        for place, cart_id in enumerate(ids):
            states[cart_id] = read_cart(*answers[2 * place : 2 * place + 2])
        guest, own = states[guest_cart_id], states.get(own_id) if own_id else None
        is_free = guest.status == "open" and guest.customer_id is None
        after = _merge(guest, own, customer_id, now) if is_free else own or guest
        facts = cart_facts(after, now=now)
    return price_cart(after, facts, now=now)


def _merge(guest: CartState, own: CartState | None, customer_id: UUID, now: datetime) -> CartState:
    if own is None or own.status != "open":
        taken = replace(guest, customer_id=customer_id, version=guest.version + 1)
        update_cart(taken, now=now)
        return taken
    there = {line.variant_id: line for line in own.lines}
    room = MAX_LINES - len(there)
    changed: list[Line] = []
    for line in guest.lines:
        mine = there.get(line.variant_id)
        if mine is None and room > 0:
            room -= 1
            changed.append(replace(line, id=uuid7()))
        elif mine is not None and line.quantity > mine.quantity:
            changed.append(replace(mine, quantity=min(line.quantity, MAX_QUANTITY)))
    after = replace(
        own,
        version=own.version + 1,
        lines=merged(own.lines, changed),
        email=own.email or guest.email,
        language=guest.language or own.language,
        shipping_address=own.shipping_address or guest.shipping_address,
        promotion_codes=tuple(dict.fromkeys((*own.promotion_codes, *guest.promotion_codes))),
    )
    with together():
        write_lines(own.id, changed)
        update_cart(after, now=now)
        close_cart(guest.id, status="merged", order_id=None, now=now)
    return after
