"""What the worker does for payments by itself. Open payments are the checkout's to settle."""

from datetime import datetime

from hansa.domain.payments.services.reconcile import settle_refunds
from hansa.domain.work.registry import duty


@duty(due="payments_refund_due")
def settle_due_refunds(now: datetime) -> None:
    """Carry out refunds that were requested inside a transaction, or got no answer."""
    settle_refunds(now=now)
