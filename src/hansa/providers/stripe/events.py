"""Stripe's webhooks: verified on the raw body, translated for the domain."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import stripe

from hansa.domain.payments.errors import InvalidCallback, MalformedCallback
from hansa.domain.payments.types import EventKind, ProviderEvent, RefundFact, RefundOutcome
from hansa.kernel.tenancy import get_current_tenant
from hansa.providers.stripe.amounts import from_stripe

TOLERANCE_SECONDS = 300

REFUND_OUTCOMES = {
    "succeeded": RefundOutcome.SUCCEEDED,
    "pending": RefundOutcome.PENDING,
    "requires_action": RefundOutcome.PENDING,
    "failed": RefundOutcome.FAILED,
    "canceled": RefundOutcome.FAILED,
}
_KINDS = {
    "payment_intent.amount_capturable_updated": EventKind.AUTHORISED,
    "payment_intent.succeeded": EventKind.CAPTURED,
    "payment_intent.payment_failed": EventKind.DECLINED,
    "payment_intent.canceled": EventKind.VOIDED,
    "charge.refunded": EventKind.REFUNDED,
    "charge.refund.updated": EventKind.REFUNDED,
    "refund.created": EventKind.REFUNDED,
    "refund.updated": EventKind.REFUNDED,
    "refund.failed": EventKind.REFUNDED,
    "charge.dispute.created": EventKind.DISPUTED,
}
_AMOUNT_FIELDS = {EventKind.AUTHORISED: "amount", EventKind.CAPTURED: "amount_received", EventKind.DISPUTED: "amount"}


def read_event(body: bytes, signature: str, *, secrets: Sequence[str]) -> ProviderEvent:
    """Return what the webhook tells. Raises InvalidCallback, MalformedCallback."""
    if not any(_is_signed(body, signature, secret) for secret in secrets):
        message = "The webhook does not carry a valid Stripe signature."
        raise InvalidCallback(message)
    try:
        return _translate(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        message = "The webhook is not what Stripe sends."
        raise MalformedCallback(message) from error


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS))
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False


def _translate(event: Mapping[str, Any]) -> ProviderEvent:
    thing: Mapping[str, Any] = event["data"]["object"]
    metadata: Mapping[str, Any] = thing.get("metadata") or {}
    kind = _KINDS.get(event["type"], EventKind.OTHER)
    if metadata.get("tenant", str(get_current_tenant().id)) != str(get_current_tenant().id):
        kind = EventKind.OTHER  # another shop of this installation: its own endpoint tells it
    amount, currency = from_stripe(thing.get(_AMOUNT_FIELDS.get(kind, "amount")), thing.get("currency"))
    problem: Mapping[str, Any] = thing.get("last_payment_error") or {}
    is_intent = thing.get("object") == "payment_intent"
    return ProviderEvent(
        event_id=str(event["id"]),
        kind=kind,
        raw_kind=str(event["type"]),
        provider_reference=str(thing["id"] if is_intent else thing.get("payment_intent") or ""),
        payment_id=_uuid(metadata.get("payment_id")),
        amount=amount,
        currency=currency,
        occurred_at=datetime.fromtimestamp(int(event["created"]), UTC),
        refunds=tuple(_refunds(thing)) if kind is EventKind.REFUNDED else (),
        decline_code=str(problem.get("decline_code") or problem.get("code") or "")[:100],
        message=str(problem.get("message") or "")[:500],
    )


def _refunds(thing: Mapping[str, Any]) -> list[RefundFact]:
    """Return the refunds that a refund or a charge tells of; newer charges no longer list theirs."""
    if thing.get("object") == "refund":
        return [_refund(thing)]
    return [_refund(refund) for refund in (thing.get("refunds") or {}).get("data", [])]


def _refund(refund: Mapping[str, Any]) -> RefundFact:
    amount, _ = from_stripe(refund["amount"], refund["currency"])
    if amount is None:
        message = "a refund without an amount"
        raise ValueError(message)
    return RefundFact(
        provider_reference=str(refund["id"]),
        amount=amount,
        outcome=REFUND_OUTCOMES.get(str(refund.get("status")), RefundOutcome.UNKNOWN),
        refund_id=_uuid((refund.get("metadata") or {}).get("refund_id")),
    )


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
