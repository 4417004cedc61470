"""The stream and a Slack on this machine, over real sockets."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import reactivex
from reactivex import operators as ops
from reactivex.subject import Subject

from rxslack.errors import (
    AuthenticationError,
    BufferFull,
    ConfigurationError,
    ConnectionClosed,
    ConnectionRefused,
    FrameError,
    HandshakeRefused,
    MissingScope,
    RateLimited,
    ServerError,
    Silent,
    SlackError,
    StaleUrl,
    TransportError,
    UnreadableResponse,
    is_retryable,
)
from rxslack.events import MessageEvent
from rxslack.operators.typed import of_type
from rxslack.recovery.reconnect import reconnect
from rxslack.simulator import Workspace
from rxslack.simulator.faults import Hold
from rxslack.sources.rtm import _Rtm, rtm  # pyright: ignore[reportPrivateUsage] - its pongs
from rxslack.web.client import WebClient
from rxslack.wire.frames import BINARY, CONTINUATION, PING, TEXT, server_frame
from rxslack.wire.websocket import open_websocket

if TYPE_CHECKING:
    from tests.sources.conftest import Leftovers, Listen, Listener

SAMPLES = Path(__file__).parents[1] / "events" / "samples"
MORE = Path(__file__).parents[3] / "shared" / "slack-samples"
NOTHING: tuple[set[str], int] = (set(), 0)
SENTINEL = {"type": "after"}


# What comes


@pytest.mark.parametrize("folder", ["recorded-rtm", "rtm"])
def test_it_emits_every_frame_that_slack_sends_equal_and_in_order(
    slack: Workspace, listen: Listen, folder: str
) -> None:
    root = MORE if MORE.is_dir() else SAMPLES
    frames = [path.read_text(encoding="utf-8") for path in sorted((root / folder).glob("*.json"))]
    assert frames
    heard = listen(rtm(slack.web)).hello()
    for frame in frames:
        slack.emit_text(frame)
    heard.wait(lambda h: len(h.items) > len(frames))
    assert heard.items[1:] == [{"type": "rxslack.reply", **json.loads(frame)} for frame in frames]


def test_it_begins_with_hello_and_with_what_happened_before_it(
    slack: Workspace, listen: Listen
) -> None:
    with slack.faults.hold("rtm.connect") as answer, slack.faults.hold_hello() as hello:
        heard = listen(rtm(slack.web))
        slack.wait_until(lambda: answer.waiting)
        slack.say("general", "alice", "while the answer is on its way")
        answer.release()
        slack.wait_until(lambda: hello.waiting)
        slack.say("general", "alice", "while the socket says nothing")
    heard.wait(lambda h: len(h.items) == 3)
    assert heard.kinds() == ["hello", "message", "message"]
    assert [item["text"][:9] for item in heard.items[1:]] == ["while the"] * 2


def test_it_lets_what_comes_before_hello_follow_it(slack: Workspace, listen: Listen) -> None:
    with slack.faults.hold_hello() as hold:
        heard = listen(rtm(slack.web))
        slack.wait_until(lambda: hold.waiting)
        slack.past_connections[0].send_text("{}")
        slack.past_connections[0].send({"type": "early"})
    heard.wait(lambda h: len(h.items) == 3)
    assert heard.kinds() == ["hello", "rxslack.reply", "early"]


def test_it_opens_a_connection_for_each_subscription(slack: Workspace, listen: Listen) -> None:
    stream = rtm(slack.web, arguments={"batch_presence_aware": True})
    assert slack.calls() == []
    first, second = listen(stream).hello(), listen(stream).hello()
    slack.emit(SENTINEL)
    for heard in (first, second):
        heard.wait(lambda h: len(h.items) == 2)
        assert heard.kinds() == ["hello", "after"]
    assert [c.arguments for c in slack.calls("rtm.connect")] == [
        {"batch_presence_aware": "true"}
    ] * 2


FRAMES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "not JSON": (
        server_frame(b"UNAUTHENTICATED: cache_error"),
        {"type": "rxslack.unreadable", "data": "UNAUTHENTICATED: cache_error"},
    ),
    "empty": (server_frame(b""), {"type": "rxslack.unreadable", "data": ""}),
    "cut short": (
        server_frame(b'{"type": "me'),
        {"type": "rxslack.unreadable", "data": '{"type": "me'},
    ),
    "nested beyond reason": (
        server_frame(b"[" * 100_000),
        {"type": "rxslack.unreadable", "data": "[" * 100_000},
    ),
    "a list": (server_frame(b"[1]"), {"type": "rxslack.unreadable", "data": "[1]"}),
    "a number": (server_frame(b"7"), {"type": "rxslack.unreadable", "data": "7"}),
    "null": (server_frame(b"null"), {"type": "rxslack.unreadable", "data": "null"}),
    "no type": (
        server_frame(b'{"ok": true, "reply_to": 7}'),
        {"type": "rxslack.reply", "reply_to": 7},
    ),
    "nothing in it": (server_frame(b"{}"), {"type": "rxslack.reply"}),
    "of a type nobody knows": (
        server_frame(b'{"type": "new", "a": [1]}'),
        {"type": "new", "a": [1]},
    ),
    "5 MB": (
        server_frame(b'{"type": "message", "text": "%s"}' % (b"x" * 5_000_000)),
        {"type": "message", "text": "x" * 5_000_000},
    ),
    "binary": (server_frame(b"\xff{", BINARY), {"type": "rxslack.unreadable", "data": "\\xff{"}),
    "in fragments": (
        server_frame(b'{"type": "me', TEXT, fin=False)
        + server_frame(b"here?", PING)
        + server_frame(b'ssage"}', CONTINUATION),
        {"type": "message"},
    ),
    "beyond ASCII": (
        server_frame('{"type": "message", "text": "é😀"}'.encode()),
        {"type": "message", "text": "é😀"},
    ),
}


@pytest.mark.parametrize("name", FRAMES)
def test_it_loses_nothing_after_a_frame_of_any_kind(
    slack: Workspace, listen: Listen, name: str
) -> None:
    raw, item = FRAMES[name]
    heard = listen(rtm(slack.web)).hello()
    slack.emit_bytes(server_frame(b'{"type": "before"}') + raw + server_frame(b'{"type": "after"}'))
    heard.wait(lambda h: len(h.items) == 4 or h.errors)
    assert [heard.kinds()[n] for n in (0, 1, 3)] == ["hello", "before", "after"]
    assert item.items() <= heard.items[2].items()


BREACHES: dict[str, tuple[bytes, int]] = {
    "not UTF-8": (server_frame(b'{"type": "\xff"}'), 1007),
    "larger than allowed": (server_frame(b"x" * 1001), 1009),
    "a reserved bit": (b"\xc1\x02{}", 1002),
    "masked": (b"\x81\x82abcd\x1a\x1f", 1002),
}


@pytest.mark.parametrize("name", BREACHES)
def test_it_ends_at_a_breach_and_tells_slack_which(
    slack: Workspace, listen: Listen, name: str
) -> None:
    raw, code = BREACHES[name]
    heard = listen(rtm(slack.web, max_message_size=1000)).hello()
    slack.emit_bytes(server_frame(b'{"type": "before"}') + raw + server_frame(b'{"type": "after"}'))
    error = heard.error()
    assert heard.kinds() == ["hello", "before"]
    assert isinstance(error, FrameError)
    assert (error.code, is_retryable(error)) == (code, True)
    slack.wait_until(lambda: slack.past_connections[0].client_close == code)


# How it ends


@pytest.mark.parametrize("code", [None, 1000, 1001, 1011, 4998])
def test_it_errs_when_slack_closes(
    slack: Workspace, listen: Listen, leftovers: Leftovers, code: int | None
) -> None:
    heard = listen(rtm(slack.web)).hello()
    slack.emit({"type": "goodbye"})
    slack.connections[0].close(code, "" if code is None else "moving on")
    error = heard.error()
    assert heard.kinds() == ["hello", "goodbye"]
    assert isinstance(error, ConnectionClosed)
    assert (error.code, error.retryable) == (code or 1005, True)
    slack.wait_until(lambda: slack.past_connections[0].client_close == (code or 1000))
    slack.wait_until(lambda: leftovers() == NOTHING)


@pytest.mark.parametrize("how", ["hang_up", "cut"])
def test_it_errs_when_the_connection_ends_without_a_word(
    slack: Workspace, listen: Listen, leftovers: Leftovers, how: str
) -> None:
    heard = listen(rtm(slack.web)).hello()
    getattr(slack.connections[0], how)()
    error = heard.error()
    assert isinstance(error, ConnectionClosed)
    assert (error.code, error.retryable) == (1006, True)
    slack.wait_until(lambda: leftovers() == NOTHING)


def test_it_gives_what_a_subscriber_raises_to_its_own_on_error(
    slack: Workspace, listen: Listen, leftovers: Leftovers
) -> None:
    def stumble(event: Any) -> Any:
        return event["text"]

    heard = listen(rtm(slack.web).pipe(ops.map(stumble)))
    assert isinstance(heard.error(), KeyError)
    slack.wait_until(lambda: slack.past_connections[0].client_close == 1000)
    slack.wait_until(lambda: leftovers() == NOTHING)


def test_it_notices_silence(slack: Workspace, listen: Listen, leftovers: Leftovers) -> None:
    heard = listen(rtm(slack.web, ping_after=0.05, silence=1.0)).hello()
    with slack.faults.stop_ponging():
        error = heard.error()
        assert isinstance(error, Silent)
        assert (error.seconds, error.missing, error.retryable) == (1.0, "a byte", True)
        slack.wait_until(lambda: slack.past_connections[0].client_close == 1000)
    slack.wait_until(lambda: leftovers() == NOTHING)


@pytest.mark.parametrize("chatter", [server_frame(b"", PING), b" "])
def test_it_notices_a_peer_that_only_pings_or_sends_a_byte_now_and_then(
    slack: Workspace, listen: Listen, chatter: bytes
) -> None:
    heard = listen(rtm(slack.web, ping_after=0.05, silence=1.0)).hello()
    if chatter == b" ":
        slack.past_connections[0].send_bytes(b"\x81\x7e\x10\x00{")  # 4 KiB, of which not all comes
    with slack.faults.ignore_pings("json"):
        talk = threading.Thread(target=keep_talking, args=(slack, heard, chatter))
        talk.start()
        error = heard.error()
        talk.join()
    assert isinstance(error, Silent)
    assert error.missing == "a message, or the answer to a ping"
    assert any(b'"ping"' in frame for frame in sent(slack))


def test_it_misses_no_hello_that_it_has_read(
    slack: Workspace, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine the thread that deals with it may come late."""
    read = _Rtm.is_hello

    def late(protocol: Any, item: dict[str, Any]) -> bool:
        time.sleep(1.4)  # longer than the silence
        return bool(read(protocol, item))

    monkeypatch.setattr(_Rtm, "is_hello", late)
    heard = listen(rtm(slack.web, ping_after=0.05, silence=1.0)).hello()
    heard.wait(lambda h: "pong" in h.kinds() or h.errors)
    assert heard.errors == []


