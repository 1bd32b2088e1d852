"""What crosses the border of orders. Amounts are minor units of the order's currency."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line of an order that is about to be placed."""

    variant_id: UUID
    product_id: UUID
    name: str
    slug: str
    sku: str
    options: dict[str, str]
    image: dict[str, Any] | None
    quantity: int
    unit_price: int
    subtotal: int
    discount: int
    tax: int
    total: int
    taxes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order that is about to be placed: everything is a copy, nothing refers to what may change."""

    id: UUID
    cart_id: UUID
    customer_id: UUID | None
    currency: str
    email: str
    shipping_address: dict[str, Any] | None
    billing_address: dict[str, Any] | None
    shipping_method: dict[str, Any] | None
    lines: tuple[LineDraft, ...]
    subtotal: int
    discount: int
    shipping: int
    tax: int
    total: int
    prices_include_tax: bool
    explanation: list[dict[str, Any]]
    language: str = ""
    """In which the buyer is written to; empty: nobody knows."""
