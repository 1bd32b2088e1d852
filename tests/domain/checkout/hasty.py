"""A provider whose callback overtakes its own answer, as callbacks do."""

from hansa.domain.checkout.services.settle import settle_payment
from hansa.domain.payments.types import PaymentRequest, ProviderAnswer
from hansa.kernel import clock
from hansa.kernel.transactions import transaction
from hansa.providers.manual.provider import ManualProvider

PATH = f"{__name__}.HastyProvider"


class HastyProvider(ManualProvider):
    """The provider without a bank, with the callback before the answer."""

    def pay(self, request: PaymentRequest) -> ProviderAnswer:
        """Charge, tell it through the back door, and only then answer."""
        answer = super().pay(request)
        with transaction():
            settle_payment(payment_id=request.payment_id, answer=answer, now=clock.now())
        return answer
