"""The provider without a bank. What its methods do is in the package's docstring and in API.md."""

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from hansa.domain.payments.errors import InvalidPaymentMethod, ProviderSilent
from hansa.domain.payments.types import (
    Outcome,
    PaymentRequest,
    PaymentView,
    ProviderAnswer,
    ProviderEvent,
    RefundAnswer,
    RefundOutcome,
    SignedMessage,
)
from hansa.kernel import clock
from hansa.kernel.faultpoints import passing
from hansa.kernel.postgresql.batches import ask_together
from hansa.kernel.tokens import make_token
from hansa.kernel.transactions import transaction
from hansa.providers.manual import callbacks
from hansa.providers.manual.models import ManualCharge, ManualTransfer

SLOW_SECONDS = 2.0

_State = ManualCharge.State
_METHODS = {
    "ok": _State.CHARGED,
    "slow": _State.CHARGED,
    "timeout": _State.CHARGED,
    "declined": _State.DECLINED,
    "needs_action": _State.WAITING,
    "authorise": _State.HELD,
}
_DECLINED = "The card was declined. Try another one."

# Outside a transaction, so PostgreSQL makes one of its own of each. What stands
# first stays: a second `pay` of the same payment, or one that comes after `find`, changes nothing.
_REMEMBER = """
    INSERT INTO manual_manualcharge (id, amount, currency, state, captured_amount, decline_code)
    VALUES (%(id)s, %(amount)s, %(currency)s, %(state)s, %(captured)s, %(decline_code)s)
    ON CONFLICT (tenant_id, id) DO NOTHING
    RETURNING state, amount, currency, captured_amount, decline_code
"""
_RECALL = """
    SELECT state, amount, currency, captured_amount, decline_code FROM manual_manualcharge
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND id = %(id)s
"""


class ManualProvider:
    """Charges nobody, and remembers whom it did not charge."""

    name = "manual"
    answers_from_afar = False

    def read_method(self, method: Mapping[str, Any]) -> str:
        """Return the method's name. Raises InvalidPaymentMethod."""
        name = method.get("method")
        if not isinstance(name, str) or name not in _METHODS:
            message = f"The provider manual takes one of these methods: {', '.join(sorted(_METHODS))}."
            raise InvalidPaymentMethod(message)
        return name

    def pay(self, request: PaymentRequest) -> ProviderAnswer:
        """Do what the method says, once per payment."""
        name = self.read_method(request.method)
        state = _METHODS[name]
        charge = _begin(
            request.payment_id,
            request.amount,
            request.currency,
            state=state,
            captured=request.amount if state == _State.CHARGED else 0,
            decline_code="card_declined" if state == _State.DECLINED else "",
        )
        passing("payment.charged")
        if name == "timeout":
            message = "the method says that no answer comes"
            raise ProviderSilent(message)
        if name == "slow":
            connection.close()  # others may use it meanwhile
            time.sleep(SLOW_SECONDS)
        return _answer(charge)

    def find(self, payment: PaymentView) -> ProviderAnswer:
        """Return what is remembered; a payment we never saw is declined, for good."""
        return _answer(_begin(payment.id, payment.amount, payment.currency))

    def capture(self, payment: PaymentView, amount: int, key: UUID) -> ProviderAnswer:
        """Take `amount` of what is held, once per key."""
        with transaction():
            charge = _lock(payment)
            if not ManualTransfer.objects.filter(pk=key).exists():
                if charge.state != _State.HELD or amount > charge.amount - charge.captured_amount:
                    return ProviderAnswer(Outcome.DECLINED, message="That much is not held.")
                ManualTransfer.objects.create(id=key, charge=charge, kind="capture", amount=amount)
                charge.captured_amount += amount
                if charge.captured_amount == charge.amount:
                    charge.state = _State.CHARGED
                charge.save(update_fields=["captured_amount", "state"])
            return _answer(charge)

    def void(self, payment: PaymentView, key: UUID) -> ProviderAnswer:  # noqa: ARG002  (the protocol's)
        """Let go of it, unless money was taken; a payment we never saw is voided for good."""
        with transaction():
            charge = _lock(payment)
            is_free = charge.state in {_State.HELD, _State.WAITING} and not charge.captured_amount
            if is_free or charge.decline_code == "never_charged":
                charge.state, charge.decline_code = _State.VOIDED, ""
                charge.save(update_fields=["state", "decline_code"])
            return _answer(charge)

    def refund(self, payment: PaymentView, refund_id: UUID, amount: int) -> RefundAnswer:
        """Send money back, once per refund."""
        with transaction():
            charge = _lock(payment)
            if not ManualTransfer.objects.filter(pk=refund_id).exists():
                refunds = ManualTransfer.objects.filter(charge=charge, kind="refund")
                refunded = refunds.aggregate(total=Sum("amount"))["total"] or 0
                if amount > charge.captured_amount - refunded:
                    return RefundAnswer(RefundOutcome.FAILED, message="More than was captured.")
                ManualTransfer.objects.create(id=refund_id, charge=charge, kind="refund", amount=amount)
        return RefundAnswer(
            RefundOutcome.SUCCEEDED,
            provider_reference=f"manual_refund_{refund_id.hex}",
            amount=amount,
            currency=charge.currency,
        )

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """Return what a callback tells. Raises InvalidCallback, MalformedCallback."""
        return callbacks.read(body, headers, now=clock.now())

    def decide(self, payment: PaymentView, *, is_approved: bool) -> SignedMessage:
        """Note what the shopper decided, unless it is decided; return the callback that tells how it stands."""
        with transaction():
            charge = _lock(payment)
            if charge.state == _State.WAITING:
                charge.state = _State.CHARGED if is_approved else _State.DECLINED
                charge.captured_amount = charge.amount if is_approved else 0
                charge.decline_code = "" if is_approved else "authentication_failed"
                charge.save(update_fields=["state", "captured_amount", "decline_code"])
        answer = _answer(charge)
        kinds = {Outcome.PAID: "captured", Outcome.DECLINED: "declined", Outcome.VOIDED: "voided"}
        facts = {
            "id": f"{payment.id}:{charge.state}",
            "type": kinds.get(answer.outcome, "authorised"),
            "payment_id": payment.id,
            "reference": answer.provider_reference,
            "amount": answer.amount,
            "currency": answer.currency,
            "decline_code": answer.decline_code,
            "message": answer.message,
            "occurred_at": clock.now().isoformat(),
        }
        return callbacks.sign(facts, now=clock.now())


