"""
slack_sdk's clients and ours, one after the other against the same workspace with the same script.

What their handlers saw is equal, but for what `DIFFERENT` lists, each difference with its cause.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import re
import ssl
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, cast

import pytest
import slack_sdk.rtm
import slack_sdk.rtm_v2
import trustme

import rxslack.compat.rtm
import rxslack.compat.rtm_v2
from rxslack.simulator import Workspace
from rxslack.web.settings import Transport

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning",  # aiohttp's, about how slack_sdk calls it
    "ignore::ResourceWarning",  # slack_sdk leaves sockets for the garbage collector
)

UNSEEN = {"hello", "reconnect_url"}
VARIES = {"client_msg_id", "url"}
TS = re.compile(r"\d{10}\.\d{6}")
END = {"type": "message", "text": "That was all"}
BIG = 1_200_000  # bytes


@dataclass
class Stage:
    """A workspace, a client of one of the libraries, and what its handlers saw."""

    slack: Workspace
    token: str
    seen: list[Any] = field(default_factory=list[Any])
    client: Any = None
    send: Callable[[dict[str, Any]], Any] = print

    def note(self, what: str, event: Any) -> None:
        fields = cast("dict[str, Any]", event) if isinstance(event, dict) else {}
        if what not in UNSEEN and fields.get("type") not in UNSEEN:
            self.seen.append((what, plain(event)))

    def until(self, done: Callable[[], Any], seconds: float = 20.0) -> None:
        """Wait until something holds, or for so long: a foreign client tells nobody."""
        end = time.monotonic() + seconds
        while not done() and time.monotonic() < end:
            time.sleep(0.005)

    def until_seen(self, text: str, times: int, seconds: float = 20.0) -> None:
        """Wait until handlers have seen a message so many times."""
        self.until(lambda: sum(text in str(one) for one in self.seen) >= times, seconds)

    def connected(self, number: int, seconds: float = 20.0) -> None:
        """Wait until the number-th websocket stands, alone."""
        self.until(lambda: [one.number for one in self.slack.connections] == [number], seconds)


def plain(event: Any) -> Any:
    """An event without what differs from one run to the next."""
    if isinstance(event, dict):
        fields = cast("dict[str, Any]", event)
        return {k: plain(v) for k, v in fields.items() if k not in VARIES}
    if isinstance(event, list):
        return [plain(one) for one in event]  # pyright: ignore[reportUnknownVariableType] - of anything
    if isinstance(event, str):
        return f"{len(event)} characters" if len(event) > 1000 else TS.sub("(a ts)", event)
    return event


# What happens in the workspace ------------------------------------------------------------------


def an_ordinary_day(stage: Stage) -> None:
    slack = stage.slack
    said = slack.say("general", "alice", "Hello &amp; good morning")
    slack.say("general", "bob", "In a thread", thread_ts=said["ts"])
    slack.edit("general", said["ts"], "Hello")
    slack.react("general", said["ts"], "carol", "wave")
    slack.type("random", "bob")
    slack.emit({"type": "something_new", "deep": {"er": [1, 2.5, None, "\u00e9\U0001f600"]}})
    slack.delete("general", said["ts"])
    slack.emit_text("UNAUTHENTICATED: cache_error")
    slack.emit_text('{"type": "broken')
    slack.say("general", "alice", "The end")


def a_raising_handler(stage: Stage) -> None:
    for text in ("raise", "Hello", "raise", "Hello again"):
        stage.slack.say("general", "alice", text)


def a_close(stage: Stage) -> None:
    stage.slack.say("general", "alice", "before")
    stage.until_seen("before", 1)
    stage.slack.connections[0].close(1001, "going away")
    stage.connected(2)
    stage.slack.say("general", "alice", "after")


def a_lost_network(stage: Stage) -> None:
    stage.slack.connections[0].hang_up()
    stage.connected(2, 2.5)
    stage.slack.say("general", "alice", "Is anybody there?")


def a_big_event(stage: Stage) -> None:
    stage.slack.emit({"type": "message", "text": "x" * BIG})
    stage.slack.emit({"type": "message", "text": "small"})


def a_message_in_fragments(stage: Stage) -> None:
    text = json.dumps({"type": "message", "text": "in two fragments"}).encode()
    first, second = text[:20], text[20:]
    stage.slack.emit_bytes(bytes([0x01, len(first)]) + first + bytes([0x80, len(second)]) + second)
    stage.slack.emit({"type": "message", "text": "whole"})


def answers_over_the_socket(stage: Stage) -> None:
    channel = stage.slack.channel_id("general")
    stage.send({"id": 7, "type": "message", "channel": channel, "text": "over the socket"})
    stage.send({"id": 8, "type": "message", "channel": "C0NOWHERE", "text": "nowhere"})
    stage.send({"id": 9, "type": "ping", "n": 1})
    stage.until_seen("'n': 1", 1)


# How a client is run -----------------------------------------------------------------------------


@contextlib.contextmanager
def running_v2(module: Any, stage: Stage) -> Generator[None]:
    def closed(code: int, _reason: str | None) -> None:
        stage.note("close", {"code": code})

    client = module.RTMClient(
        token=stage.token,
        base_url=stage.slack.base_url,
        concurrency=1,  # in order; with more, both start in order and end in any
        ping_interval=1,
        logger=quiet,
        on_close_listeners=[closed],
    )

    def first(_client: Any, event: dict[str, Any]) -> None:
        stage.note("message", event)
        if event.get("text") == "raise":
            raise LookupError("as told")

    def second(_client: Any, event: dict[str, Any]) -> None:
        stage.note("*", event)

    client.on("message")(first)
    client.on("*")(second)
    stage.client, stage.send = client, client.send
    client.connect()
    stage.connected(1)
    try:
        yield
    finally:
        silence(stage)


def silence(stage: Stage) -> None:
    """Close it for good; slack_sdk's needs more than its own `close`, and something to read."""
    client = stage.client
    client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
    for connection in stage.slack.connections:
        connection.cut()
    client.close()
    for name in ("current_app_monitor", "current_session_runner", "message_processor"):
        runner = getattr(client, name, None)
        if runner is not None:
            client.current_session_state.terminated = True
            runner.event.set()
    client.message_workers.shutdown(wait=False)


