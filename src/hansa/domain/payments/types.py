"""What crosses the border of payments: to the checkout above and to the providers beside us.

Amounts are integers in minor units of `currency`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Outcome(StrEnum):
    """What a provider says became of a payment."""

    PAID = "paid"
    """Captured. The answer's amount is all that was captured so far."""
    AUTHORISED = "authorised"
    """Held for us; `capture` takes it, `void` lets go of it."""
    DECLINED = "declined"
    """Nothing was taken, and nothing will be."""
    NEEDS_ACTION = "needs_action"
    """The shopper has to do something first: see `next_action`."""
    VOIDED = "voided"
    """Was held, and is let go of."""
    UNKNOWN = "unknown"
    """Nobody can say yet; ask again later."""


class RefundOutcome(StrEnum):
    """What a provider says became of a refund."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    FAILED = "failed"
    UNKNOWN = "unknown"


class EventKind(StrEnum):
    """What a provider's event tells; `OTHER` is nothing that we act on."""

    AUTHORISED = "authorised"
    CAPTURED = "captured"
    DECLINED = "declined"
    VOIDED = "voided"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What we ask a provider for. `payment_id` is the idempotency key."""

    payment_id: UUID
    reference: UUID
    amount: int
    currency: str
    method: Mapping[str, Any]
    """What the client sent under `payment`; not to be trusted."""
    email: str = ""
    return_url: str | None = None
    """Where the provider sends the shopper back to."""


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment as it stands in our books."""

    id: UUID
    reference: UUID
    provider: str
    method: str
    amount: int
    currency: str
    status: str
    provider_reference: str
    next_action: Mapping[str, Any] | None
    decline_code: str
    message: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What the provider said about a payment."""

    outcome: Outcome
    provider_reference: str = ""
    amount: int | None = None
    """For PAID what is captured so far, for AUTHORISED what is held; else it does not matter."""
    currency: str | None = None
    next_action: Mapping[str, Any] | None = None
    decline_code: str = ""
    message: str = ""
    """A sentence for the shopper."""
    mismatch: str = ""
    """What the provider got wrong, for staff; then the outcome is UNKNOWN."""


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """What the provider said about a refund."""

    outcome: RefundOutcome
    provider_reference: str = ""
    amount: int | None = None
    currency: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund as it stands in our books: `created` (not settled yet), `succeeded` or `failed`."""

    id: UUID
    payment_id: UUID
    amount: int
    status: str
    reason_code: str
    message: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RefundFact:
    """A refund that the provider knows of, whoever asked for it."""

    provider_reference: str
    amount: int
    outcome: RefundOutcome
    refund_id: UUID | None = None
    """Our own id, when we asked for it."""


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A callback, verified and translated."""

    event_id: str
    kind: EventKind
    raw_kind: str
    provider_reference: str
    payment_id: UUID | None
    amount: int | None
    """As in ProviderAnswer: for CAPTURED all that is captured so far; for DISPUTED what is disputed."""
    currency: str | None
    occurred_at: datetime
    refunds: tuple[RefundFact, ...] = ()
    decline_code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A callback as it comes over the wire."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an answer made of a payment."""

    payment_id: UUID
    reference: UUID
    provider: str
    status: str
    previous_status: str
    amount: int
    currency: str
    captured_amount: int
    has_changed: bool
    """The status climbed or more is captured; False for a repeated or late answer."""
    next_action: Mapping[str, Any] | None = None
    decline_code: str = ""
    message: str = ""

    @property
    def is_paid(self) -> bool:
        """All that was asked for is captured."""
        return self.captured_amount >= self.amount


type Settle = Callable[..., object]
"""Called as `settle(payment_id=…, answer=…, now=…)` inside a transaction: `apply_answer`, or the
checkout's `settle_payment`, which calls it and settles the order too."""


@dataclass(frozen=True, slots=True)
class Balance:
    """How one reference stands, summed from the ledger; nothing of it is stored."""

    currency: str
    charged: int = 0
    captured: int = 0
    gift_cards: int = 0
    refunded: int = 0

    @property
    def paid(self) -> int:
        """What came in and has not gone back."""
        return self.captured + self.gift_cards - self.refunded

    @property
    def due(self) -> int:
        """What the customer still owes; below zero: what we owe."""
        return self.charged - self.paid


@dataclass(frozen=True, slots=True)
class IssuedGiftCard:
    """A new gift card. The code is shown this once; we keep only its fingerprint."""

    id: UUID
    code: str = field(repr=False)
    balance: int
    currency: str


@dataclass(frozen=True, slots=True)
class GiftCardView:
    """A gift card that can be redeemed."""

    id: UUID
    last_characters: str
    balance: int
    currency: str
    expires_at: datetime | None
