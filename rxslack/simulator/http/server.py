"""HTTP and websockets on one port, each connection on a thread of its own."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from typing import Any

from rxslack.simulator.http.allowed_hosts import AllowedHosts
from rxslack.simulator.http.handler import Handler
from rxslack.simulator.http.listener import Listener
from rxslack.simulator.http.page_front import PageFront
from rxslack.simulator.http.response_urls import ResponseUrls
from rxslack.simulator.http.tls_proxy import TlsProxy
from rxslack.simulator.state import State

__all__ = ["Server"]


class Server:
    """
    Listens until `close`.

    Args:
        state: the workspace's.
        response_urls: where answers to what somebody did come in.
        host: to listen on.
        port: to listen on; 0 for one that is free.
        tls: with the certificate, when TLS is spoken.
        hosts: by which more names it may be called.
        as_proxy: with a certificate of Slack's names, when clients may use it as their HTTPS proxy.
        page: what a browser is shown.

    Raises: OSError when the port is taken.
    """

    def __init__(
        self,
        state: State,
        response_urls: ResponseUrls,
        *,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
        hosts: Iterable[str] = (),
        as_proxy: ssl.SSLContext | None = None,
        page: PageFront | None = None,
    ) -> None:
        self.state = state
        self.page = page
        self.response_urls = response_urls
        self.allowed_hosts = AllowedHosts(host, hosts)
        if tls is None:
            self._listeners = [Listener(host, port, self._serve)]
        else:
            inner = Listener("127.0.0.1", 0, self._serve)
            self._listeners = [
                Listener(host, port, TlsProxy(tls, inner.port, state.faults).serve),
                inner,
            ]
        self.host, self.port = self._listeners[0].host, self._listeners[0].port
        inner_port = self._listeners[-1].port
        self.proxy = None if as_proxy is None else TlsProxy(as_proxy, inner_port, state.faults)
        state.faults.attach(self._listeners[0])

    def close(self) -> None:
        """End every connection and thread."""
        for listener in self._listeners:
            listener.close()

    def _serve(self, sock: socket.socket, address: Any) -> None:
        Handler(
            sock,
            address,
            state=self.state,
            response_urls=self.response_urls,
            allowed_hosts=self.allowed_hosts,
            page=self.page,
            proxy=self.proxy,
        )
