"""By which names the simulated Slack may be called, and from whose pages."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Final

__all__ = ["AllowedHosts"]

_AUTHORITY: Final = r"(\[[0-9a-fA-F:.]+\]|[^\s:/@?#\[\]]+)(?::[0-9]{0,5})?"
_HOST: Final = re.compile(_AUTHORITY)
_ORIGIN: Final = re.compile(f"(?:http|ws)s?://{_AUTHORITY}")


class AllowedHosts:
    """
    Whom the server answers: who calls it by a name of this machine, from no page or one of here.

    A browser lets any page send requests to this machine, and open websockets to it, and tells in
    `Origin` which page it is. A page that got its own name to mean this machine (DNS rebinding) is
    known by the `Host`.

    Args:
        bound: the address that is listened on.
        more: names of hosts that are allowed as well.

    >>> here = AllowedHosts("127.0.0.1", ["slack.test"])
    >>> [here.knows_host(name) for name in ("localhost:8765", "[::1]:1", "slack.test", "evil.example")]
    [True, True, True, False]
    >>> [here.knows_origin(page) for page in ("http://localhost:3000", "https://evil.example", "null")]
    [True, False, False]

    Source: RFC 6455 section 10.2 (Origin); RFC 9110 section 7.2 (Host).
    """

    def __init__(self, bound: str, more: Iterable[str]) -> None:
        self._names = {"localhost", bound.lower(), *(name.lower() for name in more)}

    def knows_host(self, host: str) -> bool:
        """Whether a `Host` is of here, whatever its port."""
        return self._knows(_HOST.fullmatch(host))

    def knows_origin(self, origin: str) -> bool:
        """Whether an `Origin` is."""
        return self._knows(_ORIGIN.fullmatch(origin))

    def _knows(self, found: re.Match[str] | None) -> bool:
        if found is None:
            return False
        name = found[1].strip("[]").lower()
        return name in self._names or _is_loopback(name)


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
