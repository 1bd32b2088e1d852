"""Stripe as a payment provider. See the package's docstring for why a payment is two requests."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import stripe
from django.conf import settings

from hansa.domain.payments.errors import InvalidPaymentMethod, ProviderSilent
from hansa.domain.payments.types import (
    Outcome,
    PaymentRequest,
    PaymentView,
    ProviderAnswer,
    ProviderEvent,
    RefundAnswer,
    RefundOutcome,
)
from hansa.kernel import clock
from hansa.kernel.tenancy import get_current_tenant
from hansa.providers.stripe.amounts import from_stripe, to_stripe
from hansa.providers.stripe.client import client, fields, silence_as_such
from hansa.providers.stripe.events import REFUND_OUTCOMES, read_event

_METHOD = re.compile(r"(pm|card|src)_[A-Za-z0-9_]{1,200}")
_LATER = " authorise"
"""Ends the stored method when the money is to be held only: `find` must ask exactly what `pay` asked."""
_KEYS_LAST = timedelta(hours=23)
_REFUSED = "The payment was declined. Try another card."
_UNCONFIRMED = {"requires_payment_method", "requires_confirmation"}


class StripeProvider:
    """Payments through the installation's Stripe account."""

    name = "stripe"
    answers_from_afar = True

    def read_method(self, method: Mapping[str, Any]) -> str:
        """Return the payment method's id, as Stripe.js made it in the browser. Raises InvalidPaymentMethod.

        Reads `{"method": "pm_…", "capture": "later"}`; without `capture` the money is taken at once.
        """
        identifier, when = method.get("method"), method.get("capture", "now")
        if not isinstance(identifier, str) or not _METHOD.fullmatch(identifier):
            message = "Send the id of a Stripe PaymentMethod as `method`: pm_…"
            raise InvalidPaymentMethod(message)
        if when not in {"now", "later"}:
            message = "`capture` is `now` or `later`."
            raise InvalidPaymentMethod(message)
        return identifier + (_LATER if when == "later" else "")

    def pay(self, request: PaymentRequest) -> ProviderAnswer:
        """Make an intent and confirm it."""
        method = self.read_method(request.method)
        try:
            intent = _make(request.payment_id, request.amount, request.currency, method)
        except stripe.InvalidRequestError as error:
            return _refusal(error, "")
        reference = str(intent.get("id", ""))
        params: Any = {"return_url": request.return_url} if request.return_url else {}
        try:
            with silence_as_such(reference):
                confirmed = fields(
                    lambda: client().v1.payment_intents.confirm(
                        reference, params=params, options={"idempotency_key": f"{request.payment_id}-confirm"}
                    )
                )
        except stripe.CardError as error:
            return _refusal(error, reference)
        except stripe.InvalidRequestError:
            # It is not waiting to be confirmed any more: confirmed before, or cancelled by `find`.
            return _settled(reference, was_held=False)
        return _answer(confirmed, was_held=False)

    def find(self, payment: PaymentView) -> ProviderAnswer:
        """Ask how the intent stands; one that nobody confirmed is cancelled."""
        try:
            reference = payment.provider_reference or _reference(payment)
        except stripe.InvalidRequestError as error:
            return _refusal(error, "")
        return _settled(reference, was_held=_was_held(payment))

    def capture(self, payment: PaymentView, amount: int, key: UUID) -> ProviderAnswer:
        """Take `amount` of what is held. Stripe lets go of the rest, so there is one capture per payment."""
        reference = payment.provider_reference
        params: Any = {"amount_to_capture": to_stripe(amount, payment.currency)}
        try:
            with silence_as_such(reference):
                intent = fields(
                    lambda: client().v1.payment_intents.capture(
                        reference, params=params, options={"idempotency_key": str(key)}
                    )
                )
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            return _refusal(error, reference)
        return _answer(intent, was_held=True)

    def void(self, payment: PaymentView, key: UUID) -> ProviderAnswer:
        """Cancel the intent; when it cannot be cancelled any more, say how it stands."""
        try:
            reference = payment.provider_reference or _reference(payment)
        except stripe.InvalidRequestError as error:
            return _refusal(error, "")
        try:
            with silence_as_such(reference):
                intent = fields(
                    lambda: client().v1.payment_intents.cancel(reference, options={"idempotency_key": f"{key}-cancel"})
                )
        except stripe.InvalidRequestError:
            return _answer(_intent(reference), was_held=True)
        return _answer(intent, was_held=True)

    def refund(self, payment: PaymentView, refund_id: UUID, amount: int) -> RefundAnswer:
        """Send money back."""
        reference = payment.provider_reference
        params: Any = {
            "payment_intent": reference,
            "amount": to_stripe(amount, payment.currency),
            "metadata": _metadata(payment.id) | {"refund_id": str(refund_id)},
        }
        try:
            with silence_as_such(reference):
                refund = fields(
                    lambda: client().v1.refunds.create(params=params, options={"idempotency_key": str(refund_id)})
                )
        except stripe.InvalidRequestError as error:
            known = _find_refund(reference, refund_id)
            if known is None:
                return RefundAnswer(RefundOutcome.FAILED, message=(error.user_message or "")[:500])
            refund = known
        told, currency = from_stripe(refund.get("amount"), refund.get("currency"))
        outcome = REFUND_OUTCOMES.get(str(refund.get("status")), RefundOutcome.UNKNOWN)
        return RefundAnswer(outcome, provider_reference=str(refund.get("id", "")), amount=told, currency=currency)

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """Verify a webhook and translate it. Raises InvalidCallback, MalformedCallback."""
        return read_event(body, headers.get("stripe-signature", ""), secrets=settings.STRIPE_WEBHOOK_SECRETS)


