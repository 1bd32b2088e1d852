"""The checkout's page, ready for the template."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from django.conf import settings

from hansa.domain.carts.pricing import PricedCart, cart_facts, price_cart
from hansa.domain.carts.types import CartState
from hansa.domain.fulfilment.types import Pickup, ShippingOption
from hansa.interfaces.shop.buying.cart import CartPage, build_cart_page
from hansa.interfaces.shop.buying.form import CheckoutForm
from hansa.interfaces.shop.buying.money import Price, price_of
from hansa.interfaces.shop.buying.ways_to_pay import WayToPay, ways_to_pay


@dataclass(frozen=True, slots=True)
class Place:
    """Where it can be fetched."""

    id: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Option:
    """A way to send the cart, and what it costs."""

    id: str
    name: str
    price: Price
    places: list[Place]
    """Where it can be fetched."""
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """Everything the checkout shows."""

    form: CheckoutForm
    cart: CartPage
    priced: PricedCart
    options: list[Option]
    ways: list[WayToPay]
    chosen_way: str
    key: str

    @property
    def due(self) -> int:
        """What the button says, in minor units."""
        return int(self.cart.summary.due["amount"])

    @property
    def has_place(self) -> bool:
        """Somebody has said where it goes."""
        return bool(self.form.values.get("shipping_country"))

    @property
    def has_more(self) -> bool:
        """There is something behind “More”."""
        return any(way.is_more for way in self.ways)

    @property
    def more_is_chosen(self) -> bool:
        """One of the ways behind “More” is chosen."""
        return any(way.is_more and way.value == self.chosen_way for way in self.ways)

    @property
    def stripe_key(self) -> str:
        """What Stripe's script is told; empty when Stripe is not offered."""
        return str(settings.STRIPE_PUBLISHABLE_KEY) if any(way.is_stripe for way in self.ways) else ""


def build_checkout_page(state: CartState, form: CheckoutForm, *, now: datetime) -> CheckoutPage:
    """Price the cart for what stands in the form, complete or not, and lay it out. Needs a transaction.

    The key is a new one each time a page is made: one page, one attempt to pay.
    """
    cart = price_for(state, form, now=now)
    ways = ways_to_pay()
    chosen = form.payment if form.payment in {way.value for way in ways} else ways[0].value if ways else ""
    return CheckoutPage(
        form=form,
        cart=build_cart_page(cart, now=now),
        priced=cart,
        options=[_option(option, cart, form) for option in cart.options],
        ways=ways,
        chosen_way=chosen,
        key=str(uuid4()),
    )


def price_for(state: CartState, form: CheckoutForm, *, now: datetime) -> PricedCart:
    """Return the cart as it would be for the address and the e-mail that are being typed.

    Of the ways to send it the first is taken, until another is chosen: so that the total is the total.
    """
    shipping, billing = form.address("shipping"), form.address("billing")
    typed = replace(
        state,
        email=form.values["email"].strip(),
        shipping_address=shipping if any(shipping.values()) else None,
        billing_address=billing if any(billing.values()) else None,
        shipping_method_id=form.shipping_method_id,
        pickup_point_id=form.pickup_point_id,
    )
    facts = cart_facts(typed, now=now)
    cart = price_cart(typed, facts, now=now)
    if cart.options and cart.shipping is None:
        cart = price_cart(replace(typed, shipping_method_id=cart.options[0].id), facts, now=now)
    return cart


def _option(option: ShippingOption, cart: PricedCart, form: CheckoutForm) -> Option:
    # Where there is one place only, it is the one.
    wanted = form.pickup_points.get(str(option.id), "") if len(option.pickup_points) > 1 else None
    return Option(
        id=str(option.id),
        name=option.name,
        price=price_of(option.amount, option.currency),
        places=[
            Place(str(point.id), _place(point), is_chosen=wanted is None or str(point.id) == wanted)
            for point in option.pickup_points
        ],
        is_chosen=cart.shipping is not None and cart.shipping.id == option.id,
    )


def _place(point: Pickup) -> str:
    return ", ".join(part for part in (point.name, point.address, point.opening_hours) if part)
