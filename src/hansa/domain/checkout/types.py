"""What crosses the border of the checkout."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PaymentWish:
    """How the buyer wants to pay, as the client sent it; not to be trusted."""

    provider: str
    method: str
    details: dict[str, Any] = field(default_factory=dict)
    return_url: str | None = None


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """One attempt to check out."""

    cart_id: UUID
    payment: PaymentWish
    idempotency_key: str
    fingerprint: str
    """Of the request as it came; see `fingerprint_of` in `services/claim.py`."""
    cart_version: int | None = None
    """The version that the buyer has seen; None: whichever it is."""
    expected_total: int | None = None
    """The total that the buyer has seen, in minor units; None: whichever it is."""
    asker: UUID | None = None
    """The customer who is logged in; a customer's cart is ordered by nobody else: Note [Whose cart]."""
    actor: str = "customer"
    address: str = ""
    """The network address of the client, for the cap on open orders; empty: not known, not capped."""


@dataclass(frozen=True, slots=True)
class CheckoutAnswer:
    """The order as JSON, exactly as it was answered the first time."""

    order_id: UUID
    document: str
    is_replay: bool


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Pieces of one order line for which money goes back."""

    line_id: UUID
    quantity: int
    is_restocked: bool = False
    """They came back and can be sold again."""