def _metadata(payment_id: UUID) -> dict[str, str]:
    return {"payment_id": str(payment_id), "tenant": str(get_current_tenant().id)}


def _make(payment_id: UUID, amount: int, currency: str, method: str) -> dict[str, Any]:
    """Make the intent, or get the one that was made. Raises stripe.InvalidRequestError, ProviderSilent."""
    counted = to_stripe(amount, currency)
    if counted is None:
        message = f"Stripe takes {currency} with two decimals only."
        raise stripe.InvalidRequestError(message, "amount")  # type: ignore[no-untyped-call]  # the SDK's
    params: Any = {
        "amount": counted,
        "currency": currency.lower(),
        "payment_method": method.removesuffix(_LATER),
        "payment_method_types": ["card"],
        "capture_method": "manual" if method.endswith(_LATER) else "automatic",
        "metadata": _metadata(payment_id),
    }
    with silence_as_such():
        return fields(
            lambda: client().v1.payment_intents.create(params=params, options={"idempotency_key": str(payment_id)})
        )


def _reference(payment: PaymentView) -> str:
    """Return the id of the payment's intent, by making it again: the idempotency key gives the same one.

    Stripe forgets keys after a day, but by then its search knows every intent.
    """
    if clock.now() - payment.created_at > _KEYS_LAST:
        params: Any = {"query": f"metadata['payment_id']:'{payment.id}'", "limit": 10}
        with silence_as_such():
            found = fields(lambda: client().v1.payment_intents.search(params=params)).get("data") or []
        if found:
            return str(max(found, key=lambda intent: intent.get("status") == "succeeded").get("id", ""))
    return str(_make(payment.id, payment.amount, payment.currency, payment.method).get("id", ""))


def _intent(reference: str) -> dict[str, Any]:
    with silence_as_such(reference):
        return fields(lambda: client().v1.payment_intents.retrieve(reference))


def _settled(reference: str, *, was_held: bool) -> ProviderAnswer:
    """Return how the intent stands, after making sure that a request under way can no longer charge."""
    intent = _intent(reference)
    if intent.get("status") in _UNCONFIRMED:
        refused = _answer(intent, was_held=was_held)
        try:
            with silence_as_such(reference):
                client().v1.payment_intents.cancel(reference)
        except stripe.InvalidRequestError:
            return _answer(_intent(reference), was_held=was_held, is_final=False)
        return refused
    return _answer(intent, was_held=was_held)


def _answer(intent: Mapping[str, Any], *, was_held: bool, is_final: bool = True) -> ProviderAnswer:
    reference, status = str(intent.get("id", "")), intent.get("status")
    if status == "succeeded":
        amount, currency = from_stripe(intent.get("amount_received"), intent.get("currency"))
        return ProviderAnswer(Outcome.PAID, reference, amount, currency)
    if status == "requires_capture":
        amount, currency = from_stripe(intent.get("amount"), intent.get("currency"))
        return ProviderAnswer(Outcome.AUTHORISED, reference, amount, currency)
    if status == "requires_action":
        return ProviderAnswer(Outcome.NEEDS_ACTION, reference, next_action=_next_action(intent))
    if status == "canceled":
        return ProviderAnswer(Outcome.VOIDED if was_held else Outcome.DECLINED, reference, decline_code="canceled")
    if status in _UNCONFIRMED and is_final:
        problem = intent.get("last_payment_error") or {}
        code = str(problem.get("decline_code") or problem.get("code") or "never_charged")
        return ProviderAnswer(Outcome.DECLINED, reference, decline_code=code, message=_REFUSED)
    return ProviderAnswer(Outcome.UNKNOWN, reference)


def _next_action(intent: Mapping[str, Any]) -> dict[str, Any]:
    action = intent.get("next_action") or {}
    redirect = action.get("redirect_to_url") or {}
    if isinstance(redirect.get("url"), str):
        return {"type": "redirect", "url": redirect["url"]}
    return {
        "type": "stripe_sdk",
        "client_secret": str(intent.get("client_secret", "")),
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
    }


def _was_held(payment: PaymentView) -> bool:
    return payment.status in {"authorised", "voided", "captured"}


def _refusal(error: stripe.StripeError, reference: str) -> ProviderAnswer:
    code = str(getattr(error, "code", None) or "invalid_request")
    problem: Any = error.error
    decline_code = getattr(problem, "decline_code", None) if problem is not None else None
    is_for_shopper = isinstance(error, stripe.CardError) and error.user_message
    return ProviderAnswer(
        Outcome.DECLINED,
        reference,
        decline_code=str(decline_code or code),
        message=error.user_message or _REFUSED if is_for_shopper else _REFUSED,
    )


def _find_refund(reference: str, refund_id: UUID) -> dict[str, Any] | None:
    """Return the refund that we asked for, if Stripe has it."""
    try:
        with silence_as_such(reference):
            listed = fields(lambda: client().v1.refunds.list(params={"payment_intent": reference, "limit": 100}))
    except stripe.InvalidRequestError as error:
        message = f"{type(error).__name__}: {error}"
        raise ProviderSilent(message, provider_reference=reference) from error
    for refund in listed.get("data", []):
        if (refund.get("metadata") or {}).get("refund_id") == str(refund_id):
            return dict(refund)
    return None
