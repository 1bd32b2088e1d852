"""The price of a cart: what has to be known for it, in one message, and what comes out.

`cart_facts` asks, `price_cart` computes; between them lies everything that a price depends on, so that
the same facts always give the same price.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hansa.domain.carts.taxes import TaxAhead, rules_for
from hansa.domain.carts.types import CartState, Line
from hansa.domain.fulfilment.queries import methods_sql, read_methods
from hansa.domain.fulfilment.quote import quote
from hansa.domain.fulfilment.types import BasketFacts, Method, Pickup, ShippingOption
from hansa.domain.orders.queries import FIRST_ORDER_SQL
from hansa.domain.pricing.price import price
from hansa.domain.pricing.queries import prices_sql, promotions_sql, read_offers, read_promotions, read_tax, tax_sql
from hansa.domain.pricing.types import (
    Basket,
    BasketLine,
    CustomerFacts,
    Offer,
    PricedBasket,
    PricedLine,
    Promotion,
    ShippingChoice,
    TaxRules,
)
from hansa.kernel.money import Money
from hansa.kernel.postgresql.batches import ask_together


@dataclass(frozen=True, slots=True)
class CartFacts:
    """What the price of a cart depends on beside the cart itself."""

    variants: Mapping[UUID, Offer]
    """Those that are for sale, in the cart's currency."""
    promotions: tuple[Promotion, ...]
    customer: CustomerFacts
    tax: TaxRules
    methods: tuple[Method, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong with a line now, in a sentence for the buyer."""

    code: str
    message: str
    is_blocking: bool = False
    """The line cannot be ordered as it is, whatever else happens."""


@dataclass(frozen=True, slots=True)
class PricedCartLine:
    """A line, what it is about and what it costs; `variant` and `priced` are None when it is gone."""

    line: Line
    variant: Offer | None
    priced: PricedLine | None
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart with its price, at one moment."""

    state: CartState
    lines: tuple[PricedCartLine, ...]
    basket: PricedBasket
    options: tuple[ShippingOption, ...]
    """The ways to send it."""
    shipping: ShippingOption | None
    """The one that was chosen, if it is offered."""
    needs_shipping: bool

    @property
    def pickup(self) -> Pickup | None:
        """Where it will be fetched, if the chosen way offers the point that was chosen."""
        points = self.shipping.pickup_points if self.shipping else ()
        return next((point for point in points if point.id == self.state.pickup_point_id), None)

    def shipping_options(self) -> list[dict[str, Any]]:
        """Return the ways to send it as they are answered."""
        return [
            _option(option) | {"pickup_points": [_point(point) for point in option.pickup_points]}
            for option in self.options
        ]

    def shipping_document(self) -> dict[str, Any] | None:
        """Return the chosen way, with the pick-up point, as it is answered and kept with the order."""
        if self.shipping is None:
            return None
        return _option(self.shipping) | {"pickup_point": _point(self.pickup) if self.pickup else None}

    def explanation(self) -> list[dict[str, Any]]:
        """Return which rule gave what, as it is answered and kept with the order."""
        return [
            {
                "rule": applied.name,
                "kind": applied.kind,
                "code": applied.code,
                "amount": {"amount": applied.amount, "currency": self.state.currency},
                "scope": applied.scope,
                "line_id": applied.line_id,
            }
            for applied in self.basket.explanation
        ]


def cart_facts(
    state: CartState, *, now: datetime, also: tuple[UUID, ...] = (), ahead: TaxAhead | None = None
) -> CartFacts:
    """Ask for everything that the cart's price depends on, for its lines and the variants in `also`.

    One message, four statements, however many lines there are. `ahead`: what a tax provider of the
    installation's own has said (`taxes.py`); it counts instead of the merchant's table. Raises CartChanged.
    """
    address = state.shipping_address or state.billing_address or {}
    country, postal_code = address.get("country", ""), address.get("postal_code", "")
    variant_ids = sorted({line.variant_id for line in state.lines} | set(also), key=str)
    offer_rows, promotion_rows, tax_rows, method_rows = ask_together(
        [
            prices_sql(variant_ids=variant_ids, currency=state.currency, customer_id=state.customer_id, at=now),
            promotions_sql(
                codes=state.promotion_codes,
                at=now,
                customer_key=state.email.lower(),
                customer_id=state.customer_id,
                first_order=FIRST_ORDER_SQL,
            ),
            tax_sql(
                country=country,
                region=address.get("region", ""),
                postal_code=postal_code,
                at=now,
                customer_id=state.customer_id,
            ),
            methods_sql(country=country, postal_code=postal_code),
        ]
    )
    promotions, customer = read_promotions(promotion_rows)
    return CartFacts(
        variants={key: offer for key, offer in read_offers(offer_rows).items() if offer.is_for_sale},
        promotions=promotions,
        customer=customer,
        tax=rules_for(state, ahead) or read_tax(tax_rows),
        methods=read_methods(method_rows),
    )


def price_cart(state: CartState, facts: CartFacts, *, now: datetime) -> PricedCart:
    """Price the cart. Pure: the same cart and facts give the same price."""
    lines = tuple(sold for line in state.lines if (sold := _basket_line(line, facts)))
    basket = Basket(
        currency=state.currency,
        lines=lines,
        tax=facts.tax,
        at=now,
        promotions=facts.promotions,
        codes=state.promotion_codes,
        customer=facts.customer,
    )
    priced = price(basket)
    options = _options(facts, lines, priced)
    chosen = next((option for option in options if option.id == state.shipping_method_id), None)
    if chosen:
        # What shipping costs depends on what the lines come to, so the basket is priced once more with it.
        choice = ShippingChoice(chosen.id, chosen.name, chosen.amount, chosen.tax_class)
        priced = price(replace(basket, shipping=choice))
    by_id = {line.id: line for line in priced.lines}
    return PricedCart(
        state=state,
        lines=tuple(_priced_line(line, facts, by_id.get(line.id), state.currency) for line in state.lines),
        basket=priced,
        options=options,
        shipping=chosen,
        needs_shipping=any(line.requires_shipping for line in lines),
    )


def _basket_line(line: Line, facts: CartFacts) -> BasketLine | None:
    offer = facts.variants.get(line.variant_id)
    return offer.basket_line(id=line.id, quantity=line.quantity) if offer else None


def _options(facts: CartFacts, lines: tuple[BasketLine, ...], priced: PricedBasket) -> tuple[ShippingOption, ...]:
    shipped = [(line, part) for line, part in zip(lines, priced.lines, strict=True) if line.requires_shipping]
    if not shipped:
        return ()
    return quote(
        facts.methods,
        BasketFacts(
            currency=priced.currency,
            value=sum(part.subtotal - part.discount for _, part in shipped),
            weight_grams=sum(line.weight_grams * line.quantity for line, _ in shipped),
            quantity=sum(line.quantity for line, _ in shipped),
        ),
    )


def _priced_line(line: Line, facts: CartFacts, priced: PricedLine | None, currency: str) -> PricedCartLine:
    offer = facts.variants.get(line.variant_id)
    if offer is None or priced is None:
        gone = Issue("gone", f"{line.name} is no longer for sale. Take it out of the cart.", is_blocking=True)
        return PricedCartLine(line, None, None, (gone,))
    issues = []
    if priced.unit_price != line.seen_price:
        was, is_now = (Money(amount, currency).display() for amount in (line.seen_price, priced.unit_price))
        code = "price_raised" if priced.unit_price > line.seen_price else "price_lowered"
        issues.append(Issue(code, f"The price has changed from {was} to {is_now}."))
    if offer.available is not None and offer.available < line.quantity:
        left = f"Only {offer.available} left." if offer.available > 0 else "Sold out."
        issues.append(Issue("not_enough", left))
    return PricedCartLine(line, offer, priced, tuple(issues))


def _option(option: ShippingOption) -> dict[str, Any]:
    return {
        "id": str(option.id),
        "name": option.name,
        "price": {"amount": option.amount, "currency": option.currency},
    }


def _point(point: Pickup) -> dict[str, Any]:
    return {"id": str(point.id), "name": point.name, "address": point.address, "opening_hours": point.opening_hours}
