"""What happens at a time of the workspace's."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import pytest

from rxslack.simulator import Clock
from rxslack.simulator.team.clock import TimerGroup, Timers
from rxslack.simulator.team.feed import Changes


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: 0.0)


@pytest.fixture
def timers(clock: Clock) -> Iterator[Timers]:
    made = Timers(clock)
    yield made
    made.close()


def test_it_does_things_in_the_order_of_their_times(clock: Clock, timers: Timers) -> None:
    done = list[str]()
    timers.after(20.0, lambda: done.append("late"))
    TimerGroup(timers).every(8.0, lambda: done.append(f"at {len(done)}"))
    timers.after(1.0, lambda: done.append("never")).cancel()
    clock.advance(25.0)
    Changes().wait_until(lambda: len(done) == 4, timeout=10)
    assert done == ["at 0", "at 1", "late", "at 3"]


def test_it_acts_once_when_it_has_been_quiet_for_so_long(clock: Clock, timers: Timers) -> None:
    done, last = list[float](), [0.0]
    TimerGroup(timers).when_quiet(10.0, lambda: last[0], lambda: done.append(clock()))
    clock.advance(9.0)
    last[0] = 9.0
    clock.advance(9.0)
    assert done == []
    clock.advance(1.0)
    clock.advance(100.0)
    assert done == [19.0]


def test_it_ends_timers_together_and_lets_go_of_what_they_hold(
    clock: Clock, timers: Timers
) -> None:
    class Socket:
        def ping(self) -> None:
            done.append(clock())

    done = list[float]()
    group, socket = TimerGroup(timers), Socket()
    gone = weakref.ref(socket)
    group.every(10.0, socket.ping)
    group.after(1000.0, socket.ping)
    clock.advance(10.0)
    group.end()
    group.after(10.0, socket.ping)
    del socket
    assert gone() is None  # although the timers of an hour hence are still waited for
    clock.advance(2000.0)
    assert done == [10.0]
