"""Apply what a provider said about a payment."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from hansa.domain.events.services.record import record
from hansa.domain.payments.models import RANK, LedgerEntry, Payment
from hansa.domain.payments.services.ledger import CUSTOMER, enter
from hansa.domain.payments.services.lock_payment import LockedPayment, lock_payment
from hansa.domain.payments.services.mismatch import find_mismatch, storable_reference
from hansa.domain.payments.services.schedule import next_check
from hansa.domain.payments.types import Outcome, ProviderAnswer, Settlement
from hansa.kernel.postgresql.batches import tell, together
from hansa.kernel.postgresql.statements import Json
from hansa.kernel.transactions import requires_transaction

_Status = Payment.Status
_MEANING = {
    Outcome.PAID: _Status.CAPTURED,
    Outcome.AUTHORISED: _Status.AUTHORISED,
    Outcome.DECLINED: _Status.DECLINED,
    Outcome.VOIDED: _Status.VOIDED,
    Outcome.NEEDS_ACTION: _Status.PENDING,
    Outcome.UNKNOWN: _Status.PENDING,
}
_UPDATE = """
    UPDATE payments_payment SET
        status = %(status)s::text,
        provider_reference = coalesce(nullif(provider_reference, ''), %(provider_reference)s::text),
        next_action = CASE WHEN %(status)s::text = 'pending' THEN coalesce(%(next_action)s::jsonb, next_action) END,
        decline_code = CASE WHEN %(status)s::text = 'declined'
            THEN coalesce(nullif(%(decline_code)s::text, ''), decline_code) ELSE '' END,
        message = CASE WHEN %(status)s::text = 'declined'
            THEN coalesce(nullif(%(message)s::text, ''), message) ELSE '' END,
        mismatch = %(mismatch)s,
        attempts = %(attempts)s,
        next_check_at = %(next_check_at)s,
        updated_at = %(now)s
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND id = %(id)s
"""

_log = structlog.get_logger("hansa.payments")


@requires_transaction
def apply_answer(*, payment_id: UUID, answer: ProviderAnswer, now: datetime) -> Settlement:
    """Move the payment to where the answer says it is, and return what that changed.

    See Note [The status climbs] in `models.py`: repeated and late answers change nothing. An answer
    with another amount or currency than we asked for is noted and treated as no answer. Enters
    captured money into the ledger. Two messages to PostgreSQL.

    Raises PaymentNotFound. Locks the payment. Events: payment.captured (for each sum that comes in),
    payment.authorised, payment.declined, payment.voided, payment.mismatched. Not inside `together()`.
    """
    before = lock_payment(payment_id)
    mismatch = answer.mismatch or find_mismatch(answer, amount=before.amount, currency=before.currency)
    meaning = _Status.PENDING if mismatch else _MEANING[answer.outcome]
    status = max(before.status, meaning, key=lambda name: RANK[name])
    is_paid = meaning == _Status.CAPTURED
    captured = max(before.captured_amount, answer.amount or 0) if is_paid else before.captured_amount
    is_open = status == _Status.PENDING or mismatch != "" or answer.outcome is Outcome.UNKNOWN
    is_declined = status == _Status.DECLINED == meaning
    settlement = Settlement(
        payment_id=payment_id,
        reference=before.reference,
        provider=before.provider,
        status=status,
        previous_status=before.status,
        amount=before.amount,
        currency=before.currency,
        captured_amount=captured,
        has_changed=status != before.status or captured > before.captured_amount,
        next_action=answer.next_action,
        decline_code=answer.decline_code if is_declined else "",
        message=answer.message,
    )
    with together():
        tell(
            _UPDATE,
            {
                "id": payment_id,
                "status": status,
                "provider_reference": storable_reference(answer.provider_reference),
                "next_action": None if answer.next_action is None else Json(answer.next_action),
                "decline_code": settlement.decline_code[:100],
                "message": answer.message[:500] if is_declined else "",
                "mismatch": (mismatch or before.mismatch)[:500],
                "attempts": before.attempts + 1 if is_open else 0,
                "next_check_at": next_check(now, before.attempts) if is_open else None,
                "now": now,
            },
        )
        _tell_what_changed(before, settlement, mismatch, now)
    return settlement


def _tell_what_changed(before: LockedPayment, settlement: Settlement, mismatch: str, now: datetime) -> None:
    facts: dict[str, Any] = {
        "payment_id": str(before.id),
        "reference": str(before.reference),
        "provider": before.provider,
        "amount": before.amount,
        "currency": before.currency,
    }
    gained = settlement.captured_amount - before.captured_amount
    if gained > 0:
        enter(
            kind=LedgerEntry.Kind.CAPTURE,
            debit=f"provider:{before.provider}",
            credit=CUSTOMER,
            reference=before.reference,
            payment_id=before.id,
            amount=gained,
            currency=before.currency,
            source=f"{before.id}:{settlement.captured_amount}",
            now=now,
        )
        facts |= {"amount": gained, "captured_amount": settlement.captured_amount}
        record("payment.captured", aggregate_id=before.id, payload=facts, now=now)
    elif settlement.has_changed and settlement.status != _Status.PENDING:
        facts |= {"decline_code": settlement.decline_code} if settlement.decline_code else {}
        record(f"payment.{settlement.status}", aggregate_id=before.id, payload=facts, now=now)
    if mismatch and mismatch != before.mismatch:
        _log.error("payment_mismatched", payment_id=str(before.id), provider=before.provider, mismatch=mismatch)
        record("payment.mismatched", aggregate_id=before.id, payload=facts | {"mismatch": mismatch}, now=now)
