"""Forget what was answered to those who ordered."""

from collections.abc import Collection
from uuid import UUID

from hansa.domain.checkout.models import IdempotencyKey
from hansa.kernel.transactions import requires_transaction


@requires_transaction
def forget_answers(*, order_ids: Collection[UUID]) -> None:
    """Delete the kept answers about these orders, a day before they would go by themselves.

    An attempt that is still under way keeps its key: nobody must be charged twice.
    """
    IdempotencyKey.objects.filter(order_id__in=order_ids, status=IdempotencyKey.Status.DONE).delete()
