"""What crosses the border of carts. Amounts are minor units of the cart's currency."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is stored."""

    id: UUID
    variant_id: UUID
    quantity: int
    seen_price: int
    name: str


@dataclass(frozen=True, slots=True)
class CartState:
    """A cart as it is stored."""

    id: UUID
    version: int
    status: str
    currency: str
    customer_id: UUID | None
    email: str
    shipping_address: dict[str, Any] | None
    billing_address: dict[str, Any] | None
    shipping_method_id: UUID | None
    pickup_point_id: UUID | None
    promotion_codes: tuple[str, ...]
    gift_card_codes: tuple[str, ...]
    order_id: UUID | None
    lines: tuple[Line, ...]
    language: str = ""
    """In which the buyer asked for the shop; empty: in none that it writes."""


@dataclass(frozen=True, slots=True)
class CartChanges:
    """What is to be different; None: as it is. Lists and addresses replace what was there."""

    email: str | None = None
    shipping_address: dict[str, Any] | None = None
    billing_address: dict[str, Any] | None = None
    shipping_method_id: UUID | None = None
    pickup_point_id: UUID | None = None
    """One of the method's; another method without a point of its own forgets the one before."""
    promotion_codes: tuple[str, ...] | None = None
    gift_card_codes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class WantedLine:
    """So many of a variant, to be put into a cart."""

    variant_id: UUID
    quantity: int
