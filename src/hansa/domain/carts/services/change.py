"""Change what is in a cart.

Every change locks the cart, raises its version, and answers with the cart priced anew. Amounts are
minor units of the cart's currency.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hansa.domain.carts.errors import CartClosed, InvalidCart, LineNotFound, TooManyLines, VariantNotFound
from hansa.domain.carts.models import MAX_LINES, MAX_QUANTITY
from hansa.domain.carts.pricing import CartFacts, PricedCart, cart_facts, price_cart
from hansa.domain.carts.queries import cart_questions, read_own_cart
from hansa.domain.carts.services.write import remove_line_row, update_cart, write_lines
from hansa.domain.carts.taxes import tax_ahead
from hansa.domain.carts.types import CartChanges, CartState, Line, WantedLine
from hansa.domain.carts.validation import checked_changes
from hansa.kernel.errors import FieldError
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import ask_together, together
from hansa.kernel.transactions import transaction


def add_line(*, cart_id: UUID, wanted: WantedLine, now: datetime, asker: UUID | None = None) -> PricedCart:
    """Put so many of a variant into the cart; more of one that is there already are added up.

    Raises CartNotFound, CartClosed, VariantNotFound, InvalidCart, TooManyLines. Locks the cart.
    """
    ahead = tax_ahead(cart_id, now=now)
    with _open_cart(cart_id, asker) as state:
        facts = cart_facts(state, now=now, also=(wanted.variant_id,), ahead=ahead)
        changed = add_up(state.lines, [wanted], facts)
        after = replace(state, version=state.version + 1, lines=merged(state.lines, changed))
        with together():
            write_lines(cart_id, changed)
            update_cart(state, now=now)
    return price_cart(after, facts, now=now)


def set_quantity(
    *, cart_id: UUID, line_id: UUID, quantity: int, now: datetime, asker: UUID | None = None
) -> PricedCart:
    """Make it so many of a line that is there. Raises CartNotFound, CartClosed, LineNotFound, InvalidCart."""
    check_quantity(quantity)

    def change(line: Line, facts: CartFacts) -> Line:
        variant = facts.variants.get(line.variant_id)
        seen_price = variant.unit_price(quantity) if variant else None
        return replace(line, quantity=quantity, seen_price=line.seen_price if seen_price is None else seen_price)

    return _change_line(cart_id, line_id, change, now, asker)


def remove_line(*, cart_id: UUID, line_id: UUID, now: datetime, asker: UUID | None = None) -> PricedCart:
    """Take a line out of the cart. Raises CartNotFound, CartClosed, LineNotFound."""
    return _change_line(cart_id, line_id, lambda _line, _facts: None, now, asker)


def _change_line(
    cart_id: UUID,
    line_id: UUID,
    change: Callable[[Line, CartFacts], Line | None],
    now: datetime,
    asker: UUID | None,
) -> PricedCart:
    ahead = tax_ahead(cart_id, now=now)
    with _open_cart(cart_id, asker) as state:
        line = next((line for line in state.lines if line.id == line_id), None)
        if line is None:
            message = "The cart has no such line. GET the cart to see its lines."
            raise LineNotFound(message)
        facts = cart_facts(state, now=now, ahead=ahead)
        changed = change(line, facts)
        kept = tuple(changed if one is line else one for one in state.lines)
        after = replace(state, version=state.version + 1, lines=tuple(one for one in kept if one is not None))
        with together():
            if changed is None:
                remove_line_row(cart_id, line_id)
            else:
                write_lines(cart_id, [changed])
            update_cart(state, now=now)
    return price_cart(after, facts, now=now)


def change_cart(*, cart_id: UUID, changes: CartChanges, now: datetime, asker: UUID | None = None) -> PricedCart:
    """Fill in who buys, where it goes and how, and the codes; None leaves a thing as it is.

    Raises CartNotFound, CartClosed, InvalidCart, InvalidAddress. Locks the cart.
    """
    checked = checked_changes(changes)
    ahead = tax_ahead(cart_id, now=now, new_address=checked.shipping_address)
    with _open_cart(cart_id, asker) as state:
        after = apply_changes(replace(state, version=state.version + 1), checked)
        update_cart(after, now=now)
        cart = price_cart(after, cart_facts(after, now=now, ahead=ahead), now=now)
        check_pickup(cart, checked)
    return cart


def check_pickup(cart: PricedCart, changes: CartChanges) -> None:
    """Raise InvalidCart when the pick-up point of the changes is none of the cart's shipping method."""
    if changes.pickup_point_id is None or cart.pickup is not None:
        return
    message = "Choose a shipping method that offers this pick-up point, for an address to which it is offered."
    if cart.shipping is not None:
        message = f"{cart.shipping.name} does not offer this pick-up point. Choose one of its own."
    raise InvalidCart(message, errors=(FieldError("pickup_point_id", "unavailable", message),))


