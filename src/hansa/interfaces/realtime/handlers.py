"""What the sockets tell of: orders from their events, stock and imports as they happen."""

from collections.abc import Collection, Sequence
from uuid import UUID

from hansa.domain.catalog.signals import stock_published
from hansa.domain.events.registry import handles_many
from hansa.domain.events.types import HappenedEvent
from hansa.domain.imports.registry import on_progress
from hansa.domain.imports.types import RunProgress
from hansa.interfaces.realtime.feeds import import_group, orders_group, stock_group
from hansa.interfaces.realtime.tell import tell_changed
from hansa.kernel.tenancy import get_current_tenant

ORDER_EVENTS = (
    "order.placed",
    "order.paid",
    "order.payment_failed",
    "order.cancelled",
    "order.fulfilled",
    "order.completed",
    "order.refunded",
)


@handles_many(*ORDER_EVENTS)
def tell_staff_of_orders(events: Sequence[HappenedEvent]) -> None:
    """Tell who looks at the orders which are new or have changed."""
    tell_changed(orders_group(get_current_tenant().id), [str(event.aggregate_id) for event in events])


def tell_of_stock(sender: type, *, variant_ids: Collection[UUID], **_: object) -> None:  # noqa: ARG001  (Django's signature)
    """Tell who looks at these variants how many are left."""
    tell_changed(stock_group(get_current_tenant().id), [str(variant_id) for variant_id in variant_ids])


def tell_of_import(run_id: UUID, progress: RunProgress) -> None:  # noqa: ARG001  (who is told reads what is stored)
    """Tell who watches an import that it has come further."""
    tell_changed(import_group(get_current_tenant().id, run_id), [str(run_id)])


def listen() -> None:
    """Connect to what the domain tells in its own process."""
    stock_published.connect(tell_of_stock, dispatch_uid="realtime")
    on_progress(tell_of_import)
