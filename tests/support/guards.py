"""Keep every test on this machine: no socket and no name look-up beyond the loopback."""

import contextlib
import ipaddress
import socket
from collections.abc import Iterator

import pytest


class LeftTheMachineError(AssertionError):
    """A test tried to reach another machine; point it at a server of its own on 127.0.0.1."""


def stays_here(host: object) -> bool:
    """Tell whether `host` (a name, an address, bytes or None) is this machine."""
    if host is None or host in {"", b"", "localhost", b"localhost"}:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def network_closed(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Refuse what would leave the machine and yield the list of what was refused.

    The list matters as much as the error: code under test may catch every exception.
    """
    refused: list[str] = []

    def refuse(what: str, host: object) -> None:
        refused.append(f"{what} {host!r}")
        message = f"{what} {host!r} would leave this machine"
        raise LeftTheMachineError(message)

    def guard_method(name: str, position: int) -> None:
        original = getattr(socket.socket, name)

        def guarded(self, *args):
            if self.family in {socket.AF_INET, socket.AF_INET6} and not stays_here(args[position][0]):
                refuse(f"socket.{name}", args[position][0])
            return original(self, *args)

        patch.setattr(socket.socket, name, guarded)

    def guard_lookup(name: str) -> None:
        original = getattr(socket, name)

        def guarded(host, *args, **kwargs):
            if not stays_here(host):
                refuse(f"socket.{name}", host)
            return original(host, *args, **kwargs)

        patch.setattr(socket, name, guarded)

    for name in ("connect", "connect_ex"):
        guard_method(name, 0)
    # sendto(data, address) and sendto(data, flags, address): the address is always last.
    guard_method("sendto", -1)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        guard_lookup(name)
    yield refused