EVENTS = [
    "open",
    "close",
    "error",
    "message",
    "Unknown",
    "pong",
    "reaction_added",
    "user_typing",
    "something_new",
]


@contextlib.contextmanager
def running_v1(module: Any, stage: Stage) -> Generator[None]:
    module.RTMClient._callbacks.clear()
    for name in EVENTS:
        module.RTMClient.on(event=name, callback=noting(stage, name))
    loop = asyncio.new_event_loop()
    thread = Thread(target=live_v1, args=(module, stage, loop))
    thread.start()
    stage.connected(1)
    stage.until(lambda: stage.seen)  # the workspace knows of a websocket before the client does
    stage.send = lambda payload: loop.call_soon_threadsafe(
        lambda: stage.client.send_over_websocket(payload=payload)
    )
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stage.client.stop)
        thread.join()
        module.RTMClient._callbacks.clear()


def live_v1(module: Any, stage: Stage, loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    stage.client = module.RTMClient(token=stage.token, base_url=stage.slack.base_url, loop=loop)
    stage.client.start()
    loop.run_until_complete(asyncio.sleep(0.05))
    loop.close()


def noting(stage: Stage, name: str) -> Callable[..., None]:
    def callback(**payload: Any) -> None:
        data = payload["data"]
        stage.note(name, data)
        if "'text': 'raise'" in str(data):
            raise LookupError("as told")

    callback.__name__ = name
    return callback


quiet = logging.getLogger("side by side")
quiet.setLevel(logging.CRITICAL)

CLIENTS: dict[str, Any] = {
    "rtm_v2": (running_v2, slack_sdk.rtm_v2, rxslack.compat.rtm_v2, 2),
    "rtm": (running_v1, slack_sdk.rtm, rxslack.compat.rtm, 1),
}

SCRIPTS = [
    an_ordinary_day,
    a_raising_handler,
    a_close,
    a_lost_network,
    a_big_event,
    a_message_in_fragments,
    answers_over_the_socket,
]

DIFFERENT: dict[Any, tuple[str, list[str], set[str]]] = {
    ("rtm_v2", a_lost_network): (
        "slack_sdk does not take the end of TCP for the end of the websocket, and is deaf until its "
        "pings have been without an answer for four of its intervals",
        [
            "close",
            "message Is anybody there?",
            "* Is anybody there?",
            "message That was all",
            "* That was all",
        ],
        set(),
    ),
    ("rtm_v2", a_big_event): (
        "slack_sdk's parser calls itself once for each kilobyte; over a megabyte Python's limit ends "
        "the connection, and what came behind is gone with it",
        [
            f"message {BIG} characters",
            f"* {BIG} characters",
            "message small",
            "* small",
            "message That was all",
            "* That was all",
        ],
        {"close"},  # what it then reads is no frame any more, and may look like CLOSE
    ),
    ("rtm_v2", a_message_in_fragments): (
        "slack_sdk takes each fragment for a message of its own, and neither is JSON",
        ["message in two fragments", "* in two fragments"],
        set(),
    ),
}


def transcript(
    kind: str,
    side: int,
    script: Callable[[Stage], None],
    *,
    deaf: bool = False,
    human: bool = False,
) -> list[Any]:
    """What the handlers of one of the clients saw while the script ran."""
    run, *modules, times = CLIENTS[kind]
    with Workspace(seed=1) as slack:
        stage = Stage(slack, slack.user_token if human else slack.bot_token)
        with run(modules[side], stage):
            script(stage)
            slack.emit(END)
            stage.until_seen(END["text"], times, 1.5 if deaf else 20.0)
            return stage.seen[:]


@pytest.fixture(autouse=True)
def _swept() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] - pytest calls it
    """What slack_sdk left is collected while its warnings are ignored."""
    yield
    gc.collect()


