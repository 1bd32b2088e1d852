"""What every page of the shop knows."""

from typing import Any
from zlib import crc32

from django.http import HttpRequest

from hansa.interfaces.shop.buying.cookies import read_count
from hansa.kernel.tenancy import find_current_tenant

PALETTES = ("rust", "cocoa", "plum", "spruce", "fjord")
"""The colours of shop.css. A shop always gets the same one."""


def shop(request: HttpRequest) -> dict[str, Any]:
    """Give templates the shop they speak for, its colours, and how much is in the visitor's cart."""
    tenant = find_current_tenant()
    palette = PALETTES[crc32(tenant.slug.encode()) % len(PALETTES) if tenant else 0]
    return {"shop": tenant, "palette": palette, "cart_count": read_count(request)}
