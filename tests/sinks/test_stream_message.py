"""Answers that are written while they grow, in virtual time; a frame is a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops

from rxslack.errors import (
    ApiError,
    ConfigurationError,
    RateLimited,
    ServerError,
    TransportError,
)
from rxslack.sinks.delivery.sink import Sink
from rxslack.sinks.post_message import post_message
from rxslack.sinks.stream_message import stream_message, stream_reply
from rxslack.sinks.streaming.delivery import REFUSALS
from rxslack.testing import Marbles, Seen
from tests.sinks.streaming.slack import Lost, Slack, refused

Item = dict[str, Any]

EVENT: Item = {
    "type": "message",
    "channel": "C1",
    "user": "U1",
    "team": "T1",
    "text": "Hello?",
    "ts": "7.1",
}
STOP: Item = {
    "type": "agent_session_stopped",
    "channel": "C1",
    "user": "U1",
    "thread_ts": "7.1",
    "streaming_message_ts": [],
}


def sink_of(slack: Slack, **options: Any) -> Sink:
    return stream_message(slack, scheduler=slack.marbles.scheduler, **options)


def run(slack: Slack, chunks: Any, *, reply: Item | None = None, **options: Any) -> Seen:
    """What becomes of one answer."""
    item = stream_reply(EVENT, chunks, **(reply or {}))
    source = slack.marbles.cold("a|", a=item)
    return slack.marbles.run(source.pipe(sink_of(slack, **options)))


def states(seen: Seen) -> list[tuple[float, str]]:
    moments = [moment for moment in seen.moments if moment.kind == "item"]
    return [(m.frame, m.value.get("state", m.value["type"])) for m in moments]


def final(seen: Seen) -> Item:
    item: Item = seen.items[-1]
    return item


def at(marbles: Marbles, frame: float, action: Callable[[], object]) -> None:
    def act(*_: object) -> None:
        action()

    marbles.scheduler.schedule_absolute(frame, act)


def timed(marbles: Marbles, *words: str, every: float = 10.0) -> Any:
    """Words, one after the other."""

    def word(number: int) -> str:
        return words[number]

    source = reactivex.interval(every, scheduler=marbles.scheduler)
    return source.pipe(ops.take(len(words)), ops.map(word))


# The item.


def test_it_makes_an_item_of_an_event() -> None:
    chunks = ["a"]
    item = stream_reply({**EVENT, "thread_ts": "6.1"}, chunks, task_display_mode="plan")
    assert item == {
        "channel": "C1",
        "thread_ts": "6.1",
        "visible": "recipient",
        "recipient_user_id": "U1",
        "recipient_team_id": "T1",
        "task_display_mode": "plan",
        "chunks": chunks,
    }
    with pytest.raises(ConfigurationError, match="no channel and ts"):
        stream_reply({"type": "hello"}, chunks)


@pytest.mark.parametrize(
    ("item", "missing"),
    [
        ("Hello", "a dict of its arguments"),
        ({"thread_ts": "7.1", "chunks": []}, "no channel"),
        ({"channel": "C1", "chunks": []}, "no thread_ts"),
        ({"channel": "C1", "thread_ts": "7.1"}, "no chunks"),
        ({"channel": "C1", "thread_ts": "7.1", "chunks": [], "visible": "me"}, "visible is 'me'"),
    ],
)
def test_it_says_what_an_item_is_missing(marbles: Marbles, item: Any, missing: str) -> None:
    slack = Slack(marbles)
    seen = marbles.run(marbles.cold("a|", a=item).pipe(sink_of(slack)))
    assert missing in str(final(seen)["error"])
    assert slack.calls == []


@pytest.mark.parametrize("roll_over", [0.0, -1.0])
def test_it_says_what_cannot_work(marbles: Marbles, roll_over: float) -> None:
    with pytest.raises(ConfigurationError, match="roll_over"):
        sink_of(Slack(marbles), roll_over=roll_over)


# The calls.


def test_it_starts_with_the_first_text_appends_and_stops(marbles: Marbles) -> None:
    slack = Slack(marbles)
    chunks = marbles.cold("--a---b---|")
    seen = run(slack, chunks, reply={"icon_emoji": ":tada:", "metadata": {"event_type": "e"}})
    first, second, last = slack.calls
    place = {"channel": "C1", "ts": first[2].get("ts", next(iter(slack.messages)))}
    assert first == (
        2.0,
        "chat.startStream",
        {
            "channel": "C1",
            "thread_ts": "7.1",
            "recipient_user_id": "U1",
            "recipient_team_id": "T1",
            "icon_emoji": ":tada:",
            "chunks": [{"type": "markdown_text", "text": "a"}],
        },
    )
    assert second == (
        6.0,
        "chat.appendStream",
        {**place, "chunks": [{"type": "markdown_text", "text": "b"}]},
    )
    assert last == (10.0, "chat.stopStream", {**place, "metadata": {"event_type": "e"}})
    (ts,) = slack.messages
    event = {"type": "rxslack.stream", "channel": "C1", "ts": ts, "messages": [ts]}
    item = seen.items[0]["item"]
    assert seen.items == [
        {**event, "state": "started", "text": "a", "item": item},
        {**event, "state": "finished", "text": "ab", "item": item},
    ]
    assert states(seen) == [(2.0, "started"), (10.0, "finished")]
    assert seen.moments[-1].kind == "end"


def generated() -> Iterator[str]:
    yield "Hel"
    yield "lo"


async def async_generated() -> AsyncIterator[str]:
    for word in ("Hel", "lo"):
        await asyncio.sleep(0)
        yield word


@pytest.mark.parametrize(
    "chunks",
    [
        ["Hel", "lo"],
        generated,
        async_generated,
        lambda: reactivex.of("Hel", "lo"),
        "Hello",
        {"type": "markdown_text", "text": "Hello"},
    ],
)
def test_it_takes_all_that_yields_text(marbles: Marbles, chunks: Any) -> None:
    slack = Slack(marbles)
    assert final(run(slack, chunks))["text"] == "Hello"
    assert (slack.texts, slack.methods) == (["Hello"], ["startStream", "stopStream"])


def test_it_calls_nothing_for_an_answer_without_text(marbles: Marbles) -> None:
    slack = Slack(marbles)
    (event,) = run(slack, marbles.cold("---|")).items
    assert (event["state"], event["text"], event["ts"], event["messages"]) == (
        "finished",
        "",
        "",
        [],
    )
    assert slack.calls == []


def test_it_gathers_what_comes_while_a_call_waits_for_its_turn(marbles: Marbles) -> None:
    slack = Slack(marbles)
    words = [f"{number} " for number in range(50)]
    seen = run(slack, timed(marbles, *words, every=0.1))
    appends = [time for time, method, _ in slack.calls if method == "chat.appendStream"]
    assert len(appends) == 6
    assert appends == [0.2, 0.3, 1.2, 2.2, 3.2, 4.2]
    assert slack.texts == ["".join(words)] == [final(seen)["text"]]


def test_it_sends_the_rest_with_the_stop(marbles: Marbles) -> None:
    slack = Slack(marbles, startStream=[ServerError("chat.startStream", 503)])
    run(slack, timed(marbles, "a", "b", every=0.2))
    assert [(time, method) for time, method, _ in slack.calls] == [
        (0.2, "chat.startStream"),
        (0.7, "chat.startStream"),
        (0.7, "chat.stopStream"),
    ]
    assert slack.texts == ["ab"]


def test_it_emits_updates_as_often_as_wanted(marbles: Marbles) -> None:
    slack = Slack(marbles)
    seen = run(slack, timed(marbles, *"abcdef", every=2.0), updates=5.0)
    assert states(seen) == [
        (2.0, "started"),
        (4.0, "updated"),
        (10.0, "updated"),
        (12.0, "finished"),
    ]
    assert [event["text"] for event in seen.items] == ["a", "ab", "abcde", "abcdef"]


def test_it_streams_tasks_plans_and_blocks(marbles: Marbles) -> None:
    slack = Slack(marbles)
    chunks = [
        {"type": "plan_update", "title": "Plan"},
        {"type": "task_update", "id": "1", "title": "Search", "status": "in_progress"},
        "Found.",
        {"type": "blocks", "blocks": [{"type": "divider"}]},
        {"type": "task_update", "id": "1", "title": "Search", "status": "complete"},
    ]
    assert final(run(slack, chunks))["text"] == "Found."
    (message,) = slack.messages.values()
    assert [chunk["type"] for chunk in message.chunks] == [
        "plan_update",
        "task_update",
        "markdown_text",
        "blocks",
    ]
    assert message.chunks[1]["status"] == "complete"


# The next message.


def test_it_goes_on_in_another_message_before_slack_ends_the_first(marbles: Marbles) -> None:
    slack = Slack(marbles)
    words = [f"Line {number}.\n" for number in range(60)]
    seen = run(slack, timed(marbles, *words))
    assert slack.texts == ["".join(words[:25]), "".join(words[25:50]), "".join(words[50:])]
    assert final(seen)["text"] == "".join(words)
    assert final(seen)["messages"] == [*slack.messages]
    stops = [time for time, method, _ in slack.calls if method == "chat.stopStream"]
    assert stops == [250.0, 500.0, 600.0]
    assert [state for _, state in states(seen)] == ["started", "finished"]


def test_it_waits_for_the_end_of_a_line_but_not_too_long(marbles: Marbles) -> None:
    slack = Slack(marbles)
    words = ["word "] * 60
    run(slack, timed(marbles, *words))
    first, *_ = slack.messages.values()
    stops = [time for time, method, _ in slack.calls if method == "chat.stopStream"]
    assert stops[0] - first.began == 270.0
    assert "".join(slack.texts) == "word " * 60


def test_it_stops_a_message_that_nothing_is_added_to(marbles: Marbles) -> None:
    slack = Slack(marbles)
    chunks = reactivex.concat(
        reactivex.of("One.\n"),
        timed(marbles, "Two.\n", every=500.0),
        timed(marbles, "three", every=100.0),
        timed(marbles, "", every=290.0),
    )
    seen = run(slack, chunks)
    assert [(time, method.split(".")[1]) for time, method, _ in slack.calls] == [
        (0.0, "startStream"),
        (240.0, "stopStream"),
        (500.0, "startStream"),
        (600.0, "appendStream"),
        (770.0, "stopStream"),  # the line is not over, so it had half a minute more
    ]
    assert states(seen)[-1] == (890.0, "finished")
    assert slack.texts == ["One.\n", "Two.\nthree"]


def test_it_takes_open_code_and_tasks_along(marbles: Marbles) -> None:
    slack = Slack(marbles)
    task = {"type": "task_update", "id": "1", "title": "Write", "status": "in_progress"}
    code = [f"line {number}\n" for number in range(30)]
    chunks = reactivex.concat(
        reactivex.of({"type": "plan_update", "title": "Plan"}, task, "```py\n"),
        timed(marbles, *code),
        reactivex.of("```\n"),
    )
    seen = run(slack, chunks)
    first, second = slack.messages.values()
    assert first.text.startswith("```py\nline 0\n")
    assert first.text.endswith("\n```")
    assert second.text.startswith("```py\nline 2")
    assert second.text.endswith("line 29\n```\n")
    assert first.chunks[-1] == {**task, "status": "complete"}
    assert second.chunks[:2] == [{"type": "plan_update", "title": "Plan"}, task]
    assert final(seen)["text"] == "".join(["```py\n", *code, "```\n"])


def test_it_puts_no_more_than_12000_characters_into_a_message(marbles: Marbles) -> None:
    slack = Slack(marbles)
    text = "".join(f"Paragraph {number} of many.\n\n" for number in range(1_000))
    assert final(run(slack, text))["text"] == text
    assert "".join(slack.texts) == text
    assert len(slack.texts) == 2


# What goes wrong.


def test_it_waits_as_long_as_slack_asks_and_holds_the_pace_for_all(marbles: Marbles) -> None:
    slack = Slack(marbles, appendStream=[RateLimited("chat.appendStream", 7.0)])
    sink = sink_of(slack)
    for thread in ("7.1", "8.1"):
        item = stream_reply({**EVENT, "ts": thread}, timed(marbles, "a", "b", "c", every=5.0))
        sink.on_next(item)
    marbles.flush()
    appends = [time for time, method, _ in slack.calls if method == "chat.appendStream"]
    assert appends[0] == 10.0
    assert min(appends[1:]) >= 15.0  # both had ended by then, and stop with the rest
    assert slack.texts == ["abc", "abc"]


REFUSED = TransportError("Slack", "connection refused")


@pytest.mark.parametrize("method", ["startStream", "appendStream", "stopStream"])
def test_it_tries_again_what_surely_was_not_done(marbles: Marbles, method: str) -> None:
    meets: Item = {method: [REFUSED, ServerError(method, 503)]}
    slack = Slack(marbles, **meets)
    seen = run(slack, timed(marbles, "a", "b", "c"))
    assert slack.texts == ["abc"] == [final(seen)["text"]]
    assert slack.methods.count(method) in (3, 4)


def test_it_goes_on_in_another_message_when_slack_has_ended_one(marbles: Marbles) -> None:
    slack = Slack(marbles, expires=35.0)
    seen = run(slack, timed(marbles, *"abcdef"))
    assert slack.texts == ["abcd", "ef"]
    assert slack.methods == [
        *("startStream", "appendStream", "appendStream", "appendStream", "appendStream"),
        *("update", "startStream", "stopStream"),
    ]  # the update takes from the first what Slack shows of a stream that broke off
    assert (final(seen)["state"], final(seen)["text"]) == ("finished", "abcdef")


@pytest.mark.parametrize(("end", "rest"), [("(b|)", "b"), ("|", "")])
def test_it_replaces_a_message_that_slack_has_ended_before_its_stop(
    marbles: Marbles, end: str, rest: str
) -> None:
    slack = Slack(marbles, expires=15.0)
    seen = run(slack, marbles.cold("a" + "-" * 19 + end))
    assert slack.texts == ["a" + rest]
    assert slack.methods == ["startStream", "stopStream", "update"]
    assert final(seen)["text"] == "a" + rest


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("error", [None, ServerError("chat.appendStream", 502)])
def test_it_doubles_and_loses_nothing_by_an_append_without_an_answer(
    marbles: Marbles,
    done: bool,
    error: Exception | None,
) -> None:
    lost = Lost(done) if error is None else Lost(done, error)
    slack = Slack(marbles, appendStream=[lost])
    seen = run(slack, timed(marbles, *"abcdef"))
    assert slack.texts == ["abcdef"] == [final(seen)["text"]]
    assert slack.methods == [
        *("startStream", "appendStream", "stopStream"),
        *("update", "update", "update", "update", "update"),
    ]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("words", ["ab", "a"])
def test_it_doubles_and_loses_nothing_by_a_stop_without_an_answer(
    marbles: Marbles,
    done: bool,
    words: str,
) -> None:
    slack = Slack(marbles, stopStream=[Lost(done)], appendStream=[REFUSED] * 1)
    seen = run(slack, timed(marbles, *words))
    assert slack.texts == [words] == [final(seen)["text"]]
    assert slack.methods[-3:] == ["stopStream", "stopStream", "update"]


def test_it_repeats_the_update_of_a_message_until_it_is_answered(marbles: Marbles) -> None:
    slack = Slack(
        marbles,
        appendStream=[Lost(done=True)],
        stopStream=[Lost(done=True), Lost(done=False)],
        update=[Lost(done=False), ServerError("chat.update", 500)],
    )
    seen = run(slack, timed(marbles, *"abc"))
    assert slack.texts == ["abc"] == [final(seen)["text"]]


@pytest.mark.parametrize("visible", ["recipient", "all"])
@pytest.mark.parametrize("done", [True, False])
def test_it_looks_for_a_message_that_was_perhaps_begun(
    marbles: Marbles,
    done: bool,
    visible: str,
) -> None:
    begin = "startStream" if visible == "recipient" else "postMessage"
    meets: Item = {begin: [Lost(done)]}
    slack = Slack(marbles, **meets)
    chunks = timed(marbles, "**Hello** you, ", "b", "c")
    seen = run(slack, chunks, reply={"visible": visible})
    assert slack.texts == ["**Hello** you, bc"] == [final(seen)["text"]]
    looks = [time for time, method, _ in slack.calls if method == "conversations.replies"]
    assert looks == ([12.0] if done else [12.0, 20.0])
    assert slack.methods.count(begin) == (1 if done else 2)
    assert final(seen)["messages"] == [*slack.messages]


def test_it_takes_no_other_message_for_its_own(marbles: Marbles) -> None:
    """The same words stand there by somebody else, and by another stream of the sink."""
    slack = Slack(marbles, startStream=[None, Lost(done=False)])
    sink = sink_of(slack)
    seen = marbles.watch(
        marbles.cold(
            "a----b|",
            a=stream_reply(EVENT, ["Hello"]),
            b=stream_reply(EVENT, ["Hello"]),
        ).pipe(sink)
    )
    marbles.flush()
    assert slack.texts == ["Hello", "Hello"]
    assert [event["state"] for event in seen.items] == ["started", "finished"] * 2


@pytest.mark.parametrize(
    ("words", "meets"),
    [("Hello", [refused("missing_scope", "conversations.replies")]), ("!!", [])],
)
def test_it_says_what_is_uncertain_where_it_cannot_look(
    marbles: Marbles, words: str, meets: list[Any]
) -> None:
    slack = Slack(marbles, startStream=[Lost(done=True)], replies=meets)
    (event,) = run(slack, [words]).items
    assert (event["type"], event["uncertain"]) == ("rxslack.failure", True)
    assert slack.methods.count("startStream") == 1


def test_it_ends_the_message_when_slack_refuses_an_append(marbles: Marbles) -> None:
    error = refused("invalid_chunks", "chat.appendStream")
    slack = Slack(marbles, appendStream=[error])
    source = marbles.cold("a---b---c|")
    seen = run(slack, source)
    assert slack.methods == ["startStream", "appendStream", "stopStream"]
    assert (final(seen)["error"], final(seen).get("uncertain")) == (error, None)
    assert slack.texts == ["a"]
    assert source.subscriptions == marbles.opened("^---!")


def test_it_tells_of_an_answer_that_names_no_message(marbles: Marbles) -> None:
    class Odd(Slack):
        def startStream(self, arguments: Item) -> Item:  # noqa: N802 - Slack's name
            super().startStream(arguments)
            return {"ts": None}

    (event,) = run(Odd(marbles), ["a"]).items
    assert "chat.startStream has no ts" in str(event["error"])


@pytest.mark.parametrize("code", ["channel_not_found", "is_archived", "restricted_action"])
def test_it_tells_what_slack_refuses(marbles: Marbles, code: str) -> None:
    slack = Slack(marbles, startStream=[refused(code)])
    (event,) = run(slack, ["a"]).items
    assert event["error"].error == code
    assert slack.methods == ["startStream"]


def test_it_gives_up_after_the_attempts(marbles: Marbles) -> None:
    slack = Slack(marbles, startStream=[REFUSED] * 5)
    (event,) = run(slack, ["a"], attempts=3).items
    assert event["error"] is REFUSED
    assert slack.methods == ["startStream"] * 3


def test_it_ends_the_message_when_the_producer_raises(marbles: Marbles) -> None:
    broken = ValueError("the model broke")

    def chunks() -> Iterator[str]:
        yield "So far"
        raise broken

    slack = Slack(marbles)
    seen = run(slack, chunks)
    assert slack.texts == ["So far"]
    assert slack.methods == ["startStream", "stopStream"]
    assert (final(seen)["type"], final(seen)["error"]) == ("rxslack.failure", broken)


def failing() -> Any:
    return 1 / 0


def test_it_calls_nothing_when_the_producer_raises_at_once(marbles: Marbles) -> None:
    slack = Slack(marbles)
    (event,) = run(slack, failing).items
    assert isinstance(event["error"], ZeroDivisionError)
    assert slack.calls == []


def test_it_tells_what_is_no_chunk(marbles: Marbles) -> None:
    slack = Slack(marbles)
    seen = run(slack, ["a", 7, "b"])
    assert "a chunk is a text" in str(final(seen)["error"])
    assert slack.texts == ["a"]


def test_it_bounds_what_waits(marbles: Marbles) -> None:
    slack = Slack(marbles)
    source = reactivex.interval(0.001, scheduler=marbles.scheduler)
    seen = run(slack, source.pipe(ops.map(lambda _: "x" * 100_000)))
    assert "1,000,000 characters wait" in str(final(seen)["error"])


# Without streaming.


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_it_posts_and_updates_where_slack_does_not_stream(marbles: Marbles, code: str) -> None:
    slack = Slack(marbles, startStream=[refused(code)])
    seen = run(slack, timed(marbles, *"abc"), reply={"icon_emoji": ":tada:"})
    assert slack.methods == ["startStream", "postMessage", "update", "update"]
    assert slack.calls[1][2] == {
        "channel": "C1",
        "thread_ts": "7.1",
        "icon_emoji": ":tada:",
        "markdown_text": "a",
    }
    assert slack.texts == ["abc"] == [final(seen)["text"]]


def test_it_remembers_where_slack_does_not_stream(marbles: Marbles) -> None:
    slack = Slack(marbles, startStream=[refused("channel_type_not_supported")])
    sink = sink_of(slack)
    for thread in ("7.1", "8.1"):
        sink.on_next(stream_reply({**EVENT, "ts": thread}, timed(marbles, thread)))
    marbles.flush()
    assert slack.texts == ["7.1", "8.1"]
    assert slack.methods.count("startStream") <= 2


def test_it_updates_to_the_newest_text_at_most_once_a_second(marbles: Marbles) -> None:
    slack = Slack(marbles)
    words = [f"{number} " for number in range(100)]
    seen = run(slack, timed(marbles, *words, every=0.1), reply={"visible": "all"})
    updates = [time for time, method, _ in slack.calls if method == "chat.update"]
    assert slack.methods[0] == "postMessage"
    assert 9 <= len(updates) <= 13
    assert slack.texts == ["".join(words)] == [final(seen)["text"]]


def test_it_posts_at_the_pace_of_the_channel_and_holds_it_for_all(marbles: Marbles) -> None:
    slack = Slack(marbles, postMessage=[None] * 5 + [RateLimited("chat.postMessage", 9.0)])
    sink = sink_of(slack)
    posts = post_message(slack, scheduler=marbles.scheduler)
    for number in range(5):
        event = {**EVENT, "ts": f"{number}.1"}
        sink.on_next(stream_reply(event, ["a"], visible="all"))
    at(marbles, 0.5, lambda: sink.on_next(stream_reply(EVENT, ["b"], visible="all")))
    at(marbles, 2.0, lambda: posts.on_next({"channel": "C1", "thread_ts": "7.1", "text": "c"}))
    marbles.flush()
    times = [time for time, _, _ in slack.calls]
    assert times == [0.0] * 5 + [1.0, 10.0, 11.0]


def test_it_posts_a_next_message_when_one_is_full(marbles: Marbles) -> None:
    slack = Slack(marbles)
    text = "".join(f"Paragraph {number} of many.\n\n" for number in range(1_000))
    seen = run(slack, text, reply={"visible": "all"})
    assert "".join(slack.texts) == text == final(seen)["text"]
    assert slack.methods == ["postMessage"] * 2


# Stop.


def stopped(
    slack: Slack, frame: float, chunks: Any, event: Item = STOP, **options: Any
) -> tuple[Seen, list[Any]]:
    """What becomes of an answer that is stopped at a frame, and when its chunks were subscribed to."""
    events = slack.marbles.hot("-" * int(frame) + "s", s=event)
    seen = run(slack, chunks, stopped_by=events, **options)
    return seen, chunks.subscriptions


def test_it_calls_nothing_when_it_is_stopped_before_the_start(marbles: Marbles) -> None:
    slack = Slack(marbles)
    seen, subscriptions = stopped(slack, 2.0, marbles.cold("-----a-b|"))
    assert slack.calls == []
    assert subscriptions == marbles.opened("^-!")
    assert states(seen) == [(2.0, "stopped")]
    assert final(seen)["text"] == ""


def test_it_ends_the_message_when_it_is_stopped_between_appends(marbles: Marbles) -> None:
    slack = Slack(marbles)
    seen, subscriptions = stopped(slack, 5.0, marbles.cold("a--b---c---d|"))
    assert slack.methods == ["startStream", "appendStream", "stopStream"]
    assert "chunks" not in slack.calls[-1][2]
    assert subscriptions == marbles.opened("^----!")
    assert states(seen) == [(0.0, "started"), (5.0, "stopped")]
    assert final(seen)["text"] == "ab"


@pytest.mark.parametrize("envelope", [False, True])
def test_it_knows_a_stop_by_the_message_that_streams(
    marbles: Marbles,
    envelope: bool,
) -> None:
    slack = Slack(marbles)
    ts = "1000.000000"
    event = {**STOP, "thread_ts": None, "streaming_message_ts": [ts]}
    if envelope:
        event = {"type": "events_api", "envelope_id": "1", "payload": {"event": event}}
    seen, _ = stopped(slack, 2.0, marbles.cold("a---b|"), event)
    assert [*slack.messages] == [ts]
    assert final(seen)["state"] == "stopped"


@pytest.mark.parametrize(
    "event",
    [
        {**STOP, "channel": "C2"},
        {**STOP, "thread_ts": "8.1", "streaming_message_ts": ["9.9"]},
        {**STOP, "type": "message"},
    ],
)
def test_it_goes_on_when_another_one_is_stopped(marbles: Marbles, event: Item) -> None:
    slack = Slack(marbles)
    seen, _ = stopped(slack, 2.0, marbles.cold("a---b|"), event)
    assert (final(seen)["state"], slack.texts) == ("finished", ["ab"])


def test_it_stops_nothing_that_is_over_and_nothing_that_comes_later(marbles: Marbles) -> None:
    slack = Slack(marbles)
    events = marbles.hot("-----s", s=STOP)
    items: Item = {name: stream_reply(EVENT, [name]) for name in "ab"}
    seen = marbles.run(marbles.cold("a-------b|", **items).pipe(sink_of(slack, stopped_by=events)))
    assert [event["state"] for event in seen.items] == ["started", "finished"] * 2
    assert events.subscriptions == marbles.opened("^--------!")


@pytest.mark.parametrize("method", ["startStream", "appendStream", "stopStream", "update"])
@pytest.mark.parametrize("lost", [False, True])
def test_it_ends_the_message_when_it_is_stopped_during_a_call(
    marbles: Marbles,
    method: str,
    lost: bool,
) -> None:
    """The stop is heard of while Slack works on the call, also on one that rolls over."""
    subject = reactivex.Subject[Any]()
    slack = Slack(marbles)
    pressed: list[float] = []

    def press() -> None:
        pressed.append(slack.now)
        subject.on_next(STOP)

    class Pressing(Slack):
        def trouble(self, name: str, arguments: Any) -> Any:  # noqa: ARG002 - Slack's
            if name == method and not pressed:
                press()
                return Lost(done=True) if lost else None
            if name == "appendStream" and method == "update" and not pressed:
                return Lost(done=True)
            return None

    slack = Pressing(marbles)
    chunks = marbles.cold("a" + "-" * 9 + "b\n".strip() + "-" * 300 + "c|")
    seen = run(slack, chunks, stopped_by=subject)
    assert final(seen)["state"] == "stopped"
    assert not any(message.streaming for message in slack.messages.values())
    after = [name for time, name, _ in slack.calls if time > pressed[0]]
    assert set(after) <= {"chat.stopStream", "conversations.replies"}
    assert after.count("chat.stopStream") <= 1
    assert chunks.subscriptions[0].closed == pressed[0]


def test_it_takes_the_word_of_slack_that_it_was_stopped(marbles: Marbles) -> None:
    code = refused("stopped_by_user", "chat.appendStream")
    slack = Slack(marbles, appendStream=[None, code])
    source = marbles.cold("a---b---c---d|")
    seen = run(slack, source)
    assert slack.methods == ["startStream", "appendStream", "appendStream", "stopStream"]
    assert source.subscriptions == marbles.opened("^-------!")
    assert (final(seen)["state"], final(seen)["text"]) == ("stopped", "ab")


@pytest.mark.parametrize("code", ["stopped_by_user", "message_not_in_streaming_state"])
def test_it_is_stopped_when_slack_had_ended_the_message_by_then(
    marbles: Marbles, code: str
) -> None:
    slack = Slack(marbles, stopStream=[refused(code, "chat.stopStream")])
    seen, _ = stopped(slack, 2.0, marbles.cold("a---b|"))
    assert slack.methods == ["startStream", "stopStream"]
    assert final(seen)["state"] == "stopped"


def test_it_is_stopped_at_its_end(marbles: Marbles) -> None:
    slack = Slack(marbles, stopStream=[refused("stopped_by_user", "chat.stopStream")])
    seen = run(slack, marbles.cold("a---|"))
    assert slack.methods == ["startStream", "stopStream"]
    assert (final(seen)["state"], final(seen)["text"]) == ("stopped", "a")


def test_it_stops_while_it_waits_for_slack(marbles: Marbles) -> None:
    slack = Slack(marbles, appendStream=[RateLimited("chat.appendStream", 60.0)])
    seen, _ = stopped(slack, 6.0, marbles.cold("a---b-----|"))
    assert states(seen) == [(0.0, "started"), (6.0, "stopped")]


def test_it_waits_for_no_pace_when_it_is_stopped_during_a_call_that_slack_limits(
    marbles: Marbles,
) -> None:
    subject = reactivex.Subject[Any]()

    def press() -> None:
        subject.on_next(STOP)
        raise RateLimited("chat.appendStream", 60.0)

    slack = Slack(marbles, appendStream=[press])
    seen = run(slack, marbles.cold("a---b-----|"), stopped_by=subject)
    assert states(seen) == [(0.0, "started"), (4.0, "stopped")]
    assert slack.methods == ["startStream", "appendStream", "stopStream"]


def test_it_stops_without_streaming(marbles: Marbles) -> None:
    slack = Slack(marbles)
    source = marbles.cold("a---b---c|")
    events = marbles.hot("------s", s=STOP)
    seen = run(slack, source, reply={"visible": "all"}, stopped_by=events)
    assert slack.methods == ["postMessage", "update"]
    assert (final(seen)["state"], final(seen)["text"]) == ("stopped", "ab")


def test_it_lives_when_the_stream_of_stops_fails(
    marbles: Marbles, caplog: pytest.LogCaptureFixture
) -> None:
    slack = Slack(marbles)
    events = marbles.hot("-#", ApiError("rtm.connect", "xoxb-test"))
    seen = run(slack, marbles.cold("a---b|"), stopped_by=events)
    assert final(seen)["state"] == "finished"
    assert "no stop is heard any more: ApiError" in caplog.text


# The end.


def test_it_sends_what_it_accepted_when_its_subscriber_leaves(marbles: Marbles) -> None:
    slack = Slack(marbles)
    item = stream_reply(EVENT, marbles.cold("a---b---|"))
    events = marbles.hot("-")
    source = marbles.cold("a", a=item).pipe(sink_of(slack, stopped_by=events))
    assert states(marbles.run(source, "^-!")) == [(0.0, "started")]
    assert slack.texts == ["ab"]
    assert events.subscriptions == marbles.opened("^-------!")  # while there is an answer


def test_it_calls_nothing_after_it_was_closed(marbles: Marbles) -> None:
    slack = Slack(marbles)
    sink = sink_of(slack)
    chunks = marbles.cold("a---b---c|")
    at(marbles, 5.0, sink.close)
    seen = marbles.run(marbles.cold("a|", a=stream_reply(EVENT, chunks)).pipe(sink))
    assert slack.methods == ["startStream", "appendStream"]
    assert "closed" in str(final(seen)["error"])
    assert chunks.subscriptions == marbles.opened("^----!")
    assert sink.left == 0


def test_it_fails_an_answer_that_finds_no_room(marbles: Marbles) -> None:
    slack = Slack(marbles)
    chunks = [marbles.cold("a---|"), marbles.cold("b---|")]
    items: Item = {name: stream_reply(EVENT, one) for name, one in zip("xy", chunks, strict=True)}
    seen = marbles.run(marbles.cold("(xy|)", **items).pipe(sink_of(slack, max_waiting=1)))
    assert slack.texts == ["a"]
    assert ["error" in item for item in seen.items].count(True) == 1
    assert chunks[1].subscriptions == []


def test_it_observes(marbles: Marbles) -> None:
    slack = Slack(marbles)
    sink = sink_of(slack)
    failures: list[Any] = []
    sink.failures.subscribe(failures.append)
    marbles.cold("ab|", a=stream_reply(EVENT, ["a"]), b=stream_reply(EVENT, failing)).subscribe(
        sink
    )
    marbles.flush()
    assert slack.texts == ["a"]
    assert [type(event["error"]) for event in failures] == [ZeroDivisionError]


def test_it_does_not_turn_in_circles_when_the_lanes_come_early(marbles: Marbles) -> None:
    """Where the clock is not yet where the message is due, and the lanes take that for due."""
    slack = Slack(marbles)
    seen = run(slack, timed(marbles, "a\n", "b", every=0.1), roll_over=0.0004)
    assert final(seen)["text"] == "a\nb"
    assert slack.texts == ["a\n", "b"]
