"""An old connection beside a new one: read for a while, and what it was given is not lost."""

from __future__ import annotations

import copy
import pickle
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

import rxslack
from rxslack.recovery.reconnecting.attempts import connection_of
from rxslack.simulator import Limits, SocketModeOptions, Workspace

NEVER: dict[str, Any] = {"ping_after": 1000.0, "silence": 2000.0}


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxslack.recovery.reconnecting.handover_timer.PATIENCE", 0.3)


@pytest.fixture
def apart() -> Iterator[Workspace]:
    """A Slack that gives a second chance to nothing."""
    options = SocketModeOptions(retry_pauses=(), redelivers_every=0)
    with Workspace(limits=Limits.off(), socket_mode=options) as workspace:
        yield workspace


def test_it_ends_an_old_connection_that_is_never_quiet(unlimited: Workspace, connect: Any) -> None:
    stream = connect(**NEVER)
    stream.hellos(1)
    over, said = threading.Event(), 0
    unlimited.connections[0].send({"type": "goodbye"})  # and no close
    deadline = time.monotonic() + 10.0
    while not over.is_set() and time.monotonic() < deadline:
        unlimited.say("general", "alice", str(said))
        said += 1
        time.sleep(0.005)
        if not unlimited.past_connections[0].is_open:
            over.set()
    assert over.is_set()
    unlimited.say("general", "alice", "last")
    stream.wait_for(lambda: "last" in stream.texts())
    assert stream.texts() == [*map(str, range(said)), "last"]
    assert "rxslack.gap" not in stream.kinds()
    assert stream.kinds().count("hello") == 2


def test_it_loses_nothing_that_was_acknowledged_and_waits_behind_slow_user_code(
    apart: Workspace, listen: Any
) -> None:
    """Slack gives it to no other connection, and not again."""
    heard: list[str] = []

    def slow(item: dict[str, Any]) -> None:
        if item["type"] == "events_api":
            time.sleep(0.03)
            heard.append(item["payload"]["event"]["text"])

    stream = rxslack.socket_mode(apart.app, **NEVER).pipe(rxslack.reconnect())
    subscription = stream.subscribe(slow)
    apart.wait_until(lambda: apart.connections)
    apart.connections[0].send({"type": "disconnect", "reason": "warning"})  # and no close
    apart.wait_until(lambda: len(apart.connections) == 2)
    for number in range(40):
        apart.say("general", "alice", str(number))
    apart.wait_until(lambda: not apart.past_connections[0].is_open)
    apart.wait_until(lambda: len(heard) >= 40)
    assert sorted(heard, key=int) == [str(number) for number in range(40)]
    subscription.dispose()


def test_its_hello_is_a_plain_event_wherever_it_is_taken(connect: Any) -> None:
    stream = connect(**NEVER)
    stream.hellos(1)
    hello = stream.items[0]
    for other in (copy.copy(hello), copy.deepcopy(hello), pickle.loads(pickle.dumps(hello))):
        assert (type(other), other) == (dict, hello)


def test_it_reads_no_more_once_it_is_retired(unlimited: Workspace) -> None:
    items: list[dict[str, Any]] = []
    errors: list[Exception] = []
    busy, wake, status = threading.Event(), threading.Event(), rxslack.Status()

    def slow(item: dict[str, Any]) -> None:
        items.append(item)
        if item.get("text") == "slow":
            busy.set()
            assert wake.wait(60.0)

    stream = rxslack.rtm(unlimited.web, status=status, **NEVER)
    subscription = stream.subscribe(slow, errors.append)
    unlimited.wait_until(lambda: unlimited.connections)
    unlimited.say("general", "alice", "slow")
    assert busy.wait(60.0)
    unlimited.say("general", "alice", "read meanwhile")
    unlimited.wait_until(lambda: status.now.waiting)
    connection = connection_of(items[0])
    assert connection is not None
    connection.retire()
    time.sleep(0.5)  # until whoever stands in for the reader has noticed
    unlimited.say("general", "alice", "said too late")
    time.sleep(0.2)
    wake.set()
    unlimited.wait_until(lambda: errors)
    subscription.dispose()
    assert [item["text"] for item in items if "text" in item] == ["slow", "read meanwhile"]
    assert "another connection has taken over" in str(errors[0])