def apply_changes(state: CartState, changes: CartChanges) -> CartState:
    """Return the cart with these changes."""
    is_other_method = changes.shipping_method_id not in {None, state.shipping_method_id}
    kept_point = None if is_other_method else state.pickup_point_id
    return replace(
        state,
        email=_new(changes.email, state.email),
        shipping_address=_new(changes.shipping_address, state.shipping_address),
        billing_address=_new(changes.billing_address, state.billing_address),
        shipping_method_id=_new(changes.shipping_method_id, state.shipping_method_id),
        pickup_point_id=_new(changes.pickup_point_id, kept_point),
        promotion_codes=_new(changes.promotion_codes, state.promotion_codes),
        gift_card_codes=_new(changes.gift_card_codes, state.gift_card_codes),
    )


def add_up(lines: Iterable[Line], wanted: Iterable[WantedLine], facts: CartFacts) -> list[Line]:
    """Return the lines that are new or become more when these are put into the cart.

    Raises VariantNotFound, InvalidCart, TooManyLines.
    """
    there = {line.variant_id: line for line in lines}
    changed: dict[UUID, Line] = {}
    for one in wanted:
        check_quantity(one.quantity)
        line = changed.get(one.variant_id) or there.get(one.variant_id)
        quantity = one.quantity + (line.quantity if line else 0)
        check_quantity(quantity)
        variant = facts.variants.get(one.variant_id)
        seen_price = variant.unit_price(quantity) if variant else None
        if variant is None or seen_price is None:
            message = f"There is no variant {one.variant_id} for sale here, in this currency."
            raise VariantNotFound(message)
        changed[one.variant_id] = Line(
            id=line.id if line else uuid7(),
            variant_id=one.variant_id,
            quantity=quantity,
            seen_price=seen_price,
            name=variant.name[:300],
        )
    if len(there.keys() | changed.keys()) > MAX_LINES:
        message = f"A cart holds at most {MAX_LINES} different things."
        raise TooManyLines(message)
    return list(changed.values())


def merged(lines: Iterable[Line], changed: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines with the changed ones in their places and the new ones at the end."""
    by_variant = {line.variant_id: line for line in lines}
    by_variant |= {line.variant_id: line for line in changed}
    return tuple(by_variant.values())


def check_quantity(quantity: int) -> None:
    """Raise InvalidCart unless so many can stand in one line."""
    if not 1 <= quantity <= MAX_QUANTITY:
        message = f"A quantity is a whole number from 1 to {MAX_QUANTITY}."
        raise InvalidCart(message, errors=(FieldError("quantity", "out_of_range", message),))


def _new[T](change: T | None, old: T) -> T:
    return old if change is None else change


@contextmanager
def _open_cart(cart_id: UUID, asker: UUID | None) -> Iterator[CartState]:
    """Give the cart, locked until the block ends. Raises CartNotFound, CartClosed."""
    with transaction():
        state = read_own_cart(*ask_together(cart_questions(cart_id, lock=True)), asker=asker)
        if state.status != "open":
            message = "This cart has been ordered or closed. POST /api/v1/carts makes a new one."
            raise CartClosed(message)
        yield state
