"""What the endpoints of checkout and orders take and answer."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hansa.domain.checkout.types import PaymentWish
from hansa.interfaces.storefront.schemas.base import In, Whole
from hansa.interfaces.storefront.schemas.carts import AppliedOut, LineImageOut, TotalsOut
from hansa.interfaces.storefront.schemas.catalog import MoneyOut


class PaymentIn(In):
    """How to pay. What else the provider needs may stand beside; it is passed on."""

    model_config = ConfigDict(extra="allow")

    provider: Annotated[str, Field(max_length=50, examples=["manual"])]
    method: Annotated[str, Field(max_length=200, examples=["ok"])] = ""
    return_url: Annotated[
        str | None, Field(max_length=2000, pattern=r"^https?://", description="Where the bank sends the buyer back to.")
    ] = None

    def to_wish(self) -> PaymentWish:
        """Translate for the domain."""
        details = self.model_dump(exclude={"return_url"})
        return PaymentWish(provider=self.provider, method=self.method, details=details, return_url=self.return_url)


class CheckoutIn(In):
    """An order for everything in the cart."""

    payment: PaymentIn
    cart_version: Annotated[
        Whole | None,
        Field(description="The version that the buyer has seen; 409 when it is another by now."),
    ] = None
    expected_total: Annotated[
        Whole | None, Field(description="The total that the buyer has seen; 409 when it is another by now.")
    ] = None


class PaymentOut(BaseModel):
    """The payment of an order."""

    id: UUID | None
    provider: str | None
    method: str | None
    status: str = Field(examples=["captured", "pending", "declined"])
    amount: MoneyOut
    next_action: dict[str, Any] | None = Field(description="What the buyer has to do before it is paid.")


class OrderLineOut(BaseModel):
    """One line, as it was sold."""

    id: UUID
    variant_id: UUID
    product_id: UUID
    name: str
    slug: str
    sku: str
    options: dict[str, str]
    image: LineImageOut | None
    quantity: int
    unit_price: MoneyOut
    subtotal: MoneyOut
    discount: MoneyOut
    tax: MoneyOut
    total: MoneyOut


class TimelineOut(BaseModel):
    """Something that happened."""

    kind: str
    status: str | None
    actor: str
    message: str
    created_at: str


class OrderOut(BaseModel):
    """An order."""

    id: UUID
    number: str
    status: str = Field(examples=["paid", "pending_payment"])
    token: str = Field(description="Send it to see the order again: `Authorization: Order <token>`.")
    cart_id: UUID
    email: str
    currency: str
    placed_at: str
    shipping_address: dict[str, Any] | None
    billing_address: dict[str, Any] | None
    shipping_method: dict[str, Any] | None
    prices_include_tax: bool
    totals: TotalsOut
    explanation: list[AppliedOut]
    lines: list[OrderLineOut]
    payment: PaymentOut
    paid: MoneyOut
    timeline: list[TimelineOut]
