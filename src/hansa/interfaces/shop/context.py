"""What every page of the shop knows."""

from typing import Any
from urllib.parse import urljoin
from zlib import crc32

from django.http import HttpRequest
from django.utils.encoding import iri_to_uri

from hansa.interfaces.shop.buying.cookies import read_count
from hansa.kernel.tenancy import TenantContext, find_current_tenant

PALETTES = ("rust", "cocoa", "plum", "spruce", "fjord")
"""The colours of shop.css. A shop always gets the same one."""


def shop(request: HttpRequest) -> dict[str, Any]:
    """Give templates the shop they speak for, its colours, and how much is in the visitor's cart."""
    return describe_shop(find_current_tenant()) | {"cart_count": read_count(request)}


def describe_shop(tenant: TenantContext | None) -> dict[str, Any]:
    """Return what pages know of the shop, whoever looks at them."""
    return {"shop": tenant, "palette": PALETTES[crc32(tenant.slug.encode()) % len(PALETTES) if tenant else 0]}


def origin_of(request: HttpRequest) -> str:
    """Return scheme and host that the visitor came to, without a slash at the end."""
    return f"{request.scheme}://{request.get_host().lower()}"


def absolute_address(address: str, origin: str) -> str:
    """Return an address with scheme and host, as search engines and previews want it."""
    return str(iri_to_uri(urljoin(f"{origin}/", address)))
