"""What every page of the shop knows."""

from typing import Any
from zlib import crc32

from django.http import HttpRequest

from hansa.kernel.tenancy import find_current_tenant

PALETTES = ("rust", "cocoa", "plum", "spruce", "fjord")
"""The colours of shop.css. A shop always gets the same one."""


def shop(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001  (Django's signature)
    """Give templates the shop they speak for and its colours."""
    tenant = find_current_tenant()
    return {"shop": tenant, "palette": PALETTES[crc32(tenant.slug.encode()) % len(PALETTES) if tenant else 0]}