def _begin(
    payment_id: UUID,
    amount: int,
    currency: str,
    *,
    state: str = _State.DECLINED,
    captured: int = 0,
    decline_code: str = "never_charged",
) -> ManualCharge:
    """Remember this, unless something is remembered already; return what is."""
    new = {
        "id": payment_id,
        "amount": amount,
        "currency": currency,
        "state": state,
        "captured": captured,
        "decline_code": decline_code,
    }
    rows = ask_together([(_REMEMBER, new)])[0] or ask_together([(_RECALL, {"id": payment_id})])[0]
    state_now, amount_now, currency_now, captured_now, code_now = (value or "" for value in rows[0])
    return ManualCharge(
        id=payment_id,
        state=state_now,
        amount=int(amount_now),
        currency=currency_now,
        captured_amount=int(captured_now),
        decline_code=code_now,
    )


def _lock(payment: PaymentView) -> ManualCharge:
    _begin(payment.id, payment.amount, payment.currency)
    return ManualCharge.objects.select_for_update().get(pk=payment.id)


def _answer(charge: ManualCharge) -> ProviderAnswer:
    reference = f"manual_{charge.pk.hex}"
    if charge.captured_amount:
        return ProviderAnswer(Outcome.PAID, reference, charge.captured_amount, charge.currency)
    if charge.state == _State.HELD:
        return ProviderAnswer(Outcome.AUTHORISED, reference, charge.amount, charge.currency)
    if charge.state == _State.WAITING:
        link = f"/checkout/confirm/{charge.pk}?token={make_token('payment', charge.pk)}"
        action = {"type": "redirect", "url": link}
        return ProviderAnswer(Outcome.NEEDS_ACTION, reference, next_action=action)
    if charge.state == _State.VOIDED:
        return ProviderAnswer(Outcome.VOIDED, reference)
    return ProviderAnswer(Outcome.DECLINED, reference, decline_code=charge.decline_code, message=_DECLINED)
