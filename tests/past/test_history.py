"""A channel's past, from the simulator."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from reactivex import operators as ops
from reactivex.scheduler import NewThreadScheduler

from rxslack import MessageEvent, of_type
from rxslack.errors import (
    ApiError,
    ConfigurationError,
    RateLimited,
    RepeatedCursor,
    UnreadableResponse,
)
from rxslack.past.history import Asking, HistoryProgress, history
from rxslack.simulator import Workspace
from rxslack.simulator.options import Limits
from rxslack.web.calls import Abandoned, retried
from tests.reports import reports


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(limits=Limits.off()) as workspace:
        yield workspace


def talk(slack: Workspace) -> None:
    """Thirty messages, two threads that run into each other, an answer shown in the channel."""
    first = slack.say("general", "alice", "first")
    second = slack.say("general", "bob", "second")
    slack.say("general", "carol", "to first", thread_ts=first["ts"])
    slack.say("general", "carol", "to second", thread_ts=second["ts"])
    slack.say("general", "bob", "to first, for all", thread_ts=first["ts"], broadcast=True)
    for number in range(25):
        slack.say("general", "alice", str(number))


def read(slack: Workspace, **options: Any) -> list[Any]:
    channel = slack.channel_id("general")
    stream = history(slack.user_web, channel, per_minute=math.inf, **options)
    found: Any = stream.pipe(ops.to_list()).run()
    return list(found)


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_it_emits_everything_in_order_once(slack: Workspace, limit: int) -> None:
    talk(slack)
    found = read(slack, limit=limit)
    assert [m["text"] for m in found] == [m["text"] for m in slack.messages("general")]
    assert {m["channel"] for m in found} == {slack.channel_id("general")}


def test_it_ends_with_an_error_where_the_pages_go_round_in_a_circle(slack: Workspace) -> None:
    talk(slack)
    page: dict[str, Any] = {
        "ok": True,
        "messages": [],
        "response_metadata": {"next_cursor": "same"},
    }
    with (
        slack.faults.answer("conversations.history", body=page, times=9),
        pytest.raises(RepeatedCursor, match=r"conversations\.history"),
    ):
        read(slack)
    assert len(slack.calls("conversations.history")) == 2


def test_it_gives_events_as_the_live_stream_does(slack: Workspace) -> None:
    said = slack.say("general", "alice", "Hello")
    channel = slack.channel_id("general")
    stream = history(slack.user_web, channel).pipe(of_type(MessageEvent))
    assert stream.run()["text"] == said["text"]


def test_it_leaves_threads_out_when_told_to(slack: Workspace) -> None:
    talk(slack)
    found = read(slack, threads=False)
    assert "to first" not in [m["text"] for m in found]
    assert slack.calls("conversations.replies") == []


def test_it_keeps_to_its_span(slack: Workspace) -> None:
    talk(slack)
    told = slack.messages("general")
    texts = [m["text"] for m in read(slack, oldest=told[10]["ts"], latest=told[14]["ts"])]
    assert texts == [m["text"] for m in told[11:14]]


def test_it_stops_asking_when_enough_was_taken(slack: Workspace) -> None:
    talk(slack)
    channel = slack.channel_id("general")
    stream = history(slack.user_web, channel, per_minute=math.inf).pipe(ops.take(2), ops.to_list())
    found: Any = stream.run()
    assert [m["text"] for m in found] == ["first", "second"]
    assert len(slack.calls("conversations.replies")) == 2


def test_it_emits_what_is_due_before_it_asks_for_a_thread() -> None:
    """Though messages are emitted several at a time: the answer may take a while."""
    seen: list[str] = []

    class Threaded(Web):
        def call(self, method: str, /, **arguments: Any) -> dict[str, Any]:
            if method == "conversations.replies":
                seen.append(f"asked for {arguments['ts']}")
                return {"ok": True, "messages": [{"ts": "3.5", "text": "a reply"}]}
            roots = ({"ts": f"{n}.0", "reply_count": n == 3} for n in range(5, 0, -1))
            return {"ok": True, "messages": [*roots]}

    stream = history(Threaded(), "C1", per_minute=math.inf)
    stream.subscribe(lambda message: seen.append(message["ts"]))
    assert seen == ["1.0", "2.0", "asked for 3.0", "3.0", "3.5", "4.0", "5.0"]


def test_it_tells_its_progress(slack: Workspace) -> None:
    talk(slack)
    told: list[HistoryProgress] = []
    found = read(slack, limit=10, progress=told.append)
    assert [one.calls for one in told] == list(range(len(told)))
    assert told[-1].emitted == len(found)
    assert told[-1].reached == found[-1]["ts"]


class Web:
    """Raises what it is given, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def call(self, _: str, /, **__: Any) -> dict[str, Any]:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return {"ok": True, "messages": [{"type": "message", "ts": "1.0"}]}


def test_it_tries_again_after_a_429() -> None:
    web = Web(RateLimited("conversations.history", 0.01), RateLimited("conversations.history", 0.0))
    assert history(web, "C1", per_minute=math.inf).run()["ts"] == "1.0"
    assert web.calls == 3


