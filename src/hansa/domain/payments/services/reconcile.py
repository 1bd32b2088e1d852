"""Find out what became of payments and refunds that nobody has settled."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog

from hansa.domain.payments.selectors import due_payments, due_refunds
from hansa.domain.payments.services.apply_answer import apply_answer
from hansa.domain.payments.services.look_up import look_up
from hansa.domain.payments.services.refund import carry_out_refund
from hansa.domain.payments.types import Outcome, Settle
from hansa.kernel.transactions import transaction

MAX_SILENCES = 3
"""After so many in a row the provider is away: the rest waits for the next round."""

_log = structlog.get_logger("hansa.payments")


def reconcile(*, now: datetime, settle: Settle = apply_answer, limit: int = 100) -> int:
    """Ask what became of the current tenant's payments that are due, and settle each; returns how many.

    `settle` is called in a transaction of its own for each. Not inside a transaction.
    """
    with transaction():
        due = due_payments(now=now, limit=limit)

    def settle_one(payment_id: UUID) -> bool:
        answer = look_up(payment_id=payment_id, now=now)
        with transaction():
            settle(payment_id=payment_id, answer=answer, now=now)
        return answer.outcome is not Outcome.UNKNOWN

    return _each(due, settle_one)


def settle_refunds(*, now: datetime, limit: int = 100) -> int:
    """Ask for the current tenant's refunds that are due; returns how many. Not inside a transaction."""
    with transaction():
        due = due_refunds(now=now, limit=limit)

    def settle_one(refund_id: UUID) -> bool:
        return carry_out_refund(refund_id=refund_id, now=now).status != "created"

    return _each(due, settle_one)


def _each(due: list[UUID], settle_one: Callable[[UUID], bool]) -> int:
    """Settle one after the other; one that fails does not keep the others waiting."""
    settled = silences = 0
    for identifier in due:
        try:
            is_settled = settle_one(identifier)
        except Exception:  # noqa: BLE001  (logged; it is due again soon, and the others go on)
            _log.exception("reconciliation_failed", id=str(identifier))
            is_settled = False
        settled += is_settled
        silences = 0 if is_settled else silences + 1
        if silences >= MAX_SILENCES:
            break
    return settled
