"""Mail that is kept instead of sent, and a shop in which somebody buys."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings

from hansa.kernel.tenancy import TenantContext, tenant_scope


@pytest.fixture
def outbox() -> Iterator[list[Any]]:
    """Return what was sent, by Django's own mailer for tests."""
    mail.outbox = []
    with override_settings(MAILERS={"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}):
        yield mail.outbox


@pytest.fixture
def market(shop: TenantContext) -> Iterator[TenantContext]:
    """Enter our shop, which sells mugs and bowls."""
    from tests.worlds_orders import open_for_business

    open_for_business(shop)
    with tenant_scope(shop):
        yield shop
