"""The sink in virtual time; a frame is a second. With threads it is met in `test_sink.py`."""

import logging
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops
from reactivex.testing import TestScheduler

from rxslack.errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    MissingScope,
    RateLimited,
    ServerError,
    TimedOut,
    TransportError,
    UnreadableResponse,
)
from rxslack.events.items import failure
from rxslack.operators.answering import reply
from rxslack.sinks.delivery.sink import Sink
from rxslack.sinks.post_message import post_message
from rxslack.testing import Marbles, Seen, Source

POST = "chat.postMessage"
REFUSED = TransportError(POST, "connection refused")
BROKEN = Exception("the source broke")

ITEMS = {
    **{name: {"channel": "C1", "text": name} for name in "abcd"},
    **{name: {"channel": "C2", "text": name} for name in "vw"},
}
REPLIES = {name.upper(): {"ok": True, "text": name} for name in ITEMS}


class Stage:
    """
    Marbles, and a Slack on their clock that writes down its calls.

    a to d are messages to one channel, v and w to another; A to W are the replies to them.
    """

    def __init__(self, marbles: Marbles) -> None:
        self.marbles = marbles
        self.errors: dict[str, list[Any]] = {}
        self.calls: list[tuple[float, str]] = []

    def meets(self, **errors: list[Any]) -> None:
        """What the calls for a text raise, one after the other, before one succeeds."""
        self.errors = errors

    def call(self, method: str, /, **arguments: Any) -> dict[str, Any]:
        assert method == "chat.postMessage"
        text = arguments["text"]
        self.calls.append((self.marbles.scheduler.frame, text))
        if errors := self.errors.get(text):
            raise errors.pop(0)
        return {"ok": True, "text": text}

    def sink(self, **options: Any) -> Sink:
        given: dict[str, Any] = {"burst": 1, "scheduler": self.marbles.scheduler}
        return post_message(self, **(given | options))

    def cold(self, marbles: str, **more: Any) -> Source:
        return self.marbles.cold(marbles, BROKEN, **ITEMS, **more)

    def seen(self, marbles: str, **more: Any) -> Seen:
        return self.marbles.seen(marbles, BROKEN, **REPLIES, **more)


def close(sink: Sink) -> None:
    sink.close()


@pytest.fixture
def stage(marbles: Marbles) -> Stage:
    return Stage(marbles)


def test_it_posts_in_order_and_at_the_pace_of_the_channel(stage: Stage) -> None:
    source = stage.cold("(abc|)")
    expected = stage.seen("AB(C|)")

    assert stage.marbles.run(source.pipe(stage.sink())) == expected
    assert stage.calls == [(0.0, "a"), (1.0, "b"), (2.0, "c")]


def test_it_lets_a_burst_through(stage: Stage) -> None:
    source = stage.cold("(abcd|)")
    expected = stage.seen("(ABC)(D|)")

    assert stage.marbles.run(source.pipe(stage.sink(burst=3, per_minute=12.0))) == expected


def test_it_takes_the_rate_that_it_is_given(stage: Stage) -> None:
    source = stage.cold("(abc|)")
    expected = stage.seen("A---B---(C|)")

    assert stage.marbles.run(source.pipe(stage.sink(per_minute=15.0))) == expected


def test_it_posts_to_channels_side_by_side(stage: Stage) -> None:
    source = stage.cold("(abvw|)")
    expected = stage.seen("(AV)-(BW|)")

    assert stage.marbles.run(source.pipe(stage.sink(per_minute=12.0))) == expected


@pytest.mark.parametrize("code", ["ratelimited", "rate_limited"])
def test_it_pauses_the_channel_that_slack_refused_and_no_other(stage: Stage, code: str) -> None:
    stage.meets(a=[RateLimited(POST, 3.0, code)])
    source = stage.cold("(abvw|)")
    expected = stage.seen("VW-A(B|)")

    assert stage.marbles.run(source.pipe(stage.sink())) == expected


def test_it_pauses_for_half_a_minute_when_slack_does_not_say(stage: Stage) -> None:
    stage.meets(a=[RateLimited(POST)])
    source = stage.cold("(a|)")
    expected = stage.seen("-" * 30 + "(A|)")

    assert stage.marbles.run(source.pipe(stage.sink())) == expected


@pytest.mark.parametrize("error", [REFUSED, TimedOut(POST, 5.0), ServerError(POST, 503)])
def test_it_tries_again_what_surely_was_not_done(stage: Stage, error: Exception) -> None:
    stage.meets(a=[error] * 3)
    source = stage.cold("(ab|)")

    stage.marbles.run(source.pipe(stage.sink(per_minute=600.0)))
    assert stage.calls == [(0.0, "a"), (0.5, "a"), (1.5, "a"), (3.5, "a"), (3.6, "b")]


