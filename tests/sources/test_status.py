"""How a stream fares, for those who ask and those who watch."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

import rxslack
from rxslack.simulator import Workspace
from tests.reports import reports


def test_it_tells_each_change(slack: Workspace) -> None:
    status = rxslack.Status()
    seen: list[rxslack.Snapshot] = []
    watching = status.changes.subscribe(seen.append)
    stream = rxslack.rtm(slack.web, status=status).pipe(rxslack.reconnect(lambda: [0.0] * 9))
    subscription = stream.subscribe(lambda _: None)
    slack.wait_until(lambda: status.now.phase == "connected")
    slack.connections[0].hang_up()
    slack.wait_until(lambda: [one.phase for one in seen].count("connected") == 2)
    subscription.dispose()
    slack.wait_until(lambda: seen[-1].phase == "idle")
    watching.dispose()
    assert [one.phase for one in seen] == [
        "idle",
        "connecting",
        "connected",
        "lost",
        "connecting",
        "connected",
        "idle",
    ]
    assert [one.attempt for one in seen] == [0, 1, 0, 0, 1, 0, 0]
    assert seen[2].team == slack.team_id
    assert seen[5].connection > seen[2].connection
    assert seen[3].cause.startswith("the websocket: closed by the peer")


def test_it_counts_attempts_until_hello(slack: Workspace) -> None:
    status = rxslack.Status()
    with slack.faults.answer("rtm.connect", status=503, times=3) as script:
        stream = rxslack.rtm(slack.web, status=status).pipe(rxslack.reconnect(lambda: [0.0] * 9))
        attempts: list[int] = []
        status.changes.subscribe(lambda one: attempts.append(one.attempt))
        subscription = stream.subscribe(lambda _: None)
        slack.wait_until(lambda: status.now.phase == "connected")
        assert script.given == 3
    subscription.dispose()
    assert max(attempts) == 4
    assert status.now.attempt == 0


def test_it_tells_the_last_frame_and_what_waits(slack: Workspace) -> None:
    status = rxslack.Status()
    release: list[Any] = []

    asleep = threading.Event()

    def slow(item: dict[str, Any]) -> None:
        if item["type"] == "message":
            asleep.set()
        while item["type"] == "message" and not release:
            time.sleep(0.005)

    subscription = rxslack.rtm(slack.web, status=status).subscribe(slow)
    slack.wait_until(lambda: status.now.phase == "connected")
    before = time.time()
    slack.say("general", "alice", "the first")
    assert asleep.wait(10.0)
    for number in range(50):
        slack.say("general", "alice", f"message {number}")
    slack.wait_until(lambda: status.now.waiting > 1000)
    frame = status.now.last_frame
    assert frame is not None
    assert before - 0.5 < frame <= time.time()
    release.append(True)
    slack.wait_until(lambda: status.now.waiting == 0)
    subscription.dispose()


def test_it_stays_connected_through_a_handover(slack: Workspace) -> None:
    status = rxslack.Status()
    phases: list[str] = []
    stream = rxslack.rtm(slack.web, status=status).pipe(rxslack.reconnect(lambda: [0.0] * 9))
    subscription = stream.subscribe(lambda _: None)
    slack.wait_until(lambda: status.now.phase == "connected")
    status.changes.subscribe(lambda one: phases.append(one.phase))
    first = status.now.connection
    slack.connections[0].send({"type": "goodbye"})
    slack.wait_until(lambda: status.now.connection > first)
    slack.connections[0].close(None)
    slack.wait_until(lambda: len(slack.connections) == 1)
    assert set(phases) == {"connected"}
    subscription.dispose()


@pytest.mark.parametrize("connections", [1, 3])
def test_it_tells_of_socket_mode_too(slack: Workspace, connections: int) -> None:
    status = rxslack.Status()
    phases: list[str] = []
    watching = status.changes.subscribe(lambda one: phases.append(one.phase))
    stream = rxslack.socket_mode(slack.app, connections=connections, status=status)
    subscription = stream.subscribe(lambda _: None)
    slack.wait_until(lambda: len(slack.connections) == connections)
    slack.wait_until(lambda: status.now.phase == "connected")
    subscription.dispose()
    slack.wait_until(lambda: status.now.phase == "idle")
    watching.dispose()

    assert "lost" not in phases
    assert status.now.last_frame is not None


def test_it_tells_of_changes_on_two_threads_one_after_the_other() -> None:
    """The second change comes while a subscriber is still told of the first."""
    status = rxslack.Status()
    seen: list[int] = []
    second = threading.Thread(target=status.opening, args=(2,))

    def watch(now: rxslack.Snapshot) -> None:
        if now.connection == 1:
            second.start()
            second.join(5.0)  # it does not wait for its turn
            assert not second.is_alive()
        seen.append(now.connection)

    with status.changes.subscribe(watch):
        status.opening(1)
    assert seen == [0, 1, 2]
    assert status.now.connection == 2


def test_it_tells_a_watcher_what_that_raises_and_nobody_else(
    slack: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    status = rxslack.Status()
    phases: list[str] = []
    errors: list[Exception] = []
    error = ValueError()

    def fail(now: rxslack.Snapshot) -> None:
        if now.phase == "lost":
            raise error

    for on_error in (errors.append, None):
        status.changes.subscribe(fail, on_error)
    status.changes.subscribe(lambda one: phases.append(one.phase))
    ends: list[Exception] = []
    rxslack.rtm(slack.web, status=status).subscribe(on_error=ends.append)
    slack.wait_until(lambda: status.now.phase == "connected")
    slack.connections[0].hang_up()
    slack.wait_until(lambda: ends)
    assert [type(end) for end in ends] == [rxslack.ConnectionClosed]
    assert phases == ["idle", "connecting", "connected", "lost"]
    assert errors == [error]
    assert reports(caplog) == [("rxslack.status", error)]
