"""Compare what a provider says with what we asked for."""

from hansa.domain.payments.types import Outcome, ProviderAnswer, RefundAnswer, RefundOutcome

_MAX_REFERENCE_CHARACTERS = 200


def find_mismatch(answer: ProviderAnswer, *, amount: int, currency: str) -> str:
    """Return what cannot be true of a payment of `amount` (minor units), as a sentence for staff; else ''.

    A sum above zero and below what we asked for is possible: some of what was authorised is captured.
    """
    if not _is_storable(answer.provider_reference):
        return "The provider's reference is no text that we can keep."
    if answer.outcome not in {Outcome.PAID, Outcome.AUTHORISED}:
        return ""
    is_possible = (
        type(answer.amount) is int
        and answer.currency == currency
        and (answer.amount == amount or (answer.outcome is Outcome.PAID and 0 < answer.amount < amount))
    )
    if is_possible:
        return ""
    return f"Asked for {amount} {currency}, the provider says {answer.outcome}: {_told(answer)}."


def find_refund_mismatch(answer: RefundAnswer, *, amount: int, currency: str) -> str:
    """Return what cannot be true of a refund of `amount` (minor units), as a sentence for staff; else ''."""
    if not _is_storable(answer.provider_reference):
        return "The provider's reference is no text that we can keep."
    if answer.outcome in {RefundOutcome.FAILED, RefundOutcome.UNKNOWN}:
        return ""
    if type(answer.amount) is int and answer.amount == amount and answer.currency == currency:
        return ""
    return f"Asked to refund {amount} {currency}, the provider says {answer.outcome}: {_told(answer)}."


def storable_reference(reference: str) -> str:
    """Return the provider's reference if we can keep it, else ''."""
    return reference if _is_storable(reference) else ""


def _told(answer: ProviderAnswer | RefundAnswer) -> str:
    return f"{answer.amount!r} {answer.currency!r}"[:100]


def _is_storable(reference: str) -> bool:
    return isinstance(reference, str) and len(reference) <= _MAX_REFERENCE_CHARACTERS and "\x00" not in reference
