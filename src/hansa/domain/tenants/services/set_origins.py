"""List the origins of other sites whose pages may call a tenant's APIs."""

import re
from collections.abc import Sequence

from hansa.domain.tenants.errors import InvalidOrigin, TenantNotFound
from hansa.domain.tenants.models import Tenant
from hansa.kernel.transactions import transaction

MAX_ORIGINS = 50
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"(?=[^/:]{{1,253}}(?::|\Z)){_LABEL}(?:\.{_LABEL})*"
_ORIGIN = re.compile(rf"(?:https://{_HOST}|http://(?:{_LABEL}\.)*localhost|http://127\.0\.0\.1)(?::\d{{1,5}})?")
"""As browsers send it: small letters, no path. In the clear only from this machine, where shops are developed."""


def set_origins(*, slug: str, origins: Sequence[str]) -> list[str]:
    """Replace the tenant's list; web processes know it within TENANT_MEMORY_SECONDS. No origins: nobody else's pages.

    Returns the list. Raises TenantNotFound, InvalidOrigin.
    """
    listed = sorted({origin.strip() for origin in origins})
    if len(listed) > MAX_ORIGINS:
        message = f"A shop can list {MAX_ORIGINS} origins at most."
        raise InvalidOrigin(message)
    for origin in listed:
        if not _ORIGIN.fullmatch(origin):
            message = (
                f"{origin[:100]!r} is no exact origin. Write it as browsers send it, like https://www.acme.example:"
                " with https, without a path, a slash at the end or *."
            )
            raise InvalidOrigin(message)
    with transaction():
        if not Tenant.objects.filter(slug=slug).update(allowed_origins=listed):
            message = f"There is no tenant {slug[:63]!r}."
            raise TenantNotFound(message)
    return listed