def test_it_notices_silence_while_a_subscriber_sleeps(slack: Workspace, listen: Listen) -> None:
    go_on = threading.Event()
    heard = listen(rtm(slack.web, ping_after=0.05, silence=1.0), lambda _: go_on.wait(10.0)).hello()
    with slack.faults.stop_ponging():
        slack.wait_until(lambda: slack.past_connections[0].client_close == 1000)
        assert heard.errors == []  # nothing is said while `on_next` is at work
        go_on.set()
        assert isinstance(heard.error(), Silent)


def test_it_notices_a_hello_that_does_not_come(
    slack: Workspace, listen: Listen, leftovers: Leftovers
) -> None:
    with slack.faults.hold_hello() as hold:
        heard = listen(rtm(slack.web, ping_after=0.05, silence=0.3))
        slack.wait_until(lambda: hold.waiting)
        pings = threading.Thread(target=keep_talking, args=(slack, heard))
        pings.start()  # bytes come, but no hello
        error = heard.error()
        pings.join()
    assert isinstance(error, Silent)
    assert (error.missing, heard.items) == ("hello", [])
    slack.wait_until(lambda: leftovers() == NOTHING)


def keep_talking(slack: Workspace, heard: Listener, data: bytes = server_frame(b"", PING)) -> None:
    while not heard.errors:
        slack.past_connections[0].send_bytes(data)
        threading.Event().wait(0.02)


