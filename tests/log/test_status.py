"""How a log fares."""

from __future__ import annotations

import time
from typing import Any

from reactivex import operators as ops

from rxslack import LogStatus, hold
from rxslack.log.inspection import GroupSnapshot, LogSnapshot
from rxslack.log.where import inspection_at
from tests.background import until
from tests.log.programs import Watcher, append, event


def test_it_says_how_far_a_group_is_behind_and_who_holds_what(where: str) -> None:
    status = LogStatus(where)
    assert status.now == LogSnapshot()
    holds: list[Any] = []
    watcher = Watcher(
        where, lambda log: log.pipe(ops.do_action(lambda _: holds.append(hold()))), max_waiting=2
    )
    append(where, *(event(number) for number in range(5)))
    until(lambda: len(holds) == 2)
    group = status.now.groups[0]
    assert status.now.entries == 5
    assert (group.name, group.lag, group.pending, group.dead) == ("g", 3, 2, 0)
    assert list(group.held.values()) == [1]
    assert group.oldest is not None
    assert abs(time.time() - group.oldest) < 60
    for _ in range(5):
        until(lambda: holds)
        holds.pop().let_go()
    until(lambda: status.now.groups[0].pending == 0)
    assert status.now.groups[0] == GroupSnapshot(name="g")
    watcher.subscription.dispose()


def test_it_tells_again_and_again(where: str) -> None:
    seen: list[LogSnapshot] = []
    subscription = LogStatus(where, updates=0.05).changes.subscribe(seen.append)
    append(where, event(1))
    until(lambda: seen and seen[-1].entries == 1)
    subscription.dispose()


def test_a_replay_gives_again_what_was_done_from_then_on(where: str) -> None:
    append(where, event(1))
    time.sleep(0.05)
    since = time.time()
    time.sleep(0.05)
    append(where, event(2), event(3))
    first = Watcher(where)
    until(lambda: len(first.items) == 3)
    until(lambda: LogStatus(where).now.groups[0].pending == 0)
    inspection_at(where).replay("g", since)
    until(lambda: len(first.items) == 5)
    first.subscription.dispose()
    assert first.texts == ["1", "2", "3", "2", "3"]


def test_what_nobody_survived_is_kept(where: str) -> None:
    append(where, event(1))

    def fail(_: Any) -> None:
        raise LookupError("a bug")

    broken = Watcher(where, lambda log: log.pipe(ops.do_action(fail)), attempts=1)
    until(lambda: broken.errors)
    last = Watcher(where, attempts=1)
    inspection = inspection_at(where)
    until(lambda: inspection.dead("g"))
    last.subscription.dispose()
    assert inspection.dead("g")[0].item == event(1)
    inspection.forget("g")
    assert inspection.look().groups == ()
    assert inspection.dead("g") == []
