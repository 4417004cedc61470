"""The Web API over real HTTP, against a server that answers by script."""

from __future__ import annotations

import gzip
import json
import pickle
import socket
import threading
import tracemalloc
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from typing import Any
from urllib.parse import parse_qs

import pytest
import reactivex.operators as ops

from rxslack import errors
from rxslack.web.client import Response, WebClient
from rxslack.web.dialing import Cancellation
from rxslack.web.settings import Transport

TOKEN = "xoxb-test-canary"


@dataclass
class Script:
    """What to answer, in turn, and what was asked."""

    answers: list[tuple[int, bytes, dict[str, str]]] = field(
        default_factory=list[tuple[int, bytes, dict[str, str]]]
    )
    asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = field(
        default_factory=list[tuple[str, dict[str, list[str]], dict[str, str]]]
    )
    go_on: threading.Event = field(default_factory=threading.Event)
    asked_one: threading.Event = field(default_factory=threading.Event)
    base_url: str = ""

    def answer(self, body: Any, *, status: int = 200, **headers: str) -> None:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers.append((status, text, {k.replace("_", "-"): v for k, v in headers.items()}))

    @property
    def web(self) -> WebClient:
        return WebClient(TOKEN, base_url=self.base_url, transport=Transport(read_timeout=0.3))


@pytest.fixture
def script() -> Generator[Script]:
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            script.asked.append((self.path, parse_qs(body), dict(self.headers)))
            script.asked_one.set()
            if not script.answers:
                script.go_on.wait(5.0)
                self.close_connection = True
                return
            status, text, headers = script.answers.pop(0)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)
            self.close_connection = "Content-Length" in headers  # it is a lie then

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    script.base_url = f"http://127.0.0.1:{server.server_port}/api"
    yield script
    script.go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_calls_a_method_by_name(script: Script) -> None:
    script.answer({"ok": True, "ts": "1.000001"}, X_OAuth_Scopes="bot")
    with script.web as web:
        response = web.call("chat.postMessage", channel="C1", text="Grüße & <b>", blocks=[{"a": 1}])
    assert response == {"ok": True, "ts": "1.000001"}
    assert (response.status, response.headers["x-oauth-scopes"]) == (200, "bot")
    [(path, form, headers)] = script.asked
    assert path == "/api/chat.postMessage"
    assert form == {"channel": ["C1"], "text": ["Grüße & <b>"], "blocks": ['[{"a": 1}]']}
    assert f"Bearer {TOKEN}" == headers["Authorization"]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_it_takes_slack_sdks_spelling(script: Script) -> None:
    script.answer({"ok": True})
    with script.web as web:
        web.files_getUploadURLExternal(filename="a.txt", length=1)
        with pytest.raises(AttributeError):
            web.nonsense  # noqa: B018  # pyright: ignore[reportUnusedExpression] reading it is the test
    assert script.asked[0][0] == "/api/files.getUploadURLExternal"


ERRORS: list[tuple[Any, int, dict[str, str], type[Exception]]] = [
    ({"ok": False, "error": "invalid_auth"}, 200, {}, errors.AuthenticationError),
    ({"ok": False, "error": "channel_not_found"}, 200, {}, errors.ApiError),
    ({"ok": False, "error": "missing_scope"}, 200, {}, errors.MissingScope),
    ({"ok": False, "error": "ratelimited"}, 429, {"Retry_After": "7"}, errors.RateLimited),
    ({"ok": False, "error": "ratelimited"}, 200, {}, errors.RateLimited),
    (b"slow down", 429, {}, errors.RateLimited),
    (b"<html>Bad gateway</html>", 502, {}, errors.ServerError),
    (b"<html>Unavailable</html>", 503, {}, errors.ServerError),
    (b"", 500, {}, errors.ServerError),
    (b"<html>Log in to the hotel's network</html>", 200, {}, errors.UnreadableResponse),
    (b"", 200, {}, errors.UnreadableResponse),
    (b'{"ok": tr', 200, {}, errors.UnreadableResponse),
    (b"[1, 2]", 200, {}, errors.UnreadableResponse),
    ({"hello": "world"}, 200, {}, errors.UnreadableResponse),
    (b"moved", 302, {"Location": "http://127.0.0.1:1/"}, errors.UnreadableResponse),
    (b"<html>404</html>", 404, {}, errors.UnreadableResponse),
    (b'{"ok": true', 200, {"Content_Length": "1000"}, errors.TransportError),
    ({"ok": False, "error": "internal_error"}, 500, {}, errors.ApiError),
]