def test_it_keeps_an_idle_connection_as_long_as_pongs_come(
    slack: Workspace, listen: Listen
) -> None:
    heard = listen(rtm(slack.web, ping_after=0.1, silence=0.8)).hello()
    heard.wait(lambda h: h.kinds().count("pong") == 10)  # a full second, and no other event
    assert set(heard.kinds()) == {"hello", "pong"}
    assert [item["reply_to"] for item in heard.items[1:]] == list(range(1, 11))
    assert len(slack.past_connections) == 1


def test_it_keeps_the_connection_while_a_subscriber_sleeps(
    slack: Workspace, listen: Listen
) -> None:
    """A callback that takes longer than the silence allowed: pings are sent and answered."""
    go_on = threading.Event()
    heard = listen(rtm(slack.web, ping_after=0.1, silence=1.0), lambda _: go_on.wait(10.0)).hello()
    slack.say("general", "alice", "one")
    slack.connections[0].send_bytes(server_frame(b"are you there?", PING))
    slack.say("general", "alice", "two")
    slack.wait_until(lambda: sum(b'"ping"' in frame for frame in sent(slack)) >= 13)
    assert b"are you there?" in sent(slack)
    assert len(slack.connections) == len(heard.items) == 1
    go_on.set()
    heard.wait(lambda h: h.kinds().count("pong") >= 13)
    assert [i["text"] for i in heard.items if i["type"] == "message"] == ["one", "two"]
    assert heard.errors == []


