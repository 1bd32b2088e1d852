"""Where a browser's request comes from: CORS for the origins that a shop lists, and no to every other site.

Note [Cross-site requests]: a browser says where an unsafe request comes from, in Origin, and in Sec-Fetch-Site. One
that comes from another site than the shop itself or the origins that it lists is refused here, whatever
its media type and whatever it would have done, so that no endpoint has to think of it. Programs that are
no browsers send neither header; they have no cookies that somebody else could use.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings

from hansa.interfaces.guards.limits import SAFE
from hansa.kernel.errors import Forbidden
from hansa.kernel.tenancy import TenantContext

type Headers = list[tuple[bytes, bytes]]

_API = ("/api/", "/_allauth/", "/manage/")
"""What other origins may call; pages are nobody else's."""
_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_ASKED_HEADERS = (
    b"authorization, content-type, idempotency-key, if-match, if-none-match, x-csrftoken, x-request-id, x-session-token"
)
_TOLD_HEADERS = (
    b"etag, idempotency-replayed, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, x-request-id"
)
_VARY = (b"vary", b"Origin")
_PORTS = {"http": 80, "https": 443}


class CrossSiteRequest(Forbidden):
    """Another site's page wanted to change something here."""

    code = "cross_site_request"


def is_preflight(method: str, headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a browser only asks whether it may ask."""
    return method == "OPTIONS" and b"origin" in headers and b"access-control-request-method" in headers


def preflight_headers(tenant: TenantContext, path: str, headers: Mapping[bytes, bytes]) -> Headers:
    """Return the answer to a preflight; without any permission for an origin that the shop does not list."""
    if not _is_listed(tenant, path, headers.get(b"origin", b"")):
        return [_VARY]
    return [
        *cors_headers(tenant, path, headers),
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", _ASKED_HEADERS),
        (b"access-control-max-age", b"600"),
    ]


def cors_headers(tenant: TenantContext, path: str, headers: Mapping[bytes, bytes]) -> Headers:
    """Return what lets a listed origin read the answer; caches are told that it depends on the origin."""
    if not tenant.origins or not path.startswith(_API):
        return []
    origin = headers.get(b"origin", b"")
    if not _is_listed(tenant, path, origin):
        return [_VARY]
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", _TOLD_HEADERS),
        _VARY,
    ]


def refuse_cross_site(tenant: TenantContext, method: str, path: str, headers: Mapping[bytes, bytes]) -> None:
    """Refuse an unsafe request from another site's page. Raises CrossSiteRequest."""
    if method in SAFE:
        return
    origin = headers.get(b"origin")
    if origin is not None:
        is_welcome = _is_here(origin, headers.get(b"host", b"")) or _is_listed(tenant, path, origin)
    else:
        is_welcome = headers.get(b"sec-fetch-site", b"none") in {b"same-origin", b"none"}
    if not is_welcome:
        message = "A page of another site sent this, and the shop does not list its origin. Nothing was done."
        raise CrossSiteRequest(message)


def refuse_foreign_socket(tenant: TenantContext, headers: Mapping[bytes, bytes]) -> None:
    """Refuse a socket that another site's page opens: browsers ask nobody before they do. Raises CrossSiteRequest."""
    origin = headers.get(b"origin")
    if origin is None or _is_here(origin, headers.get(b"host", b"")) or origin.decode("latin-1") in tenant.origins:
        return
    message = "A page of another site opened this socket, and the shop does not list its origin."
    raise CrossSiteRequest(message)


def _is_listed(tenant: TenantContext, path: str, origin: bytes) -> bool:
    return bool(tenant.origins) and path.startswith(_API) and origin.decode("latin-1") in tenant.origins


def _is_here(origin: bytes, host: bytes) -> bool:
    """Tell whether the origin is the very host and port that was asked."""
    try:
        said = urlsplit(origin.decode("latin-1"))
        asked = urlsplit(f"{said.scheme}://{host.decode('latin-1')}")
        names = (said.hostname, said.port), (asked.hostname, asked.port)
    except ValueError:
        return False
    standard = _PORTS.get(said.scheme)
    if standard is None or (settings.SESSION_COOKIE_SECURE and said.scheme != "https"):
        return False
    (said_host, said_port), (asked_host, asked_port) = names
    return said_host == asked_host and (said_port or standard) == (asked_port or standard)
