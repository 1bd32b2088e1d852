"""A shop in which somebody buys."""

from collections.abc import Iterator

import pytest

from hansa.kernel.tenancy import TenantContext, tenant_scope


@pytest.fixture
def market(shop: TenantContext) -> Iterator[TenantContext]:
    """Enter our shop, which sells mugs and bowls."""
    from tests.worlds_orders import open_for_business

    open_for_business(shop)
    with tenant_scope(shop):
        yield shop
