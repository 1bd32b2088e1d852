"""A shop of its own to buy in: whoever buys changes the stock."""

import os

import pytest


@pytest.fixture(scope="session")
def shop_slug() -> str:
    """Return the slug of a shop that ships, with enough of everything for all tests."""
    from hansa.domain.tenants.services.create import create_tenant
    from tests.browser.buying.goods import stock
    from tests.worlds_buying import open_shop, promote

    tenant = create_tenant(slug=f"buy-{os.getpid()}", name="Harbour Street")
    stock(tenant)
    open_shop(tenant)
    promote(tenant, "Autumn sale", code="AUTUMN")
    from django.db import connection

    connection.close()
    return tenant.slug
