"""Which network this machine is in, told by the way out of it: no request is made."""

from pathlib import Path

_ROUTES = Path("/proc/net/route")
_NEIGHBOURS = Path("/proc/net/arp")
_DEFAULT = "00000000"


def network(routes: Path = _ROUTES, neighbours: Path = _NEIGHBOURS) -> str:
    """The default gateway with its hardware address, "" where there is none or nobody tells.

    The hardware address tells two networks apart that number their gateways alike.
    """
    try:
        rows = [line.split() for line in routes.read_text("ascii").splitlines()[1:]]
    except OSError:
        return ""
    ways = [(int(row[6]), row[0], row[2]) for row in rows if len(row) > 7 and row[1] == _DEFAULT]
    if not ways:
        return ""
    _, interface, gateway = min(ways)
    return f"{gateway} {_hardware(_dotted(gateway), interface, neighbours)}"


def _dotted(hexadecimal: str) -> str:
    """The kernel writes addresses as little-endian hexadecimal."""
    return ".".join(str(number) for number in reversed(bytes.fromhex(hexadecimal)))


def _hardware(address: str, interface: str, neighbours: Path) -> str:
    try:
        rows = [line.split() for line in neighbours.read_text("ascii").splitlines()[1:]]
    except OSError:
        return interface
    found = [row[3] for row in rows if len(row) > 5 and row[0] == address and row[5] == interface]
    return found[0] if found else interface
