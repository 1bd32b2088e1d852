"""Which address is which feed."""

import re
from collections.abc import Callable
from uuid import UUID

from hansa.interfaces.realtime.feeds import Feed, ImportFeed, OrdersFeed, StockFeed
from hansa.kernel.tenancy import TenantContext

ROUTES: dict[str, Callable[..., Feed]] = {
    "/ws/orders": OrdersFeed,
    "/ws/imports/{run_id}": ImportFeed,
    "/ws/stock/{variant_id}": StockFeed,
}
"""Every socket that there is; each slot holds an id."""

_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PATTERNS = [(re.compile(re.sub(r"{(\w+)}", rf"(?P<\1>{_ID})", route) + r"\Z"), feed) for route, feed in ROUTES.items()]


def find_feed(path: str, tenant: TenantContext) -> Feed | None:
    """Return the feed at this address, or None."""
    for pattern, feed in _PATTERNS:
        if found := pattern.match(path):
            return feed(tenant, **{name: UUID(value) for name, value in found.groupdict().items()})
    return None