def test_it_leaves_slack_alone_after_a_429_that_does_not_say_for_how_long() -> None:
    pauses: list[float] = []
    answers = iter([RateLimited("conversations.history"), None])

    def call() -> str:
        if error := next(answers):
            raise error
        return "answered"

    assert retried(call, [0.5], pauses.append) == "answered"
    assert pauses == [RateLimited.default_pause] == [30.0]


def test_it_makes_no_further_call_when_nobody_listens() -> None:
    over = threading.Event()

    class Refusing(Web):
        def call(self, _: str, /, **__: Any) -> dict[str, Any]:
            self.calls += 1
            over.set()
            raise RateLimited("conversations.history", 60.0)

    web = Refusing()
    with pytest.raises(Abandoned):
        Asking(web, 0.0, 2, over).call("conversations.history")
    assert web.calls == 1


def test_it_gives_up_in_the_end() -> None:
    web = Web(*[RateLimited("conversations.history", 0.0) for _ in range(5)])
    with pytest.raises(RateLimited):
        history(web, "C1", per_minute=math.inf, attempts=3).run()
    assert web.calls == 3


def test_it_does_not_try_again_what_cannot_help() -> None:
    web = Web(ApiError("conversations.history", "channel_not_found"))
    with pytest.raises(ApiError):
        history(web, "C1").run()
    assert web.calls == 1


@pytest.mark.parametrize("ts", ["yesterday", "1.x", 7.5])
def test_it_fails_at_a_message_without_a_time(ts: Any) -> None:
    class Wrong(Web):
        def call(self, _: str, /, **__: Any) -> dict[str, Any]:
            return {"ok": True, "messages": [{"type": "message", "ts": ts}]}

    failed = list[Exception]()
    history(Wrong(), "C1").subscribe(on_error=failed.append)
    [error] = failed
    assert isinstance(error, UnreadableResponse)
    assert repr(ts) in str(error)


def test_it_can_be_disposed_while_it_waits() -> None:
    web = Web(RateLimited("conversations.history", 3600.0))
    told = threading.Event()
    ended: list[Any] = []

    subscription = history(web, "C1", progress=lambda _: told.set()).subscribe(
        ended.append, ended.append, lambda: ended.append("end"), scheduler=NewThreadScheduler()
    )
    assert told.wait(5.0)
    subscription.dispose()
    until_alone = [one for one in threading.enumerate() if one is not threading.current_thread()]
    for thread in until_alone:
        thread.join(5.0)
    assert ended == []


def test_it_refuses_what_cannot_work() -> None:
    with pytest.raises(ConfigurationError):
        history(Web(), "C1", limit=0)


@pytest.mark.parametrize("error", [OSError("mine"), KeyError("mine"), RateLimited("mine", 1.0)])
def test_it_gives_what_a_subscriber_raises_to_its_on_error(
    slack: Workspace, error: Exception
) -> None:
    slack.say("general", "alice", "Hello")
    stream = history(slack.user_web, slack.channel_id("general"))
    errors: list[Exception] = []

    def fail(_: object) -> None:
        raise error

    stream.subscribe(fail, errors.append)
    assert errors == [error]
    for unheard in (stream, stream.pipe(ops.map(fail))):
        with pytest.raises(type(error), match="mine"):
            unheard.subscribe(fail)


def test_it_gives_what_progress_raises_to_on_error(slack: Workspace) -> None:
    def fail(_: object) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        read(slack, progress=fail)


def test_it_logs_what_nobody_takes_on_another_thread(
    slack: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    slack.say("general", "alice", "Hello")
    error = KeyError("mine")

    def fail(_: object) -> None:
        raise error

    before = threading.enumerate()
    stream = history(slack.user_web, slack.channel_id("general"))
    stream.subscribe(fail, scheduler=NewThreadScheduler())
    for thread in threading.enumerate():
        if thread not in before:
            thread.join(5.0)
    assert reports(caplog) == [("rxslack.history", error)]


@pytest.mark.parametrize("with_orjson", [True, False])
@pytest.mark.parametrize(
    "pages",
    [
        [["9.1", "8.1"], ["7.1", "6.1"], ["5.1"]],  # as Slack sends them
        [["9.1", "8.1"], ["8.1", "7.1"], []],
        [["8.1", "9.1"], ["6.1", "7.1"]],
        [["9.1", "6.1"], ["8.1", "5.1"], ["7.1", "5.1"]],
    ],
)
def test_it_emits_in_order_whatever_order_the_pages_have(
    pages: list[list[str]], with_orjson: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ("half a pair: \ud800", "Grüße")  # of which orjson takes the second only

    class Paged(Web):
        def call(self, _: str, /, **arguments: Any) -> dict[str, Any]:
            place = int(arguments["cursor"] or 0)
            found = [{"type": "message", "text": said[place > 0], "ts": ts} for ts in pages[place]]
            more = {"next_cursor": str(place + 1)} if place + 1 < len(pages) else {}
            return {"ok": True, "messages": found, "response_metadata": more}

    if not with_orjson:
        monkeypatch.setattr("rxslack.core.json_text._orjson", None)
    seen: list[dict[str, Any]] = []
    history(Paged(), "C1", per_minute=1e9).subscribe(seen.append)
    assert [event["ts"] for event in seen] == sorted({ts for page in pages for ts in page})
    assert {event["text"] for event in seen} == {*said}
