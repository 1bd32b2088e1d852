"""What goes into a price and what comes out: frozen values, no database behind them.

Amounts are integer minor units of the basket's currency; rates are parts per million, so that 19 %
is 190 000 and four decimals of a per cent fit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

PPM = 1_000_000
"""One whole, in parts per million."""


def normal_code(code: str) -> str:
    """Return a promotion's code as it is stored and compared: capitals, without blanks around it."""
    return code.strip().upper()


class PromotionKind(StrEnum):
    """What a promotion does."""

    PERCENTAGE = "percentage"
    FIXED_AMOUNT = "fixed_amount"
    BUY_X_GET_Y = "buy_x_get_y"
    FREE_SHIPPING = "free_shipping"
    TIERED = "tiered"


class Scope(StrEnum):
    """What a promotion took its amount off."""

    LINE = "line"
    SHIPPING = "shipping"


class Refusal(StrEnum):
    """Why a code that somebody typed gives nothing."""

    UNKNOWN = "code_unknown"
    NOT_YET_VALID = "code_not_yet_valid"
    EXPIRED = "code_expired"
    USED_UP = "code_used_up"
    USED_BY_CUSTOMER = "code_used_by_customer"
    NOT_FOR_CUSTOMER = "code_not_for_this_customer"
    FIRST_ORDER_ONLY = "code_first_order_only"
    OTHER_CURRENCY = "code_other_currency"
    NOT_FOR_PRODUCTS = "code_not_for_these_products"
    MINIMUM_NOT_REACHED = "code_minimum_not_reached"
    NOT_ENOUGH_ITEMS = "code_not_enough_items"
    NOT_COMBINABLE = "code_not_combinable"
    GIVES_NOTHING = "code_gives_nothing"


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line of a basket, with all that its price depends on."""

    id: UUID
    variant_id: UUID
    product_id: UUID
    quantity: int
    unit_price: int
    """After price lists and quantity tiers; with tax or without, as TaxRules.prices_include_tax says."""
    list_price: int = 0
    """The catalogue's price before any price list: shown struck through, never charged."""
    category_ids: frozenset[UUID] = frozenset()
    """The product's category and all categories above it."""
    tax_class: str = ""
    """The code of a tax class; empty: the default one."""
    is_taxable: bool = True
    requires_shipping: bool = True
    weight_grams: int = 0


@dataclass(frozen=True, slots=True)
class PriceTier:
    """What one piece costs in a price list from a quantity on."""

    priority: int
    min_quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as it is sold right now, in one currency and to one group of customers."""

    variant_id: UUID
    product_id: UUID
    name: str
    slug: str
    option_names: tuple[str, ...]
    option_values: tuple[str, ...]
    sku: str
    image_url: str
    base_amount: int | None
    """The catalogue's price; None in another currency than the shop's."""
    tiers: tuple[PriceTier, ...]
    weight_grams: int
    requires_shipping: bool
    is_taxable: bool
    tax_class: str
    category_ids: frozenset[UUID]
    is_for_sale: bool
    """Published and not archived; the stock says whether there is any."""

    def unit_price(self, quantity: int) -> int | None:
        """Return what one piece costs when `quantity` are bought; None: not sold in this currency.

        Of the price lists that have the variant for this quantity those with the lowest priority number
        count, and of them the lowest price. Nobody pays more than the catalogue's price, where there is one.
        """
        reached = [tier for tier in self.tiers if tier.min_quantity <= quantity]
        listed = min(((tier.priority, tier.amount) for tier in reached), default=None)
        amounts = [listed[1]] if listed else []
        if self.base_amount is not None:
            amounts.append(self.base_amount)
        return min(amounts, default=None)

    def basket_line(self, *, id: UUID, quantity: int) -> "BasketLine | None":  # noqa: A002  (what it is)
        """Return the line of a basket that buys `quantity`; None: not sold in this currency."""
        unit_price = self.unit_price(quantity)
        if unit_price is None:
            return None
        return BasketLine(
            id=id,
            variant_id=self.variant_id,
            product_id=self.product_id,
            quantity=quantity,
            unit_price=unit_price,
            list_price=unit_price if self.base_amount is None else self.base_amount,
            category_ids=self.category_ids,
            tax_class=self.tax_class,
            is_taxable=self.is_taxable,
            requires_shipping=self.requires_shipping,
            weight_grams=self.weight_grams,
        )


@dataclass(frozen=True, slots=True)
class PromotionTier:
    """One step of a tiered promotion: from `min_subtotal` on, this rate or this amount off."""

    min_subtotal: int
    rate_ppm: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class PromotionConditions:
    """When a promotion holds. An empty set of products and of categories means every line."""

    product_ids: frozenset[UUID] = frozenset()
    category_ids: frozenset[UUID] = frozenset()
    customer_group_id: UUID | None = None
    is_first_order_only: bool = False
    min_subtotal: int = 0
    """What the eligible lines must come to before any discount."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    """The first instant at which it no longer holds."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """A candidate: whether it gives anything is for `price` to find out."""

    id: UUID
    name: str
    kind: PromotionKind
    code: str = ""
    """Empty: automatic."""
    currency: str = ""
    """Of its amounts; empty when it has none."""
    rate_ppm: int = 0
    amount: int = 0
    buy_quantity: int = 0
    get_quantity: int = 0
    tiers: tuple[PromotionTier, ...] = ()
    conditions: PromotionConditions = field(default_factory=PromotionConditions)
    usage_limit: int | None = None
    usage_limit_per_customer: int | None = None
    uses: int = 0
    priority: int = 0
    """Lower comes first; equal ones in the order of their ids."""
    is_exclusive: bool = False
    """Never together with another promotion: see Note [Stacking] in `promotions.py`."""


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What promotions may ask about the customer."""

    group_id: UUID | None = None
    is_first_order: bool = False
    uses: Mapping[UUID, int] = field(default_factory=dict)
    """How often they have used which promotion."""


