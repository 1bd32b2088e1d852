"""Refuse a payment before it is made, when the provider cannot take it."""

from collections.abc import Mapping
from typing import Any

from hansa.domain.payments.breaker import BREAKERS
from hansa.domain.payments.errors import ProviderUnavailable
from hansa.domain.payments.providers import get_provider
from hansa.kernel.tenancy import get_current_tenant


def require_provider(*, provider: str, method: Mapping[str, Any]) -> str:
    """Return the short name of the payment method, when the provider is likely to answer.

    `method` is what the client sent under `payment`. Call it before anything is written. Raises
    UnknownProvider, InvalidPaymentMethod, and ProviderUnavailable while the breaker is open.
    """
    name = get_provider(provider).read_method(method)
    if not BREAKERS.lets_through((get_current_tenant().id, provider)):
        message = "The payment provider does not answer right now. Nothing was charged; try again in a few seconds."
        raise ProviderUnavailable(message)
    return name