@pytest.mark.parametrize(
    "error",
    [
        TimedOut(POST, 30.0, maybe_done=True),
        TransportError(POST, "reset", maybe_done=True),
        ServerError(POST, 500),
        ServerError(POST, 502),
        ServerError(POST, 504),
        UnreadableResponse(POST, 200),
        ApiError(POST, "fatal_error", retryable=True, maybe_done=True),
        ApiError(POST, "internal_error", retryable=True, maybe_done=True),
        ApiError(POST, "channel_not_found"),
        MissingScope(POST, "missing_scope", {"needed": "chat:write"}),
        AuthenticationError(POST, "invalid_auth"),
        TypeError("not Slack's"),
    ],
    ids=str,
)
def test_it_never_repeats_what_perhaps_was_done_or_is_no_use(
    stage: Stage, error: Exception
) -> None:
    stage.meets(b=[error])
    source = stage.cold("(abc|)")
    uncertain = getattr(error, "maybe_done", False)
    expected = stage.seen("Ax(C|)", x=failure(ITEMS["b"], error, uncertain=uncertain))

    assert stage.marbles.run(source.pipe(stage.sink())) == expected
    assert [text for _, text in stage.calls] == ["a", "b", "c"]


def test_it_gives_an_item_up_after_the_attempts_and_goes_on(stage: Stage) -> None:
    stage.meets(a=[REFUSED] * 3)
    source = stage.cold("(ab|)")
    expected = stage.seen("--x(B|)", x=failure(ITEMS["a"], REFUSED))

    assert stage.marbles.run(source.pipe(stage.sink(attempts=3))) == expected


@pytest.mark.parametrize(
    ("item", "missing"),
    [
        ("Hello", "an item for chat.postMessage is a dict of its arguments, not str"),
        (None, "not NoneType"),
        ({}, "no channel"),
        ({"text": "Hello"}, "no channel"),
        ({"channel": "", "text": "Hello"}, "no channel"),
        ({"channel": 7, "text": "Hello"}, "no channel"),
        ({"channel": "C1"}, "add text, blocks or attachments"),
        ({"channel": "C1", "text": "", "blocks": []}, "add text, blocks or attachments"),
    ],
)
def test_it_says_what_an_item_is_missing(stage: Stage, item: object, missing: str) -> None:
    source = stage.cold("(axb|)", x=item)

    seen = stage.marbles.run(source.pipe(stage.sink()))
    event = next(item for item in seen.items if "error" in item)
    assert event["item"] is item
    assert isinstance(event["error"], ConfigurationError)
    assert missing in str(event["error"])
    assert [text for _, text in stage.calls] == ["a", "b"]


@pytest.mark.parametrize("kind", ["message", "app_mention"])
def test_it_says_what_to_write_where_an_event_is_handed_on_as_it_is(
    stage: Stage, kind: str
) -> None:
    """Else it would echo what is said, perhaps in a loop."""
    event = {"type": kind, "channel": "C1", "user": "U1", "text": "x", "ts": "7.1"}
    seen = stage.marbles.run(stage.cold("(axb|)", x=event).pipe(stage.sink()))

    failed = next(item for item in seen.items if "error" in item)
    assert failed["item"] is event
    assert isinstance(failed["error"], ConfigurationError)
    assert "write ops.map(rxslack.reply(…)) in front" in str(failed["error"])
    assert [text for _, text in stage.calls] == ["a", "b"]


def test_it_posts_what_was_made_for_rtm(stage: Stage) -> None:
    """Such a message has a `type`; with a `user` beside it, it is shown to all still."""
    made = {"type": "message", "channel": "C1", "user": "U1", "text": "a"}
    stage.marbles.run(stage.cold("(x|)", x=made).pipe(stage.sink()))
    assert stage.calls == [(0.0, "a")]


def test_it_posts_the_reply_to_an_event(stage: Stage) -> None:
    event = {"type": "message", "channel": "C1", "user": "U1", "text": "x", "ts": "7.1"}
    answered = stage.cold("(x|)", x=event).pipe(ops.map(reply("a")), stage.sink())
    assert stage.marbles.run(answered) == stage.seen("(A|)")


@pytest.mark.parametrize("content", ["blocks", "attachments", "markdown_text"])
def test_it_posts_what_has_some_content(content: str) -> None:
    scheduler, calls = TestScheduler(), list[dict[str, Any]]()

    class Web:
        def call(self, _: str, /, **arguments: Any) -> dict[str, Any]:
            calls.append(arguments)
            return {"ok": True}

    item = {"channel": "C1", content: ["something"]}
    reactivex.just(item).subscribe(post_message(Web(), scheduler=scheduler))
    scheduler.start()
    assert calls == [item]


def test_it_posts_an_item_as_it_was_when_it_came(stage: Stage) -> None:
    item = {"channel": "C1", "text": "a"}
    sink = stage.sink()
    sink.on_next(item)
    item["text"] = "changed"
    stage.marbles.flush()
    assert stage.calls == [(0.0, "a")]


def test_it_passes_failures_on(stage: Stage) -> None:
    event = failure(ITEMS["b"], KeyError("user"))
    source = stage.cold("(axb|)", x=event)
    expected = stage.seen("(Ax)-(B|)", x=event)

    assert stage.marbles.run(source.pipe(stage.sink(per_minute=12.0))) == expected


