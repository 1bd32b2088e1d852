"""Shops that are open for business, and their staff's browsers. Django is imported late, as in the other conftests."""

import pytest

from hansa.kernel.tenancy import TenantContext
from tests.interfaces.backoffice.conftest import log_in, staff, visit

__all__ = ["log_in", "staff", "visit"]


@pytest.fixture(autouse=True)
def _open(shop: TenantContext, rival: TenantContext) -> None:
    from tests.worlds_orders import open_for_business

    for tenant in (shop, rival):
        open_for_business(tenant)
