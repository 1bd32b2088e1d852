"""Which addresses are called at all: Note [Other people's addresses]."""

import socket
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx2

from hansa.kernel.errors import Invalid

type Address = IPv4Address | IPv6Address

PORTS = (443, 8443)
MAX_URL_LENGTH = 2000
_NAT64 = IPv6Network("64:ff9b::/96")


class AddressRefused(Invalid):
    """The address is not one that this installation calls; trying again changes nothing."""

    code = "address_not_allowed"


@dataclass(frozen=True, slots=True)
class AllowList:
    """What an operator lets us call although it is not public."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def has_host(self, host: str) -> bool:
        """Tell whether the host is named, as it is written in the address."""
        return host.rstrip(".") in self.hosts

    def has_address(self, address: Address) -> bool:
        """Tell whether the address is in one of the networks."""
        return any(address in network for network in self.networks)


@lru_cache(maxsize=16)
def read_allow_list(text: str) -> AllowList:
    """Read `receiver.test,10.1.0.0/16,127.0.0.1`. Raises ValueError."""
    hosts, networks = set(), []
    for part in (piece.strip().lower() for piece in text.split(",")):
        if not part:
            continue
        try:
            networks.append(ip_network(part))
        except ValueError:
            if "/" in part or ":" in part or "*" in part:
                message = f"{part!r} is neither a host, as receiver.test, nor a network, as 10.1.0.0/16"
                raise ValueError(message) from None
            hosts.add(part.rstrip("."))
    return AllowList(frozenset(hosts), tuple(networks))


def check_proxy(text: str) -> str:
    """Return the address of a proxy as it was given. Raises ValueError."""
    if text and (httpx2.URL(text).scheme != "http" or not httpx2.URL(text).host):
        message = "write the proxy as http://proxy:3128"
        raise ValueError(message)
    return text


def read_url(url: str) -> httpx2.URL:
    """Read an address as it will be called. Raises AddressRefused."""
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        message = "This is no address of a server. Write it as https://example.com/path."
        raise AddressRefused(message) from error
    if parsed.scheme not in {"https", "http"} or not parsed.host or len(url) > MAX_URL_LENGTH:
        message = "Write the address as https://example.com/path."
        raise AddressRefused(message)
    if parsed.userinfo:
        message = "An address must not hold a user name or a password."
        raise AddressRefused(message)
    return parsed


def check_scheme(url: httpx2.URL) -> None:
    """Raise AddressRefused unless it is https on one of PORTS."""
    if url.scheme != "https":
        message = "The address must begin with https://."
        raise AddressRefused(message)
    if port_of(url) not in PORTS:
        message = f"The address may use port {' or '.join(map(str, PORTS))} only."
        raise AddressRefused(message)


def port_of(url: httpx2.URL) -> int:
    """Return the port, also when the address does not write it."""
    return url.port or (443 if url.scheme == "https" else 80)


def check_addresses(url: httpx2.URL, addresses: list[Address], allowed: AllowList) -> None:
    """Raise AddressRefused unless all addresses that the name has may be called, over this scheme and port."""
    if allowed.has_host(url.host) or (addresses and all(allowed.has_address(each) for each in addresses)):
        return
    check_scheme(url)
    if not all(is_public(each) or allowed.has_address(each) for each in addresses):
        message = "The address does not lead to a public server."
        raise AddressRefused(message)


def is_public(address: Address) -> bool:
    """Tell whether the whole internet may call an address, also an IPv4 one that is wrapped in an IPv6 one."""
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if wrapped is None and address in _NAT64:
            wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(wrapped)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def literal_address(host: str) -> Address | None:
    """Return the address that a host is in itself, in all notations that systems read, as 127.1 and 0x7f000001."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
