"""Which addresses of the internet a document may be fetched from: public ones, and nothing behind the own firewall."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from cydqa.errors import DocumentError

_NAT64 = ip_network("64:ff9b::/96")  # leads to the IPv4 address in its last 32 bits
_UNICAST = ip_network("2000::/3")  # all that is assigned of the public IPv6 addresses
_SPECIAL = [
    ip_network(network)
    for network in (
        "100.64.0.0/10",  # between providers and their customers
        "168.63.129.16/32",  # public in form, but answered inside the machines of a cloud
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",  # tunnels (Teredo) and identifiers
        "2001:db8::/32",
        "2002::/16",  # 6to4: a tunnel to an IPv4 address
        "3fff::/20",
    )
]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, the one to try first in front.

    Raises:
        DocumentError: if it has none, or a single one that is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        raise DocumentError(
            f"it can't be fetched: there is no server {host}, or no network.", hint="Check the address."
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        require_public(address)
    return addresses


def require_public(address: str) -> None:
    """Raise DocumentError for an address that is not public."""
    if not is_public(address):
        raise DocumentError(
            f"it can't be fetched: its server's address, {address}, is not a public one.",
            hint="If you trust the page, save it in the browser and add the file.",
        )


def is_public(address: str) -> bool:
    """Whether an address, as the system's resolver writes it, belongs to a server on the public internet."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip in _NAT64:
        ip = IPv4Address(int(ip) & 0xFFFFFFFF)
    if any(ip in network for network in _SPECIAL) or not ip.is_global or ip.is_multicast:
        return False
    return isinstance(ip, IPv4Address) or ip in _UNICAST
