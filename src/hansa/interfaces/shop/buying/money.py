"""Amounts of a cart as documents have them, so that one filter writes them everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hansa.domain.carts.pricing import PricedCart
from hansa.domain.payments.selectors import find_gift_card
from hansa.domain.payments.types import GiftCardView
from hansa.domain.pricing.types import Applied, AppliedTax, Scope

type Price = dict[str, Any]
"""What `shop.money` writes: {"amount", "currency"}."""


def price_of(amount: int, currency: str) -> Price:
    """Return an amount in minor units with its currency."""
    return {"amount": amount, "currency": currency}


@dataclass(frozen=True, slots=True)
class Named:
    """An amount and what it is for."""

    name: str
    price: Price


@dataclass(frozen=True, slots=True)
class Summary:
    """What a cart comes to, and why."""

    subtotal: Price
    reductions: list[Named]
    """What each rule takes off the goods."""
    shipping: Price | None
    shipping_name: str
    shipping_notes: list[str]
    """The rules that made shipping cheaper."""
    taxes: list[Named]
    prices_include_tax: bool
    total: Price
    gift_cards: list[Named]
    due: Price


def summarise(cart: PricedCart, cards: Iterable[GiftCardView]) -> Summary:
    """Lay out the totals of a cart that is partly paid with these gift cards."""
    basket, currency = cart.basket, cart.state.currency
    given, left = [], basket.total
    for card in sorted(cards, key=lambda card: card.id):
        amount = min(card.balance, left)
        left -= amount
        if amount:
            given.append(Named(f"Gift card ending in {card.last_characters}", price_of(amount, currency)))
    taxes = _taxes([*(tax for line in basket.lines for tax in line.taxes), *basket.shipping.taxes], currency)
    return Summary(
        subtotal=price_of(basket.subtotal, currency),
        reductions=_reductions(basket.explanation, currency),
        shipping=price_of(basket.shipping_total, currency) if cart.shipping else None,
        shipping_name=cart.shipping.name if cart.shipping else "",
        shipping_notes=list(dict.fromkeys(a.name for a in basket.explanation if a.scope is Scope.SHIPPING)),
        taxes=taxes,
        prices_include_tax=basket.prices_include_tax,
        total=price_of(basket.total, currency),
        gift_cards=given,
        due=price_of(left, currency),
    )


def usable_cards(cart: PricedCart, *, now: datetime) -> dict[str, GiftCardView]:
    """Return the gift cards that can pay for this cart, by the codes that were typed. Needs a transaction."""
    found = {code: find_gift_card(code=code, now=now) for code in cart.state.gift_card_codes}
    unique = {card.id: (code, card) for code, card in found.items() if card and card.currency == cart.state.currency}
    return dict(unique.values())


def _reductions(explanation: Iterable[Applied], currency: str) -> list[Named]:
    sums: dict[str, int] = {}
    for applied in explanation:
        if applied.scope is Scope.LINE:
            label = f"{applied.name} ({applied.code})" if applied.code else applied.name
            sums[label] = sums.get(label, 0) + applied.amount
    return [Named(label, price_of(amount, currency)) for label, amount in sums.items()]


def _taxes(taxes: Iterable[AppliedTax], currency: str) -> list[Named]:
    sums: dict[str, int] = {}
    for tax in taxes:
        sums[tax.name] = sums.get(tax.name, 0) + tax.amount
    return [Named(name, price_of(amount, currency)) for name, amount in sums.items() if amount]
