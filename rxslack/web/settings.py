"""
How a client reaches Slack, by HTTP and websocket alike: one configuration, and the addresses it goes to.

`Transport` has proxy, certificates, time-outs and limits; the functions below it say which addresses are
Slack's, of those that a user or an answer names.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from typing import Final, NamedTuple, TypeGuard
from urllib.parse import urlsplit
from urllib.request import getproxies

from requests.utils import DEFAULT_CA_BUNDLE_PATH, should_bypass_proxies

from rxslack.errors import ConfigurationError

__all__ = [
    "DIRECT",
    "HOOKS",
    "Transport",
    "checked_base_url",
    "is_response_url",
    "is_upload_url",
    "is_websocket_url",
]

DIRECT: Final = ""
"""As `proxy`: never use one, whatever the environment says."""


@dataclass(frozen=True, kw_only=True)
class Transport:
    """
    How to reach Slack.

    Args:
        proxy: URL of an HTTP proxy, `http://user:password@host:3128`; one that is itself reached by
            `https:` carries Web API calls and no websockets. None: as the environment
            says (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, in either case). `DIRECT`: none.
            `NO_PROXY` holds in each case. Once a proxy applies there is no way around it:
            when it fails, the call fails.
        ca_file: path of a PEM file with the certificate authorities to trust. None: the file
            named by `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE` or `SSL_CERT_FILE`, else the ones
            that requests ships.
        ssl_context: a context of your own, for client certificates and the like; takes the place
            of `ca_file`.
        connect_timeout: seconds for TCP, proxy, TLS and a websocket's handshake together. Looking up
            the name counts, though nothing ends that before the system's resolver does.
        read_timeout: seconds in which an answer has to be there, to its last byte.
        max_answer_size: bytes of the longest answer of the Web API that is read, once unzipped; a
            longer one ends as a `TransportError`.
        allow_http: whether a client may call methods in the clear on other machines than this one,
            where all between can read its token.
        allowed_hosts: names of further hosts at which answers by `response_url` may be sent, and
            files be uploaded, by `https:`. Slack's, and the one of the client's `base_url`, are
            allowed in any case.

    The password of a proxy is left out of the `repr`.
    """

    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    ssl_context: ssl.SSLContext | None = field(default=None, repr=False)
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    max_answer_size: int = 16 * 1024 * 1024
    allow_http: bool = False
    allowed_hosts: Collection[str] = ()

    def __post_init__(self) -> None:
        if self.proxy:
            _check_proxy(self.proxy, "proxy")
        for name in ("connect_timeout", "read_timeout"):
            if not getattr(self, name) > 0:
                raise ConfigurationError(f"{name} must be more than 0 seconds")
        if not self.max_answer_size > 0:
            raise ConfigurationError("max_answer_size must be more than 0 bytes")
        if isinstance(self.allowed_hosts, str):
            raise ConfigurationError("allowed_hosts must be several names, as a list or a tuple")

    def proxy_for(self, url: str) -> str | None:
        """The proxy on the way to an address (`https:`, `http:`, `wss:` or `ws:`), if any."""
        web = url.replace("ws", "http", 1) if url.startswith("ws") else url
        if self.proxy == DIRECT:
            return None
        # The environment is read as a whole each time, and most have no proxy.
        found = getproxies() if self.proxy is None else {"all": self.proxy}
        proxy = found.get(urlsplit(web).scheme) or found.get("all")
        if not proxy or should_bypass_proxies(web, no_proxy=None):
            return None
        proxy = proxy if "://" in proxy else f"http://{proxy}"
        _check_proxy(proxy, "the proxy in the environment")
        return proxy

    @cached_property
    def context(self) -> ssl.SSLContext:
        """
        The TLS context for HTTP and websocket, made once.

        Raises: ConfigurationError, naming the file, when the authorities cannot be read.
        """
        if self.ssl_context is not None:
            return self.ssl_context
        path = self.ca_file or _ca_from_environment() or DEFAULT_CA_BUNDLE_PATH
        try:
            return ssl.create_default_context(cafile=path)
        except OSError as error:
            raise ConfigurationError(f"cannot read certificates from {path!r}: {error}") from error


def _ca_from_environment() -> str | None:
    names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
    return next((os.environ[name] for name in names if os.environ.get(name)), None)


def _check_proxy(proxy: str, name: str) -> None:
    try:
        parts = urlsplit(proxy)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # raises when it is no number
    except ValueError:
        usable = False
    if not usable:
        # The value is left out: it may hold a password.
        raise ConfigurationError(f"{name} must be a URL such as 'http://user:password@host:3128'")


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
