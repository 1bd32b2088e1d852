"""What we ask providers about payments and refunds, and how their answers are checked."""

from collections.abc import Callable
from uuid import UUID

from hansa.domain.payments.errors import ProviderSilent
from hansa.domain.payments.providers import PaymentProvider
from hansa.domain.payments.services.ask_provider import ask_provider
from hansa.domain.payments.services.mismatch import find_mismatch, find_refund_mismatch, storable_reference
from hansa.domain.payments.types import Outcome, PaymentView, ProviderAnswer, RefundAnswer, RefundOutcome


def ask_about_payment(
    *,
    provider: str,
    ask: Callable[[PaymentProvider], ProviderAnswer],
    amount: int,
    currency: str,
    allows_part: bool = False,
) -> ProviderAnswer:
    """Ask about a payment of `amount` (minor units); UNKNOWN when there is no answer that can be true.

    `allows_part`: a sum below `amount` may have been captured. Raises as `ask_provider` does.
    """

    def check(answer: ProviderAnswer) -> ProviderAnswer:
        return checked_answer(answer, amount=amount, currency=currency, allows_part=allows_part)

    def silence(error: ProviderSilent) -> ProviderAnswer:
        return ProviderAnswer(Outcome.UNKNOWN, provider_reference=error.provider_reference)

    return ask_provider(name=provider, ask=ask, silence=silence, check=check)


def checked_answer(answer: ProviderAnswer, *, amount: int, currency: str, allows_part: bool) -> ProviderAnswer:
    """Return the answer, or UNKNOWN with the mismatch when it cannot be true."""
    mismatch = answer.mismatch or find_mismatch(answer, amount=amount, currency=currency)
    if not mismatch and answer.outcome is Outcome.PAID and answer.amount != amount and not allows_part:
        mismatch = f"Asked for {amount} {currency}, the provider took {answer.amount} {answer.currency}."
    if not mismatch:
        return answer
    reference = storable_reference(answer.provider_reference)
    return ProviderAnswer(Outcome.UNKNOWN, provider_reference=reference, mismatch=mismatch)


def ask_for_refund(*, payment: PaymentView, refund_id: UUID, amount: int) -> RefundAnswer:
    """Ask to send `amount` (minor units) back; UNKNOWN when there is no answer that can be true."""

    def check(answer: RefundAnswer) -> RefundAnswer:
        mismatch = find_refund_mismatch(answer, amount=amount, currency=payment.currency)
        if not mismatch:
            return answer
        reference = storable_reference(answer.provider_reference)
        return RefundAnswer(RefundOutcome.UNKNOWN, provider_reference=reference, message=mismatch)

    def silence(_error: ProviderSilent) -> RefundAnswer:
        return RefundAnswer(RefundOutcome.UNKNOWN)

    return ask_provider(
        name=payment.provider,
        ask=lambda provider: provider.refund(payment, refund_id, amount),
        silence=silence,
        check=check,
    )
