"""Restock what came back."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hansa.domain.inventory.models import StockMovement
from hansa.domain.inventory.services.arrive import arrive


def restock(
    *,
    quantities: Mapping[UUID, int],
    now: datetime,
    actor: str,
    warehouse_id: UUID | None = None,
    reason: str = "",
    reference: UUID | None = None,
) -> None:
    """Put returned pieces back on the shelf: as `receive`, written as `return` in the ledger.

    `quantities` are of variants that lie on shelves, so a returned bundle is named by its parts. It
    is not idempotent: a return is restocked once by whoever keeps its state, in the same transaction.
    """
    arrive(
        kind=StockMovement.Kind.RETURN,
        quantities=quantities,
        now=now,
        actor=actor,
        warehouse_id=warehouse_id,
        reason=reason,
        reference=reference,
    )
