"""The cart, ready for the template."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hansa.domain.carts.models import MAX_QUANTITY
from hansa.domain.carts.pricing import Issue, PricedCart, PricedCartLine
from hansa.interfaces.shop.buying.money import Named, Price, Summary, price_of, summarise, usable_cards

_PREVENTING = frozenset({"gone", "not_enough"})
"""What must be put right before the checkout; a changed price only has to be seen."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the cart."""

    id: UUID
    name: str
    slug: str
    options: list[tuple[str, str]]
    image: dict[str, str] | None
    quantity: int
    most: int
    unit_price: Price | None
    former_price: Price | None
    """The catalogue's price, where a price list goes below it."""
    subtotal: Price | None
    reductions: list[Named]
    issues: tuple[Issue, ...]
    is_gone: bool
    is_prevented: bool


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was typed: `complaint` says why it gives nothing."""

    code: str
    label: str
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class CartPage:
    """Everything the cart shows."""

    rows: list[Row]
    count: int
    summary: Summary
    promotion_codes: list[Code]
    gift_cards: list[Code]

    @property
    def can_check_out(self) -> bool:
        """Every line can be bought as it is."""
        return bool(self.rows) and not any(row.is_prevented for row in self.rows)


def build_cart_page(cart: PricedCart, *, now: datetime) -> CartPage:
    """Lay out the cart. Needs a transaction: gift cards are looked up."""
    cards = usable_cards(cart, now=now)
    complaints = {rejected.code: rejected.message for rejected in cart.basket.rejected_codes}
    return CartPage(
        rows=[_row(line, cart) for line in cart.lines],
        count=sum(line.line.quantity for line in cart.lines),
        summary=summarise(cart, cards.values()),
        promotion_codes=[Code(code, code, complaints.get(code, "")) for code in cart.state.promotion_codes],
        gift_cards=[
            Code(code, f"ending in {code[-4:]}", "" if code in cards else "Nothing is left on this gift card.")
            for code in cart.state.gift_card_codes
        ],
    )


def is_prevented(line: PricedCartLine) -> bool:
    """Tell whether the line cannot be bought as it is."""
    return any(issue.is_blocking or issue.code in _PREVENTING for issue in line.issues)


def _row(line: PricedCartLine, cart: PricedCart) -> Row:
    currency, offer, priced = cart.state.currency, line.variant, line.priced
    quantity = line.line.quantity
    former = None
    if offer and priced and offer.base_amount is not None and offer.base_amount > priced.unit_price:
        former = price_of(offer.base_amount, currency)
    left = offer.available if offer and offer.available is not None else MAX_QUANTITY
    return Row(
        id=line.line.id,
        name=offer.name if offer else line.line.name,
        slug=offer.slug if offer else "",
        options=list(offer.options.items()) if offer else [],
        image=offer.image if offer else None,
        quantity=quantity,
        most=max(1, min(left, MAX_QUANTITY)),
        unit_price=price_of(priced.unit_price, currency) if priced else None,
        former_price=former,
        subtotal=price_of(priced.subtotal, currency) if priced else None,
        reductions=[
            Named(applied.name, price_of(applied.amount, currency))
            for applied in cart.basket.explanation
            if applied.line_id == line.line.id
        ],
        issues=line.issues,
        is_gone=offer is None,
        is_prevented=is_prevented(line),
    )
