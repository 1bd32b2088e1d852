"""Reads: which tenant a host or a slug names."""

from django.conf import settings
from django.db.models import Q

from hansa.domain.tenants.errors import TenantNotFound, TenantSuspended
from hansa.domain.tenants.models import Tenant
from hansa.kernel.tenancy import TenantContext


def get_tenant_by_host(host: str) -> TenantContext:
    """Return the tenant that answers to `host` (no port, any case).

    Raises TenantNotFound and TenantSuspended.
    """
    host = host.lower().rstrip(".")
    wanted = Q(domains__host=host)
    if host.endswith(f".{settings.BASE_DOMAIN}"):
        wanted |= Q(slug=host.removesuffix(f".{settings.BASE_DOMAIN}"))
    return _active(Tenant.objects.filter(wanted).first(), f"No shop answers to the host {host[:253]!r}.")


def get_tenant_by_slug(slug: str) -> TenantContext:
    """Return the tenant with this slug. Raises TenantNotFound and TenantSuspended."""
    return _active(Tenant.objects.filter(slug=slug).first(), f"There is no tenant {slug[:63]!r}.")


def _active(tenant: Tenant | None, message: str) -> TenantContext:
    if tenant is None:
        raise TenantNotFound(message)
    if tenant.status == Tenant.Status.SUSPENDED:
        closed = f"The shop {tenant.name} is closed for now."
        raise TenantSuspended(closed)
    return tenant.context
