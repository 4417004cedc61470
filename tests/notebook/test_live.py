"""The view of a stream, without a notebook: pictures go to a list."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Subject, operators as ops

from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError, ConnectionClosed
from rxslack.notebook import View, live
from rxslack.past.recording_file import RecordingFile
from rxslack.past.replay import replay
from tests.odd import ODD
from tests.reports import reports

NASTY = (
    "<script>alert(1)</script> <b onmouseover=alert(1)>&amp; <@U1> *bold* :tada: 🎉 "
    "\u202eשלום مرحبا $a$ \\(b\\) \x00 'quoted\" <img src=x onerror=alert(1)>"
)


class Screen:
    """What was painted, and under which id."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.painted: list[tuple[str, dict[str, str]]] = []

    def show(self, bundle: dict[str, str], id: str) -> None:  # noqa: A002 - as the protocol
        self.shown.append(id)
        self.painted.append((id, bundle))

    def update(self, bundle: dict[str, str], id: str) -> None:  # noqa: A002 - as the protocol
        self.painted.append((id, bundle))

    @property
    def html(self) -> str:
        return self.painted[-1][1]["text/html"]

    @property
    def text(self) -> str:
        return self.painted[-1][1]["text/plain"]


@pytest.fixture
def screen() -> Screen:
    return Screen()


def shown(view: View) -> View:
    view.show()
    return view


def until(condition: Any) -> None:
    deadline = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_it_shows_what_came_newest_on_top(screen: Screen) -> None:
    events: list[dict[str, Any]] = [
        {"type": "hello"},
        {"type": "message", "channel": "C1", "user": "U1", "text": "one"},
        {"type": "message", "channel": "C1", "user": "U1", "text": "two", "subtype": "me_message"},
    ]
    view = shown(live(reactivex.from_iterable(events), rows=2, display=screen))
    assert view.wait(10.0)
    assert screen.html.index("two") < screen.html.index("one")
    assert "message.me_message" in screen.html
    assert "completed" in screen.html
    assert "3 events" in screen.text
    assert "message 2, hello 1" in screen.text


def test_it_updates_in_place_while_events_come(screen: Screen) -> None:
    subject: Subject[Any] = Subject()
    view = shown(live(subject, display=screen))
    assert "waiting" in screen.text
    subject.on_next({"type": "hello"})
    until(lambda: "connected" in screen.text)
    subject.on_next({"type": "message", "text": "Hello"})
    until(lambda: "Hello" in screen.text)
    view.stop()
    assert view.wait(10.0)
    assert "stopped" in screen.text
    assert {where for where, _ in screen.painted} == set(screen.shown)
    assert not subject.observers


def test_it_moves_the_rate_on_while_nothing_comes(screen: Screen) -> None:
    view = shown(live(reactivex.never(), display=screen))
    until(lambda: len(screen.painted) >= 3)
    view.stop()


@pytest.mark.parametrize("field", ["text", "user", "channel", "type", "subtype"])
def test_it_shows_text_as_text_whatever_is_in_it(screen: Screen, field: str) -> None:
    event = {"type": "message", "text": "", field: NASTY}
    view = shown(live(reactivex.of(event), display=screen, title=NASTY))
    assert view.wait(10.0)
    tags = set(re.findall(r"</?([a-z]+)", screen.html))
    assert tags <= {"div", "b", "span", "table", "thead", "tbody", "tr", "th", "td", "img", "small"}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in screen.html
    assert "&lt;@U1&gt; *bold* :tada: 🎉" in screen.html
    assert "שלום مرحبا" in screen.html
    assert "&amp;amp;" in screen.html  # as the event has it
    assert not re.search(r"<[^>]*(onmouseover|onerror)", screen.html)
    for dangerous in ("\u202e", "\x00", "$a$", "\\("):
        assert dangerous not in screen.html