def both(kind: str, script: Callable[[Stage], None], **options: Any) -> tuple[list[Any], list[Any]]:
    deaf = (kind, script) in DIFFERENT
    return transcript(kind, 0, script, deaf=deaf, **options), transcript(kind, 1, script, **options)


def in_short(entry: Any) -> str:
    what, event = entry
    return f"{what} {event.get('text', '')}".strip()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
@pytest.mark.parametrize("kind", CLIENTS)
def test_it_shows_handlers_what_slack_sdk_shows_them(
    kind: str, script: Callable[[Stage], None]
) -> None:
    theirs, ours = both(kind, script)
    _, lost, made_up = DIFFERENT.get((kind, script), ("", [], set()))
    assert [in_short(one) for one in ours if one not in theirs] == lost
    assert {in_short(one) for one in theirs if one not in ours} <= made_up
    assert [one for one in ours if one in theirs] == [one for one in theirs if one in ours]


def test_it_calls_the_callbacks_that_come_after_one_that_raised() -> None:
    """slack_sdk's legacy client gives up on an event at the first callback that raises."""

    def later(stage: Stage) -> None:
        module: Any = (
            rxslack.compat.rtm if "rxslack" in type(stage.client).__module__ else slack_sdk.rtm
        )
        module.RTMClient.on(event="message", callback=noting(stage, "later"))
        stage.slack.say("general", "alice", "raise")

    theirs, ours = both("rtm", later)
    assert [in_short(one) for one in ours if one not in theirs] == ["later raise"]
    assert [one for one in ours if one in theirs] == theirs


def test_it_shows_people_to_a_token_that_is_no_bots() -> None:
    """slack_sdk's rtm_v2 compares no bot's id with no bot's id, and takes all people for itself."""

    def hello(stage: Stage) -> None:
        stage.slack.say("general", "bob", "Hello")

    theirs = transcript("rtm_v2", 0, hello, deaf=True, human=True)
    ours = transcript("rtm_v2", 1, hello, human=True)
    assert theirs == []
    assert [in_short(one) for one in ours][:2] == ["message Hello", "* Hello"]


@pytest.mark.parametrize(("side", "opened"), [(0, 2), (1, 1)], ids=["slack_sdk", "rxslack"])
def test_it_stays_closed(side: int, opened: int) -> None:
    """slack_sdk's rtm_v2 connects again within a ping interval."""
    with Workspace() as slack:
        stage = Stage(slack, slack.bot_token)
        with running_v2(CLIENTS["rtm_v2"][1 + side], stage):
            stage.client.close()
            stage.until(lambda: len(slack.past_connections) > 1, 20.0 if side == 0 else 1.5)
            stage.until(lambda: stage.client.is_connected() == (side == 0), 10.0)
            assert len(slack.past_connections) == opened
            assert stage.client.is_connected() == (side == 0)


@pytest.mark.parametrize("side", [0, 1], ids=["slack_sdk", "rxslack"])
def test_it_trusts_for_the_websocket_whom_it_trusts_for_http(side: int) -> None:
    """slack_sdk's rtm_v2 does not use `ssl` for the websocket, and never gets through."""
    authority: Any = trustme.CA()  # its signatures name types of an optional library
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(server)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with Workspace(tls=server, transport=Transport(ssl_context=trusting)) as slack:
        module = CLIENTS["rtm_v2"][1 + side]
        client = module.RTMClient(
            token=slack.bot_token, base_url=slack.base_url, ssl=trusting, logger=quiet
        )
        stage = Stage(slack, slack.bot_token, client=client)
        client.connect()
        assert slack.calls("rtm.connect")
        assert client.is_connected() == (side == 1)
        silence(stage)


@pytest.mark.parametrize("side", [0, 1], ids=["slack_sdk", "rxslack"])
def test_it_tells_once_of_a_token_that_was_revoked(side: int) -> None:
    """slack_sdk's rtm_v2 asks again at each tick, and tells no listener."""
    told: list[Exception] = []
    with Workspace() as slack:
        stage = Stage(slack, slack.bot_token)
        with running_v2(CLIENTS["rtm_v2"][1 + side], stage):
            stage.client.on_error_listeners.append(told.append)
            slack.revoke(slack.bot_token, "account_inactive")
            slack.connections[0].close()
            stage.until(lambda: len(slack.calls("rtm.connect")) > (3 if side == 0 else 1))
            stage.until(lambda: told, 0.1 if side == 0 else 20.0)
    assert [type(one).__name__ for one in told] == (["SlackApiError"] if side else [])
