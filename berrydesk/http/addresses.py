"""Which addresses may be fetched: the public internet, and what the operator allowed by name.

The check is made on the address that is connected to, never on how it is spelled: 127.1, 0x7f000001,
2130706433 and ::ffff:127.0.0.1 are all the same loopback once they are resolved.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass

import httpx

from berrydesk.http.errors import AddressNotAllowed, NotAWebAddress, PortNotAllowed

PORTS = (80, 443)
LONGEST = 2000
DEFAULT_PORT = {"http": 80, "https": 443}

METADATA_HOSTS = {"metadata", "metadata.google.internal", "metadata.goog", "instance-data"}
"""Names that clouds answer inside their machines only; also ``instance-data.*`` and ``*.internal``."""

REFUSED = [
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's own services, on a public address
        "192.88.99.0/24",  # 6to4 relays
        "192.0.0.0/24",  # protocol assignments
        "2001::/23",  # protocol assignments, Teredo among them
        "2002::/16",  # 6to4: wraps any IPv4 address
        "3fff::/20",  # documentation
    )
]
BOOKKEEPING = [
    ipaddress.ip_network(network)
    for network in (
        "169.254.0.0/16",  # link-local: most clouds' metadata servers
        "fe80::/10",
        "168.63.129.16/32",  # Azure
        "100.100.100.200/32",  # Alibaba Cloud
        "192.0.0.192/32",  # Oracle Cloud
        "fd00:ec2::/32",  # Amazon, within a private network of IPv6
        "fd20:ce::254/128",  # Google, likewise
    )
]
"""Where a machine asks about itself, credentials among it: never a server that somebody means."""

GLOBAL_V6 = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
COMPATIBLE = ipaddress.ip_network("::/96")
ISATAP = 0x5EFE


def unwrapped(address):
    """The IPv4 address inside an IPv4-mapped, IPv4-compatible or NAT64 address, else the address itself."""
    if address.version == 4:
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in NAT64 or (address in COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address):
    """True for an address of the public internet that nothing private hides behind."""
    address = unwrapped(address)
    if address.is_multicast or any(address in n for n in REFUSED if n.version == address.version):
        return False
    if address.version == 4:
        return address.is_global and not address.is_reserved
    if getattr(address, "scope_id", None) or address not in GLOBAL_V6 or not address.is_global:
        return False
    wraps_ipv4 = (int(address) >> 32) & 0xFFFF == ISATAP and (int(address) >> 48) & 0xFCFF == 0
    return not wraps_ipv4


def is_bookkeeping(address):
    """True for addresses that no server is named by on purpose: metadata of clouds, groups of machines."""
    address = unwrapped(address)
    return address.is_multicast or any(address in n for n in BOOKKEEPING if n.version == address.version)


@dataclass(frozen=True)
class Target:
    """Where a URL leads: what is connected to, and the URL as it is sent."""

    url: httpx.URL
    scheme: str
    host: str
    port: int

    def __str__(self):
        return str(self.url)


def parse(text):
    """The ``Target`` of a web address. Raises NotAWebAddress for anything that two readers could read differently."""
    text = str(text).strip()
    shown = text if len(text) <= 200 else text[:199] + "…"
    if len(text) > LONGEST:
        raise NotAWebAddress(url=shown, why="it is too long.")
    if re.search(r"[\x00-\x20\x7f\\]", text):
        raise NotAWebAddress(url=shown, why="it has spaces, backslashes or invisible characters in it.")
    if not re.match(r"(?i)https?://[^/?#]", text):
        raise NotAWebAddress(url=shown, why="it does not begin with http:// or https://.")
    try:
        url = httpx.URL(text)
        host = url.raw_host.decode("ascii").lower().rstrip(".")
        port = url.port or DEFAULT_PORT[url.scheme]
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise NotAWebAddress(url=shown, why=f"{str(error).rstrip('.')}.")
    if url.userinfo:
        raise NotAWebAddress(url=shown, why="it carries a user name or a password.")
    if not host or "%" in host or not re.fullmatch(r"[0-9a-z._:\-]+", host) or not 0 < port < 65536:
        raise NotAWebAddress(url=shown, why="the name of the site is missing or misspelled.")
    return Target(url=url, scheme=url.scheme, host=host, port=port)


class Allowance:
    """What the operator allowed besides the public internet: networks, hosts, hosts with a port."""

    def __init__(self, entries):
        self._networks = []
        self._hosts = set()
        for entry in entries:
            self._add(str(entry).strip().lower())

    def _add(self, entry):
        if not entry:
            return
        try:
            self._networks.append((ipaddress.ip_network(entry.strip("[]"), strict=False), None))
            return
        except ValueError:
            pass  # not a bare network: a host, or either of them with a port
        host, port = entry, None
        with_port = re.fullmatch(r"(\[[^\]]+\]|[^:]+):(\d{1,5})", entry)
        if with_port:
            host, port = with_port[1], int(with_port[2])
        try:
            self._networks.append((ipaddress.ip_network(host.strip("[]"), strict=False), port))
        except ValueError:
            self._hosts.add((host.rstrip("."), port))

    def has_host(self, host, port):
        """True when the host is allowed by name, whatever it resolves to."""
        return (host, None) in self._hosts or (host, port) in self._hosts

    def has_address(self, address, port):
        """True when the address lies in an allowed network."""
        address = unwrapped(address)
        return any(
            address.version == network.version and address in network and allowed in (None, port)
            for network, allowed in self._networks
        )

    def names(self, target):
        """True when the target was allowed on purpose, judged without looking it up."""
        literal = as_literal(target.host)
        if literal is not None:
            return self.has_address(literal, target.port)
        return self.has_host(target.host, target.port)


def as_literal(host):
    """The address that a host spells out, or None for a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def spelled_out(host):
    """The address that a host spells out in any way the system's resolver reads (0x7f000001, 127.1), or None."""
    literal = as_literal(host)
    if literal is None:
        try:
            literal = ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, UnicodeError, ValueError):
            return None
    return literal


