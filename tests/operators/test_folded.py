"""`folded`: `scan` whose state a restart goes on with, each item folded once."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Generator
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from reactivex import Observable, Subject, abc, operators as ops

from rxslack.errors import ConfigurationError, SlackError
from rxslack.operators.folded import folded
from rxslack.past.record import record
from rxslack.past.replay import replay
from rxslack.simulator import Limits, Workspace
from rxslack.testing import Marbles

Counts = dict[str, int]
Item = dict[str, Any]

EMPTY: Counts = {}


def said(number: int, user: str = "U1") -> Item:
    return {"type": "message", "channel": "C1", "user": user, "text": "Hi", "ts": f"{number}.0"}


def count(state: Counts, item: Item) -> Counts:
    return {**state, item["user"]: state.get(item["user"], 0) + 1}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


# Python 3.13 and newer warn of a database that is left to the garbage collector.
subscriptions: list[abc.DisposableBase] = []


@pytest.fixture(autouse=True)
def all_disposed() -> Generator[None]:
    yield
    while subscriptions:
        subscriptions.pop().dispose()


class Fold:
    """One subscription; what was emitted, and how it ended."""

    def __init__(self, store: Path, step: Any = count, seed: Any = None, **options: Any) -> None:
        self.source = Subject[Any]()
        self.states: list[Any] = []
        self.ended: list[Any] = []
        fold: Any = folded(step, EMPTY if seed is None else seed, store=store, **options)
        stream: Observable[Any] = fold(self.source)
        self.running = stream.subscribe(
            self.states.append, self.ended.append, lambda: self.ended.append("completed")
        )
        subscriptions.append(self.running)

    def take(self, *items: Any) -> Any:
        for item in items:
            self.source.on_next(item)
        return self.states[-1] if self.states else None

    def stop(self) -> None:
        self.running.dispose()


def test_it_emits_the_state_after_each_item(store: Path, marbles: Marbles) -> None:
    stream = marbles.cold("-ab-|", a=said(1), b=said(2, "U2"))
    seen = marbles.run(stream.pipe(folded(count, EMPTY, store=store)))
    assert seen == marbles.seen("-xy-|", x={"U1": 1}, y={"U1": 1, "U2": 1})
    assert stream.subscriptions == marbles.opened("^---!")


@pytest.mark.parametrize("every", [1, 2, 3, 1000])
def test_it_goes_on_after_a_restart(store: Path, every: int) -> None:
    for number in range(1, 8):
        fold = Fold(store, snapshot_every=every)
        assert fold.states == ([{"U1": number - 1}] if number > 1 else [])
        assert fold.take(said(number)) == {"U1": number}
        fold.stop()


@pytest.mark.parametrize("every", [1, 2, 1000])
def test_it_folds_nothing_again_that_comes_again(store: Path, every: int) -> None:
    for number in range(1, 6):
        fold = Fold(store, snapshot_every=every)
        assert fold.take(*map(said, range(1, number + 1))) == {"U1": number}
        assert fold.take(said(number)) == {"U1": number}
        assert len(fold.states) == 1 + (number > 1)
        fold.stop()


def one_more(state: int, _: object) -> int:
    return state + 1


def test_it_folds_what_has_no_key_whenever_it_comes(store: Path) -> None:
    for number in range(1, 4):
        fold = Fold(store, one_more, 0, snapshot_every=2)
        assert fold.take({"type": "user_typing"}) == number
        fold.stop()


def test_it_forgets_the_oldest_keys(store: Path) -> None:
    fold = Fold(store, max_remembered=2, snapshot_every=1)
    assert fold.take(*map(said, range(5))) == {"U1": 5}
    assert fold.take(said(4), said(3)) == {"U1": 5}
    assert fold.take(said(0)) == {"U1": 6}


def test_it_takes_the_key_that_it_is_given(store: Path) -> None:
    fold = Fold(store, key=itemgetter("user"))
    assert fold.take(said(1), said(2), said(3, "U2")) == {"U1": 1, "U2": 1}


def test_what_step_raises_ends_it_and_the_item_was_not_folded(store: Path) -> None:
    fold = Fold(store)
    fold.take(said(1), {"type": "hello"})
    assert isinstance(fold.ended[0], KeyError)
    again = Fold(store)
    assert again.states == [{"U1": 1}]


def test_it_passes_on_the_end(store: Path) -> None:
    fold = Fold(store)
    fold.source.on_completed()
    assert fold.ended == ["completed"]
    failing, error = Fold(store), ValueError()
    failing.source.on_error(error)
    assert failing.ended == [error]
    Fold(store)  # the file was let go


def test_it_refuses_a_state_of_another_version(store: Path) -> None:
    Fold(store, version=2).stop()
    for version in (1, 3):
        (error,) = Fold(store, version=version).ended
        assert isinstance(error, ConfigurationError)
        assert f"version 2, and this is version {version}" in str(error)


def listed(state: list[str], item: Item) -> list[str]:
    return [*state, item["user"]]


def test_it_upgrades_a_state_of_an_earlier_version(store: Path) -> None:
    first = Fold(store, snapshot_every=1)
    first.take(said(1), said(2, "U2"))
    first.stop()
    told: list[int] = []

    def upgrade(state: Any, version: int) -> list[str]:
        told.append(version)
        return sorted(state)

    for _ in range(2):
        second = Fold(store, listed, [], version=3, upgrade=upgrade)
        assert second.states == [["U1", "U2"]]
        second.stop()
    assert told == [1]


def test_it_upgrades_no_items_that_are_in_no_snapshot(store: Path) -> None:
    first = Fold(store)
    first.take(said(1))
    first.stop()
    (error,) = Fold(store, version=2, upgrade=same).ended
    assert "in no snapshot" in str(error)


def same(state: Any, _: object) -> Any:
    return state


def a_set(*_: object) -> Any:
    return {1, 2}


def no_number(*_: object) -> float:
    return float("nan")


def keyless(_: object) -> None:
    pass


@pytest.mark.parametrize(
    ("item", "step", "seed"),
    [
        (object(), same, 0),
        ({"ts": {1, 2}}, same, 0),
        ({}, a_set, 0),
        ({}, no_number, 0),
    ],
)
def test_it_refuses_what_is_no_json(store: Path, item: Any, step: Any, seed: Any) -> None:
    fold = Fold(store, step, seed, key=keyless, snapshot_every=1)
    fold.take(item)
    assert isinstance(fold.ended[0], ConfigurationError)
    assert fold.states == []
    assert Fold(store, step, seed).states == []


def test_it_refuses_a_seed_that_is_no_json(store: Path) -> None:
    (error,) = Fold(store, seed={1, 2}).ended
    assert "the seed" in str(error)


def test_it_refuses_a_file_that_another_one_has(store: Path) -> None:
    held = Fold(store)
    (error,) = Fold(store).ended
    assert isinstance(error, ConfigurationError)
    held.stop()
    assert Fold(store).ended == []


def test_it_emits_no_state_that_cannot_be_kept(store: Path, monkeypatch: Any) -> None:
    from rxslack.core.database import Database

    def full(self: Database, *statements: object) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    fold = Fold(store)
    fold.take(said(1))
    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", full)
        fold.take(said(2))
    assert isinstance(fold.ended[0], SlackError)
    assert "disk is full" in str(fold.ended[0])
    assert fold.states == [{"U1": 1}]


@pytest.mark.parametrize("options", [{"version": 0}, {"max_remembered": 0}, {"snapshot_every": 0}])
def test_it_refuses_options_that_cannot_work(store: Path, options: Any) -> None:
    with pytest.raises(ConfigurationError):
        folded(count, EMPTY, store=store, **options)


def test_a_recording_rebuilds_it_as_it_was_at_a_moment(
    store: Path, tmp_path: Path, marbles: Marbles
) -> None:
    stream = marbles.cold("-abc|", a=said(1), b=said(2), c=said(3))
    path = tmp_path / "day.jsonl"
    marbles.run(stream.pipe(record(path)))
    assert replay(path, until=2.0).pipe(folded(count, EMPTY, store=store)).run() == {"U1": 2}
    assert replay(path, until=2.0).pipe(ops.count()).run() == 2
    assert replay(path, until=0.5).pipe(ops.count()).run() == 0
    assert replay(path).pipe(ops.count()).run() == 3
    timed = replay(path, ops.delay(5.0), until=2.0, speed=1000.0)
    assert timed.pipe(ops.count()).run() == 2


# Counts what is said; says each state.
PROGRAM = """
import sys
import rxslack

