"""What the inventory's tests share."""

from collections.abc import Iterator

import pytest

from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction


@pytest.fixture
def in_shop(shop: TenantContext) -> Iterator[TenantContext]:
    """Enter our shop; afterwards its books must balance, whatever the test did."""
    from hansa.domain.inventory.selectors import reconcile

    with tenant_scope(shop):
        yield shop
        with transaction():
            assert reconcile() == []
