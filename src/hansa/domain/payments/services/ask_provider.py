"""Ask a payment provider: the only place from which providers are called.

Note [Asking a provider]: never inside a transaction, because rows would stay locked for as long as
somebody else's network takes. Never longer than PAYMENT_TIMEOUT_SECONDS: whoever answers from afar
is asked on a thread of its own, because time-outs of HTTP clients count from byte to byte and a
dripping answer outlasts them all; meanwhile our database connection serves others. Whatever goes
wrong on the way, what became of the money is unknown, and that is what we say: `reconcile` asks
again. And nobody outside is trusted with the amount.
"""

import contextvars
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from functools import cache

import structlog
from django.conf import settings
from django.db import connection

from hansa.domain.payments.breaker import BREAKERS
from hansa.domain.payments.errors import PaymentInsideTransaction, ProviderSilent
from hansa.domain.payments.providers import PaymentProvider, get_provider
from hansa.kernel.tenancy import get_current_tenant

MAX_WAITING = 32
"""Threads per process that wait for providers; further payments queue, within their time-out."""

_log = structlog.get_logger("hansa.payments")


def ask_provider[Answer](
    *,
    name: str,
    ask: Callable[[PaymentProvider], Answer],
    silence: Callable[[ProviderSilent], Answer],
    check: Callable[[Answer], Answer],
) -> Answer:
    """Return the provider's answer after `check`, or what `silence` makes of the lack of one.

    Raises PaymentInsideTransaction (a bug in the caller), UnknownProvider; never for bad weather.
    """
    if connection.in_atomic_block:
        message = f"{name} was about to be asked inside a transaction; commit first"
        raise PaymentInsideTransaction(message)
    provider = get_provider(name)
    key = (get_current_tenant().id, name)
    started = time.perf_counter()
    try:
        answer = check(_from_afar(provider, ask) if provider.answers_from_afar else ask(provider))
    except Exception as error:  # noqa: BLE001  (whatever it was, the provider may have acted)
        BREAKERS.failed(key)
        is_weather = isinstance(error, ProviderSilent)
        _log.warning(
            "provider_silent",
            provider=name,
            reason=f"{type(error).__name__}: {error}"[:500],
            milliseconds=_since(started),
            exc_info=None if is_weather else error,
        )
        return silence(error if isinstance(error, ProviderSilent) else ProviderSilent(type(error).__name__))
    BREAKERS.succeeded(key)
    _log.info("provider_answered", provider=name, outcome=getattr(answer, "outcome", ""), milliseconds=_since(started))
    return answer


def _from_afar[Answer](provider: PaymentProvider, ask: Callable[[PaymentProvider], Answer]) -> Answer:
    """Ask on another thread, for PAYMENT_TIMEOUT_SECONDS at most."""
    connection.close()  # back to the pool: others need it while we wait
    asked = _threads().submit(contextvars.copy_context().run, ask, provider)
    try:
        return asked.result(settings.PAYMENT_TIMEOUT_SECONDS)
    except TookTooLong:
        asked.cancel()
        message = f"no answer within {settings.PAYMENT_TIMEOUT_SECONDS} seconds"
        raise ProviderSilent(message) from None


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAX_WAITING, thread_name_prefix="hansa-payments")


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
