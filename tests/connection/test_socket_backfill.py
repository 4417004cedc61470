"""`backfill` over Socket Mode, where Slack itself delivers again what it has not given up yet."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

import rxslack
from rxslack.simulator import Limits, SocketModeOptions, Workspace

NEVER: tuple[float, ...] = ()
SOON = (0.02,) * 200  # seconds


@pytest.fixture
def unlimited(request: pytest.FixtureRequest) -> Generator[Workspace]:
    """A Slack that delivers again after these seconds."""
    options = SocketModeOptions(retry_pauses=request.param)
    with Workspace(limits=Limits.off(), socket_mode=options) as workspace:
        yield workspace


@pytest.fixture
def stream(unlimited: Workspace, listen: Any) -> Any:
    events = rxslack.socket_mode(
        unlimited.app, budget=rxslack.UrlBudget(burst=100, per_minute=60_000.0)
    )
    made = listen(
        events.pipe(
            rxslack.reconnect(lambda: rxslack.backoff(0.01, 0.01)),
            rxslack.events_api(),
            rxslack.backfill(unlimited.user_web, pauses=lambda: [0.01] * 3),
        )
    )
    made.hellos(1)
    made.say("before")
    return made


def miss(slack: Workspace, stream: Any, *texts: str) -> None:
    """Say something while nothing is connected."""
    with slack.faults.answer("apps.connections.open", status=503) as script:
        slack.connections[0].cut()
        stream.wait_for(lambda: script.given)
        for text in texts:
            slack.say("general", "bob", text)


@pytest.mark.parametrize("unlimited", [NEVER], indirect=True)
def test_it_brings_what_slack_has_given_up(unlimited: Workspace, stream: Any) -> None:
    miss(unlimited, stream, "one", "two", "three")
    stream.wait_for(lambda: "rxslack.backfilled" in stream.kinds())
    stream.say("after")

    assert stream.texts() == ["before", "one", "two", "three", "after"]
    assert [one.lost for one in unlimited.socket_mode.delivered] == [False, True, True, True, False]
    assert stream.kinds().count("rxslack.gap") == stream.kinds().count("rxslack.backfilled") == 1


@pytest.mark.parametrize("unlimited", [SOON], indirect=True)
def test_it_brings_nothing_twice_that_slack_delivers_again(
    unlimited: Workspace, stream: Any
) -> None:
    texts = [f"{number}" for number in range(50)]
    miss(unlimited, stream, *texts)
    stream.wait_for(lambda: "rxslack.backfilled" in stream.kinds())
    stream.say("after")
    deliveries = unlimited.socket_mode.delivered
    stream.wait_for(lambda: all(one.is_settled for one in deliveries))

    assert sorted(stream.texts()) == sorted(["before", *texts, "after"])
    assert not any(one.lost for one in deliveries)


@pytest.mark.parametrize("unlimited", [(3.0,)], indirect=True)
def test_it_drops_a_retry_that_comes_after_the_past(unlimited: Workspace, stream: Any) -> None:
    miss(unlimited, stream, "one", "two")
    stream.wait_for(lambda: "rxslack.backfilled" in stream.kinds())
    before = stream.texts()
    unlimited.wait_until(lambda: all(one.is_settled for one in unlimited.socket_mode.delivered))
    stream.say("after")

    assert before == ["before", "one", "two"]
    assert stream.texts() == [*before, "after"]
    assert not any(one.lost for one in unlimited.socket_mode.delivered)
