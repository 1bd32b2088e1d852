"""What the endpoints of carts take and answer."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from hansa.domain.carts.models import MAX_CODES, MAX_LINES, MAX_QUANTITY
from hansa.domain.carts.pricing import PricedCart, PricedCartLine
from hansa.domain.carts.types import CartChanges, WantedLine
from hansa.interfaces.storefront.schemas.base import In, Whole
from hansa.interfaces.storefront.schemas.catalog import MoneyOut
from hansa.kernel.tokens import make_token

Quantity = Annotated[Whole, Field(ge=1, le=MAX_QUANTITY)]
_Text = Annotated[str, Field(max_length=200)]


class AddressIn(In):
    """A postal address. Which parts are required depends on the country."""

    first_name: _Text = ""
    last_name: _Text = ""
    company: _Text = ""
    line1: _Text = ""
    line2: _Text = ""
    city: _Text = ""
    region: _Text = Field("", description="State or province.")
    postal_code: _Text = ""
    country: _Text = Field("", description="ISO 3166-1 alpha-2.", examples=["DE"])
    phone: _Text = ""


class LineIn(In):
    """So many of a variant."""

    variant_id: UUID
    quantity: Quantity = 1


class QuantityIn(In):
    """How many it shall be."""

    quantity: Quantity


class CartChangesIn(In):
    """What is left out stays as it is; lists and addresses replace what was there."""

    email: Annotated[str | None, Field(max_length=254, examples=["ada@example.com"])] = None
    shipping_address: AddressIn | None = None
    billing_address: AddressIn | None = None
    shipping_method_id: UUID | None = None
    pickup_point_id: Annotated[
        UUID | None,
        Field(description="One of the shipping method's `pickup_points`; required where it has some."),
    ] = None
    promotion_codes: Annotated[list[_Text] | None, Field(max_length=MAX_CODES)] = None
    gift_card_codes: Annotated[list[_Text] | None, Field(max_length=MAX_CODES)] = None

    def codes(self) -> list[str]:
        """Return the codes that are tried, of both kinds."""
        return [*(self.promotion_codes or ()), *(self.gift_card_codes or ())]

    def to_changes(self) -> CartChanges:
        """Translate for the domain."""
        return CartChanges(
            email=self.email,
            shipping_address=self.shipping_address.model_dump() if self.shipping_address else None,
            billing_address=self.billing_address.model_dump() if self.billing_address else None,
            shipping_method_id=self.shipping_method_id,
            pickup_point_id=self.pickup_point_id,
            promotion_codes=None if self.promotion_codes is None else tuple(self.promotion_codes),
            gift_card_codes=None if self.gift_card_codes is None else tuple(self.gift_card_codes),
        )


class CartIn(CartChangesIn):
    """A new cart; everything may be in it from the start."""

    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$", description="Default: the shop's.")] = None
    lines: Annotated[list[LineIn], Field(max_length=MAX_LINES)] = []

    def to_lines(self) -> list[WantedLine]:
        """Translate for the domain."""
        return [WantedLine(variant_id=line.variant_id, quantity=line.quantity) for line in self.lines]


class LineImageOut(BaseModel):
    """A picture of what the line is about."""

    url: str
    alt: str


class IssueOut(BaseModel):
    """What is wrong with a line now."""

    code: str = Field(examples=["gone", "price_raised", "not_enough"])
    message: str


class CartLineOut(BaseModel):
    """One line, priced."""

    id: UUID
    variant_id: UUID
    product_id: UUID | None
    name: str
    slug: str | None
    sku: str
    options: dict[str, str]
    image: LineImageOut | None
    quantity: int
    unit_price: MoneyOut | None
    subtotal: MoneyOut
    discount: MoneyOut
    tax: MoneyOut
    total: MoneyOut
    issues: list[IssueOut]


class TotalsOut(BaseModel):
    """total = subtotal - discount + shipping, plus tax unless prices_include_tax."""

    subtotal: MoneyOut
    discount: MoneyOut
    shipping: MoneyOut
    tax: MoneyOut
    total: MoneyOut


class PickupPointOut(BaseModel):
    """A place where it can be fetched."""

    id: UUID
    name: str
    address: str
    opening_hours: str


class ChosenShippingOut(BaseModel):
    """The way to send it that was chosen, and what it costs for this cart."""

    id: UUID
    name: str
    price: MoneyOut
    pickup_point: PickupPointOut | None = Field(description="Where it will be fetched, once that is chosen.")


class ShippingMethodOut(BaseModel):
    """A way to send it, and what it costs for this cart."""

    id: UUID
    name: str
    price: MoneyOut
    pickup_points: list[PickupPointOut] = Field(description="Where there are some, one must be chosen.")


class AppliedOut(BaseModel):
    """Which rule gave what."""

    rule: str
    kind: str
    code: str
    amount: MoneyOut
    scope: str
    line_id: UUID | None


class RejectedCodeOut(BaseModel):
    """A code that gives nothing, and why."""

    code: str
    reason: str
    message: str


class CartOut(BaseModel):
    """A cart, priced at this moment."""

    id: UUID
    token: str = Field(description="Send it with later calls: `Authorization: Cart <token>`.")
    version: int = Field(description="Grows with every change; checkout takes it as `cart_version`.")
    status: str
    currency: str
    email: str
    shipping_address: dict[str, Any] | None
    billing_address: dict[str, Any] | None
    shipping_method: ChosenShippingOut | None
    needs_shipping: bool
    promotion_codes: list[str]
    gift_card_codes: list[str]
    rejected_codes: list[RejectedCodeOut]
    lines: list[CartLineOut]
    totals: TotalsOut
    prices_include_tax: bool
    explanation: list[AppliedOut]


class ShippingMethodsOut(BaseModel):
    """The ways to send this cart to its address."""

    items: list[ShippingMethodOut]
    next_cursor: None = None


def cart_document(cart: PricedCart) -> dict[str, Any]:
    """Return what CartOut describes."""
    state, basket = cart.state, cart.basket

    def money(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": state.currency}

    return {
        "id": state.id,
        "token": make_token("cart", state.id),
        "version": state.version,
        "status": state.status,
        "currency": state.currency,
        "email": state.email,
        "shipping_address": state.shipping_address,
        "billing_address": state.billing_address,
        "shipping_method": cart.shipping_document(),
        "needs_shipping": cart.needs_shipping,
        "promotion_codes": state.promotion_codes,
        "gift_card_codes": state.gift_card_codes,
        "rejected_codes": [
            {"code": one.code, "reason": one.reason, "message": one.message} for one in basket.rejected_codes
        ],
        "lines": [_line(line, state.currency) for line in cart.lines],
        "totals": {
            "subtotal": money(basket.subtotal),
            "discount": money(basket.discount),
            "shipping": money(basket.shipping_total),
            "tax": money(basket.tax),
            "total": money(basket.total),
        },
        "prices_include_tax": basket.prices_include_tax,
        "explanation": cart.explanation(),
    }


def _line(line: PricedCartLine, currency: str) -> dict[str, Any]:
    variant, priced = line.variant, line.priced

    def money(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": currency}

    return {
        "id": line.line.id,
        "variant_id": line.line.variant_id,
        "product_id": variant.product_id if variant else None,
        "name": variant.name if variant else line.line.name,
        "slug": variant.slug if variant else None,
        "sku": variant.sku if variant else "",
        "options": variant.options if variant else {},
        "image": variant.image if variant else None,
        "quantity": line.line.quantity,
        "unit_price": money(priced.unit_price) if priced else None,
        "subtotal": money(priced.subtotal if priced else 0),
        "discount": money(priced.discount if priced else 0),
        "tax": money(priced.tax if priced else 0),
        "total": money(priced.total if priced else 0),
        "issues": [{"code": issue.code, "message": issue.message} for issue in line.issues],
    }