@pytest.mark.parametrize(("body", "status", "headers", "kind"), ERRORS)
def test_it_raises_an_error_of_the_right_class(
    script: Script, body: Any, status: int, headers: dict[str, str], kind: type[Exception]
) -> None:
    script.answer(body, status=status, **headers)
    with script.web as web, pytest.raises(errors.SlackError) as caught:
        web.call("chat.postMessage")
    assert kind is type(caught.value)
    assert "chat.postMessage" in str(caught.value)
    assert TOKEN not in f"{caught.value!r} {caught.value}"
    assert TOKEN.encode() not in pickle.dumps(caught.value)


def test_it_says_which_scope_is_missing(script: Script) -> None:
    script.answer({"ok": False, "error": "missing_scope", "needed": "chat:write", "provided": "x"})
    with script.web as web, pytest.raises(errors.MissingScope) as caught:
        web.call("chat.postMessage")
    assert (caught.value.needed, caught.value.provided) == ("chat:write", "x")
    assert "chat:write" in str(caught.value)


@pytest.mark.parametrize(
    ("header", "seconds"), [("30", 30.0), ("0", 0.0), ("soon", None), ("-1", None), ("nan", None)]
)
def test_it_reads_retry_after(script: Script, header: str, seconds: float | None) -> None:
    script.answer({"ok": False, "error": "ratelimited"}, status=429, Retry_After=header)
    with script.web as web, pytest.raises(errors.RateLimited) as caught:
        web.call("rtm.connect")
    assert seconds == caught.value.retry_after


@pytest.mark.parametrize(
    ("status", "maybe_done"), [(500, True), (502, True), (503, False), (504, True)]
)
def test_it_knows_whether_slack_may_have_done_it(
    script: Script, status: int, maybe_done: bool
) -> None:
    script.answer(b"<html>", status=status)
    with script.web as web, pytest.raises(errors.ServerError) as caught:
        web.call("chat.postMessage")
    assert maybe_done == caught.value.maybe_done


def test_it_gives_up_waiting_for_an_answer(script: Script) -> None:
    with script.web as web, pytest.raises(errors.TimedOut) as caught:
        web.call("chat.postMessage")
    assert (caught.value.seconds, caught.value.maybe_done) == (0.3, True)


def test_it_reports_a_refused_connection_as_surely_not_done() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        web = WebClient(TOKEN, base_url=f"http://127.0.0.1:{unused.getsockname()[1]}/")
        with pytest.raises(errors.TransportError, match="refused") as caught:
            web.call("api.test")
    assert (caught.value.retryable, caught.value.maybe_done) == (True, False)


def test_it_reports_a_connection_cut_after_sending_as_perhaps_done(script: Script) -> None:
    script.go_on.set()  # the server hangs up without an answer
    with script.web as web, pytest.raises(errors.TransportError) as caught:
        web.call("chat.postMessage")
    assert caught.value.maybe_done


@pytest.mark.parametrize("warm", [False, True], ids=["new connection", "kept connection"])
def test_it_can_be_called_off_from_another_thread(script: Script, warm: bool) -> None:
    web = WebClient(TOKEN, base_url=script.base_url)
    if warm:
        script.answer({"ok": True})
        web.call("api.test")
        script.asked_one.clear()
    cancellation, raised = Cancellation(), list[Exception]()

    def call() -> None:
        with cancellation.held():
            try:
                web.call("api.test")
            except errors.SlackError as error:
                raised.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    assert script.asked_one.wait(5.0)
    cancellation.cut()
    thread.join(1.0)
    assert not thread.is_alive()
    assert [errors.TransportError] == [type(error) for error in raised]
    web.close()


def test_it_refuses_to_start_what_was_called_off(script: Script) -> None:
    cancellation = Cancellation()
    cancellation.cut()
    with cancellation.held(), script.web as web, pytest.raises(errors.TransportError):
        web.call("api.test")
    assert script.asked == []


@pytest.mark.parametrize(
    ("token", "complaint"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        (None, "empty"),
        ("xoxb test", "characters"),
        ("xoxb-é", "chara"),
    ],
)
def test_it_refuses_a_token_that_cannot_be_one(token: Any, complaint: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=complaint):
        WebClient(token)


@pytest.mark.parametrize(
    "url", ["", "slack.com/api/", "ftp://slack.com/", "https://", "http://a/?b=c"]
)
def test_it_refuses_an_address_that_cannot_be_one(url: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="base_url"):
        WebClient(TOKEN, base_url=url)