def permitted_servers(host, port, addresses, allowance, *, private):
    """Those of the resolved ``addresses`` of a server that an admin named, in their order; any port is fine.

    ``private``: it may lie in one's own network. Raises AddressNotAllowed when none is left.
    """
    if allowance.has_host(host, port):
        return list(addresses)
    left = [
        a
        for a in addresses
        if allowance.has_address(a, port) or (not is_bookkeeping(a) and (private or is_public(a)))
    ]
    if not left or is_metadata_name(host):
        raise AddressNotAllowed(host=host, url=host)
    return left


def permitted(target, addresses, allowance):
    """Those of the resolved ``addresses`` that may be connected to, in their order.

    Raises AddressNotAllowed when none is left, PortNotAllowed for a port that is no website's.
    """
    if allowance.has_host(target.host, target.port):
        return list(addresses)
    allowed = [a for a in addresses if allowance.has_address(a, target.port)]
    if allowed:
        return allowed
    public = [a for a in addresses if is_public(a)]
    if not public or len(public) < len(addresses) or _is_metadata(target.host):
        # A name that is public and private at once is a trick, not a website.
        raise AddressNotAllowed(host=target.host, url=str(target))
    if target.port not in PORTS:
        raise PortNotAllowed(host=target.host, port=target.port, url=str(target))
    return public


def check_spelling(text, allowance):
    """The target of an address an owner typed, refused at once where its spelling alone shows that it must be.

    Without looking anything up. Raises NotAWebAddress, AddressNotAllowed or PortNotAllowed.
    """
    target = parse(text)
    literal = as_literal(target.host)
    if literal is not None:
        permitted(target, [literal], allowance)
    elif not allowance.has_host(target.host, target.port) and (_is_metadata(target.host) or _is_here(target)):
        inside = allowance.has_address(ipaddress.ip_address("127.0.0.1"), target.port)
        if not inside:
            raise AddressNotAllowed(host=target.host, url=str(target))
    return target


def _is_here(target):
    return target.host == "localhost" or target.host.endswith(".localhost")


def is_metadata_name(host):
    """True for the names under which clouds tell machines about themselves."""
    host = host.rstrip(".").lower()
    return host in METADATA_HOSTS or host.startswith("instance-data.")


def _is_metadata(host):
    return host in METADATA_HOSTS or host.endswith(".internal") or host.startswith("instance-data.")