def sent(slack: Workspace) -> list[bytes]:
    """The payloads that clients sent over websockets."""
    lines = [e for e in slack.transcript if e.direction == "in" and e.where.startswith("socket")]
    return [line.data for line in lines]


# Opening


def test_it_errs_on_a_url_that_was_used_before(slack: Workspace, listen: Listen) -> None:
    url = slack.web.call("rtm.connect")["url"]
    open_websocket(url, slack.web.transport).close()
    with slack.faults.answer("rtm.connect", body={"ok": True, "url": url}):
        heard = listen(rtm(slack.web))
        error = heard.error()
    assert isinstance(error, StaleUrl)
    assert (is_retryable(error), heard.items) == (True, [])
    assert url.rpartition("/")[2] not in f"{error!r} {error}"


def test_it_asks_for_a_new_url_when_one_has_expired(slack: Workspace, listen: Listen) -> None:
    with slack.faults.hold("rtm.connect") as hold:
        heard = listen(rtm(slack.web).pipe(reconnect(lambda: repeat(0.0))))
        slack.wait_until(lambda: hold.waiting)
        slack.clock.advance(31.0)
    heard.hello()
    assert heard.kinds() == ["hello"]
    assert len(slack.calls("rtm.connect")) == len(slack.past_connections) == 2


def test_it_errs_when_slack_says_another_error_than_hello(slack: Workspace, listen: Listen) -> None:
    with slack.faults.hold_hello() as hold:
        heard = listen(rtm(slack.web))
        slack.wait_until(lambda: hold.waiting)
        slack.past_connections[0].send({"type": "error", "error": {"code": 7, "msg": "no"}})
        error = heard.error()
    assert isinstance(error, ConnectionRefused)
    assert (error.code, error.message, error.retryable) == (7, "no", True)
    assert heard.items == []


@pytest.mark.parametrize("token", ["", " ", "xoxb test", "xoxb-test\n1", "xoxb-té"])
def test_it_needs_a_client_with_a_token_that_can_be_one(token: str) -> None:
    with pytest.raises(ConfigurationError, match="token"):
        WebClient(token)


