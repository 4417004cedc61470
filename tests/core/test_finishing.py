"""`run` waits for the sinks inside a stream, wherever in it they are."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Observable, operators as ops
from reactivex.scheduler import NewThreadScheduler
from reactivex.subject import Subject

from rxslack.core.finishing import Pipeline
from rxslack.operators.shared import shared
from rxslack.running.run import run
from rxslack.sinks.call import call
from rxslack.sinks.delivery.sink import Sink
from rxslack.sinks.post_message import post_message

Item = dict[str, Any]
Stream = Observable[Any]


class Slack:
    """A Slack that answers nothing until it is told to."""

    def __init__(self) -> None:
        self.called: list[tuple[str, str]] = []
        self.said = threading.Event()  # all that there is to post
        self.open = threading.Event()

    def call(self, method: str, /, **arguments: Any) -> Item:
        assert self.open.wait(10.0)
        self.called.append((method.removeprefix("chat."), arguments["text"]))
        return {"ok": True, **arguments}


@pytest.fixture
def slack() -> Slack:
    return Slack()


def messages(slack: Slack, texts: str) -> Stream:
    """Messages, and no end."""
    items = [{"channel": "C1", "text": text} for text in texts]
    return reactivex.concat(reactivex.of(*items), silent(slack.said.set))


def posting(slack: Slack) -> Sink:
    return post_message(slack, per_minute=math.inf, burst=1)


def updating(slack: Slack) -> Sink:
    return call(slack, "chat.update")


def interrupted(slack: Slack, stream: Stream, **options: Any) -> int:
    """Run, and send a signal when all has been said."""
    running = threading.Event()
    threading.Thread(target=interrupting, args=[running, slack.said]).start()
    return run(reactivex.merge(stream, silent(running.set)), **options)


def silent(action: Callable[[], None]) -> Stream:
    """Nothing at all, but an action when it is subscribed to."""

    def subscribed(_: object) -> Stream:
        action()
        return reactivex.never()

    return reactivex.defer(subscribed)


def interrupting(*events: threading.Event) -> None:
    """Send a signal after the last of these."""
    for event in events:
        assert event.wait(10.0)
    signal.raise_signal(signal.SIGTERM)


def gate(slack: Slack, stream: Stream) -> Stream:
    """The stream; Slack answers as soon as it is left."""
    return stream.pipe(ops.finally_action(slack.open.set))


def merged(stream: Stream, sink: Sink) -> Stream:
    return reactivex.merge(reactivex.never(), stream.pipe(sink))


def flat(stream: Stream, sink: Sink) -> Stream:
    return stream.pipe(ops.flat_map(lambda item: reactivex.of(item).pipe(sink)))


def on_a_thread(stream: Stream, sink: Sink) -> Stream:
    return stream.pipe(sink, ops.subscribe_on(NewThreadScheduler()))


def behind_shared(stream: Stream, sink: Sink) -> Stream:
    return shared(stream.pipe(sink))


def silenced(stream: Stream, sink: Sink) -> Stream:
    return stream.pipe(sink, ops.ignore_elements())


PLACES: list[Callable[[Stream, Sink], Stream]] = [
    lambda stream, sink: stream.pipe(sink),
    silenced,
    merged,
    flat,
    on_a_thread,
    behind_shared,
]


@pytest.mark.parametrize("placed", PLACES)
def test_it_posts_what_a_sink_inside_has_accepted_before_it_ends(
    slack: Slack, placed: Callable[[Stream, Sink], Stream]
) -> None:
    threading.Timer(0.3, slack.open.set).start()  # where nothing tells that the stream was left
    assert interrupted(slack, placed(gate(slack, messages(slack, "abc")), posting(slack))) == 0
    assert slack.called == [("postMessage", text) for text in "abc"]


@pytest.mark.parametrize("placed", PLACES)
def test_its_status_says_that_a_sink_inside_was_left_with_something(
    slack: Slack, placed: Callable[[Stream, Sink], Stream], caplog: pytest.LogCaptureFixture
) -> None:
    sink = posting(slack)
    assert interrupted(slack, placed(messages(slack, "abc"), sink), drain=0.05) == 1
    assert "3 items were not sent within 0.05 s and are abandoned" in caplog.messages
    assert sink.left == 1  # the one under way; the others were dropped
    slack.open.set()


def test_it_hands_the_outcomes_of_one_sink_on_to_the_next(slack: Slack) -> None:
    seen = list[Any]()
    first, then = posting(slack), updating(slack)
    stream = gate(slack, messages(slack, "ab")).pipe(first, then, ops.do_action(seen.append))
    assert interrupted(slack, stream) == 0
    assert sorted(slack.called) == [
        (name, text) for name in ("postMessage", "update") for text in "ab"
    ]
    assert [reply["text"] for reply in seen] == ["a", "b"]


def test_it_hands_them_on_to_all_that_share_them(slack: Slack) -> None:
    posted = shared(gate(slack, messages(slack, "a")).pipe(posting(slack)))
    seen = list[Item]()
    stream = reactivex.merge(posted.pipe(updating(slack)), posted.pipe(updating(slack)))
    assert interrupted(slack, stream.pipe(ops.do_action(seen.append))) == 0
    assert len(seen) == 2


def test_it_waits_for_a_sink_that_others_shared_before(slack: Slack) -> None:
    stream = shared(gate(slack, messages(slack, "a")).pipe(posting(slack)))
    with stream.subscribe():
        assert interrupted(slack, stream) == 0
    assert slack.called == [("postMessage", "a")]


def test_it_waits_for_the_sink_behind_the_stream_too(slack: Slack) -> None:
    last = updating(slack)
    assert (
        interrupted(slack, gate(slack, messages(slack, "a")).pipe(posting(slack)), sink=last) == 0
    )
    assert slack.called == [("postMessage", "a"), ("update", "a")]


def test_it_waits_for_what_is_left_when_the_stream_completes_early(slack: Slack) -> None:
    slack.open = slack.said
    assert run(messages(slack, "abc").pipe(posting(slack), ops.take(1))) == 0
    assert len(slack.called) == 3


def test_it_ends_at_a_signal_while_a_stream_emits_into_a_sink_inside_subscribe(
    slack: Slack,
) -> None:
    slack.open.set()

    def item(number: int) -> Item:
        if number == 3:
            signal.raise_signal(signal.SIGTERM)
        return {"channel": "C1", "text": str(number)}

    endless = reactivex.range(10**9).pipe(ops.map(item))
    assert run(endless.pipe(posting(slack))) == 0
    assert [text for _, text in slack.called] == ["0", "1", "2"]


def test_it_closes_the_sinks_inside_at_the_second_signal(slack: Slack) -> None:
    sink = posting(slack)

    left = threading.Event()
    for event in (slack.said, left):
        threading.Thread(target=interrupting, args=[event]).start()
    with pytest.raises(KeyboardInterrupt):
        run(messages(slack, "abc").pipe(ops.finally_action(left.set), sink))
    slack.open.set()
    assert sink.drain(5.0) == 0
    assert slack.called == [("postMessage", "a")]


def test_it_does_not_wait_for_a_sink_of_another_pipeline(slack: Slack) -> None:
    other = messages(slack, "a").pipe(posting(slack)).subscribe()
    assert run(reactivex.of(1)) == 0
    slack.open.set()
    other.dispose()


def test_it_tells_of_a_failure_after_the_stream_was_left(
    slack: Slack, caplog: pytest.LogCaptureFixture
) -> None:
    class Refusing(Slack):
        def call(self, method: str, /, **arguments: Any) -> Item:
            super().call(method, **arguments)
            raise KeyError("text")

    sink = posting(refusing := Refusing())
    messages(slack, "a").pipe(sink).subscribe().dispose()
    refusing.open.set()
    assert sink.drain(5.0) == 0
    assert caplog.messages == ["C1: failed: KeyError"]


def test_it_forgets_the_subscriptions_that_are_over(slack: Slack) -> None:
    slack.open.set()
    pipeline, source, sink = Pipeline(), Subject[Item](), posting(slack)
    with pipeline.running():
        stream = source.pipe(ops.flat_map(lambda item: reactivex.of(item).pipe(sink)))
        subscription = stream.subscribe()
        for _ in range(5):
            source.on_next({"channel": "C1", "text": "a"})
        assert sink.drain(5.0) == 0
        subscription.dispose()
    assert pipeline.parts() == []
    assert pipeline.sinks() == [sink]
