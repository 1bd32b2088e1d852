"""Payments in tests: opened, asked for, settled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

from django.db import connection

from hansa.domain.events.models import Event
from hansa.domain.payments.models import LedgerEntry, Payment
from hansa.domain.payments.services.apply_answer import apply_answer
from hansa.domain.payments.services.open_payment import open_payment
from hansa.domain.payments.services.pay import pay
from hansa.domain.payments.types import PaymentRequest, ProviderAnswer, Settlement
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.worlds import NOON


def open_one(
    *,
    provider: str = "manual",
    method: str = "ok",
    amount: int = 1999,
    currency: str = "EUR",
    reference: UUID | None = None,
) -> PaymentRequest:
    """Open a payment in the current tenant and return the request for its provider."""
    request = PaymentRequest(
        payment_id=uuid7(),
        reference=reference or uuid7(),
        amount=amount,
        currency=currency,
        method={"provider": provider, "method": method},
    )
    with transaction():
        open_payment(
            payment_id=request.payment_id,
            reference=request.reference,
            provider=provider,
            method=method,
            amount=amount,
            currency=currency,
            now=NOON,
        )
    return request


def settle(payment_id: UUID, answer: ProviderAnswer) -> Settlement:
    with transaction():
        return apply_answer(payment_id=payment_id, answer=answer, now=NOON)


def paid_one(*, method: str = "ok", amount: int = 1999) -> PaymentRequest:
    """Open a payment in the current tenant and pay it."""
    request = open_one(method=method, amount=amount)
    settle(request.payment_id, pay(provider="manual", request=request))
    return request


def stored(payment_id: UUID) -> Payment:
    with transaction():
        return Payment.objects.get(pk=payment_id)


def ledger(reference: UUID) -> list[tuple[str, str, str, int]]:
    with transaction():
        entries = LedgerEntry.objects.filter(reference=reference).order_by("kind", "amount", "source")
        return [(entry.kind, entry.debit, entry.credit, entry.amount) for entry in entries]


def events(aggregate_id: UUID) -> list[str]:
    with transaction():
        return list(Event.objects.filter(aggregate_id=aggregate_id).order_by("position").values_list("name", flat=True))


def at_once[Result](tenant: TenantContext, calls: list[Callable[[], Result]]) -> list[Result | Exception]:
    """Run the calls on as many threads, started together; return what each answered or raised."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Result]) -> Result | Exception:
        try:
            barrier.wait(timeout=60)
            with tenant_scope(tenant):
                return call()
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def of_kind(results: list[Any], kind: type[Any]) -> int:
    return sum(isinstance(result, kind) for result in results)
