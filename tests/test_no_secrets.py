"""Whatever fails, no secret is logged, said, held or pickled: one canary for each, looked for."""

from __future__ import annotations

import base64
import io
import json
import logging
import pickle
import re
import socket
import threading
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final

import pytest

import rxslack
from rxslack import compat
from rxslack.web.client import WebClient
from rxslack.web.settings import Transport
from rxslack.wire.websocket import open_websocket

MARK: Final = "c4n4ry" + "Zq9"  # in two parts, so that a traceback that quotes this line is no find
TOKEN: Final = f"xoxb-1-{MARK}-token"
APP_TOKEN: Final = f"xapp-1-{MARK}-app"
TICKET: Final = f"{MARK}-ticket"
PASSWORD: Final = f"{MARK}-password"
SIGNING: Final = f"{MARK}-signing"
TRIGGER: Final = f"13.37.{MARK}-trigger"
PATH: Final = f"commands/T1/{MARK}-response-url"
BASIC: Final = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
SECRETS: Final = (MARK, BASIC, MARK[:9])  # the last one for what is cut
SOCKET_URL: Final = f"wss://wss-primary.slack.com/link/?ticket={TICKET}&app_id=A1"
SECONDS: Final = 0.15
OURS: Final = ("rxslack/web/client.py", "rxslack/web/settings.py")

Answer = bytes | Callable[[bytes], bytes] | None
"""Bytes; or what makes them of the request; or nothing, for a peer that says nothing."""


