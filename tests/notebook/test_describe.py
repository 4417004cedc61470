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
    of_type,
    post_message,
    reconnect,
    reply,
    rtm,
    shared,
)
from rxslack.errors import ConnectionClosed
from rxslack.notebook.describe import describe, stages
from rxslack.notebook.subscription import start
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


def test_it_does_not_subscribe(marbles: Marbles) -> None:
    source = marbles.cold("-a")
    assert "take" in describe(source.pipe(ops.take(1)))
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
    assert describe(stream).startswith("stream: ")


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
