"""Give a tenant a host of its own."""

import re

from django.db import IntegrityError

from hansa.domain.tenants.errors import HostTaken, InvalidHost
from hansa.domain.tenants.models import Domain
from hansa.domain.tenants.selectors import get_tenant_by_slug
from hansa.kernel.transactions import transaction

_HOST = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""RFC 1123, in small letters; other scripts as they stand in DNS (xn--…)."""


def add_domain(*, host: str, slug: str) -> str:
    """Let the tenant answer at `host`; returns it as it is compared. Raises TenantNotFound, InvalidHost, HostTaken."""
    tenant = get_tenant_by_slug(slug)
    host = host.strip().lower().rstrip(".")
    if not _HOST.fullmatch(host):
        message = f"{host[:100]!r} is no host name. Write it like shop.acme.example, without http:// or a port."
        raise InvalidHost(message)
    try:
        with transaction():
            Domain.objects.create(tenant_id=tenant.id, host=host)
    except IntegrityError:
        message = f"A shop answers at {host} already."
        raise HostTaken(message) from None
    return host
