"""
`http_events` behind its own server: what it takes has to be signed, and fresh.

A finding is an exception, a status of 500, a hang, a request that was taken and is not genuine, and
one that was emitted twice.
"""

from __future__ import annotations

import hmac
import json
import logging
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from random import Random
from typing import Any, Final, cast
from urllib.parse import parse_qs, urlencode

from rxslack import HttpEvents, http_events
from rxslack.web.signatures import sign
from tests.fuzz.bytes_at_random import mutated
from tests.fuzz.exchange import exchange, request, status_of
from tests.fuzz.finding import Finding, Step

__all__ = ["fuzzer"]

SECRET: Final = "8f742231b10e8888abcd99yyyzzz85a5"
NOW: Final = 1_700_000_000
FORM: Final = "application/x-www-form-urlencoded"
_AGES: Final = (0, 0, 0, 0, 0, 0, 1, -1, 299, 300, 301, -300, -301, 10**6)
_EVENTS: Final[tuple[Any, ...]] = ({"type": "message", "text": "hi"}, "x", None, [], {"type": []})
_NESTED: Final = (b"[" * 5000, b'{"a":' * 5000, b"9" * 5000, b"\xff", b"null", b"")


class _Watch:
    """Stands before the application, and keeps what was asked, and answered, and raised."""

    def __init__(self) -> None:
        self.events: HttpEvents | None = None
        self.taken: list[tuple[dict[str, Any], bytes]] = []
        self.raised: list[BaseException] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The application's answer; what comes of its body is kept."""
        source, parts = environ["wsgi.input"], list[bytes]()

        class Body:
            def read(self, size: int) -> bytes:
                parts.append(source.read(size))
                return parts[-1]

        def start(status: str, headers: Any) -> Any:
            if status.startswith("200"):
                self.taken.append((environ, b"".join(parts)))
            return start_response(status, headers)

        try:
            return cast("HttpEvents", self.events)({**environ, "wsgi.input": Body()}, start)
        except BaseException as error:
            self.raised.append(error)
            raise


@contextmanager
def fuzzer() -> Generator[Step]:
    """One server for all steps; each step has an application of its own."""
    watch = _Watch()
    logging.getLogger("rxslack.http_events").setLevel(logging.ERROR)  # each refusal is a warning
    served = http_events(SECRET)
    with served.server(0, timeout=5.0) as server:
        server.set_app(watch)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield lambda random: _step(random, watch, server.server_port)
        finally:
            logging.getLogger("rxslack.http_events").setLevel(logging.NOTSET)
            server.shutdown()
            thread.join()


def _step(random: Random, watch: _Watch, port: int) -> None:
    """A few requests, some of them twice."""
    watch.events, watch.taken, watch.raised = http_events(SECRET, clock=lambda: NOW), [], []
    emitted, subscription = _counted(watch.events)
    said = [_request(random) for _ in range(random.randint(1, 3))]
    said += random.sample(said, random.randint(0, len(said)))
    for one in said:
        status = status_of(exchange(port, one))
        if watch.raised:
            raise Finding(f"it raised {watch.raised[0]!r}", one)
        if status >= 500:
            raise Finding(f"it answered with {status}", one)
    for environ, body in watch.taken:
        if not _is_look_at_certificate(environ, body) and not _is_genuine(environ, body):
            raise Finding("it took what is not signed", said)
    expected = len(
        {
            environ["HTTP_X_SLACK_SIGNATURE"]
            for environ, body in watch.taken
            if _is_told(environ, body)
        }
    )
    if not emitted(expected):
        raise Finding(f"it emitted other than {expected} requests", said)
    subscription()


def _counted(events: HttpEvents) -> tuple[Callable[[int], bool], Callable[[], object]]:
    """Whether so many are emitted, no more and no fewer; and how to end."""
    count = 0
    news = threading.Condition()

    def take(item: dict[str, Any]) -> None:
        nonlocal count
        with news:
            count += item["type"] != "hello"
            news.notify()

    subscription = events.subscribe(take)

    def emitted(expected: int) -> bool:
        with news:
            news.wait_for(lambda: count >= expected, 5.0)
            return count == expected

    return emitted, subscription.dispose


def _is_genuine(environ: dict[str, Any], body: bytes) -> bool:
    timestamp = str(environ["HTTP_X_SLACK_REQUEST_TIMESTAMP"])
    made = hmac.new(SECRET.encode(), f"v0:{timestamp}:".encode() + body, "sha256").hexdigest()
    is_fresh = NOW - 300 <= int(timestamp) <= NOW + 300
    return is_fresh and environ["HTTP_X_SLACK_SIGNATURE"] == f"v0={made}"


def _is_form(environ: dict[str, Any]) -> bool:
    return str(environ.get("CONTENT_TYPE", "")).split(";")[0].strip().lower() == FORM


def _fields(body: bytes) -> dict[str, list[str]]:
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)


def _is_look_at_certificate(environ: dict[str, Any], body: bytes) -> bool:
    return _is_form(environ) and len(body) <= 1024 and "ssl_check" in _fields(body)


def _is_told(environ: dict[str, Any], body: bytes) -> bool:
    """Whether it is to be emitted, and not only answered."""
    if _is_form(environ):
        return not _is_look_at_certificate(environ, body)
    return bool(json.loads(body).get("type") != "url_verification")


def _request(random: Random) -> bytes:
    kind, body = _content(random)
    if random.random() < 0.2:
        body = mutated(random, body)
    elif random.random() < 0.05:
        body = random.choice(_NESTED)
    timestamp = str(NOW - random.choice(_AGES))
    if random.random() < 0.05:
        timestamp = random.choice(
            ("", "-1", "1e9", "٣", "9" * 5000, f" {timestamp}", f"0{timestamp}")
        )
    signature = sign("another" if random.random() < 0.1 else SECRET, timestamp, body)
    if random.random() < 0.05:
        signature = random.choice(
            ("", "v0=", "é", "v0=" + "0" * 64, signature[:-1], signature.upper())
        )
    headers = [
        ("Host", "localhost"),
        ("Content-Type", kind),
        ("X-Slack-Request-Timestamp", timestamp),
        ("X-Slack-Signature", signature),
    ]
    if random.random() < 0.1:
        number = random.choice(("1", "3", "-1", "²", "9" * 5000))
        headers += [("X-Slack-Retry-Num", number), ("X-Slack-Retry-Reason", "http_timeout")]
    return request(random, "POST /slack/events HTTP/1.1", headers, body)


def _content(random: Random) -> tuple[str, bytes]:
    number = random.randrange(10**9)  # no two are the same
    kind = random.randrange(6)
    if kind == 0:
        return FORM, urlencode(
            {"command": "/x", "text": "é <!channel>", "trigger_id": number}
        ).encode()
    if kind == 1:
        payload = {"type": "block_actions", "trigger_id": str(number)}
        return FORM, urlencode({"payload": json.dumps(payload)}).encode()
    if kind == 2:
        return FORM, b"ssl_check=1&token=x"
    if kind == 3:
        said: Any = random.choice((f"c{number}", "\ud800", None, 7, ["x"]))
        return "application/json", json.dumps(
            {"type": "url_verification", "challenge": said}
        ).encode()
    event = random.choice(_EVENTS)
    inner: Any = {"type": "event_callback", "event_id": f"Ev{number}", "event": event}
    return "application/json", json.dumps(inner).encode()