def test_it_keeps_the_token_out_of_its_repr() -> None:
    assert "canary" not in repr(WebClient(f" {TOKEN}\n"))
    assert "canary" not in repr(WebClient("xoxb-canary"))


def test_it_is_safe_from_many_threads(script: Script) -> None:
    for number in range(40):
        script.answer({"ok": True, "n": number})
    seen = list[Response]()
    # All are answered, but perhaps late: so many threads on so few cores.
    with WebClient(TOKEN, base_url=script.base_url) as web:
        threads = [
            threading.Thread(target=lambda: seen.extend(web.call("api.test") for _ in range(5)))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(range(40)) == {response["n"] for response in seen}


def page(cursor: str | None, *names: str) -> dict[str, Any]:
    return {"ok": True, "channels": names, "response_metadata": {"next_cursor": cursor}}


def test_it_follows_cursors_to_the_end(script: Script) -> None:
    script.answer(page("one=", "a"))
    script.answer(page("two="))  # an empty page is not the end
    script.answer(page(None, "b"))
    with script.web as web:
        pages = web.pages("conversations.list", types=["im"]).pipe(ops.to_list()).run()
    assert [page["channels"] for page in pages] == [["a"], [], ["b"]]
    assert [form.get("cursor") for _, form, _ in script.asked] == [None, ["one="], ["two="]]
    assert [(form["limit"], form["types"]) for _, form, _ in script.asked] == [
        (["200"], ["im"])
    ] * 3


def test_it_asks_for_no_page_that_nobody_wants(script: Script) -> None:
    script.answer(page("one=", "a"))
    script.answer(page("two=", "b"))
    with script.web as web:
        web.pages("conversations.list", limit=5).pipe(ops.take(1)).run()
    assert [form["limit"] for _, form, _ in script.asked] == [["5"]]


def test_it_ends_the_pages_with_the_calls_error(script: Script) -> None:
    script.answer(page("one=", "a"))
    script.answer({"ok": False, "error": "invalid_cursor"})
    seen: list[Any] = []
    with script.web as web:
        web.pages("conversations.list").subscribe(seen.append, seen.append)
    assert [{**page("one=", "a"), "channels": ["a"]}, "invalid_cursor"] == [
        seen[0],
        seen[1].error,
    ]


def test_it_ends_pages_that_go_round_in_a_circle(script: Script) -> None:
    for cursor in ("one=", "two=", "one="):
        script.answer(page(cursor, cursor))
    seen: list[Any] = []
    with script.web as web:
        web.pages("conversations.list").subscribe(seen.append, seen.append)
    assert [one["channels"] for one in seen[:-1]] == [["one="], ["two="], ["one="]]
    assert isinstance(seen[-1], errors.RepeatedCursor)
    assert "conversations.list" in str(seen[-1])
    assert not seen[-1].retryable


# What a peer may send


MOST = 100_000  # bytes
LONG = json.dumps({"ok": True, "text": "a" * 3 * MOST}).encode()
TOO_LONG = f"longer than {MOST} bytes"


@contextmanager
def peer(
    *pieces: bytes, pause: float = 0.0, again: bool = False, seconds: float = 5.0
) -> Generator[WebClient]:
    """A client, and a server that answers by these bytes, whatever they are; perhaps for ever."""
    stop = threading.Event()

    def answer(sock: socket.socket) -> None:
        with sock, suppress(OSError):
            sock.settimeout(5.0)
            sock.recv(65536)
            for piece in pieces if not again else chain(pieces, repeat(pieces[-1])):
                sock.sendall(piece)
                if stop.wait(pause) or not piece:
                    break

    def listen() -> None:
        with suppress(OSError):
            answer(server.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=listen)
        thread.start()
        transport = Transport(read_timeout=seconds, max_answer_size=MOST)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        try:
            with WebClient(TOKEN, base_url=address, transport=transport) as web:
                yield web
        finally:
            stop.set()
            thread.join()


def zipped(text: bytes, *, times: int = 1) -> bytes:
    for _ in range(times):
        text = gzip.compress(text)
    return text


def answering(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def chunked(body: bytes, size: int = 4096) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


SIZED = f"Content-Length: {len(LONG)}"
GZIP, CHUNKED = "Content-Encoding: gzip", "Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    "pieces",
    [
        [answering(LONG, SIZED)],
        [answering(LONG)],
        [answering(chunked(LONG), CHUNKED)],
        [answering(zipped(LONG), GZIP)],
        [answering(chunked(zipped(LONG)), GZIP, CHUNKED)],
        [answering(b"", CHUNKED), b"1" * 2**16 * 40],  # a length without an end
        [answering(b"0\r\n", CHUNKED), b"a: b\r\n" * 500_000],  # trailers without an end
        [answering(b"1;" + b"a" * 2**16 * 40, CHUNKED)],
    ],
    ids=["sized", "unsized", "chunked", "gzip", "gzip, chunked", "length", "trailers", "extension"],
)
def test_it_reads_no_answer_that_is_longer_than_allowed(pieces: list[bytes]) -> None:
    words = f"{TOO_LONG}.*max_answer_size|maximum"  # newer urllib3 bounds a chunk's line itself
    with peer(*pieces) as web, pytest.raises(errors.TransportError, match=words) as caught:
        web.call("users.list")
    assert (caught.value.retryable, caught.value.maybe_done) == (True, True)


def test_it_holds_no_more_of_a_long_answer_than_it_reads() -> None:
    bomb = zipped(b"a" * 30_000_000)
    with peer(answering(bomb, GZIP)) as web:
        tracemalloc.start()
        with pytest.raises(errors.TransportError, match=TOO_LONG):
            web.call("users.list")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "gzip,gzip,gzip"])