url, token, folder = sys.argv[1:]
web = rxslack.WebClient(token, base_url=url)

def count(state, event):
    return {"messages": state["messages"] + 1, "sum": state["sum"] + int(event["text"])}

totals = rxslack.rtm(web).pipe(
    rxslack.reconnect(),
    rxslack.backfill(web, checkpoint=f"{folder}/seen.sqlite", settle=0.0),
    rxslack.of_type(rxslack.MessageEvent),
    rxslack.folded(
        count, {"messages": 0, "sum": 0}, store=f"{folder}/state.sqlite", snapshot_every=7
    ),
)
rxslack.run(totals, lambda state: print(state["messages"], state["sum"], flush=True))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_state_and_stream_agree_however_often_the_process_is_killed(tmp_path: Path) -> None:
    chance = random.Random(11)
    number = 0
    with Workspace(limits=Limits.off()) as slack:
        command = [sys.executable, "-c", PROGRAM, slack.base_url, slack.bot_token, str(tmp_path)]

        def talk(count: int) -> None:
            nonlocal number
            for _ in range(count):
                number += 1
                slack.say("general", "alice", str(number))

        for _ in range(12):
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                slack.wait_until(lambda: slack.connections, timeout=60.0)
                talk(40)
                threading.Event().wait(chance.uniform(0.0, 0.3))
                process.send_signal(signal.SIGKILL)
            slack.wait_until(lambda: not slack.connections, timeout=60.0)
            talk(5)
        expected = f"{number} {number * (number + 1) // 2}"
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            last = ""
            for line in process.stdout:
                last = line.strip()
                if last == expected or int(last.split()[0]) > number:
                    break
            process.send_signal(signal.SIGTERM)
    assert last == expected
