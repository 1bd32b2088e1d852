"""How often who may do what: the class of an operation, by its method and path, and whom it is counted for.

Note [What is counted where]: reading is counted in each process's own memory, because it happens all the time and
nothing is guessed by it; everything else is counted for all processes together when there is a Redis. Every
operation is counted for the address, and for the token, key or session that it shows. Codes are
counted where they are read (`count_codes`), because they come inside a cart's body.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from limits import RateLimitItem

from hansa.kernel.addresses import subscriber_of
from hansa.kernel.limits import Counters, Standing, count_or_refuse, find_rate, too_often
from hansa.kernel.tenancy import TenantContext, get_current_tenant

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))

_MANAGEMENT = ("/admin/", "/manage/")
_LOGIN = re.compile(
    r"/admin/login/?|/_allauth/\w+/v1/(auth|account)/.*"
    r"|/account/(login|signup|password|reauthenticate|confirm-email|two-factor|email|data/erase)/.*"
)
_CHECKOUT = re.compile(r"/api/v1/carts/[^/]+/checkout|/checkout|/orders/[^/]+/again")
_SESSION = re.compile(rb"(?:^|; )(?:__Host-)?(?:sessionid|cart)=([^;]+)")


def operation_of(method: str, path: str, content_type: bytes) -> str:
    """Return the class of an operation: a name in settings.RATES."""
    is_management = path.startswith(_MANAGEMENT)
    if method in SAFE:
        return "management" if is_management else "browse"
    if _LOGIN.fullmatch(path):
        return "login"
    if is_management:
        return "upload" if content_type.startswith(b"multipart/") else "management"
    if _CHECKOUT.fullmatch(path):
        return "checkout"
    return "callbacks" if path.startswith("/callbacks/") else "cart"


def count_reading(counters: Counters, tenant: TenantContext, address: str, operation: str) -> None:
    """Count, in this process, one request of the shop, and for its address if it only reads. Raises RateLimited."""
    all_of_shop = find_rate("tenant")
    if all_of_shop is not None and not counters.count_here(all_of_shop, f"tenant/{tenant.slug}"):
        raise too_often(Standing(False, all_of_shop.amount, 0, 1))  # noqa: FBT003  (a record's field)
    reading = find_rate(operation) if operation == "browse" else None
    if reading is not None and not counters.count_here(reading, f"browse/{tenant.slug}/{subscriber_of(address)}"):
        raise too_often(Standing(False, reading.amount, 0, reading.get_expiry()))  # noqa: FBT003


async def count_doing(
    counters: Counters, tenant: TenantContext, address: str, operation: str, headers: Mapping[bytes, bytes]
) -> Standing | None:
    """Count what does more than read, and return how the nearest limit stands. Raises RateLimited."""
    item = None if operation == "browse" else find_rate(operation)
    if item is None:
        return None
    counted: list[tuple[RateLimitItem, tuple[str, ...]]] = [
        (item, (operation, tenant.slug, "address", subscriber_of(address)))
    ]
    credential = _credential(headers)
    if credential:
        counted.append((item, (operation, tenant.slug, "credential", credential)))
    standings = await counters.count_all(counted)
    refused = [standing for standing in standings if not standing.is_within]
    if refused:
        raise too_often(max(refused, key=lambda standing: standing.reset_seconds))
    return min(standings, key=lambda standing: standing.remaining)


def count_codes(address: str, codes: Sequence[str] | None) -> None:
    """Count the codes that somebody sends for a cart, on a thread and before they are looked up. Raises RateLimited.

    Carts are not counted: whoever guesses makes as many as they like.
    """
    for _ in codes or ():
        count_or_refuse("codes", get_current_tenant().slug, "address", subscriber_of(address))


def standing_headers(standing: Standing) -> list[tuple[bytes, bytes]]:
    """Return RateLimit-* as draft-ietf-httpapi-ratelimit-headers has them (03 to 07: one header per number)."""
    return [
        (b"ratelimit-limit", b"%d" % standing.limit),
        (b"ratelimit-remaining", b"%d" % standing.remaining),
        (b"ratelimit-reset", b"%d" % standing.reset_seconds),
    ]


def _credential(headers: Mapping[bytes, bytes]) -> str:
    """Return a fingerprint of what the request shows: a token, a key, a session; the thing itself is not kept."""
    shown = headers.get(b"authorization") or headers.get(b"x-session-token")
    if not shown:
        session = _SESSION.search(headers.get(b"cookie", b""))
        shown = session[1] if session else b""
    return blake2b(shown, digest_size=12).hexdigest() if shown else ""