def test_it_errs_on_a_token_that_slack_does_not_know(slack: Workspace, listen: Listen) -> None:
    with WebClient("xoxb-test", base_url=slack.base_url) as web:
        error = listen(rtm(web)).error()
    assert isinstance(error, AuthenticationError)
    assert (error.error, error.retryable) == ("invalid_auth", False)


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "token_expired"])
def test_it_errs_on_a_token_that_is_no_longer_good(
    slack: Workspace, listen: Listen, code: str
) -> None:
    slack.revoke(slack.bot_token, code)
    heard = listen(rtm(slack.web).pipe(reconnect(lambda: repeat(0.0))))
    error = heard.error()
    assert isinstance(error, AuthenticationError)
    assert (error.error, error.retryable) == (code, False)
    assert len(slack.calls("rtm.connect")) == 1


def test_it_errs_on_an_app_token_without_asking_slack(slack: Workspace, listen: Listen) -> None:
    error = listen(rtm(slack.app)).error()
    assert isinstance(error, AuthenticationError)
    assert (error.error, error.retryable) == ("not_allowed_token_type", False)
    assert "Socket Mode" in str(error)
    assert slack.calls() == []


def test_it_errs_on_a_token_without_the_scope(slack: Workspace, listen: Listen) -> None:
    token = slack.new_token("xoxb", scopes=["chat:write"])
    with WebClient(token, base_url=slack.base_url) as web:
        error = listen(rtm(web)).error()
    assert isinstance(error, MissingScope)
    assert (error.needed, error.provided) == ("rtm:stream", "chat:write")


HTML = "<html><title>Welcome to this hotel's network</title></html>"

ANSWERS: dict[str, tuple[dict[str, Any], type[SlackError], bool]] = {
    "a page": ({"body": HTML}, UnreadableResponse, True),
    "not found": ({"body": HTML, "status": 404}, UnreadableResponse, True),
    "unavailable": ({"body": HTML, "status": 503}, ServerError, True),
    "nothing": ({"body": ""}, UnreadableResponse, True),
    "no url": ({"body": {"ok": True}}, UnreadableResponse, True),
    "a url for people": ({"body": {"ok": True, "url": "http://x/"}}, UnreadableResponse, True),
    "a url without a host": ({"body": {"ok": True, "url": "ws://"}}, UnreadableResponse, True),
    "too many": ({"body": {"ok": False, "error": "ratelimited"}, "status": 429}, RateLimited, True),
    "a cut": ({"body": "{", "headers": {"Content-Length": "9"}}, TransportError, True),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_it_errs_on_an_answer_that_is_no_invitation(
    slack: Workspace, listen: Listen, leftovers: Leftovers, name: str
) -> None:
    script, kind, retryable = ANSWERS[name]
    with slack.faults.answer("rtm.connect", **script):
        heard = listen(rtm(slack.web))
        error = heard.error()
    assert (type(error), is_retryable(error), heard.items) == (kind, retryable, [])
    slack.wait_until(lambda: leftovers() == NOTHING)


def test_it_errs_where_nobody_listens(listen: Listen) -> None:
    with WebClient("xoxb-test", base_url="http://127.0.0.1:9/api/") as web:
        error = listen(rtm(web)).error()
    assert type(error) is TransportError
    assert (error.retryable, error.maybe_done) == (True, False)


@pytest.mark.parametrize("path", ["/api/rtm.connect", "/"])
def test_it_errs_at_a_door_that_is_no_websocket(
    slack: Workspace, listen: Listen, path: str
) -> None:
    url = slack.base_url.replace("http", "ws").replace("/api/", path)
    with slack.faults.answer("rtm.connect", body={"ok": True, "url": url}, times=1):
        error = listen(rtm(slack.web)).error()
    assert isinstance(error, HandshakeRefused)
    assert (error.status, error.retryable) == (200, True)


@pytest.mark.parametrize(
    "arguments",
    [
        {"ping_after": 0.0},
        {"ping_after": 30.0},
        {"silence": 5.0},
        {"max_message_size": 0},
        {"max_waiting_bytes": 0},
        {"overflow": "drop"},
    ],
    ids=str,
)
def test_it_refuses_arguments_that_cannot_work(arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(arguments))):
        rtm(WebClient("xoxb-test"), **arguments)


