"""The door to payment providers: what each of them must be able to do, and which this shop has.

Providers live in `hansa/providers/<vendor>/`. We never import one: the settings name them, and
`services/ask_provider.py` is the only place that calls them.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol, cast, runtime_checkable
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from hansa.domain.payments.errors import UnknownProvider
from hansa.domain.payments.types import (
    PaymentRequest,
    PaymentView,
    ProviderAnswer,
    ProviderEvent,
    RefundAnswer,
    SignedMessage,
)


class PaymentProvider(Protocol):
    """A way to get money. `tests/providers/contract.py` is the contract in full.

    Every method may raise ProviderSilent, which means: nobody knows what became of it. A method
    that is called again with the same id or key answers the same and does nothing twice.
    """

    name: str
    answers_from_afar: bool
    """True when it goes over a network: then it is asked under a time-out, without a database connection."""

    def read_method(self, method: Mapping[str, Any]) -> str:
        """Return the short name of the payment method that the client sent. Raises InvalidPaymentMethod."""
        ...

    def pay(self, request: PaymentRequest) -> ProviderAnswer:
        """Charge or authorise; once per `request.payment_id`."""
        ...

    def find(self, payment: PaymentView) -> ProviderAnswer:
        """Say what became of the payment, by our id.

        DECLINED is final: a `pay` that is still under way charges nothing afterwards.
        """
        ...

    def capture(self, payment: PaymentView, amount: int, key: UUID) -> ProviderAnswer:
        """Take `amount` of what is held; answers PAID with the sum of all captures."""
        ...

    def void(self, payment: PaymentView, key: UUID) -> ProviderAnswer:
        """Let go of what is held, or of a payment that waits for the shopper; answers VOIDED."""
        ...

    def refund(self, payment: PaymentView, refund_id: UUID, amount: int) -> RefundAnswer:
        """Send captured money back; once per `refund_id`."""
        ...

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> ProviderEvent:
        """Verify a callback on its raw bytes and translate it. Raises InvalidCallback, MalformedCallback.

        The names of the headers are in lower case.
        """
        ...


@runtime_checkable
class DecidesHere(Protocol):
    """A provider whose shoppers approve or decline on a page of the shop itself."""

    def decide(self, payment: PaymentView, *, is_approved: bool) -> SignedMessage:
        """Note the shopper's decision and return the callback that tells it."""
        ...


def get_provider(name: str) -> PaymentProvider:
    """Return the provider with this name. Raises UnknownProvider."""
    path = settings.PAYMENT_PROVIDERS.get(name)
    if path is None:
        names = ", ".join(sorted(settings.PAYMENT_PROVIDERS)) or "none at all"
        message = f"This shop does not take payments through {name[:50]!r}. It takes: {names}."
        raise UnknownProvider(message)
    return _made(path)


@cache
def _made(path: str) -> PaymentProvider:
    return cast("PaymentProvider", import_string(path)())
