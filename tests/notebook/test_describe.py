"""Streams, subscriptions and sinks, described."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject, operators as ops

import rxslack
from rxslack import (
    MessageEvent,
    WebClient,
    from_user,
    isolate,
    of_type,
    post_message,
    reconnect,
    reply,
    rtm,
    shared,
)
from rxslack.errors import ConnectionClosed
from rxslack.notebook.describe import Description, describe
from rxslack.notebook.stages import chain, stage_of, stages
from rxslack.notebook.subscription import start
from rxslack.simulator import Workspace
from rxslack.testing import Marbles
from tests.reports import reports

WEB = WebClient("xoxb-test")


def names(stream: Any) -> list[str]:
    return stages(stream)


def test_it_finds_the_stages_of_a_pipeline() -> None:
    pipeline = shared(rtm(WEB).pipe(reconnect())).pipe(
        of_type(MessageEvent, lambda e: "Hello" in e["text"]), ops.map(reply("Hi"))
    )
    assert names(pipeline) == ["rtm", "reconnect", "shared", "of_type", "map"]
    unshared = rtm(WEB).pipe(reconnect(), from_user("U1"), of_type(MessageEvent), ops.take(1))
    assert names(unshared) == ["rtm", "reconnect", "filter", "of_type", "take"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (rxslack.history(WEB, "C1"), "history"),
        (rxslack.export("export.zip"), "export"),
        (WEB.pages("users.list"), "pages"),
        (rxslack.shared(rtm(WEB)), "shared"),
    ],
)
def test_it_names_a_source_as_the_user_does(source: Any, name: str) -> None:
    assert names(source.pipe(ops.take(1)))[-2:] == [name, "take"]


def test_it_does_not_subscribe(marbles: Marbles) -> None:
    source = marbles.cold("-a")
    assert "take" in repr(describe(source.pipe(ops.take(1))))
    assert source.subscriptions == []


IN_GROUPS: Callable[[Observable[int]], Observable[Any]] = ops.group_by(str)


@pytest.mark.parametrize(
    "stream",
    [
        reactivex.never(),
        Subject[Any](),
        reactivex.of(1),
        reactivex.merge(reactivex.of(1), reactivex.of(2)),
        reactivex.concat(reactivex.of(1), reactivex.of(2)),
        reactivex.of(1).pipe(ops.publish(), ops.ref_count()),
        reactivex.interval(1.0).pipe(IN_GROUPS, ops.buffer_with_time(1.0)),
    ],
)
def test_it_describes_any_stream(stream: Any) -> None:
    assert repr(describe(stream)).startswith("stream: ")


def test_it_gives_every_step_of_a_cell_a_description() -> None:
    formatters: Any = import_module("IPython.core.formatters")  # which has few types
    shell = SimpleNamespace(display_formatter=formatters.DisplayFormatter())

    def formatted(thing: Any) -> Any:
        return shell.display_formatter.format(thing)[0]

    rxslack.load_ipython_extension(shell)
    assert formatted(rtm(WEB))["text/plain"].startswith("stream: rtm")
    assert formatted(post_message(WEB))["text/plain"] == "sink: 0 items under way"
    rxslack.unload_ipython_extension(shell)
    assert not formatted(rtm(WEB))["text/plain"].startswith("stream: ")


def test_it_tells_what_a_subscription_has_seen() -> None:
    subject: Subject[Any] = Subject()
    found: list[Any] = []
    running = start(subject, found.append)
    subject.on_next({"type": "message", "text": "<b>"})
    assert found == [{"type": "message", "text": "<b>"}]
    assert repr(running).startswith("subscription: running; 1 event ")
    assert "&lt;b&gt;" in running.as_html()
    running.dispose()
    assert running.wait(0.0)
    assert repr(running).startswith("subscription: disposed")
    assert not subject.observers


def test_it_tells_what_a_subscription_failed_with(caplog: pytest.LogCaptureFixture) -> None:
    running = start(reactivex.throw(ConnectionClosed(1006)))
    assert "failed: ConnectionClosed" in repr(running)
    assert "the stream failed: rxslack.errors.ConnectionClosed" in caplog.text
    assert [type(error) for _, error in reports(caplog)] == [ConnectionClosed]


def test_it_ends_a_subscription_whose_sink_raises() -> None:
    def bad(_: object) -> None:
        raise KeyError("text")

    running = start(reactivex.of(1), bad)
    assert "failed: KeyError" in repr(running)


def outs(description: Description) -> list[int]:
    return [stage.out for stage in description.stages]


def test_it_counts_what_comes_out_of_each_stage(marbles: Marbles) -> None:
    source = marbles.cold("-a-b-a-c-|")
    stream = source.pipe(ops.filter(lambda letter: letter != "b"), ops.map(str), ops.take(2))
    description = describe(stream)
    assert marbles.run(stream).marbles == "-a---(a|)"
    assert outs(description) == [3, 2, 2, 2]
    assert [stage.running for stage in description.stages] == [0, 0, 0, 0]
    assert [stage.subscriptions for stage in description.stages] == [1, 1, 1, 1]


def has_hello(event: Any) -> bool:
    return "Hello" in event["text"]


def test_it_counts_from_a_socket_to_the_end(slack: Workspace) -> None:
    stream: Observable[Any] = rtm(slack.web).pipe(
        reconnect(),
        from_user(slack.user_id("alice")),
        of_type(MessageEvent),
        ops.filter(has_hello),
        ops.map(reply("Hi")),
        ops.take(2),
    )
    description = describe(stream)
    running = start(stream)
    slack.wait_until(lambda: slack.connections)
    for text in ("Hello", "Good bye", "Hello again"):
        slack.say("general", "bob", text)
        slack.say("general", "alice", text)
    assert running.wait(20)
    names = [stage.name for stage in description.stages]
    assert names == ["rtm", "reconnect", "filter", "of_type", "filter", "map", "take"]
    assert outs(description)[2:] == [3, 3, 2, 2, 2]
    assert outs(description)[0] == outs(description)[1] >= 6


def since(event: Any) -> Any:
    return event["since"]


def by_nothing(number: Any) -> Any:
    return number // 0


def test_it_marks_gaps_failures_and_errors() -> None:
    gap = {"type": "rxslack.gap", "since": 1.0, "until": 2.0}
    events: Observable[Any] = reactivex.from_iterable([gap, {"type": "message"}])
    safe: Observable[Any] = events.pipe(isolate(ops.map(since)))
    stream = safe.pipe(ops.map(by_nothing))
    description = describe(stream)
    start(stream)
    [source, isolated, mapped] = description.stages
    assert (source.gaps, isolated.gaps, isolated.out) == (1, 0, 1)
    assert (source.error, mapped.error[:17]) == ("", "ZeroDivisionError")
    assert "ZeroDivisionError" in description.as_html()
    assert [one["first"] for one in description.news()["stages"]] == [False, False, True]


def test_it_looks_no_longer_than_it_is_asked_to(marbles: Marbles) -> None:
    stream = marbles.cold("-a-|").pipe(ops.map(str))
    before = [vars(step).keys() for _, step in chain(stream)]
    description = describe(stream)
    description.close()
    assert [vars(step).keys() for _, step in chain(stream)] == before
    marbles.run(stream)
    assert outs(description) == [0, 0]


EMPTY: Observable[Any] = reactivex.from_iterable([{}])


def shout(event: Any) -> Any:
    return event["text"].upper()


@pytest.mark.parametrize(
    ("stream", "where"),
    [
        (EMPTY.pipe(ops.take(1)), ""),
        (EMPTY.pipe(ops.take(1), ops.map(shout)), "given to map, stage 3 of 3"),
        (EMPTY.pipe(ops.filter(shout), ops.take(1)), "given to filter, stage 2 of 3"),
        (EMPTY.pipe(ops.map(shout), ops.map(shout)), "given to map, one stage"),
    ],
)
def test_it_names_the_stage_of_a_bug(stream: Any, where: str) -> None:
    errors: list[Exception] = []
    stream.subscribe(on_error=errors.append)
    found = stage_of(errors[0], stream) if errors else ""
    assert where in found
    assert bool(found) == bool(where)


def test_it_names_the_stage_in_the_loop_over_bursts(slack: Workspace) -> None:
    def bad(event: Any) -> bool:
        return bool(event["no_such_key"])

    stream = rtm(slack.web).pipe(of_type(MessageEvent), ops.filter(bad), ops.map(str))
    running = start(stream)
    slack.wait_until(lambda: slack.connections)
    slack.say("general", "alice", "Hello")
    assert running.wait(20)
    assert "in bad, given to filter, stage 3 of 4: rtm -> of_type -> filter -> map" in repr(running)