@dataclass(frozen=True, slots=True)
class TaxRate:
    """One tax at the destination. Several on one class add up (state and city)."""

    name: str
    rate_ppm: int
    applies_to_shipping: bool = True


@dataclass(frozen=True, slots=True)
class TaxRules:
    """The taxes at one destination."""

    prices_include_tax: bool
    rates: Mapping[str, tuple[TaxRate, ...]] = field(default_factory=dict)
    """By code of tax class; a class without an entry is not taxed there."""
    default_class: str = ""
    is_exempt: bool = False
    """The customer pays no tax; tax inside prices is taken out of them first."""


@dataclass(frozen=True, slots=True)
class ShippingChoice:
    """The shipping method that was chosen, and what it costs."""

    method_id: UUID
    name: str
    amount: int
    tax_class: str = ""
    is_taxable: bool = True


@dataclass(frozen=True, slots=True)
class Basket:
    """Everything that a price depends on."""

    currency: str
    lines: tuple[BasketLine, ...]
    tax: TaxRules
    at: datetime
    promotions: tuple[Promotion, ...] = ()
    """Candidates, in any order: the automatic ones and those whose code was typed."""
    codes: tuple[str, ...] = ()
    """As typed."""
    customer: CustomerFacts = field(default_factory=CustomerFacts)
    shipping: ShippingChoice | None = None


@dataclass(frozen=True, slots=True)
class AppliedTax:
    """One tax on one line or on shipping."""

    name: str
    rate_ppm: int
    amount: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line, priced: total = subtotal - discount, plus tax unless prices include it."""

    id: UUID
    unit_price: int
    quantity: int
    subtotal: int
    discount: int
    tax: int
    total: int
    taxes: tuple[AppliedTax, ...] = ()


@dataclass(frozen=True, slots=True)
class PricedShipping:
    """Shipping, priced: total = amount - discount, plus tax unless prices include it. All 0 without a choice."""

    amount: int = 0
    discount: int = 0
    tax: int = 0
    total: int = 0
    taxes: tuple[AppliedTax, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """One promotion took `amount` off one line or off shipping."""

    promotion_id: UUID
    kind: PromotionKind
    name: str
    code: str
    amount: int
    scope: Scope
    line_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RejectedCode:
    """A code that gives nothing, and why."""

    code: str
    reason: Refusal
    message: str


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """The price of a basket, and why.

    Always: subtotal - discount + shipping_total + (tax unless prices_include_tax) = total, and each of
    them is the sum of its parts in `lines` and `shipping`.
    """

    currency: str
    lines: tuple[PricedLine, ...]
    shipping: PricedShipping
    subtotal: int
    discount: int
    """Off the lines; what is off shipping is in `shipping.discount`."""
    shipping_total: int
    """Shipping after its discount; with its tax when prices include tax, without otherwise."""
    tax: int
    """Of lines and shipping; inside the other figures when prices_include_tax."""
    total: int
    prices_include_tax: bool
    explanation: tuple[Applied, ...] = ()
    rejected_codes: tuple[RejectedCode, ...] = ()

    @property
    def promotion_ids(self) -> tuple[UUID, ...]:
        """The promotions that gave something: these are redeemed."""
        return tuple(sorted({applied.promotion_id for applied in self.explanation}))
