"""What there is to hear of: for each feed who may listen, its state, and the words for what changed.

The functions of a feed run in a thread, with the shop entered and outside a transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from uuid import UUID

from hansa.domain.catalog.selectors import find_availability
from hansa.domain.imports.selectors import find_progress
from hansa.domain.orders.models import Order
from hansa.domain.orders.selectors import orders_briefly
from hansa.domain.staff.types import Authority
from hansa.interfaces.reach import narrow
from hansa.kernel.errors import NotFound
from hansa.kernel.tenancy import TenantContext
from hansa.kernel.transactions import transaction

type Saying = dict[str, Any]
"""One message, as the client gets it."""


class Feed(Protocol):
    """Something to listen to."""

    capability: ClassVar[str]
    """What staff must be allowed to listen; empty: everybody may."""
    has_state: ClassVar[bool]
    """Whether its state says everything: then it is sent again with every beat."""

    @property
    def tenant(self) -> TenantContext:
        """Return whose shop it is."""

    @property
    def group(self) -> str:
        """Return the name of the group that its news is told to."""

    @property
    def only(self) -> str:
        """Return the id of the one thing that it is about; empty: it is about all that is told to the group."""

    def state(self, who: Authority | None) -> list[Saying]:
        """Return how things stand: the first messages. Raises NotFound."""

    def news(self, changed: Collection[str], who: Authority | None) -> list[Saying]:
        """Return what to say of the things with these ids to somebody whose reach is that of `who`."""


@dataclass(frozen=True, slots=True)
class OrdersFeed:
    """New and changed orders of the shop, as far as somebody's permission reaches."""

    capability: ClassVar[str] = "orders.view"
    has_state: ClassVar[bool] = False
    tenant: TenantContext

    @property
    def group(self) -> str:
        """All orders of the shop."""
        return orders_group(self.tenant.id)

    @property
    def only(self) -> str:
        """Each of them."""
        return ""

    def state(self, who: Authority | None) -> list[Saying]:  # noqa: ARG002  (a list of orders is read elsewhere)
        """Say that from now on nothing is missed: whoever shows a list of orders reads it now."""
        return [{"type": "ready"}]

    def news(self, changed: Collection[str], who: Authority | None) -> list[Saying]:
        """Say what became of the orders."""
        with transaction():
            orders = Order.objects.filter(pk__in=[UUID(one) for one in changed])
            return [{"type": "order", **order} for order in orders_briefly(narrow(orders, who) if who else orders)]


@dataclass(frozen=True, slots=True)
class ImportFeed:
    """The progress of one import."""

    capability: ClassVar[str] = "imports.view"
    has_state: ClassVar[bool] = True
    tenant: TenantContext
    run_id: UUID

    @property
    def group(self) -> str:
        """Those who watch the import."""
        return import_group(self.tenant.id, self.run_id)

    @property
    def only(self) -> str:
        """The import, of which alone its group is told."""
        return ""

    def state(self, who: Authority | None) -> list[Saying]:  # noqa: ARG002  (imports are the whole shop's)
        """Say how far it is. Raises NotFound."""
        progress = find_progress(self.run_id)
        if progress is None:
            message = "There is no such import."
            raise NotFound(message)
        return [{"type": "progress", **progress}]

    def news(self, changed: Collection[str], who: Authority | None) -> list[Saying]:  # noqa: ARG002
        """Say how far it is now."""
        return self.state(who)


@dataclass(frozen=True, slots=True)
class StockFeed:
    """How many pieces of a variant anybody can buy now."""

    capability: ClassVar[str] = ""
    has_state: ClassVar[bool] = True
    tenant: TenantContext
    variant_id: UUID

    @property
    def group(self) -> str:
        """Those who watch anything in the shop: a file that moves thousands of variants is told in a few messages."""
        return stock_group(self.tenant.id)

    @property
    def only(self) -> str:
        """The variant."""
        return str(self.variant_id)

    def state(self, who: Authority | None) -> list[Saying]:  # noqa: ARG002  (it is public)
        """Say how many. Raises NotFound."""
        found = find_availability(self.variant_id)
        if found is None:
            message = "There is no such thing on sale here."
            raise NotFound(message)
        return [{"type": "stock", "variant_id": str(self.variant_id), **found}]

    def news(self, changed: Collection[str], who: Authority | None) -> list[Saying]:  # noqa: ARG002
        """Say how many there are now."""
        return self.state(who)


def orders_group(tenant_id: UUID) -> str:
    """Return the group of those who listen to a shop's orders."""
    return f"{tenant_id.hex}.orders"


def import_group(tenant_id: UUID, run_id: UUID) -> str:
    """Return the group of those who watch an import."""
    return f"{tenant_id.hex}.import.{run_id.hex}"


def stock_group(tenant_id: UUID) -> str:
    """Return the group of those who watch a shop's stock."""
    return f"{tenant_id.hex}.stock"
