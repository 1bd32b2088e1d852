import asyncio

import pytest

from hansa.domain.tenants.errors import InvalidSlug, SlugTaken, TenantNotFound, TenantSuspended
from hansa.domain.tenants.models import Tenant
from hansa.domain.tenants.selectors import aget_tenant_by_host, get_tenant_by_slug
from hansa.domain.tenants.services.create import create_tenant
from hansa.kernel.money import UnknownCurrency
from hansa.kernel.postgresql.reading import close_readers
from hansa.kernel.tenancy import TenantContext


def by_host(host: str) -> TenantContext:
    async def ask() -> TenantContext:
        try:
            return await aget_tenant_by_host(host)
        finally:
            await close_readers()

    return asyncio.run(ask())


def test_a_new_tenant_can_be_found_at_once(shop: TenantContext) -> None:
    assert get_tenant_by_slug(shop.slug) == shop
    assert by_host(f"{shop.slug}.localhost") == shop


def test_a_slug_names_one_tenant(shop: TenantContext) -> None:
    with pytest.raises(SlugTaken):
        create_tenant(slug=shop.slug, name="Again")


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "a.b", "a b", "a" * 64, "ä", "a\n"])
def test_a_slug_must_fit_into_a_host_name(slug: str) -> None:
    with pytest.raises(InvalidSlug):
        create_tenant(slug=slug, name="X")
    assert not Tenant.objects.filter(slug=slug).exists()


def test_a_currency_must_exist() -> None:
    with pytest.raises(UnknownCurrency):
        create_tenant(slug="x-currency", name="X", currency="EURO")


@pytest.mark.parametrize("host", ["localhost", "", ".localhost", "a.b.localhost", "evil.example", "localhost.evil"])
def test_a_host_that_is_nobodys_names_nobody(host: str) -> None:
    with pytest.raises(TenantNotFound):
        by_host(host)


def test_a_host_below_a_shops_host_is_not_the_shop(shop: TenantContext) -> None:
    with pytest.raises(TenantNotFound):
        by_host(f"www.{shop.slug}.localhost")


def test_a_suspended_tenant_is_said_to_be_suspended(shop: TenantContext) -> None:
    Tenant.objects.filter(id=shop.id).update(status=Tenant.Status.SUSPENDED)
    with pytest.raises(TenantSuspended):
        get_tenant_by_slug(shop.slug)
