"""`keep_posted`: one message for each key, edited to the latest value, found again, made anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops

from rxslack.errors import ApiError, ConfigurationError, RateLimited, TimedOut
from rxslack.simulator import Workspace
from rxslack.sinks.delivery.sink import Sink
from rxslack.sinks.keep_posted import keep_posted
from rxslack.testing import Marbles
from rxslack.testing.marbles import at
from tests.sinks.keeping.slack import Slack

Item = dict[str, Any]


def sink_of(slack: Slack, key: str | Callable[[Any], str] = "tickets", **options: Any) -> Sink:
    return keep_posted(slack, key, scheduler=slack.marbles.scheduler, **options)


def value(text: str, **more: Any) -> Item:
    return {"channel": "C1", "text": text, **more}


def values(source: str) -> dict[str, Any]:
    return {name: value(name) for name in source if name.isalpha()}


@pytest.fixture
def slack(marbles: Marbles) -> Slack:
    return Slack(marbles)


def play(slack: Slack, source: str, sink: Sink | None = None) -> list[Any]:
    stream = slack.marbles.cold(source, **values(source))
    return slack.marbles.run(stream.pipe(sink or sink_of(slack))).items


def kept(slack: Slack, key: str, text: str, **more: Any) -> str:
    """A message that an earlier process has left."""
    metadata = {"event_type": "rxslack_kept", "event_payload": {"rxslack_key": key}}
    return str(slack.postMessage(**value(text, metadata=metadata, **more))["ts"])


def test_it_posts_the_first_value_and_edits_it_to_the_later_ones(slack: Slack) -> None:
    assert len(play(slack, "a---b---c|")) == 3
    assert slack.methods() == [
        "conversations.history",
        "chat.postMessage",
        "chat.update",
        "chat.update",
    ]
    assert slack.texts() == ["c"]


def test_it_keeps_to_the_pace_of_slack_under_a_thousand_values_a_second(slack: Slack) -> None:
    """A minute of them: never more edits in a minute than the tier and its burst, and the last value."""
    clock = slack.marbles.scheduler
    source = reactivex.interval(0.001, scheduler=clock).pipe(
        ops.take(60_000), ops.map(lambda number: value(str(number)))
    )
    slack.marbles.run(source.pipe(sink_of(slack)))
    edits = [time for time, method, _ in slack.calls if method == "chat.update"]
    assert 50 <= len(edits) <= 61
    most = max(sum(start <= time < start + 60 for time in edits) for start in edits)
    assert most <= 60
    assert edits[10:][:-1] == pytest.approx(
        [edits[10] + 1.2 * n for n in range(len(edits) - 11)], abs=0.01
    )
    assert slack.texts() == ["59999"]
    assert Counter(slack.methods())["chat.postMessage"] == 1


def test_it_has_one_message_for_each_key_and_channel(slack: Slack) -> None:
    sink = sink_of(slack, lambda item: item["text"][0])
    for text in ("a1", "b1", "a2", "b2"):
        sink.on_next(value(text))
    sink.on_next(value("a3", channel="C2"))
    slack.marbles.flush()
    assert sorted(slack.texts()) == ["a2", "a3", "b2"]


def test_it_lets_no_lively_key_hold_up_another(slack: Slack) -> None:
    clock = slack.marbles.scheduler
    lively = reactivex.interval(0.01, scheduler=clock).pipe(ops.map(lambda n: value(f"a{n}")))
    calm = reactivex.interval(10.0, scheduler=clock).pipe(ops.map(lambda n: value(f"b{n}")))
    sink = sink_of(slack, lambda item: item["text"][0])
    slack.marbles.run(lively.pipe(ops.merge(calm), ops.take_until_with_time(100.0, clock), sink))
    late = [
        time - 10.0 * (int(call["text"][1:]) + 1)
        for time, method, call in slack.calls
        if method != "conversations.history" and call["text"].startswith("b")
    ]
    assert len(late) == 9
    assert max(late) < 3.0


def test_it_sends_nothing_again_that_is_there(slack: Slack) -> None:
    stream = slack.marbles.cold("a--b--c|", a=value("a"), b=value("a"), c=value("c"))
    assert len(slack.marbles.run(stream.pipe(sink_of(slack))).items) == 2
    assert slack.methods() == ["conversations.history", "chat.postMessage", "chat.update"]


def test_it_takes_away_what_the_value_before_had(slack: Slack) -> None:
    sink = sink_of(slack)
    sink.on_next(value("a", blocks=[{"type": "divider"}], username="Board", unfurl_links=False))
    at(slack.marbles.scheduler, 5.0, lambda: sink.on_next(value("b")))
    slack.marbles.flush()
    (_, _, call) = slack.calls[-1]
    assert (call["text"], call["blocks"], call["attachments"]) == ("b", [], [])
    assert not {"username", "unfurl_links", "thread_ts"} & call.keys()


def test_it_finds_its_message_again_after_a_restart(slack: Slack) -> None:
    slack.page = 3
    ts = kept(slack, "tickets", "old")
    for _ in range(10):
        slack.postMessage(**value("talk"))
    play(slack, "a|")
    assert slack.messages[ts]["text"] == "a"
    assert slack.methods() == [*["conversations.history"] * 4, "chat.update"]
    assert all(call["include_all_metadata"] for _, m, call in slack.calls if m[:4] == "conv")


def test_it_reads_a_channel_once_for_all_keys(slack: Slack) -> None:
    kept(slack, "a", "old")
    kept(slack, "b", "old")
    sink = sink_of(slack, lambda item: item["text"][0])
    for text in ("a1", "b1", "c1"):
        sink.on_next(value(text))
    slack.marbles.flush()
    assert slack.texts() == ["a1", "b1", "c1"]
    assert slack.methods().count("conversations.history") == 1


def test_it_edits_the_newest_of_two(slack: Slack) -> None:
    kept(slack, "tickets", "older")
    newer = kept(slack, "tickets", "newer")
    play(slack, "a|")
    assert slack.messages[newer]["text"] == "a"
    assert slack.texts()[0] == "older"


def test_it_keeps_a_message_in_a_thread(slack: Slack) -> None:
    kept(slack, "tickets", "in the channel")
    ts = kept(slack, "tickets", "old", thread_ts="7.1")
    sink = sink_of(slack)
    sink.on_next(value("a", thread_ts="7.1"))
    slack.marbles.flush()
    assert slack.messages[ts]["text"] == "a"
    assert slack.methods() == ["conversations.replies", "chat.update"]
    assert "thread_ts" not in slack.calls[-1][2]


@pytest.mark.parametrize(
    "error", ["message_not_found", "cant_update_message", "edit_window_closed"]
)
def test_it_makes_a_message_anew_that_is_gone(slack: Slack, error: str) -> None:
    slack.troubles = [("chat.update", ApiError("chat.update", error))]
    assert [item.get("ok") for item in play(slack, "a--b--c|")] == [True, True, True]
    assert slack.methods()[1:] == [
        "chat.postMessage",
        "chat.update",
        "chat.postMessage",
        "chat.update",
    ]
    assert slack.texts() == ["a", "c"]


def test_it_goes_on_after_a_429_with_the_newest(slack: Slack) -> None:
    slack.troubles = [("chat.update", RateLimited("chat.update", 30.0))]
    play(slack, "a--b--c--d|")
    assert [(t, m) for t, m, _ in slack.calls][2:] == [(3.0, "chat.update"), (33.0, "chat.update")]
    assert slack.texts() == ["d"]


def test_it_looks_for_what_was_perhaps_posted(slack: Slack) -> None:
    """History has it a while later; until then nothing is posted again, and never twice."""
    lost = TimedOut("chat.postMessage", 30.0, maybe_done=True)
    slack.troubles = [("chat.postMessage", lost)]
    slack.hidden = {"0.000000"}
    at(slack.marbles.scheduler, 5.0, slack.hidden.clear)
    play(slack, "a---b---|")
    assert [(t, m) for t, m, _ in slack.calls[1:]] == [
        (0.0, "chat.postMessage"),
        (2.0, "conversations.history"),
        (10.0, "conversations.history"),
        (10.0, "chat.update"),
    ]
    assert slack.texts() == ["b"]


def test_it_posts_again_what_history_does_not_have(slack: Slack) -> None:
    lost = TimedOut("chat.postMessage", 30.0, maybe_done=True)
    slack.troubles = [("chat.postMessage", lost)]
    slack.hidden = {"0.000000"}
    play(slack, "a|")
    assert slack.methods() == [
        "conversations.history",
        "chat.postMessage",
        "conversations.history",
        "conversations.history",
        "chat.postMessage",
    ]


def test_it_sends_a_value_once_more_after_an_edit_that_was_perhaps_made(slack: Slack) -> None:
    """a, then b whose answer is lost, then a: whoever remembers a as what is there leaves b there."""
    slack.troubles = [("chat.update", TimedOut("chat.update", 30.0, maybe_done=True))]
    sink = sink_of(slack)
    slow = slack.update

    def update(**arguments: Any) -> Item:
        if arguments["text"] == "b":
            sink.on_next(value("a"))
        return slow(**arguments)

    slack.update = update  # type: ignore[method-assign]  # a newer value comes during the call
    stream = slack.marbles.cold("a--b|", **values("ab"))
    slack.marbles.run(stream.pipe(sink))
    assert slack.texts() == ["a"]


def test_it_reads_history_with_the_client_that_may(slack: Slack) -> None:
    reader = Slack(slack.marbles)
    ts = kept(slack, "tickets", "old")
    reader.messages = slack.messages
    play(slack, "a|", sink_of(slack, reader=reader))
    assert slack.messages[ts]["text"] == "a"
    assert (slack.methods(), reader.methods()) == (["chat.update"], ["conversations.history"])


def test_what_cannot_be_read_is_a_failure_and_nothing_is_posted(slack: Slack) -> None:
    slack.troubles = [
        ("conversations.history", ApiError("conversations.history", "not_in_channel"))
    ]
    first, second = play(slack, "a--b|")
    assert (first["type"], first["error"].error) == ("rxslack.failure", "not_in_channel")
    assert "uncertain" not in first
    assert second["ok"]
    assert slack.texts() == ["b"]


def nothing(_: object) -> None:
    pass


@pytest.mark.parametrize(
    ("item", "key", "says"),
    [
        ({"text": "Hi"}, "k", "no channel"),
        ({"channel": "C1"}, "k", "empty"),
        (value("Hi"), "", "has to be a text"),
        (value("Hi"), nothing, "has to be a text"),
        (value("x" * 4001), "k", "4001"),
    ],
)
def test_it_fails_an_item_that_cannot_be_kept(
    slack: Slack, item: Item, key: Any, says: str
) -> None:
    stream = slack.marbles.cold("a|", a=item)
    (seen,) = slack.marbles.run(stream.pipe(sink_of(slack, key))).items
    assert seen["type"] == "rxslack.failure"
    assert says in str(seen["error"])
    assert slack.calls == []


def test_it_cuts_short_where_that_is_asked_for(slack: Slack) -> None:
    sink = sink_of(slack, too_long="truncate")
    sink.on_next(value("x" * 5000))
    slack.marbles.flush()
    assert len(slack.texts()[0]) == 4000


@pytest.mark.parametrize("options", [{"lookback": -1.0}, {"too_long": "split"}])
def test_it_refuses_options_that_cannot_work(slack: Slack, options: Any) -> None:
    with pytest.raises(ConfigurationError):
        sink_of(slack, **options)


def test_it_finds_its_message_in_a_simulated_slack_and_makes_it_anew() -> None:
    """Each sink is a new start."""
    with Workspace() as slack:
        channel = slack.channel_id("general")

        def start(text: str) -> list[str]:
            with keep_posted(slack.web, "tickets") as sink:
                sink.on_next({"channel": channel, "text": text})
            return [message["text"] for message in slack.messages("general")]

        assert start("3 open") == ["3 open"]
        slack.say("general", "alice", "So many?")
        assert start("2 open") == ["2 open", "So many?"]
        slack.delete("general", slack.messages("general")[0]["ts"])
        assert start("1 open") == ["So many?", "1 open"]


def test_it_makes_anew_in_a_simulated_slack_what_was_deleted_meanwhile() -> None:
    with Workspace() as slack, keep_posted(slack.web, "tickets") as sink:
        for number in range(3):
            sink.on_next({"channel": slack.channel_id("general"), "text": f"{number} open"})
            assert sink.drain(10.0) == 0
            (message,) = slack.messages("general")
            assert message["text"] == f"{number} open"
            slack.delete("general", message["ts"])
