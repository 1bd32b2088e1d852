"""Reads: which tenant a host or a slug names."""

from collections.abc import Collection
from uuid import UUID

from django.conf import settings

from hansa.domain.tenants.errors import TenantNotFound, TenantSuspended
from hansa.domain.tenants.models import Domain, Tenant
from hansa.kernel.postgresql.reading import ask_installation_async
from hansa.kernel.tenancy import TenantContext, get_current_tenant
from hansa.kernel.transactions import reading

_BY_HOST_SQL = """
    SELECT t.id, t.slug, t.name, t.currency, t.status, array_to_string(t.allowed_origins, ' ')
    FROM tenants_tenant t
    WHERE t.slug = %(slug)s OR t.id = (SELECT d.tenant_id FROM tenants_domain d WHERE d.host = %(host)s)
    LIMIT 1
"""


async def aget_tenant_by_host(host: str) -> TenantContext:
    """Return the tenant that answers to `host` (no port, any case).

    Raises TenantNotFound and TenantSuspended.
    """
    host = host.lower().rstrip(".")
    base = f".{settings.BASE_DOMAIN}"
    slug = host.removesuffix(base) if host.endswith(base) else None
    rows = await ask_installation_async(_BY_HOST_SQL, {"slug": slug, "host": host})
    if rows.ntuples == 0:
        message = f"No shop answers to the host {host[:253]!r}."
        raise TenantNotFound(message)
    identity, slug, name, currency, status, origins = (
        (rows.get_value(0, column) or b"").decode() for column in range(6)
    )
    tenant = TenantContext(
        id=UUID(identity), slug=slug, name=name, currency=currency, origins=frozenset(origins.split())
    )
    return _active(tenant, status)


def get_tenant_by_slug(slug: str) -> TenantContext:
    """Return the tenant with this slug. Raises TenantNotFound and TenantSuspended."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        message = f"There is no tenant {slug[:63]!r}."
        raise TenantNotFound(message)
    return _active(tenant.context, tenant.status)


def get_tenants(ids: Collection[UUID]) -> list[TenantContext]:
    """Return the tenants with these ids, suspended ones too: what they owe to buyers goes on."""
    return [tenant.context for tenant in Tenant.objects.filter(id__in=ids)]


def find_tenants(*, slug: str | None) -> list[TenantContext]:
    """Return the tenant with this slug, or all without one, suspended ones too. Raises TenantNotFound."""
    tenants = Tenant.objects.order_by("slug") if slug is None else Tenant.objects.filter(slug=slug)
    found = [tenant.context for tenant in tenants]
    if slug is not None and not found:
        message = f"There is no tenant {slug[:63]!r}."
        raise TenantNotFound(message)
    return found


def is_open() -> bool:
    """Tell whether the current tenant's shop is there, and not suspended."""
    with reading():
        return Tenant.objects.filter(pk=get_current_tenant().id, status=Tenant.Status.ACTIVE).exists()


def get_language() -> str:
    """Return the language in which the current tenant writes to people."""
    return Tenant.objects.values_list("language", flat=True).get(pk=get_current_tenant().id)


def get_shop_address() -> str:
    """Return the address under which shoppers reach the current tenant's shop: its oldest own domain, or its slug's."""
    tenant = get_current_tenant()
    own = Domain.objects.filter(tenant=tenant.id).order_by("created_at", "host").values_list("host", flat=True).first()
    return str(settings.SHOP_ADDRESS.format(host=own or f"{tenant.slug}.{settings.BASE_DOMAIN}"))


def _active(tenant: TenantContext, status: str) -> TenantContext:
    if status == Tenant.Status.SUSPENDED:
        message = f"The shop {tenant.name} is closed for now."
        raise TenantSuspended(message)
    return tenant
