"""Close a tenant's shop for now, and open it again."""

from hansa.domain.tenants.errors import TenantNotFound
from hansa.domain.tenants.models import Tenant
from hansa.kernel.transactions import transaction


def suspend_tenant(*, slug: str) -> None:
    """Close the shop: every web process answers 403 within TENANT_MEMORY_SECONDS. Raises TenantNotFound."""
    _set(slug, Tenant.Status.SUSPENDED)


def resume_tenant(*, slug: str) -> None:
    """Open the shop again. Raises TenantNotFound."""
    _set(slug, Tenant.Status.ACTIVE)


def _set(slug: str, status: Tenant.Status) -> None:
    with transaction():
        if not Tenant.objects.filter(slug=slug).update(status=status):
            message = f"There is no tenant {slug[:63]!r}."
            raise TenantNotFound(message)
