"""Reads of payments. Amounts are in minor units."""

from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from hansa.domain.payments.codes import fingerprint
from hansa.domain.payments.errors import PaymentNotFound, RefundNotFound
from hansa.domain.payments.models import GiftCard, LedgerEntry, Payment, Refund
from hansa.domain.payments.types import Balance, GiftCardView, PaymentView, RefundView

_Kind = LedgerEntry.Kind


def get_payment(payment_id: UUID) -> PaymentView:
    """Return the payment. Raises PaymentNotFound."""
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None:
        message = f"There is no payment {payment_id}."
        raise PaymentNotFound(message)
    return view_of(payment)


def list_payments(reference: UUID) -> list[PaymentView]:
    """Return the payments of one reference, oldest first."""
    return [view_of(payment) for payment in Payment.objects.filter(reference=reference).order_by("created_at", "id")]


def find_payment_of(reference: UUID) -> PaymentView | None:
    """Return the latest payment of the reference, or None."""
    payments = list_payments(reference)
    return payments[-1] if payments else None


def captured_amount(payment_id: UUID) -> int:
    """Return what was captured of the payment, in minor units, whether or not it went back."""
    captured = LedgerEntry.objects.filter(payment_id=payment_id, kind=_Kind.CAPTURE).aggregate(total=Sum("amount"))
    return captured["total"] or 0


def refundable_amount(payment_id: UUID) -> int:
    """Return what is captured of the payment and not on its way back, in minor units."""
    refunds = Refund.objects.filter(payment_id=payment_id).exclude(status=Refund.Status.FAILED)
    return captured_amount(payment_id) - (refunds.aggregate(total=Sum("amount"))["total"] or 0)


def view_of(payment: Payment) -> PaymentView:
    """Return the row as other contexts and providers see it."""
    return PaymentView(
        id=payment.pk,
        reference=payment.reference,
        provider=payment.provider,
        method=payment.method,
        amount=payment.amount,
        currency=payment.currency,
        status=payment.status,
        provider_reference=payment.provider_reference,
        next_action=payment.next_action,
        decline_code=payment.decline_code,
        message=payment.message,
        created_at=payment.created_at,
    )


def list_refunds(reference: UUID) -> list[RefundView]:
    """Return the refunds of all payments of one reference, oldest first."""
    refunds = Refund.objects.filter(payment__reference=reference).order_by("created_at", "id")
    return [refund_view_of(refund) for refund in refunds]


def get_refund(refund_id: UUID) -> RefundView:
    """Return the refund. Raises RefundNotFound."""
    refund = Refund.objects.filter(pk=refund_id).first()
    if refund is None:
        message = f"There is no refund {refund_id}."
        raise RefundNotFound(message)
    return refund_view_of(refund)


def refund_view_of(refund: Refund) -> RefundView:
    """Return the row as other contexts see it."""
    return RefundView(
        id=refund.pk,
        payment_id=refund.payment_id,
        amount=refund.amount,
        status=refund.status,
        reason_code=refund.reason_code,
        message=refund.message,
        created_by=refund.created_by,
        created_at=refund.created_at,
    )


def balance(reference: UUID) -> Balance | None:
    """Return how the reference stands, summed from the ledger; None when nothing was ever entered.

    Raises ValueError when entries of several currencies stand under one reference: a bug.
    """
    sums: dict[str, int] = {}
    currencies: set[str] = set()
    entries = LedgerEntry.objects.filter(reference=reference).exclude(kind=_Kind.GIFT_CARD_ISSUE)
    for row in entries.values("currency", "kind").annotate(total=Sum("amount")).order_by():
        currencies.add(row["currency"])
        sums[row["kind"]] = row["total"]
    if not currencies:
        return None
    (currency,) = currencies
    return Balance(
        currency=currency,
        charged=sums.get(_Kind.CHARGE, 0) - sums.get(_Kind.CHARGE_REVERSAL, 0),
        captured=sums.get(_Kind.CAPTURE, 0),
        gift_cards=sums.get(_Kind.GIFT_CARD, 0) - sums.get(_Kind.GIFT_CARD_RETURN, 0),
        refunded=sums.get(_Kind.REFUND, 0) - sums.get(_Kind.REFUND_REVERSAL, 0),
    )


def find_gift_card(*, code: str, now: datetime) -> GiftCardView | None:
    """Return the gift card with this code if it can be redeemed now, else None."""
    card = GiftCard.objects.filter(code_fingerprint=fingerprint(code), is_active=True, balance__gt=0).first()
    if card is None or (card.expires_at is not None and card.expires_at <= now):
        return None
    return GiftCardView(
        id=card.pk,
        last_characters=card.last_characters,
        balance=card.balance,
        currency=card.currency,
        expires_at=card.expires_at,
    )


def due_payments(*, now: datetime, limit: int = 100) -> list[UUID]:
    """Return payments of which it is time to ask what became of them, the longest waiting first."""
    due = Payment.objects.filter(next_check_at__lte=now).order_by("next_check_at", "id")
    return list(due.values_list("pk", flat=True)[:limit])


def due_refunds(*, now: datetime, limit: int = 100) -> list[UUID]:
    """Return refunds that are asked for and not settled, the longest waiting first."""
    due = Refund.objects.filter(next_check_at__lte=now).order_by("next_check_at", "id")
    return list(due.values_list("pk", flat=True)[:limit])
