"""Send captured money back."""

import re
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from hansa.domain.payments.errors import InvalidRefund, RefundExceedsCaptured, RefundNotFound
from hansa.domain.payments.models import Refund
from hansa.domain.payments.selectors import get_payment, refund_view_of
from hansa.domain.payments.services.apply_refund import apply_refund
from hansa.domain.payments.services.lock_payment import lock_payment
from hansa.domain.payments.services.questions import ask_for_refund
from hansa.domain.payments.services.schedule import FIRST_CHECK
from hansa.domain.payments.types import RefundFact, RefundView
from hansa.kernel.money import MAX_AMOUNT, Money
from hansa.kernel.transactions import requires_transaction, transaction

_REASON = re.compile(r"[a-z][a-z0-9_]{0,49}")


def refund(*, payment_id: UUID, amount: int, reason_code: str, actor: str, now: datetime) -> RefundView:
    """Send `amount` (minor units) of a payment back, and return how the refund stands.

    It is reserved in a transaction, asked for outside, and settled in another; when no answer comes
    it stays `created` and `settle_refunds` asks again. Raises PaymentNotFound, InvalidRefund,
    RefundExceedsCaptured, PaymentInsideTransaction. Locks the payment.
    """
    with transaction():
        refund_id = request_refund(payment_id=payment_id, amount=amount, reason_code=reason_code, actor=actor, now=now)
        Refund.objects.filter(pk=refund_id).update(next_check_at=now + FIRST_CHECK)
    return carry_out_refund(refund_id=refund_id, now=now)


@requires_transaction
def request_refund(*, payment_id: UUID, amount: int, reason_code: str, actor: str, now: datetime) -> UUID:
    """Reserve a refund of `amount` (minor units) and return its id; the worker carries it out after the commit.

    Never more than captured − refunded − reserved. `reason_code` is a word such as `damaged`; `actor`
    is who asks for it: `staff:<id>`, `system`. Raises PaymentNotFound, InvalidRefund,
    RefundExceedsCaptured. Locks the payment.
    """
    if not 0 < amount <= MAX_AMOUNT:
        message = "A refund takes an amount above zero."
        raise InvalidRefund(message)
    if not _REASON.fullmatch(reason_code) or not actor:
        message = "A refund needs a reason code, in small letters and underscores, and somebody who asks for it."
        raise InvalidRefund(message)
    payment = lock_payment(payment_id)
    going_back = Refund.objects.filter(payment_id=payment_id).exclude(status=Refund.Status.FAILED)
    reserved = going_back.aggregate(total=Sum("amount"))["total"] or 0
    if amount > payment.captured_amount - reserved:
        left = Money(max(payment.captured_amount - reserved, 0), payment.currency).display()
        message = f"Only {left} of this payment can still be refunded."
        raise RefundExceedsCaptured(message)
    made = Refund.objects.create(
        payment_id=payment_id,
        amount=amount,
        reason_code=reason_code,
        created_by=actor[:100],
        created_at=now,
        next_check_at=now,
    )
    return made.pk


def carry_out_refund(*, refund_id: UUID, now: datetime) -> RefundView:
    """Ask the provider for a refund that is reserved, and return how it stands.

    Asking again for the same refund sends nothing twice. Raises RefundNotFound,
    PaymentInsideTransaction, UnknownProvider. Locks the payment when it settles.
    """
    with transaction():
        row = Refund.objects.filter(pk=refund_id).first()
        if row is None:
            message = f"There is no refund {refund_id}."
            raise RefundNotFound(message)
        payment = get_payment(row.payment_id)
        if row.status == Refund.Status.CREATED:
            Refund.objects.filter(pk=refund_id).update(next_check_at=now + FIRST_CHECK, attempts=row.attempts + 1)
    if row.status != Refund.Status.CREATED:
        return refund_view_of(row)
    answer = ask_for_refund(payment=payment, refund_id=refund_id, amount=row.amount)
    with transaction():
        apply_refund(
            payment_id=payment.id,
            fact=RefundFact(
                provider_reference=answer.provider_reference,
                amount=row.amount,
                outcome=answer.outcome,
                refund_id=refund_id,
            ),
            message=answer.message,
            now=now,
        )
        return refund_view_of(Refund.objects.get(pk=refund_id))