def test_it_emits_the_error_of_the_source_after_the_replies(stage: Stage) -> None:
    source = stage.cold("(abc#)")
    expected = stage.seen("AB(C#)")

    assert stage.marbles.run(source.pipe(stage.sink())) == expected


@pytest.mark.parametrize("end", ["|", "#"])
def test_it_ends_at_once_when_nothing_is_under_way(stage: Stage, end: str) -> None:
    source = stage.cold(f"a--{end}")
    expected = stage.seen(f"A--{end}")

    assert stage.marbles.run(source.pipe(stage.sink())) == expected


def test_it_emits_nothing_after_dispose_and_posts_what_it_accepted(stage: Stage) -> None:
    source = stage.cold("(abcd)--|")
    expected = stage.seen("AB")

    assert stage.marbles.run(source.pipe(stage.sink()), "^-!") == expected
    assert source.subscriptions == stage.marbles.opened("^-!")
    assert [text for _, text in stage.calls] == ["a", "b", "c", "d"]


def test_it_passes_on_a_source_that_fails_inside_subscribe(stage: Stage) -> None:
    source = stage.cold("#")
    assert stage.marbles.run(source.pipe(stage.sink())) == stage.seen("#")


def test_it_tells_two_subscribers_their_own_outcomes_and_holds_the_pace_for_both(
    stage: Stage,
) -> None:
    sink = stage.sink()
    first = stage.marbles.watch(stage.cold("(ab|)").pipe(sink))
    second = stage.marbles.watch(stage.cold("(cd|)").pipe(sink))
    stage.marbles.flush()

    assert first == stage.seen("A(B|)")
    assert second == stage.seen("--C(D|)")


def test_it_passes_the_scheduler_of_the_subscriber_to_the_source(stage: Stage) -> None:
    source = reactivex.timer(3.0).map(lambda _: ITEMS["a"])
    expected = stage.seen("---(A|)")

    assert stage.marbles.run(source.pipe(stage.sink())) == expected


def test_it_fails_an_item_that_finds_no_room(stage: Stage) -> None:
    source = stage.cold("(abc|)")
    seen = stage.marbles.run(source.pipe(stage.sink(max_waiting=2)))

    full = [item for item in seen.items if "error" in item]
    assert [event["item"] for event in full] == [ITEMS["c"]]
    assert "too many items wait" in str(full[0]["error"])
    assert [text for _, text in stage.calls] == ["a", "b"]


def test_it_emits_what_a_close_drops_as_failures(stage: Stage) -> None:
    sink = stage.sink()
    source = stage.cold("(abc)-d|")
    reactivex.timer(1.5, scheduler=stage.marbles.scheduler).subscribe(lambda _: close(sink))
    seen = stage.marbles.run(source.pipe(sink))

    events = [item for item in seen.items if "error" in item]
    assert [event["item"] for event in events] == [ITEMS["c"], ITEMS["d"]]
    assert all("closed" in str(event["error"]) for event in events)
    assert seen.moments[-1].kind == "end"
    assert [text for _, text in stage.calls] == ["a", "b"]


def test_it_logs_failures_when_it_is_a_plain_observer(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.meets(a=[ApiError(POST, "is_archived")], v=[ServerError(POST, 500)])
    stage.cold("(axvb|)", x=failure(ITEMS["w"], ValueError("secret"))).subscribe(stage.sink())
    stage.marbles.flush()

    lines = [record.getMessage() for record in caplog.records]
    assert sorted(lines) == [
        "C1: failed: is_archived",
        "C2: failed: ValueError",
        "C2: perhaps done: HTTP 500",
    ]
    assert {(record.name, record.levelname) for record in caplog.records} == {
        ("rxslack.post_message", "ERROR")
    }
    assert [text for _, text in stage.calls] == ["a", "v", "b"]


@pytest.mark.parametrize("as_operator", [True, False])
def test_it_logs_a_refused_token_once(
    stage: Stage, caplog: pytest.LogCaptureFixture, as_operator: bool
) -> None:
    refused = AuthenticationError(POST, "invalid_auth", remedy="copy the token again")
    stage.meets(**{name: [refused] for name in "abcv"})
    source = stage.cold("(abcv|)")
    if as_operator:
        source.pipe(stage.sink()).subscribe()
    else:
        source.subscribe(stage.sink())
    stage.marbles.flush()

    assert [record.getMessage() for record in caplog.records] == [
        "the token is refused: chat.postMessage: invalid_auth; copy the token again"
    ]


def test_it_logs_what_it_will_try_again_without_the_text(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    stage.meets(a=[RateLimited(POST, 7.0)])
    stage.cold("(a|)").subscribe(stage.sink())
    stage.marbles.flush()

    assert caplog.messages == ["C1: ratelimited; attempt 2 of 10 follows in 7 s"]


@pytest.mark.parametrize(
    "options",
    [
        {"per_minute": 0},
        {"burst": 0},
        {"workers": 0},
        {"max_waiting": 0},
        {"attempts": 0},
        {"overflow": "x"},
    ],
    ids=str,
)
def test_it_refuses_options_that_cannot_work(stage: Stage, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="give"):
        post_message(stage, **options)