def test_it_shows_columns_of_your_choosing(screen: Screen) -> None:
    event = {"type": "reaction_added", "item": {"ts": "7.1", "channel": "C9"}, "n": 3}

    def double(event: Any) -> int:
        return 2 * int(event["n"])

    def bad(event: Any) -> object:
        return event["no"]

    columns = ("item.ts", "channel", ("double", double), ("bad", bad))
    view = shown(live(reactivex.of(event), columns=columns, display=screen))
    assert view.wait(10.0)
    assert screen.text.splitlines()[-2:] == [
        "item.ts  channel  double  bad",
        "7.1  C9  6  (KeyError)",
    ]


def test_it_shows_any_stream(screen: Screen) -> None:
    view = shown(live(reactivex.of(1, "two", None), display=screen, columns=("type", "text")))
    assert view.wait(10.0)
    assert screen.text.splitlines()[-3:] == ["NoneType  ", "str  two", "int  1"]


@pytest.mark.parametrize("name", ODD)
def test_it_goes_on_after_an_odd_event(screen: Screen, name: str) -> None:
    columns = ("time", "channel", "user", "type", "text", "item.ts", "ts", "blocks")
    events = [
        {"type": "message", "text": "before"},
        ODD[name],
        {"type": "message", "text": "after"},
    ]
    view = shown(live(reactivex.from_iterable(events), columns=columns, display=screen))
    assert view.wait(10.0)
    assert "3 events" in screen.text
    for text in ("before", "after"):
        assert text in screen.html
        assert text in screen.text
    for text in (screen.text, repr(view)):
        assert printable(text, lines=True) == text
        assert len(text.splitlines()) == 6
    screen.html.encode()


def test_it_counts_only_so_many_types(screen: Screen) -> None:
    view = live(
        reactivex.from_iterable({"type": f"{n}" * 200} for n in range(3000)), display=screen
    )
    assert view.wait(10.0)
    assert len(view.seen.counts) <= 1001
    assert sum(count for _, count in view.seen.counts) == 3000
    assert max(len(kind) for kind, _ in view.seen.counts) <= 100


