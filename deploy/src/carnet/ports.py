"""Free ports on the loopback address, below those the kernel hands to outgoing connections."""

import secrets
import socket

LOOPBACK = "127.0.0.1"
_FIRST, _LAST = 20_000, 32_000


def is_free(port: int, *, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_ports(count: int, *, besides: int = 0) -> list[int]:
    """That many different ports, free at this moment; `besides` will be needed by another.

    A port of the kernel's own range could be taken by anyone's outgoing connection while the
    process it was meant for restarts.
    """
    found: set[int] = set()
    while len(found) < count:
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        if port != besides and is_free(port):
            found.add(port)
    return sorted(found)
