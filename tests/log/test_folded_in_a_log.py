"""`folded` behind `from_log`: whatever dies in between, the state has each event of the log once, in order."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from functools import reduce
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Observable, operators as ops

from rxslack import LogStatus, folded, from_log
from tests.log.programs import append, event

State = dict[str, int]


def step(state: State, item: Any) -> State:
    """A state that another order of events would make another one."""
    channel = item["channel"]
    return {**state, channel: (31 * state.get(channel, 0) + int(item["text"])) % 1_000_003}


class Died(Exception):
    """A subscriber's own end."""


def dying_at(number: int) -> Any:
    """An operator that raises when its item of this number comes."""
    coming = count(1)

    def look(_: object) -> None:
        if next(coming) == number:
            raise Died

    return ops.do_action(look)


def left_in(store: Path) -> State:
    """The state in a file."""
    states: list[State] = []
    nothing: Observable[Any] = reactivex.empty()
    with nothing.pipe(fold(store)).subscribe(states.append):
        return states[-1]


def fold(store: Path) -> Any:
    return folded(step, dict[str, int](), store=store)


def wait_until_through(where: str) -> None:
    """Until the log has nothing left for the group."""
    for _ in range(6000):
        groups = LogStatus(where).now.groups
        if groups and not any(one.lag or one.pending for one in groups):
            return
        threading.Event().wait(0.01)
    raise TimeoutError(LogStatus(where).now)


@pytest.mark.parametrize("dies", ["before it is folded", "after it was folded"])
def test_an_event_that_its_reader_dies_of_is_folded_once(
    where: str, tmp_path: Path, dies: str
) -> None:
    items = [event(number) for number in range(1, 6)]
    append(where, *items)
    store, died = tmp_path / "state.db", threading.Event()

    def dying(events: Observable[Any]) -> Observable[Any]:
        if dies == "before it is folded":
            return events.pipe(dying_at(3), fold(store))
        return events.pipe(fold(store), dying_at(3))

    stream = dying(from_log(where, group="g"))
    with stream.subscribe(on_error=lambda _: died.set()):
        assert died.wait(60.0)
    assert left_in(store) == reduce(step, items[: 2 if "before" in dies else 3], dict[str, int]())

    with from_log(where, group="g").pipe(fold(store)).subscribe():
        wait_until_through(where)
    assert left_in(store) == reduce(step, items, dict[str, int]())


# Reads the log, and says each state.
PROGRAM = """
import sys
from pathlib import Path
import rxslack
from tests.log.test_folded_in_a_log import step

where, store = sys.argv[1:]
states = rxslack.from_log(where, group="g", lease=1.0).pipe(
    rxslack.folded(step, {}, store=store, snapshot_every=7)
)
rxslack.run(states, lambda _: Path(f"{store}.began").touch())
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_state_and_log_agree_however_often_the_reader_is_killed(where: str, tmp_path: Path) -> None:
    chance, numbers, items = random.Random(5), count(1), list[Any]()
    store, began = tmp_path / "state.db", tmp_path / "state.db.began"

    def more(times: int) -> None:
        new = [event(next(numbers), chance.choice(["C1", "C2", "C3"])) for _ in range(times)]
        items.extend(new)
        append(where, *new)

    command = [sys.executable, "-c", PROGRAM, where, str(store)]
    root = str(Path(__file__).parents[2])
    for last in [*[False] * 10, True]:
        more(100)
        with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": root}) as process:
            while not began.exists():
                threading.Event().wait(0.01)
            if last:
                wait_until_through(where)
                process.send_signal(signal.SIGTERM)
                assert process.wait(60.0) == 0
            else:
                more(100)
                threading.Event().wait(chance.uniform(0.0, 0.05))
                process.send_signal(signal.SIGKILL)
        began.unlink()
    assert left_in(store) == reduce(step, items, dict[str, int]())