def test_it_paints_on_when_a_picture_cannot_be_shown(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And `await` returns."""
    subject: Subject[Any] = Subject()
    view = shown(live(subject, display=screen))
    with monkeypatch.context() as broken:
        failed = threading.Event()

        def fail(*_: object) -> None:
            failed.set()
            raise ValueError("the front end is gone")

        broken.setattr(screen, "update", fail)
        subject.on_next({"type": "message", "text": "lost"})
        assert failed.wait(10.0)
    subject.on_next({"type": "message", "text": "after"})
    until(lambda: "after" in screen.text)
    monkeypatch.setattr(screen, "update", fail)
    view.stop()
    assert view.wait(10.0)
    assert {type(error) for _, error in reports(caplog)} == {ValueError}


class Web:
    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []

    def call(self, method: str, /, **arguments: Any) -> dict[str, Any]:
        self.asked.append((method, arguments))
        if method == "users.info":
            return {"ok": True, "user": {"name": "alice", "profile": {"display_name": "Alice"}}}
        return {"ok": True, "channel": {"name": "general"}}


def test_it_knows_names(screen: Screen) -> None:
    web = Web()
    subject: Subject[Any] = Subject()
    view = shown(live(subject, web=web, display=screen))
    for _ in range(3):
        subject.on_next({"type": "message", "channel": "C1", "user": "U1", "text": "Hello"})
    until(lambda: "#general  Alice  message  Hello" in screen.text)
    view.stop()
    assert sorted(method for method, _ in web.asked) == ["conversations.info", "users.info"]


def test_it_learns_names_from_events(screen: Screen) -> None:
    events = [
        {"type": "message", "channel": "C1", "user": "U1", "text": "Hello"},
        {"type": "channel_rename", "channel": {"id": "C1", "name": "lounge"}},
    ]
    view = shown(live(reactivex.from_iterable(events), display=screen))
    assert view.wait(10.0)
    assert "#lounge  U1" in screen.text


def test_it_says_what_the_stream_failed_with_and_no_secret(
    screen: Screen, caplog: pytest.LogCaptureFixture
) -> None:
    view = shown(live(reactivex.throw(ConnectionClosed(1006, "xoxb-test")), display=screen))
    assert view.wait(10.0)
    assert "failed: ConnectionClosed" in screen.text
    assert "xoxb-test" not in screen.html + screen.text + caplog.text
    assert [type(error) for _, error in reports(caplog)] == [ConnectionClosed]


def test_it_tells_of_gaps_and_goodbyes(screen: Screen) -> None:
    subject: Subject[Any] = Subject()
    view = shown(live(subject, display=screen))
    subject.on_next({"type": "goodbye"})
    until(lambda: "goodbye" in screen.text.splitlines()[0])
    subject.on_next({"type": "rxslack.gap", "since": 1.0, "until": 4.5})
    until(lambda: "gap of 3.5 s" in screen.text)
    view.stop()


def test_it_stops_by_itself_when_awaited(screen: Screen) -> None:
    subject: Subject[Any] = Subject()

    async def look() -> None:
        await live(subject, seconds=0.1, display=screen)

    asyncio.run(look())
    assert screen.shown
    assert "stopped" in screen.text
    assert not subject.observers


def test_it_stops_when_the_task_is_cancelled(screen: Screen) -> None:
    subject: Subject[Any] = Subject()

    async def look() -> None:
        task = asyncio.ensure_future(asyncio.wait_for(live(subject, display=screen), 60.0))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(look())
    assert not subject.observers


def test_it_paints_seldom_however_much_comes(screen: Screen) -> None:
    subject: Subject[Any] = Subject()
    view = shown(live(subject, display=screen))
    begun = time.monotonic()
    for number in range(50_000):
        subject.on_next({"type": "message", "text": str(number)})
    subject.on_completed()
    assert view.wait(10.0)
    assert len(screen.painted) <= 4 * (time.monotonic() - begun) + 4
    assert view.seen.total == 50_000
    assert sum(view.seen.rate) == 50_000
    assert "49999" in screen.text


def test_it_ends_its_thread() -> None:
    def names() -> set[str]:
        return {thread.name for thread in threading.enumerate()}

    view = live(reactivex.never(), display=Screen())
    assert "rxslack-live" in names()
    view.stop()
    assert view.wait(10.0)
    until(lambda: "rxslack-live" not in names())


def test_it_refuses_a_table_of_nothing() -> None:
    with pytest.raises(ConfigurationError):
        live(reactivex.never(), columns=())
    with pytest.raises(ConfigurationError):
        live(reactivex.never(), rows=0)


def test_it_shows_the_traceback_of_a_bug_in_its_place(screen: Screen) -> None:
    def bug(event: Any) -> object:
        return event["no_such_key"]

    view = shown(live(reactivex.of({"type": "message"}).pipe(ops.map(bug)), display=screen))
    assert view.wait(10.0)
    assert "in bug" in screen.text
    assert 'return event["no_such_key"]' in screen.text
    assert "in bug" in screen.html


def test_it_shows_the_time_of_a_replay(tmp_path: Path, screen: Screen) -> None:
    with suppress(StopIteration):
        times = iter([1000.0, 1001.0, 5000.0, 5001.0])
        tape = RecordingFile(tmp_path / "day.jsonl", clock=lambda: next(times))
        tape.write({"type": "message", "text": "early"})
        tape.write({"type": "message", "text": "late"})
        tape.close()
    view = shown(live(replay(tmp_path / "day.jsonl"), display=screen))
    assert view.wait(10.0)
    assert [at for at, _ in view.seen.events] == [5000.0, 1001.0]
    assert view.seen.clock == 5000.0
