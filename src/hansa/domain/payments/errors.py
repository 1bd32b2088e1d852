"""What can go wrong with payments.

Two of these are no domain errors: PaymentInsideTransaction is a bug in the caller, and
ProviderSilent is what a provider raises when it cannot tell what became of the money; it never
leaves `services/ask_provider.py`.
"""

from hansa.kernel.errors import Conflict, Declined, Invalid, LimitReached, NotFound, Unauthenticated, Unavailable


class PaymentInsideTransaction(RuntimeError):
    """A provider was about to be asked inside a transaction, while rows are locked: a bug in the caller."""


class ProviderSilent(Exception):
    """The provider did not answer, or not in a way that tells what became of the money."""

    def __init__(self, message: str, *, provider_reference: str = "") -> None:
        """Take what happened and, when the provider had told it before, its own id of the payment."""
        super().__init__(message)
        self.provider_reference = provider_reference


class PaymentNotFound(NotFound):
    """No such payment."""

    code = "payment_not_found"


class RefundNotFound(NotFound):
    """No such refund."""

    code = "refund_not_found"


class UnknownProvider(Invalid):
    """The shop does not take payments this way."""

    code = "unknown_payment_provider"


class InvalidPaymentMethod(Invalid):
    """What was sent under `payment` is not what the provider needs."""

    code = "invalid_payment_method"


class InvalidCallback(Unauthenticated):
    """The message does not carry the provider's signature, or is too old."""

    code = "invalid_callback"


class MalformedCallback(Invalid):
    """The message is signed by the provider, and still we cannot read it."""

    code = "malformed_callback"


class ProviderUnavailable(Unavailable):
    """The provider has not answered lately, so we ask nobody to pay now; nothing was charged."""

    code = "payment_provider_unavailable"


class PaymentDeclined(Declined):
    """The provider said no."""

    code = "payment_declined"


class RefundExceedsCaptured(Conflict):
    """More was to be refunded than was captured and is not refunded yet."""

    code = "refund_exceeds_captured"


class InvalidRefund(Invalid):
    """A refund needs a positive amount, a reason and somebody who asks for it."""

    code = "invalid_refund"


class NotCapturable(Conflict):
    """The payment is not authorised, or for less than this."""

    code = "payment_not_capturable"


class NotVoidable(Conflict):
    """Money has been captured already: refund it instead."""

    code = "payment_not_voidable"


class NotDecidable(Conflict):
    """The payment does not wait for a decision in this shop."""

    code = "payment_not_decidable"


class InvalidGiftCard(Invalid):
    """A gift card needs a positive amount, and one that we can hold."""

    code = "invalid_gift_card"


class TooManyGiftCards(LimitReached):
    """More gift cards than one order takes."""

    code = "too_many_gift_cards"
