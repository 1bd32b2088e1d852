"""Stocked shops, and questions about them, for the inventory's tests."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from hansa.domain.catalog.models import Variant
from hansa.domain.inventory.models import StockItem
from hansa.domain.inventory.services.reserve import reserve
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, get_current_tenant, tenant_scope
from hansa.kernel.transactions import transaction
from tests.worlds import NOON, draft, stock_shop

SOON = NOON + timedelta(minutes=15)


def stocked(name: str = "Mug", stock: int = 5, **fields: Any) -> UUID:
    """Put a product with one variant into the current shop; returns the variant."""
    stock_shop(get_current_tenant(), draft(name, stock=stock, **fields))
    with transaction():
        return Variant.objects.get(product__source_key=name.lower().replace(" ", "-")).pk


def hold(demands: dict[UUID, int], reference: UUID | None = None) -> UUID:
    """Reserve, in a transaction of its own."""
    reference = reference or uuid7()
    with transaction():
        reserve(reference=reference, demands=demands, now=NOON, expires_at=SOON)
    return reference


def counters(variant: UUID, warehouse: str = "main") -> tuple[int, int]:
    """Return what is on hand and what of it is reserved."""
    with transaction():
        item = StockItem.objects.get(variant=variant, warehouse__code=warehouse)
        return item.on_hand, item.reserved


def published(variant: UUID) -> int:
    """Return the number that the catalogue shows."""
    with transaction():
        return Variant.objects.get(pk=variant).stock_quantity


def at_once(works: Sequence[Callable[[], Any]], tenant: TenantContext) -> list[Any]:
    """Run all of it at the same time, each with a connection of its own; returns results or exceptions, in order."""
    results: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(number: int, work: Callable[[], Any]) -> None:
        start.wait()
        try:
            with tenant_scope(tenant):
                results[number] = work()
        except Exception as error:  # noqa: BLE001  (the test looks at them)
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