def http(status: int, body: str, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Reason", f"Content-Length: {len(body.encode())}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body.encode()


def api(**fields: Any) -> bytes:
    return http(200, json.dumps(fields), "Content-Type: application/json")


def echo(status: int, form: Callable[[str], str] = str) -> Callable[[bytes], bytes]:
    """A page that shows the request."""
    return lambda request: http(status, f"<pre>{form(request.decode('latin-1'))}</pre>")


def html(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&#x27;")


@contextmanager
def peer(answer: Answer) -> Generator[str]:
    """The address of a server that answers once."""

    def serve() -> None:
        with suppress(OSError), server.accept()[0] as sock:
            sock.settimeout(2.0)
            request = received(sock)
            if answer is None:
                stop.wait(2.0)
            else:
                sock.sendall(answer(request) if callable(answer) else answer)

    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            stop.set()
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join()


def received(sock: socket.socket) -> bytes:
    """A request with its body: a close with some of it unread is a reset, which may overtake an answer."""
    request = sock.recv(65536)
    head, _, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0 and (more := sock.recv(65536)):
        request += more
        missing -= len(more)
    return request


def client(place: str = "127.0.0.1:1", token: str = TOKEN, **settings: Any) -> WebClient:
    settings = {"read_timeout": SECONDS, "connect_timeout": 2.0, "proxy": "", **settings}
    return WebClient(token, base_url=f"http://{place}/api/", transport=Transport(**settings))


Work = Callable[[str], object]
"""What is done with a peer at an address."""


def call(place: str) -> object:
    return client(place).call("views.open", trigger_id=TRIGGER, view={"type": "modal"})


def respond_to(url: str, place: str = "127.0.0.1:1") -> object:
    return client(place).respond(url, {"text": "Hi"})


def respond(place: str) -> object:
    return respond_to(f"http://{place}/{PATH}", place)


def upload_to(url: str, place: str = "127.0.0.1:1") -> None:
    client(place).upload(url, io.BytesIO(b"Hi"))


def upload(place: str) -> None:
    upload_to(f"http://{place}/upload/v1/{TICKET}", place)


def stream(place: str) -> object:
    return rxslack.rtm(client(place)).run()


def app_stream(place: str) -> object:
    return rxslack.socket_mode(client(place, APP_TOKEN)).run()


def wire(place: str) -> object:
    transport = Transport(proxy="", connect_timeout=SECONDS)
    return open_websocket(f"ws://{place}/websocket/{TICKET}?ticket={TICKET}", transport)


def old_client(place: str) -> object:
    web = compat.WebClient(TOKEN, base_url=f"http://{place}/api/", retry_handlers=[], timeout=1)
    return web.views_open(trigger_id=TRIGGER, view={"type": "modal"})


def by_proxy(place: str) -> object:
    transport = Transport(
        proxy=f"http://me:{PASSWORD}@{place}", connect_timeout=0.5, read_timeout=SECONDS
    )
    return WebClient(TOKEN, transport=transport).call("auth.test")


def by_proxy_in_the_clear(place: str) -> object:
    return client("slack.invalid", proxy=f"http://me:{PASSWORD}@{place}", allow_http=True).call(
        "auth.test"
    )


def wire_by_proxy(place: str) -> object:
    return open_websocket(
        f"wss://wss.slack.invalid/{TICKET}",
        Transport(proxy=f"http://me:{PASSWORD}@{place}", connect_timeout=0.5),
    )


ANSWERS: dict[str, Answer] = {
    "nothing": None,
    "a hang-up": b"",
    "garbage": b"garbage " + TOKEN.encode() + TICKET.encode() + b"\r\n\r\n",
    "401": api(ok=False, error="invalid_auth"),
    "429": http(429, "slow", "Retry-After: 1"),
    "an echo": echo(200),
    "an echo of a 403": echo(403),
    "an echo of a 407": echo(407),
    "an echo of a 502": echo(502),
    "an echo in HTML": echo(500, html),
    "an echo in JSON": echo(502, json.dumps),
    "an echo in Python": echo(502, repr),
    "an error that echoes": lambda request: api(
        ok=False, error="invalid_arguments", response_metadata={"messages": [request.decode()]}
    ),
    "an error's code that echoes": lambda request: api(ok=False, error=request.decode()),
    "torn JSON": api(ok=True, url=SOCKET_URL)[:-20],
    "torn JSON with slashes escaped": http(
        200, json.dumps({"ok": True, "url": SOCKET_URL})[:-8].replace("/", r"\/")
    ),
    "JSON without ok": api(url=SOCKET_URL, token=TOKEN, trigger_id=TRIGGER),
    "a list": http(200, json.dumps([TOKEN, SOCKET_URL])),
    "a cut": http(200, "x" * 10)[:-5],
    "a redirect": http(302, "", f"Location: http://127.0.0.1:1/{TICKET}"),
    "a header that is none": b"HTTP/1.1 500 Oh\r\nno header\r\nContent-Length: 2\r\n\r\nno",
    "a status that is none": b"HTTP/1.1 " + TOKEN.encode() + b"\r\n\r\n",
    "a chunk that is none": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    + TOKEN.encode()
    + b"\r\n",
    "a phrase that echoes": f"HTTP/1.1 407 http://me:{PASSWORD}@proxy {TOKEN}\r\n\r\n".encode(),
}
WORKS: dict[str, Work] = {
    "call": call,
    "respond": respond,
    "upload": upload,
    "compat": old_client,
    "rtm": stream,
    "socket_mode": app_stream,
    "websocket": wire,
    "https by a proxy": by_proxy,
    "http by a proxy": by_proxy_in_the_clear,
    "websocket by a proxy": wire_by_proxy,
}


CHAIN: Final = ("str 1", "repr 1", "vars 1", "str 2", "repr 2", "vars 2")
NOT_LOOKED_AT: Final = {
    "compat": ("vars",),  # the answer is an attribute, as slack_sdk's is
    "websocket": CHAIN,  # a library's exception, which quotes a head that is none
}


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that is logged at any level."""
    text = io.StringIO()
    handler, root = logging.StreamHandler(text), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            waiting += [one.__cause__, one.__context__]
            yield one


def told(error: BaseException) -> dict[str, str]:
    """Everything that an exception says and holds, and whatever caused it."""
    views = {"traceback": "".join(traceback.format_exception(error))}
    for number, one in enumerate(chain_of(error)):
        request: object = getattr(one, "request", None)
        views[f"str {number}"] = str(one)
        views[f"repr {number}"] = repr(one)
        views[f"vars {number}"] = repr(vars(one)) + repr(one.args)
        views[f"request {number}"] = repr(vars(request)) if request is not None else ""
    # Compat's, of slack_sdk's shapes, cannot all be pickled.
    with suppress(TypeError, AttributeError, pickle.PicklingError):
        views["pickle"] = pickle.dumps(error).decode("latin-1")
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    views["variables"] = repr([one.locals for one in frames if one.filename.endswith(OURS)])
    return views


def found(error: BaseException, log: str, but: tuple[str, ...] = ("-",)) -> list[str]:
    """Where a secret is, but in views of these names."""
    views = {**told(error), "log": log}
    # What is a secret in an argument of the user's, such as a trigger_id, is there all the same.
    own = {"variables": (TOKEN, APP_TOKEN, BASIC, PATH, TICKET)}
    return [
        name
        for name, text in views.items()
        if not name.startswith(but)
        if any(secret in text for secret in own.get(name, SECRETS))
    ]


def outcome(work: Callable[[], object]) -> Exception:
    try:
        work()
    except Exception as error:  # noqa: BLE001 which one it is, others test
        return error
    return ValueError("nothing failed")  # as a respond does not, whose answer is 200 and no JSON


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("name", WORKS)
def test_it_shows_no_secret_whatever_a_peer_answers(
    logged: io.StringIO, name: str, answer: Answer
) -> None:
    with peer(answer) as place:
        error = outcome(lambda: WORKS[name](place))
    assert found(error, logged.getvalue(), NOT_LOOKED_AT.get(name, ("-",))) == []


def made(**settings: Any) -> Callable[[], object]:
    return lambda: Transport(**settings)


URL: Final = f"http://127.0.0.1:1/{PATH}"
SITUATIONS: dict[str, Callable[[], object]] = {
    **{f"{name}: refused": partial(work, "127.0.0.1:1") for name, work in WORKS.items()},
    "a proxy that is none": made(proxy=f"socks5://me:{PASSWORD}@127.0.0.1:1"),
    "a proxy without a port": made(proxy=f"http://me:{PASSWORD}@127.0.0.1:port"),
    "a proxy without a host": made(proxy=f"http://me:{PASSWORD}@[::1"),
    "a token of two lines": lambda: WebClient(f"{TOKEN}\nX: y"),
    "a base_url with a login": lambda: WebClient(
        TOKEN, base_url=f"https://me:{PASSWORD}@slack.com"
    ),
    "a base_url that is none": lambda: WebClient(TOKEN, base_url=f"https://[{PASSWORD}"),
    "a signature that is none": lambda: rxslack.http_events(f" {SIGNING}\n"),
    **{
        f"respond: {url}": partial(respond_to, url + PATH)
        for url in ("//x/", "ftp://127.0.0.1/", "http://127.0.0.1:99999/", "http://[", "http:///")
    },
    **{
        f"upload: {url}": partial(upload_to, url + PATH)
        for url in ("//x/", "ftp://127.0.0.1/", "http://127.0.0.1:99999/", "http://[", "garbage")
    },
    **{
        f"websocket: {url}": partial(open_websocket, url + TICKET, Transport(proxy=""))
        for url in ("http://127.0.0.1/", "ws://[", "garbage", "ws://127.0.0.1:port/")
    },
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_it_shows_no_secret_without_a_peer(logged: io.StringIO, name: str) -> None:
    if name == "a signature that is none":
        assert MARK not in repr(SITUATIONS[name]())
        return
    error = outcome(SITUATIONS[name])
    assert found(error, logged.getvalue()) == []


@pytest.mark.parametrize("work", [respond, upload], ids=["respond", "upload"])
@pytest.mark.parametrize(
    "answer",
    [http(200, "ok"), b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 2\r\n\r\nok"],
    ids=["well", "with a header that is none"],
)
def test_it_logs_no_address_that_is_a_secret_when_all_goes_well(
    logged: io.StringIO, work: Work, answer: bytes
) -> None:
    with peer(answer) as place:
        work(place)
    assert "POST" in logged.getvalue()
    assert MARK not in logged.getvalue()


def test_it_prints_no_request_for_who_debugs_http(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("http.client.HTTPConnection.debuglevel", 1)
    with peer(api(ok=True)) as place:
        call(place)
    assert MARK not in capsys.readouterr().out


def test_it_would_find_a_secret() -> None:
    error = rxslack.TransportError("a call", "failed")
    error.__context__, error.__suppress_context__ = ValueError(TOKEN), True
    assert {"repr 1", "vars 1"} <= {*found(error, "")}
    assert found(rxslack.TransportError("a call", TICKET), "") != []
    assert found(rxslack.TransportError("a call", "failed"), BASIC) == ["log"]
