"""Apply what a provider says about a refund, whoever asked for it."""

from datetime import datetime
from uuid import UUID

import structlog

from hansa.domain.events.services.record import record
from hansa.domain.payments.models import RANK, LedgerEntry, Payment, Refund
from hansa.domain.payments.services.ledger import CUSTOMER, enter
from hansa.domain.payments.services.lock_payment import LockedPayment, lock_payment
from hansa.domain.payments.services.schedule import next_check
from hansa.domain.payments.types import RefundFact, RefundOutcome
from hansa.kernel.transactions import requires_transaction

_Status = Refund.Status
_RANK: list[str] = [_Status.CREATED, _Status.SUCCEEDED, _Status.FAILED]
_MEANING = {
    RefundOutcome.SUCCEEDED: _Status.SUCCEEDED,
    RefundOutcome.FAILED: _Status.FAILED,
    RefundOutcome.PENDING: _Status.CREATED,
    RefundOutcome.UNKNOWN: _Status.CREATED,
}

_log = structlog.get_logger("hansa.payments")


@requires_transaction
def apply_refund(*, payment_id: UUID, fact: RefundFact, now: datetime, message: str = "") -> None:
    """Move a refund to where the fact says it is; repeated and late facts change nothing.

    A refund that we did not ask for is taken over, once per provider's reference. Enters what went
    back into the ledger, and enters it again the other way when the refund fails afterwards.

    Raises PaymentNotFound. Locks the payment. Events: payment.refunded, payment.refund_failed.
    """
    payment = lock_payment(payment_id)
    refund = _find(payment, fact) or _take_over(payment, fact, now)
    if refund is None:
        return
    if refund.amount != fact.amount:
        _log.error("refund_mismatched", refund_id=str(refund.pk), asked=refund.amount, told=fact.amount)
        return
    before = refund.status
    refund.status = max(before, _MEANING[fact.outcome], key=_height)
    if not refund.provider_reference:
        refund.provider_reference = _free_reference(refund, fact)
    is_open = refund.status == _Status.CREATED
    refund.next_check_at = next_check(now, refund.attempts) if is_open else None
    refund.message = message[:500] if message else refund.message
    refund.updated_at = now
    refund.save(update_fields=["status", "provider_reference", "next_check_at", "message", "updated_at"])
    if RANK[payment.status] < RANK[Payment.Status.CAPTURED]:
        # What went back must have come in: let us ask, in case the event that says so got lost.
        Payment.objects.filter(pk=payment.id).update(next_check_at=now)
    if refund.status != before:
        _enter(payment, refund, before, now)


def _height(status: str) -> int:
    return _RANK.index(status)


def _find(payment: LockedPayment, fact: RefundFact) -> Refund | None:
    refunds = Refund.objects.filter(payment_id=payment.id)
    ours = refunds.filter(pk=fact.refund_id).first() if fact.refund_id else None
    theirs = refunds.filter(provider_reference=fact.provider_reference).first() if fact.provider_reference else None
    if ours is not None and theirs not in {None, ours} and ours.status == _Status.CREATED:
        # Its event came first and did not carry our id: the money that went is entered there.
        ours.status, ours.next_check_at = _Status.FAILED, None
        ours.message = "The provider told of it before it answered us: entered as another refund."
        ours.save(update_fields=["status", "next_check_at", "message", "updated_at"])
        return theirs
    return ours or theirs


def _take_over(payment: LockedPayment, fact: RefundFact, now: datetime) -> Refund | None:
    if not fact.provider_reference or fact.outcome is RefundOutcome.UNKNOWN or fact.amount <= 0:
        return None
    return Refund.objects.create(
        payment_id=payment.id,
        amount=fact.amount,
        reason_code="made_at_provider",
        provider_reference=fact.provider_reference,
        created_by=f"provider:{payment.provider}",
        created_at=now,
    )


def _free_reference(refund: Refund, fact: RefundFact) -> str:
    others = Refund.objects.filter(payment_id=refund.payment_id, provider_reference=fact.provider_reference)
    return "" if others.exclude(pk=refund.pk).exists() else fact.provider_reference


def _enter(payment: LockedPayment, refund: Refund, before: str, now: datetime) -> None:
    account = f"provider:{payment.provider}"
    kind = debit = credit = ""
    if refund.status == _Status.SUCCEEDED or (refund.status == _Status.FAILED and before == _Status.SUCCEEDED):
        is_back = refund.status == _Status.SUCCEEDED
        kind = LedgerEntry.Kind.REFUND if is_back else LedgerEntry.Kind.REFUND_REVERSAL
        debit, credit = (CUSTOMER, account) if is_back else (account, CUSTOMER)
    if kind:
        enter(
            kind=kind,
            debit=debit,
            credit=credit,
            reference=payment.reference,
            payment_id=payment.id,
            amount=refund.amount,
            currency=payment.currency,
            source=str(refund.pk),
            now=now,
        )
    record(
        "payment.refunded" if refund.status == _Status.SUCCEEDED else "payment.refund_failed",
        aggregate_id=payment.id,
        payload={
            "payment_id": str(payment.id),
            "reference": str(payment.reference),
            "provider": payment.provider,
            "refund_id": str(refund.pk),
            "amount": refund.amount,
            "currency": payment.currency,
            "reason_code": refund.reason_code,
        },
        now=now,
    )
