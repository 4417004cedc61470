"""A small WSGI application that says how a service is."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any

from rxslack.errors import ConfigurationError
from rxslack.metrics.metrics import Metrics
from rxslack.metrics.prometheus import CONTENT_TYPE
from rxslack.web.serving import ThreadingServer

__all__ = ["HealthApp", "address", "serving"]

log = logging.getLogger("rxslack.health")


class HealthApp:
    """
    Answers `/metrics`, `/health` and `/ready`; any WSGI server takes it.

    >>> with Metrics() as metrics:
    ...     is_ready, numbers = HealthApp(metrics).ready()
    >>> sorted(numbers)
    ['connections', 'logs', 'waiting']

    `/metrics` is Prometheus' text. `/health` is 200 while the process answers: whoever asks restarts what
    does not. `/ready` is 200 once a connection has said hello, or while a log can be read where there has never
    been one, and while no more than `max_waiting` calls wait in the sinks; else 503, with the numbers as JSON.

    Args:
        metrics: The numbers.
        max_waiting: Calls that may wait in the sinks.
        connections: Whether one, or a log, is needed; False for a service with a source of its own.
    """

    def __init__(
        self, metrics: Metrics, *, max_waiting: int = 1000, connections: bool = True
    ) -> None:
        if max_waiting < 0:
            raise ConfigurationError(f"max_waiting is {max_waiting!r}; give 0 or more")
        self._metrics = metrics
        self._max_waiting = max_waiting
        self._connections = connections

    def ready(self) -> tuple[bool, dict[str, int]]:
        """Whether it is, and what tells so."""
        open_now = int(self._metrics.value("rxslack_connections_open"))
        ended = int(self._metrics.value("rxslack_connections_ended_total"))
        logs, waiting = (
            self._metrics.readable_logs(),
            int(self._metrics.value("rxslack_queue_calls")),
        )
        hears = open_now > 0 or (logs > 0 and not ended) or not self._connections
        numbers = {"connections": open_now, "logs": logs, "waiting": waiting}
        return hears and waiting <= self._max_waiting, numbers

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        status, kind, body = self._answer(environ)
        raw = body.encode()
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(raw)))])
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [raw]

    def _answer(self, environ: dict[str, Any]) -> tuple[str, str, str]:
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return "405 Method Not Allowed", "text/plain", "GET only\n"
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return "200 OK", CONTENT_TYPE, self._metrics.prometheus()
        if path == "/health":
            return "200 OK", "application/json", '{"ok": true}\n'
        if path == "/ready":
            is_ready, numbers = self.ready()
            status = "200 OK" if is_ready else "503 Service Unavailable"
            return status, "application/json", json.dumps({"ok": is_ready, **numbers}) + "\n"
        return "404 Not Found", "text/plain", "/metrics, /health, /ready\n"


def address(serve: str) -> tuple[str, int]:
    """
    Where to listen.

    >>> address(":9090"), address("127.0.0.1:0")
    (('0.0.0.0', 9090), ('127.0.0.1', 0))

    Errors: ``ConfigurationError`` for what is no such text.
    """
    host, colon, port = serve.rpartition(":")
    if not (colon and port.isdecimal() and int(port) <= 65_535):
        raise ConfigurationError(f'serve is {serve!r}; give ":9090", or "127.0.0.1:9090"')
    return host or "0.0.0.0", int(port)


@contextmanager
def serving(serve: str, app: HealthApp) -> Generator[int]:
    """
    Serve the application on a thread of its own; yields the port.

    Errors: ``ConfigurationError`` for an address that cannot be listened on.
    """
    host, port = address(serve)
    try:
        server = ThreadingServer(host, port, patience=10.0, most=32)
    except OSError as error:
        raise ConfigurationError(f"cannot serve on {serve}: {error.strerror}") from error
    server.set_app(app)
    thread = threading.Thread(target=server.serve_forever, name="rxslack-health", daemon=True)
    thread.start()
    log.info("serving /metrics, /health and /ready on port %d", server.server_port)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
