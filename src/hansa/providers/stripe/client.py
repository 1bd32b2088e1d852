"""The connection to Stripe: one client per process, and what its errors mean to us."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import stripe
from django.conf import settings

from hansa.domain.payments.errors import ProviderSilent

_UNDECIDED = (
    stripe.APIConnectionError,
    stripe.APIError,
    stripe.RateLimitError,
    stripe.AuthenticationError,
    stripe.PermissionError,
    stripe.IdempotencyError,
)
"""After these nobody knows, or we could not even ask."""


def client() -> stripe.StripeClient:
    """Return the client for the installation's account."""
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, settings.PAYMENT_TIMEOUT_SECONDS)


@cache
def _client(secret_key: str, api_base: str, timeout_seconds: float) -> stripe.StripeClient:
    stripe.enable_telemetry = False
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base} if api_base else None,
        http_client=stripe.RequestsClient(timeout=timeout_seconds),
        max_network_retries=0,  # the shopper waits; `find` asks again later
    )


@contextmanager
def silence_as_such(provider_reference: str = "") -> Iterator[None]:
    """Turn Stripe's errors that leave the outcome open into ProviderSilent."""
    try:
        yield
    except _UNDECIDED as error:
        message = f"{type(error).__name__}: {error}"
        raise ProviderSilent(message, provider_reference=provider_reference) from error


def fields[Answer](call: Callable[[], Answer]) -> dict[str, Any]:
    """Return what Stripe answers as plain data, which nobody trusts yet."""
    answer: Any = call()
    plain = answer.to_dict()
    return plain if isinstance(plain, dict) else {}
