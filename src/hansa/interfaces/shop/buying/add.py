"""Put something into the visitor's cart, whether there is one yet or not."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hansa.domain.accounts.types import Person
from hansa.domain.carts.errors import CartClosed, CartNotFound
from hansa.domain.carts.pricing import PricedCart, PricedCartLine
from hansa.domain.carts.services.change import add_line
from hansa.domain.carts.services.create import create_cart
from hansa.domain.carts.types import WantedLine
from hansa.kernel.errors import Conflict
from hansa.kernel.transactions import transaction


class NotEnoughLeft(Conflict):
    """The shop says that so many are not left. The checkout decides; this only saves the way to it."""

    code = "not_enough_left"


@dataclass(frozen=True, slots=True)
class Added:
    """What was put in, and what the cart is now."""

    cart: PricedCart
    line: PricedCartLine


def add_to_cart(
    *, cart_id: UUID | None, wanted: WantedLine, buyer: Person | None, language: str, now: datetime
) -> Added:
    """Add to the cart with this id, or to a new one of the buyer's when it is gone, ordered or another customer's.

    A new one keeps the `language` that was asked for, else that of a buyer who is logged in.

    Raises VariantNotFound, InvalidCart, TooManyLines, NotEnoughLeft. Locks the cart.
    """
    with transaction():
        cart = _add(cart_id, wanted, buyer, language, now)
        line = next(line for line in cart.lines if line.line.variant_id == wanted.variant_id)
        _refuse_shortage(line, wanted.quantity)
    return Added(cart, line)


def _add(cart_id: UUID | None, wanted: WantedLine, buyer: Person | None, language: str, now: datetime) -> PricedCart:
    customer_id, kept = (buyer.customer_id, buyer.language) if buyer else (None, "")
    if cart_id is not None:
        try:
            return add_line(cart_id=cart_id, wanted=wanted, now=now, asker=customer_id)
        except (CartNotFound, CartClosed):
            pass
    return create_cart(now=now, lines=[wanted], customer_id=customer_id, language=language or kept)


def _refuse_shortage(line: PricedCartLine, added: int) -> None:
    left = line.variant.available if line.variant else 0
    if left is None or line.line.quantity <= left:
        return
    before = line.line.quantity - added
    message = f"{line.line.name} is sold out."
    if left > 0:
        message = f"Only {left} of {line.line.name} left"
        message += f", and your cart holds {before} already." if before else "."
    raise NotEnoughLeft(message)
