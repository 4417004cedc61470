"""The bot of the README, whole: from what people say to what it answers, over real sockets."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from reactivex import Observable, operators as ops

import rxslack
from rxslack.simulator import Limits, Rate, RtmOptions, Workspace

Message = dict[str, Any]
Step = Callable[[Observable[Any]], Observable[Any]]

CHANNELS = [f"channel-{number}" for number in range(20)]


def in_the_class(events: Observable[Any]) -> Observable[Any]:
    """The spelling that narrows."""
    return events.pipe(
        rxslack.of_type(rxslack.MessageEvent, lambda e: "Hello" in e["text"]),
        ops.map(rxslack.reply(greeting)),
    )


def greeting(event: rxslack.MessageEvent) -> str:
    return f"Hi <@{event['user']}>!"


def in_stock_words(events: Observable[Any]) -> Observable[Any]:
    """The spelling of those who know reactivex; messages without an author pass it, too."""
    hello: Step = ops.filter(says_hello)
    return events.pipe(hello, ops.map(rxslack.reply(greet)))


def says_hello(event: Message) -> bool:
    return is_message(event) and "Hello" in (event.get("text") or "")


def greet(event: Message) -> str:
    return f"Hi <@{event.get('user')}>!"


SPELLINGS = [in_the_class, in_stock_words]


def stream_of(slack: Workspace) -> Observable[Any]:
    return rxslack.rtm(slack.web).pipe(rxslack.reconnect())


@pytest.fixture
def quiet() -> Iterator[Workspace]:
    """A Slack that lets a client do what it likes, and says nothing by itself."""
    with Workspace(limits=Limits.off(), rtm=RtmOptions(reconnect_url=False)) as workspace:
        yield workspace


def answers(slack: Workspace, channel: str) -> list[Message]:
    return [m for m in slack.messages(channel) if m["text"].startswith("Hi ")]


def is_message(event: Message) -> bool:
    return bool(event["type"] == "message")


# A thousand greetings


@pytest.mark.slow
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_it_answers_a_thousand_greetings_each_in_its_thread(
    spelling: Step,
) -> None:
    with Workspace(channels=CHANNELS, limits=Limits.off(), keep=1000) as slack:
        sink = rxslack.post_message(slack.web, per_minute=math.inf)
        running = spelling(stream_of(slack)).subscribe(sink)
        slack.wait_until(lambda: slack.connections)
        said = [
            slack.say(CHANNELS[number % 20], "alice", f"Hello, number {number}")
            for number in range(1000)
        ]
        slack.wait_until(lambda: len(slack.calls("chat.postMessage")) == 1000, 30.0)
        assert sink.drain(10.0) == 0
        running.dispose()
        assert len(slack.past_connections) == 1
        for channel in CHANNELS:
            asked = [m["ts"] for m in said if m["channel"] == slack.channel_id(channel)]
            given = answers(slack, channel)
            assert [m["thread_ts"] for m in given] == asked
            assert {m["text"] for m in given} == {f"Hi <@{slack.user_id('alice')}>!"}


def test_it_hears_on_while_it_keeps_to_slacks_pace(quiet: Workspace) -> None:
    """At one message a second, thirty answers take half a minute; the questions take no time."""
    seen = threading.Semaphore(0)
    heard = stream_of(quiet).pipe(ops.do_action(lambda _: seen.release()))
    with rxslack.post_message(quiet.web, burst=2) as sink:
        running = in_the_class(heard).subscribe(sink)
        quiet.wait_until(lambda: quiet.connections)
        for _ in range(30):
            quiet.say("general", "alice", "Hello")
        assert all(seen.acquire(timeout=10.0) for _ in range(31))  # hello, too
        quiet.wait_until(lambda: len(answers(quiet, "general")) == 2)
        quiet.wait_until(lambda: sink.left == 28)
        running.dispose()
        assert sink.close() == 28


def test_it_hears_on_while_slack_makes_a_channel_wait() -> None:
    limits = Limits(posts=Rate(1 / 600, 1))
    with Workspace(limits=limits) as slack, rxslack.post_message(slack.web) as sink:
        running = in_the_class(stream_of(slack)).subscribe(sink)
        slack.wait_until(lambda: slack.connections)
        for _ in range(3):
            slack.say("general", "alice", "Hello")
        slack.wait_until(lambda: len(slack.calls("chat.postMessage")) == 2)  # and 429 for one
        slack.say("random", "bob", "Hello")
        slack.wait_until(lambda: answers(slack, "random"))
        assert len(answers(slack, "general")) == 1
        running.dispose()
        sink.close()


# Every kind of message


def nested(**fields: Any) -> Message:
    inner = {"type": "message", "user": "U1", "text": "Hello", "ts": "5.000001", **fields}
    return {"type": "message", "hidden": True, "channel": "C1", "ts": "9.000001", "message": inner}


def message(**fields: Any) -> Message:
    return {"type": "message", "channel": "C1", "user": "U1", "ts": "7.000001", **fields}


GREETED: Mapping[str, Message] = {
    "plain": message(text="Hello"),
    "parent of a thread": message(text="Hello", thread_ts="7.000001", reply_count=2),
    "reply in a thread": message(text="Hello", thread_ts="5.000001", parent_user_id="U2"),
    "bot_id null": message(text="Hello", bot_id=None),
    "posted by an app": message(text="Hello", bot_id="B1", bot_profile={"id": "B1"}),
    "subtype null": message(text="Hello", subtype=None),
    "with a file": message(text="Hello", files=[{"id": "F1"}], upload=True),
    "users of a reaction cut short": message(
        text="Hello", reactions=[{"name": "wave", "count": 60, "users": ["U1"]}]
    ),
    "escapes": message(text="Hello &amp; &lt;<https://a.example>&gt; <#C1> <@U2>"),
}

FOR_STOCK_ONLY: Mapping[str, Message] = {
    "user absent": {k: v for k, v in message(text="Hello").items() if k != "user"},
    "user null": message(text="Hello", user=None),
    "bot_message": message(text="Hello", subtype="bot_message", bot_id="B1", user=None),
    "file_share": message(text="Hello", subtype="file_share", files=[{"id": "F1"}]),
    "thread_broadcast": message(text="Hello", subtype="thread_broadcast", thread_ts="5.000001"),
    "me_message": message(text="Hello", subtype="me_message"),
    "of a subtype nobody knows": message(text="Hello", subtype="hologram"),
}

PASSED_OVER: Mapping[str, Message] = {
    "text absent": message(),
    "text empty": message(text=""),
    "text null": message(text=None),
    "only blocks": message(subtype="bot_message", bot_id="B1", blocks=[{"type": "section"}]),
    "of another matter": message(text="Goodbye"),
    "message_changed": nested() | {"subtype": "message_changed", "previous_message": message()},
    "message_changed by unfurling": nested(attachments=[{}]) | {"subtype": "message_changed"},
    "message_deleted": {k: v for k, v in nested(text="Hello").items() if k != "message"}
    | {"subtype": "message_deleted", "deleted_ts": "5.000001", "previous_message": message()},
    "message_replied": nested(reply_count=1) | {"subtype": "message_replied"},
    "message_replied without its subtype": nested(reply_count=1),
    "tombstone": nested(subtype="tombstone", user="USLACKBOT") | {"subtype": "message_changed"},
    "nothing at all": {"type": "message"},
    "a reply over the socket": {"ok": True, "reply_to": 1, "text": "Hello", "ts": "7.000001"},
}


@pytest.mark.parametrize(
    ("spelling", "greeted"),
    [(in_the_class, GREETED), (in_stock_words, {**GREETED, **FOR_STOCK_ONLY})],
)
def test_it_lives_through_every_message_that_slack_sends(
    quiet: Workspace,
    spelling: Step,
    greeted: Mapping[str, Message],
) -> None:
    given, errors = list[Any](), list[Exception]()
    answered = spelling(stream_of(quiet))
    with answered.subscribe(given.append, errors.append):
        quiet.wait_until(lambda: quiet.connections)
        everything = {**PASSED_OVER, **FOR_STOCK_ONLY, **GREETED}
        for name, event in everything.items():
            quiet.emit({**event, "name": name, "channel": name})
        quiet.emit(message(channel="the last", text="Hello"))
        quiet.wait_until(lambda: errors or [a for a in given if a["channel"] == "the last"])
    assert errors == []
    expected = [name for name in everything if name in greeted]
    assert [a["channel"] for a in given] == [*expected, "the last"]
    threads = {a["channel"]: a["thread_ts"] for a in given}
    assert threads["reply in a thread"] == "5.000001"
    assert threads["parent of a thread"] == threads["plain"] == "7.000001"


def test_it_does_not_answer_itself(quiet: Workspace) -> None:
    """Its answers come back as messages, and so do its edits and threads."""
    with rxslack.post_message(quiet.web) as sink:
        running = in_stock_words(stream_of(quiet)).subscribe(sink)
        quiet.wait_until(lambda: quiet.connections)
        first = quiet.say("general", "alice", "Hello")
        quiet.wait_until(lambda: answers(quiet, "general"))
        quiet.edit("general", first["ts"], "Hello everybody")
        quiet.say("general", "bob", "Hello", thread_ts=first["ts"])
        quiet.wait_until(lambda: len(answers(quiet, "general")) == 2)
        running.dispose()
        sink.drain(10.0)
    assert [m["text"][:5] for m in quiet.messages("general")] == ["Hello", "Hi <@"] * 2


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_it_lives_through_a_callback_that_raises(quiet: Workspace, spelling: Step) -> None:
    def strict(event: Any) -> Any:
        if "twice" in event["text"]:
            raise ZeroDivisionError(event["text"])
        return event

    messages: Step = ops.filter(is_message)
    careful = stream_of(quiet).pipe(rxslack.isolate(messages, ops.map(strict), spelling))
    results = list[Any]()
    with rxslack.post_message(quiet.web) as sink:
        running = careful.pipe(sink).subscribe(results.append)
        quiet.wait_until(lambda: quiet.connections)
        quiet.say("general", "alice", "Hello")
        quiet.emit({"type": "message", "channel": "C1", "ts": "7.000001"})
        quiet.say("general", "alice", "Hello twice")
        quiet.say("general", "alice", "Hello again")
        quiet.wait_until(lambda: len([r for r in results if r.get("ok")]) == 2)
        running.dispose()
    failures = [r for r in results if r.get("type") == "rxslack.failure"]
    assert {type(f["error"]) for f in failures} == {KeyError, ZeroDivisionError}
    texts = [f["item"].get("text") for f in failures]
    assert (texts.count(None) >= 1, texts.count("Hello twice")) == (True, 1)
    assert len(answers(quiet, "general")) == 2
    assert len(quiet.past_connections) == 1


# One connection


def test_it_shares_one_connection_among_pipelines_and_their_reruns(quiet: Workspace) -> None:
    events = rxslack.shared(stream_of(quiet), linger=30.0)
    greetings, everything, reactions = list[Any](), list[Any](), list[Any]()
    leaving = [
        in_the_class(events).subscribe(greetings.append),
        events.subscribe(everything.append),
        events.pipe(rxslack.of_type(rxslack.ReactionAddedEvent)).subscribe(reactions.append),
    ]
    quiet.wait_until(lambda: everything)
    said = quiet.say("general", "alice", "Hello")
    quiet.react("general", said["ts"], "bob", "wave")
    quiet.wait_until(lambda: reactions)
    for subscription in leaving:
        subscription.dispose()
    for _ in range(2):  # as when a cell is run again, and again
        again = list[Any]()
        with in_the_class(events).subscribe(again.append):
            quiet.say("general", "carol", "Hello")
            quiet.wait_until(lambda: again)  # noqa: B023 it is waited for at once
    assert [e["type"] for e in everything] == ["hello", "message", "reaction_added"]
    assert [a["thread_ts"] for a in greetings] == [said["ts"]]
    assert [r["reaction"] for r in reactions] == ["wave"]
    assert len(quiet.calls("rtm.connect")) == len(quiet.past_connections) == 1
