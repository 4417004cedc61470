"""Odd events, and what the stream makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from queue import Queue
from typing import Any

import pytest
from websockets.sync.client import ClientConnection

from rxslack import MessageEvent, of_type, rtm
from rxslack.simulator import ODD_EVENTS, Workspace


def test_it_tells_each_oddity_as_it_is(
    slack: Workspace, foreign: Callable[..., ClientConnection]
) -> None:
    socket = foreign()
    assert [json.loads(socket.recv(timeout=10))["type"] for _ in range(2)] == [
        "hello",
        "reconnect_url",
    ]
    told = [slack.emit_odd(name) for name in ODD_EVENTS]
    assert [json.loads(socket.recv(timeout=10)) for _ in ODD_EVENTS] == told
    assert len({json.dumps(event) for event in told}) == len(ODD_EVENTS)


def test_it_names_the_odd_events_there_are(slack: Workspace) -> None:
    with pytest.raises(LookupError, match="null text"):
        slack.emit_odd("unheard of")


def test_it_reads_on_after_each_odd_event(slack: Workspace) -> None:
    """A message has text and a user after `of_type`, whatever came."""
    items, texts = Queue[Any](), list[str]()
    stream = rtm(slack.web)
    first = stream.subscribe(items.put, items.put)
    second = stream.pipe(of_type(MessageEvent)).subscribe(
        lambda event: texts.append(event["text"] + event["user"])
    )
    slack.wait_until(lambda: len(slack.connections) == 2)
    told = [slack.emit_odd(name) for name in ODD_EVENTS]
    slack.say("general", "alice", "last")
    came = [items.get(timeout=10) for _ in range(len(told) + 3)][2:]
    assert [event | {"type": "?"} for event in came[:-1]] == [
        event | {"type": "?"} for event in told
    ]
    assert [event["type"] for event in came[-3:-1]] == ["rxslack.reply"] * 2
    alice = slack.user_id("alice")
    slack.wait_until(lambda: f"last{alice}" in texts)
    assert f"odd{alice}" in texts
    first.dispose()
    second.dispose()
