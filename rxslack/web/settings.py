"""One configuration of proxy, certificates, timeouts and limits, for HTTP and the websocket alike."""

from __future__ import annotations

import os
import ssl
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies, should_bypass_proxies

from rxslack.errors import ConfigurationError

__all__ = ["DIRECT", "Transport"]

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
        if self.proxy == DIRECT or should_bypass_proxies(web, no_proxy=None):
            return None
        if self.proxy is not None:
            return self.proxy
        found: dict[str, str] = get_environ_proxies(web)
        proxy = found.get(urlsplit(web).scheme) or found.get("all")
        if proxy:
            proxy = proxy if "://" in proxy else f"http://{proxy}"
            _check_proxy(proxy, "the proxy in the environment")
        return proxy or None

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
