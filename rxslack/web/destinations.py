"""Where a client goes: to the address it was given, and to which of those that answers name."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address
from typing import Final, NamedTuple, TypeGuard
from urllib.parse import urlsplit

from rxslack.errors import ConfigurationError

__all__ = ["HOOKS", "checked_base_url", "is_response_url", "is_upload_url", "is_websocket_url"]

HOOKS: Final = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
"""
The hosts of response_urls and webhooks.

docs.slack.dev/interactivity/handling-user-interaction, "Message responses";
api.slack-gov.com/gov-slack/about ("runs on the separate domain slack-gov.com").
"""

_PORTS: Final = {"http": 80, "ws": 80, "https": 443, "wss": 443}
# What RFC 3986 lets an address be made of. The rest, a backslash for one, is read in one way by
# one library and in another by the next.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]!$&'()*+,;=%|]+")


class Place(NamedTuple):
    """What an address says before its path."""

    scheme: str
    host: str
    port: int

    @property
    def is_secure(self) -> bool:
        """Whether TLS guards the way."""
        return self.scheme in ("https", "wss")

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine, whatever the names are that others resolve."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_named(self) -> bool:
        """Whether it is a host's name with a dot in it, and no number, as all of Slack's are."""
        last = self.host.rstrip(".").rpartition(".")
        return bool(last[0]) and not last[2][:1].isdigit() and ":" not in self.host


def _place(url: object) -> Place | None:
    """None for what is no address, or has a login, which would hide where it goes."""
    if not isinstance(url, str) or not _ADDRESS.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.scheme not in _PORTS:
        return None
    return Place(parts.scheme, host, _PORTS[parts.scheme] if port is None else port)


def checked_base_url(base_url: object, *, allow_http: bool) -> str:
    """
    The address of a client's methods, with a slash at its end.

    Raises: ConfigurationError for one that cannot be, or would show the token to all between.
    """
    place = _place(base_url)
    if not isinstance(base_url, str) or place is None or set(base_url) & {"?", "#"}:
        login = isinstance(base_url, str) and "@" in base_url
        raise ConfigurationError(
            "base_url must be an address such as 'https://slack.com/api/' or a simulated "
            "workspace's base_url" + (", without a login, which would replace the token" * login)
        )
    if place.scheme not in ("http", "https"):
        raise ConfigurationError("base_url must begin with https:// (or http://, on this machine)")
    if not (place.is_secure or place.is_loopback or allow_http):
        raise ConfigurationError(
            "base_url must begin with https://, or all between could read the token; "
            "where that does not matter, say so by Transport(allow_http=True)"
        )
    return base_url if base_url.endswith("/") else f"{base_url}/"


def is_response_url(url: object, base_url: str, *, allowed_hosts: Collection[str] = ()) -> bool:
    """
    Whether an address is one that Slack may give to answer to.

    It may be on Slack's hosts for that, on one that was allowed, or where the client's methods are,
    as a simulated workspace's is.
    """
    place = _place(url)
    if place is None:
        return False
    named = place.host in allowed_hosts or (place.host in HOOKS and place.port == 443)
    return (place.scheme == "https" and named) or place == _place(base_url)


def is_upload_url(url: object, base_url: str, *, allowed_hosts: Collection[str] = ()) -> bool:
    """
    Whether an address is one that Slack may give to upload to.

    It may be on any host that has a name, by https, or where the client's methods are.
    """
    place = _place(url)
    if place is None:
        return False
    named = place.is_named or place.host in allowed_hosts
    return (place.scheme == "https" and named) or place == _place(base_url)


def is_websocket_url(url: object, base_url: str, *, allow_http: bool = False) -> TypeGuard[str]:
    """
    Whether an address is one that Slack may give for a websocket.

    It is a secure one; where the methods are called in the clear, one in the clear will do, on this
    machine for a client of this machine.
    """
    place, base = _place(url), _place(base_url)
    if place is None or base is None or place.scheme not in ("ws", "wss"):
        return False
    in_the_clear = not base.is_secure and (place.is_loopback or allow_http)
    return place.is_secure or in_the_clear
