"""Network addresses: who a request comes from, also when proxies stand between."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

type Networks = tuple[IPv4Network | IPv6Network, ...]

MAX_PROXIES = 10


@lru_cache(maxsize=16)
def read_trusted_proxies(text: str) -> int | Networks:
    """Read `2` (so many proxies stand in front) or `10.0.0.0/8,fd00::/8` (these are proxies). Raises ValueError."""
    text = text.strip()
    if not text:
        return 0
    if text.isascii() and text.isdigit():
        if int(text) > MAX_PROXIES:
            message = f"at most {MAX_PROXIES} proxies can stand in front"
            raise ValueError(message)
        return int(text)
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        message = "write how many proxies stand in front, as 1, or their networks, as 10.0.0.0/8,fd00::/8"
        raise ValueError(message) from None


def find_client(peer: str, forwarded: Sequence[str], trusted: int | Networks) -> str:
    """Return the address of the client: the last one that a proxy of ours has seen.

    `forwarded` is X-Forwarded-For, read from left to right; what strangers have written there stands to
    the left of what our proxies have added, and is not believed.
    """
    if not trusted:
        return peer
    hops = [*forwarded, peer]
    if isinstance(trusted, int):
        seen = hops[-1 - trusted] if len(hops) > trusted else hops[0]
        return seen if _parse(seen) else peer
    client = peer
    for hop in reversed(hops):
        address = _parse(hop)
        if address is None:
            break
        client = str(address)
        if not any(address in network for network in trusted):
            break
    return client


@lru_cache(maxsize=4096)
def subscriber_of(address: str) -> str:
    """Return whom to count for an address: an IPv6 subscriber has a whole /64, so that is counted as one."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, 64), strict=False).network_address)
    return address


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
