"""Take in what a provider tells us by itself."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog

from hansa.domain.payments.models import Payment
from hansa.domain.payments.providers import get_provider
from hansa.domain.payments.services.apply_answer import apply_answer
from hansa.domain.payments.services.apply_refund import apply_refund
from hansa.domain.payments.services.dispute import note_dispute
from hansa.domain.payments.services.questions import checked_answer
from hansa.domain.payments.types import EventKind, Outcome, ProviderAnswer, ProviderEvent, Settle
from hansa.kernel.ids import uuid7
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.postgresql.statements import Json
from hansa.kernel.transactions import transaction

_OUTCOMES = {
    EventKind.AUTHORISED: Outcome.AUTHORISED,
    EventKind.CAPTURED: Outcome.PAID,
    EventKind.DECLINED: Outcome.DECLINED,
    EventKind.VOIDED: Outcome.VOIDED,
}
_REMEMBER = """
    INSERT INTO payments_receivedevent (id, provider, event_id, kind, payment_id, payload, processed_at)
    VALUES (%(id)s, %(provider)s, %(event_id)s, %(kind)s, %(payment_id)s, %(payload)s, %(now)s)
    ON CONFLICT (tenant_id, provider, event_id) DO NOTHING RETURNING id
"""

_log = structlog.get_logger("hansa.payments")


class Received(StrEnum):
    """What became of a callback."""

    APPLIED = "applied"
    REPEATED = "repeated"
    NOT_OURS = "not_ours"
    """Nothing that we act on, or a payment that this shop does not know."""


def receive_event(
    *, provider: str, body: bytes, headers: Mapping[str, str], now: datetime, settle: Settle = apply_answer
) -> Received:
    """Verify a callback, and do what it says once; header names in lower case.

    In one transaction: the note that we have seen it, `settle` with what it says about the payment,
    refunds and disputes. So when anything fails nothing is noted, and the provider sends it again.

    Raises InvalidCallback, MalformedCallback, UnknownProvider. Locks the event's note, then what
    `settle` locks (an order, then the payment).
    """
    event = get_provider(provider).read_event(body, headers)
    return take_event(provider=provider, event=event, now=now, settle=settle)


def take_event(*, provider: str, event: ProviderEvent, now: datetime, settle: Settle = apply_answer) -> Received:
    """Do what a verified event says, once. See `receive_event`."""
    if event.kind is EventKind.OTHER:
        return Received.NOT_OURS
    with transaction():
        payment = _find_payment(provider, event)
        if payment is None:
            _log.warning("event_of_unknown_payment", provider=provider, event_id=event.event_id, kind=event.raw_kind)
            return Received.NOT_OURS
        if not _remember(provider, event, payment.pk, now):
            return Received.REPEATED
        _apply(payment, event, now, settle)
    return Received.APPLIED


def _find_payment(provider: str, event: ProviderEvent) -> Payment | None:
    payments = Payment.objects.filter(provider=provider)
    if event.payment_id is not None:
        return payments.filter(pk=event.payment_id).first()
    if event.provider_reference:
        return payments.filter(provider_reference=event.provider_reference).first()
    return None


def _remember(provider: str, event: ProviderEvent, payment_id: UUID, now: datetime) -> bool:
    """Note the event; tells whether it is new. A repetition that comes meanwhile waits here for our end."""
    facts = {
        "kind": event.kind,
        "provider_reference": event.provider_reference,
        "amount": event.amount,
        "currency": event.currency,
        "occurred_at": event.occurred_at,
        "refunds": [
            {"reference": refund.provider_reference, "amount": refund.amount, "outcome": refund.outcome}
            for refund in event.refunds[:50]
        ],
    }
    rows = tell(
        _REMEMBER,
        {
            "id": uuid7(),
            "provider": provider,
            "event_id": event.event_id,
            "kind": event.raw_kind[:100],
            "payment_id": payment_id,
            "payload": Json(facts),
            "now": now,
        },
    )
    return bool(rows)


def _apply(payment: Payment, event: ProviderEvent, now: datetime, settle: Settle) -> None:
    doubt = _doubt(payment, event)
    if doubt:
        answer = ProviderAnswer(Outcome.UNKNOWN, mismatch=doubt)
        apply_answer(payment_id=payment.pk, answer=answer, now=now)
        return
    if event.kind in _OUTCOMES:
        told = ProviderAnswer(
            _OUTCOMES[event.kind],
            provider_reference=event.provider_reference,
            amount=event.amount,
            currency=event.currency,
            decline_code=event.decline_code,
            message=event.message,
        )
        answer = checked_answer(told, amount=payment.amount, currency=payment.currency, allows_part=True)
        is_part = answer.outcome is Outcome.PAID and answer.amount != payment.amount
        # A part pays for nothing yet, so only our own books learn of it.
        (apply_answer if is_part else settle)(payment_id=payment.pk, answer=answer, now=now)
    for refund in event.refunds:
        apply_refund(payment_id=payment.pk, fact=refund, now=now)
    if event.kind is EventKind.DISPUTED:
        note_dispute(payment_id=payment.pk, amount=event.amount, occurred_at=event.occurred_at, now=now)


def _doubt(payment: Payment, event: ProviderEvent) -> str:
    """Return why the event cannot be about this payment; else ''."""
    known, told = payment.provider_reference, event.provider_reference
    if known and told and known != told:
        return f"We know the payment as {known}, the provider tells of {told}."
    if event.currency is not None and event.currency != payment.currency:
        return f"Asked for {payment.currency}, the provider tells of {event.currency!r}."
    return ""
