"""A connection whose peer does what Slack never would."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from reactivex import Observable

from rxslack.errors import FrameError, Silent
from rxslack.sources.budget import UrlBudget
from rxslack.sources.rtm import rtm
from rxslack.sources.socket_mode import socket_mode
from rxslack.web.client import WebClient
from rxslack.web.settings import DIRECT, Transport
from rxslack.wire import handshake
from tests.hostile.case import Script
from tests.hostile.peer import HELLO, serving, slack_whose_websocket
from tests.peer import frame, text

if TYPE_CHECKING:
    from tests.sources.conftest import Listen

PINGS = frame(9, b"p" * 125) * 1000
EMPTY_FRAGMENTS = bytes(2000)


@contextmanager
def client(script: Script, token: str = "xoxb-test") -> Generator[WebClient]:
    """A client that has to do with a peer that follows a script."""
    with serving(slack_whose_websocket(script)) as port:
        base_url = f"http://127.0.0.1:{port}/"
        with WebClient(token, base_url=base_url, transport=Transport(proxy=DIRECT)) as web:
            yield web


@contextmanager
def stream(script: Script, **options: Any) -> Generator[Observable[Any]]:
    """Its stream."""
    with client(script) as web:
        yield rtm(web, **options)


def saying(start: bytes, again: bytes = b"") -> Script:
    """Something, and something else without end; or else nothing more. It never reads."""

    def script(sock: Any) -> None:
        sock.sendall(start)
        while again:
            sock.sendall(again)
        threading.Event().wait(20.0)

    return script


def threads() -> set[str]:
    return {one.name for one in threading.enumerate() if one.name.startswith("rxslack-")}


@pytest.mark.parametrize(
    "early",
    [
        text('{"type":"message"}') * 1001,
        text("") * 1001,
        text('{"type":"a","x":"%s"}' % ("x" * 60_000)) * 20,
        b"\x81\x7f" + (2**20 + 1).to_bytes(8, "big") + b"[" * (2**20 + 1),
    ],
    ids=["messages", "empty messages", "bytes", "one message"],
)
def test_it_ends_when_too_much_comes_before_hello(listen: Listen, early: bytes) -> None:
    with stream(saying(early + HELLO)) as events:
        heard = listen(events)
        error = heard.error()
    assert isinstance(error, FrameError)
    assert (error.code, error.retryable, heard.items) == (1008, True, [])
    assert "no hello within 1000 messages or 1048576 bytes" in str(error)


def test_it_takes_as_much_before_hello_as_is_allowed_and_anything_after_it(listen: Listen) -> None:
    event = text('{"type":"a"}')
    with stream(saying(event * 999 + HELLO + event * 2000)) as events:
        heard = listen(events).wait(lambda h: len(h.items) == 3000)
    assert heard.kinds() == ["hello", *["a"] * 2999]


@pytest.mark.parametrize("flood", [PINGS, EMPTY_FRAGMENTS], ids=["pings", "fragments"])
@pytest.mark.parametrize("start", [b"", HELLO], ids=["before hello", "after it"])
def test_it_takes_a_flood_of_nothing_for_silence(
    listen: Listen, start: bytes, flood: bytes
) -> None:
    script = saying(start + b"\x01\x00", flood)
    with stream(script, ping_after=0.2, silence=0.4) as events:
        error = listen(events).error()
    assert isinstance(error, Silent)
    assert error.missing == ("a message, or the answer to a ping" if start else "hello")


@pytest.mark.parametrize("flood", [PINGS, EMPTY_FRAGMENTS], ids=["pings", "fragments"])
def test_it_is_disposed_amid_a_flood(listen: Listen, flood: bytes) -> None:
    """All time-outs are longer than what is waited for here."""
    with stream(saying(HELLO + b"\x01\x00", flood)) as events:
        heard = listen(events).hello()
        threading.Event().wait(0.2)  # so that it is in the midst of it
        heard.dispose()
        for one in threading.enumerate():
            if one.name in threads():
                one.join(4.0)
        assert threads() == set()
    assert heard.errors == []


def test_those_that_wait_for_the_budget_of_one_account_hold_up_no_other(listen: Listen) -> None:
    spent = UrlBudget(burst=1, clock=lambda: 0.0)
    assert spent.take() == 0.0
    with client(saying(HELLO)) as web:
        waiting = [listen(rtm(web, budget=spent)) for _ in range(40)]
        listen(rtm(web, budget=UrlBudget())).hello()
        assert not any(one.items for one in waiting)


def in_the_clear(_: Path) -> tuple[None, Transport]:
    return None, Transport(proxy=DIRECT)


def over_tls(folder: Path) -> tuple[ssl.SSLContext, Transport]:
    authority: Any = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(folder / "authority.pem")
    return context, Transport(proxy=DIRECT, ca_file=str(folder / "authority.pem"))


@pytest.mark.parametrize("way", [in_the_clear, over_tls])
@pytest.mark.parametrize("room", [10, 4096], ids=["piece by piece", "at once"])
def test_it_hears_what_came_in_one_breath_with_the_answer_to_its_handshake(
    listen: Listen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Any, room: int
) -> None:
    """Nothing more comes, and no selector tells of what was read or decrypted already."""
    monkeypatch.setattr(handshake, "_PIECE", room)
    tls, transport = way(tmp_path)
    script = slack_whose_websocket(saying(b""), first=HELLO + text('{"type":"a"}'))
    with serving(script, tls) as port:
        base_url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/"
        with WebClient("xoxb-test", base_url=base_url, transport=transport) as web:
            heard = listen(rtm(web)).wait(lambda h: len(h.items) == 2)
    assert heard.kinds() == ["hello", "a"]


ODD = [
    '{"type":[]}',
    '{"type":{"a":[]}}',
    '{"type":null}',
    '{"type":["events_api"],"envelope_id":"1","payload":{}}',
    '{"type":"events_api","envelope_id":[],"payload":{"event":{"type":[]}}}',
    "[" * 60_000,
    '{"type":' * 8000,
    '{"type":"a","x":' + "[" * 60_000,
    '{"type":"events_api","envelope_id":"2","payload":' + "[" * 60_000,
]


@pytest.mark.parametrize("source", [rtm, socket_mode])
def test_it_goes_on_whatever_json_comes(listen: Listen, source: Any) -> None:
    script = saying(HELLO + b"".join(map(text, ODD)) + text('{"type":"after"}'))
    with client(script, "xapp-test" if source is socket_mode else "xoxb-test") as web:
        heard = listen(source(web)).wait(lambda h: h.items and h.items[-1].get("type") == "after")
        assert heard.errors == []  # before the peer ends
    assert len(heard.items) == len(ODD) + 2