def test_it_tells_no_secret(
    slack: Workspace, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = slack.web.call("rtm.connect")["url"]
    with slack.faults.answer("rtm.connect", body={"ok": True, "url": url}):
        heard = listen(rtm(slack.web)).hello()
        slack.connections[0].cut()
        ends = [heard.error(), listen(rtm(slack.web)).error()]
    told = " ".join([caplog.text, *map(repr, ends), *map(str, ends)])
    assert "connection ended" in caplog.text
    assert url.rpartition("/")[2] not in told
    assert slack.bot_token not in told


# Leaving


def opening(slack: Workspace) -> Hold:
    return slack.faults.hold_handshake()


def asking(slack: Workspace) -> Hold:
    return slack.faults.hold("rtm.connect")


def greeting(slack: Workspace) -> Hold:
    return slack.faults.hold_hello()


@pytest.mark.parametrize(
    ("fault", "closes"),
    [(asking, []), (opening, []), (greeting, [1000])],
    ids=["asking", "opening", "greeting"],
)
def test_it_can_be_left_while_it_opens(
    slack: Workspace,
    listen: Listen,
    leftovers: Leftovers,
    fault: Callable[[Workspace], Hold],
    closes: list[int],
) -> None:
    with fault(slack) as hold:
        heard = listen(rtm(slack.web))
        slack.wait_until(lambda: hold.waiting)
        if closes:  # the server is through with the handshake, and now the client is, too
            slack.wait_until(lambda: "rxslack-hub" in leftovers()[0])
        heard.dispose()
        slack.wait_until(lambda: not leftovers()[0])
        slack.wait_until(lambda: closes == [c.client_close for c in slack.past_connections])
    slack.wait_until(lambda: leftovers() == NOTHING)
    assert (heard.items, heard.errors) == ([], [])


@pytest.mark.parametrize("silent", [False, True])
def test_it_can_be_left_when_it_is_open(
    slack: Workspace, listen: Listen, leftovers: Leftovers, silent: bool
) -> None:
    heard = listen(rtm(slack.web)).hello()
    fault: AbstractContextManager[Any] = slack.faults.stop_ponging() if silent else nullcontext()
    with fault:
        heard.dispose()
        heard.dispose()  # again does nothing
        slack.wait_until(lambda: slack.past_connections[0].client_close == 1000)
        slack.wait_until(lambda: not leftovers()[0])
        slack.emit(SENTINEL)
    slack.wait_until(lambda: leftovers() == NOTHING)
    assert (heard.kinds(), heard.errors, slack.connections) == (["hello"], [], [])


def test_it_can_be_left_at_once(slack: Workspace, listen: Listen, leftovers: Leftovers) -> None:
    for _ in range(20):
        heard = listen(rtm(slack.web))
        heard.dispose()
        # On a busy machine hello may have come before.
        assert ([item["type"] for item in heard.items] in ([], ["hello"]), heard.errors) == (
            True,
            [],
        )
    slack.wait_until(lambda: leftovers() == NOTHING)


@pytest.mark.parametrize("connected", [False, True])
def test_it_can_be_left_in_a_pause_between_two_attempts(
    slack: Workspace, listen: Listen, leftovers: Leftovers, connected: bool
) -> None:
    paused = threading.Event()

    def pauses() -> Iterator[float]:
        paused.set()
        yield 60.0

    stream = rtm(slack.web).pipe(reconnect(pauses))
    if connected:
        heard = listen(stream).hello()
        slack.connections[0].cut()
    else:
        slack.faults.fail("rtm.connect", "internal_error")
        heard = listen(stream)
    assert paused.wait(10.0)
    heard.dispose()
    slack.wait_until(lambda: leftovers() == NOTHING)
    assert (len(slack.calls("rtm.connect")), heard.errors) == (1, [])


@pytest.mark.parametrize("kind", ["hello", "message"])
def test_it_can_be_left_from_within(
    slack: Workspace, listen: Listen, leftovers: Leftovers, kind: str
) -> None:
    subscribed, left = threading.Event(), threading.Event()

    def leave(event: Any) -> None:
        if event["type"] == kind:
            subscribed.wait(10.0)
            heard.dispose()
            left.set()

    heard = listen(rtm(slack.web), leave)
    subscribed.set()
    if kind == "message":
        heard.hello()
        slack.emit_bytes(
            server_frame(b'{"type": "message"}') + server_frame(b'{"type": "after"}') * 3
        )
    assert left.wait(10.0)
    slack.wait_until(lambda: slack.past_connections[0].client_close == 1000)
    slack.wait_until(lambda: leftovers() == NOTHING)
    assert heard.kinds() == list(dict.fromkeys(["hello", kind]))
    assert heard.errors == []


def test_it_ends_with_take(slack: Workspace, leftovers: Leftovers) -> None:
    taken = rtm(slack.web).pipe(ops.take(1)).run()
    assert taken["type"] == "hello"
    slack.wait_until(lambda: slack.past_connections[0].client_close == 1000)
    slack.wait_until(lambda: leftovers() == NOTHING)


def test_it_does_not_wait_for_a_callback_when_it_is_left(
    slack: Workspace, listen: Listen, leftovers: Leftovers
) -> None:
    go_on = threading.Event()
    heard = listen(rtm(slack.web), lambda _: go_on.wait(10.0)).hello()
    slack.emit(SENTINEL)
    heard.dispose()
    slack.wait_until(lambda: slack.past_connections[0].client_close == 1000)
    slack.wait_until(lambda: leftovers() == ({"rxslack-hub"}, 0))  # the callback's
    go_on.set()
    slack.wait_until(lambda: leftovers() == NOTHING)
    assert (heard.kinds(), heard.errors) == (["hello"], [])


# Sending


def test_it_sends_what_a_pipeline_has_to_say(slack: Workspace, listen: Listen) -> None:
    channel, carol = slack.channel_id("general"), slack.user_id("carol")
    outgoing = reactivex.of(
        {"type": "typing", "channel": channel},
        {"type": "message", "channel": channel, "text": "Hi"},
        {"id": 41, "type": "message", "channel": "C0", "text": "Hi"},
        {"type": "presence_sub", "ids": [carol]},
        {"type": "ping", "marker": "last"},
    )
    other = listen(rtm(slack.user_web)).hello()
    heard = listen(rtm(slack.web, outgoing=outgoing))
    heard.wait(lambda h: "pong" in h.kinds())
    assert heard.kinds() == ["hello", "rxslack.reply", "rxslack.reply", "presence_change", "pong"]
    done, refused, presence, pong = heard.items[1:]
    assert (done["ok"], done["reply_to"], done["text"]) == (True, 2, "Hi")
    assert done["ts"] == slack.messages("general")[0]["ts"]
    assert (refused["ok"], refused["reply_to"]) == (False, 41)
    assert (presence["user"], presence["presence"]) == (carol, "active")
    assert (pong["reply_to"], pong["marker"]) == (43, "last")
    other.wait(lambda h: len(h.items) == 3)
    assert other.kinds() == ["hello", "user_typing", "message"]


def test_it_takes_what_slack_repeats_of_our_own_for_no_message(
    slack: Workspace, listen: Listen
) -> None:
    """Nor for an answer: its `reply_to` is of another connection, perhaps of another process."""
    with slack.faults.replay_own_message(reply_to=1, channel=slack.channel_id("general")):
        heard = listen(rtm(slack.web))
        messages = listen(rtm(slack.web).pipe(of_type(MessageEvent)))
        slack.wait_until(lambda: len(slack.connections) == 2)
        slack.say("general", "alice", "news")
        heard.wait(lambda h: len(h.items) == 3)
        messages.wait(lambda h: len(h.items) == 1)
    assert heard.kinds() == ["hello", "rxslack.replayed", "message"]
    assert heard.items[1]["reply_to"] == 1
    assert [item["text"] for item in messages.items] == ["news"]


UNSENT: dict[str, tuple[Any, str]] = {
    "no mapping": ("Hi", "not a mapping but str"),
    "no type": ({"text": "Hi"}, "needs a `type`"),
    "a type of another kind": ({"type": 7}, "needs a `type`"),
    "too large": ({"type": "message", "text": "x" * 16_384}, "Slack closes the socket"),
    "no JSON": ({"type": "message", "text": object()}, "not JSON serializable"),
    "no number": ({"type": "ping", "at": float("nan")}, "not JSON compliant"),
}


@pytest.mark.parametrize("name", UNSENT)
def test_it_emits_what_cannot_be_sent_and_goes_on(
    slack: Workspace, listen: Listen, name: str
) -> None:
    message, reason = UNSENT[name]
    heard = listen(rtm(slack.web, outgoing=reactivex.of(message, {"type": "ping"})))
    heard.wait(lambda h: len(h.items) == 3)
    unsent = next(item for item in heard.items if item["type"] == "rxslack.unsent")
    assert unsent["message"] is message
    assert reason in unsent["error"]
    assert sorted(heard.kinds()) == ["hello", "pong", "rxslack.unsent"]


def test_it_ends_with_the_error_of_what_it_sends(
    slack: Workspace, listen: Listen, leftovers: Leftovers
) -> None:
    error = ValueError("nothing to say")
    heard = listen(rtm(slack.web, outgoing=reactivex.throw(error)))
    assert heard.error() is error
    assert heard.kinds() == ["hello"]
    slack.wait_until(lambda: leftovers() == NOTHING)


def test_it_subscribes_to_what_it_sends_for_as_long_as_it_is_connected(
    slack: Workspace, listen: Listen, leftovers: Leftovers
) -> None:
    outgoing = Subject[Any]()
    heard = listen(rtm(slack.web, outgoing=outgoing).pipe(reconnect(lambda: repeat(0.0)))).hello()
    assert len(outgoing.observers) == 1
    slack.connections[0].cut()
    heard.wait(lambda h: h.kinds().count("hello") == 2)
    assert len(outgoing.observers) == 1
    outgoing.on_next({"type": "ping"})
    heard.wait(lambda h: "pong" in h.kinds())
    assert heard.items[-1]["reply_to"] == 1  # numbers begin anew with the connection
    heard.dispose()
    assert outgoing.observers == []
    outgoing.on_next({"type": "ping"})
    slack.wait_until(lambda: leftovers() == NOTHING)


# When user code is slow


def test_it_makes_slack_wait_for_a_slow_subscriber_and_loses_nothing(
    slack: Workspace, listen: Listen
) -> None:
    go_on = threading.Event()
    stream = rtm(slack.web, max_waiting_bytes=50_000, overflow="wait", ping_after=0.1, silence=0.4)
    heard = listen(stream, lambda _: go_on.wait(20.0)).hello()
    count, filler = 400, "x" * 50_000  # 20 MB: more than the sockets on the way can hold
    for number in range(count):
        slack.emit({"type": "message", "number": number, "text": filler})
    assert not threading.Event().wait(0.8)  # longer than the silence, in which nobody reads
    assert heard.kinds() == ["hello"]
    go_on.set()
    heard.wait(lambda h: len([k for k in h.kinds() if k == "message"]) == count or h.errors)
    assert [i["number"] for i in heard.items if i["type"] == "message"] == list(range(count))
    assert heard.errors == []


def test_it_fails_where_told_to_after_what_was_kept(
    slack: Workspace, listen: Listen, leftovers: Leftovers
) -> None:
    go_on = threading.Event()
    stream = rtm(slack.web, max_waiting_bytes=50_000, overflow="fail")
    heard = listen(stream, lambda _: go_on.wait(20.0)).hello()
    for number in range(200):
        slack.emit({"type": "message", "number": number, "text": "x" * 50_000})
    slack.wait_until(lambda: not slack.connections)
    assert heard.kinds() == ["hello"]
    go_on.set()
    error = heard.error()
    assert isinstance(error, BufferFull)
    assert (error.size, error.retryable) == (50_000, True)
    kept = [item["number"] for item in heard.items[1:]]
    assert kept == list(range(len(kept)))
    assert 1 <= len(kept) < 200
    slack.wait_until(lambda: leftovers() == NOTHING)


@pytest.mark.parametrize("reply_to", [None, [], {}, "7", 7.5])
def test_it_takes_an_odd_pong_for_no_answer(reply_to: Any) -> None:
    protocol = _Rtm(WebClient("xoxb-test"), {})

    assert protocol.answered({"type": "pong", "reply_to": reply_to}) is None
    assert protocol.answered({"type": "pong", "reply_to": 7}) == 7