def test_it_unpacks_nothing_that_it_cannot_bound(coding: str) -> None:
    body = zipped(b'{"ok": true}', times=3)
    answer = answering(body, f"Content-Encoding: {coding}", f"Content-Length: {len(body)}")
    with peer(answer) as web, pytest.raises(errors.UnreadableResponse):
        web.call("users.list")


def test_it_reads_an_answer_of_the_length_that_is_allowed() -> None:
    body = json.dumps({"ok": True, "text": ""}).encode()
    body = json.dumps({"ok": True, "text": "a" * (MOST - len(body))}).encode()
    for answer in (
        answering(body, f"Content-Length: {MOST}"),
        answering(zipped(body), GZIP),
        answering(chunked(zipped(body)), GZIP, CHUNKED),
    ):
        with peer(answer) as web:
            assert web.call("users.list")["ok"]


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 1000,
        b"HTTP/1.1 200 OK\r\na: " + b"b" * 100_000,
        b"HTTP/1.1 200 " + b"b" * 100_000,
    ],
    ids=["many headers", "a long header", "a long line"],
)
def test_it_reads_no_head_without_an_end(head: bytes) -> None:
    with peer(head) as web, pytest.raises(errors.TransportError) as caught:
        web.call("users.list")
    assert len(str(caught.value)) < 200


DRIPPING = {
    "status line": [b"HTTP/1.1 200 ", b"a"],
    "header": [b"HTTP/1.1 200 OK\r\na: ", b"a"],
    "interim answers": [b"HTTP/1.1 100 Continue\r\n\r\n"],
    "sized": [answering(b"", "Content-Length: 100000"), b" "],
    "unsized": [answering(b""), b" "],
    "chunked": [answering(b"", CHUNKED), b"1\r\n \r\n"],
    "length of a chunk": [answering(b"", CHUNKED), b"0"],
    "trailers": [answering(b"0\r\n", CHUNKED), b"a: b\r\n"],
    "gzip": [answering(zipped(b""), GZIP), *([zipped(b"")] * 2)],
}


@pytest.mark.parametrize("pieces", DRIPPING.values(), ids=DRIPPING)
def test_it_waits_no_longer_for_an_answer_that_drips(pieces: list[bytes]) -> None:
    with (
        peer(*pieces, pause=0.02, again=True, seconds=0.3) as web,
        pytest.raises(errors.TimedOut, match=r"within 0\.3 s") as caught,
    ):
        web.call("users.list")
    assert caught.value.maybe_done


@pytest.mark.parametrize("pieces", DRIPPING.values(), ids=DRIPPING)
def test_it_can_be_called_off_while_an_answer_drips(pieces: list[bytes]) -> None:
    cancellation = Cancellation()
    threading.Timer(0.1, cancellation.cut).start()
    with (
        peer(*pieces, pause=0.02, again=True, seconds=30.0) as web,
        cancellation.held(),
        pytest.raises(errors.SlackError) as caught,
    ):
        web.call("users.list")
    assert not isinstance(caught.value, errors.TimedOut)
    assert caught.value.retryable
