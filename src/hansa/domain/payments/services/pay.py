"""Ask the provider to charge a payment that is open."""

from hansa.domain.payments.services.questions import ask_about_payment
from hansa.domain.payments.types import PaymentRequest, ProviderAnswer
from hansa.kernel.faultpoints import passing


def pay(*, provider: str, request: PaymentRequest) -> ProviderAnswer:
    """Return what the provider answers; UNKNOWN when it does not, or names another amount or currency.

    The payment must be committed already (`open_payment`); then settle the answer in a transaction
    (`apply_answer`). Raises PaymentInsideTransaction, UnknownProvider; never for bad weather.
    """
    passing("payment.asking")
    answer = ask_about_payment(
        provider=provider,
        ask=lambda asked: asked.pay(request),
        amount=request.amount,
        currency=request.currency,
    )
    passing("payment.answered")
    return answer
