"""The operator that folds a stream into a state, which outlives a restart."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar, cast

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable

from rxslack.core.database import Database, Statement
from rxslack.core.operator import composed
from rxslack.core.unhandled import pass_on
from rxslack.errors import ConfigurationError, SlackError
from rxslack.operators.distinct import key_of

__all__ = ["folded"]

S = TypeVar("S")
T = TypeVar("T")

TABLES: Final = {
    "snapshots": "version INTEGER NOT NULL, position INTEGER NOT NULL, state TEXT NOT NULL",
    "items": "position INTEGER PRIMARY KEY, key TEXT UNIQUE, item TEXT",
}


@composed
def folded(
    step: Callable[[S, T], S],
    seed: S,
    *,
    store: str | os.PathLike[str],
    version: int = 1,
    upgrade: Callable[[Any, int], S] | None = None,
    key: Callable[[T], Hashable] = key_of,
    max_remembered: int = 100_000,
    snapshot_every: int = 1000,
) -> Callable[[Observable[T]], Observable[S]]:
    """
    Fold a stream as `scan` does, into a state that a restart goes on with.

    >>> import reactivex, tempfile
    >>> from reactivex import operators as ops
    >>> def count(state: dict[str, int], event: dict[str, str]) -> dict[str, int]:
    ...     return {**state, event["user"]: state.get(event["user"], 0) + 1}
    >>> def said(user: str, ts: str) -> dict[str, str]:
    ...     return {"type": "message", "channel": "C1", "user": user, "text": "Hi", "ts": ts}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     counts = folded(count, {}, store=f"{folder}/counts.db")
    ...     first = [said("U1", "1.0"), said("U2", "2.0")]
    ...     reactivex.of(*first).pipe(counts, ops.to_list()).run()
    ...     reactivex.of(*first, said("U1", "3.0")).pipe(counts, ops.to_list()).run()
    [{'U1': 1}, {'U1': 1, 'U2': 1}]
    [{'U1': 1, 'U2': 1}, {'U1': 2, 'U2': 1}]

    Each item is in the file before its state is emitted, and is known there by its key. So state and
    stream agree, whoever brings again what the process had when it was killed: `backfill` with its
    checkpoint, Slack, whose envelopes were not acknowledged, or a log. What comes again is not folded
    again.

    The file holds a snapshot of the state, and the items since then, which `step` folds again at the
    start: it must make the same of the same, and leave its arguments as they are.

    Args:
        step: From a state and an item the next state.
        seed: The state before the first item. It and all others are JSON: dicts whose keys are
            texts, lists, texts, numbers. So are the items.
        store: Path of a SQLite file, made when there is none, and readable to its owner only. It
            belongs to one subscription of one process at a time.
        version: Of what the state looks like. Count up when `step` makes another kind of state.
        upgrade: Makes a state of this version of one of an earlier version, which it is told. Default:
            a file of another version is refused. Where there is a recording, a state can be
            rebuilt instead: ``replay(path, until=…).pipe(folded(step, seed, store=another))``.
        key: What two deliveries of one item have in common; None where an item is to be folded
            whenever it comes. Default: as for `distinct`.
        max_remembered: How many keys are known; the oldest are forgotten.
        snapshot_every: Items after which a snapshot is made, and so the most that are folded again
            at the start.

    Emits: first the state as it was left, if there is one; then that after each new item.
    Errors: the source's own; what `step` raises, and then the item was not folded;
        ``ConfigurationError`` for a file that cannot be used, and for what JSON cannot hold;
        ``SlackError`` when the file cannot be written: a state that cannot be kept is not emitted.
    Dispose: disposes the source, and lets the file go. What was emitted is safe from the end of the
        process, and from that of the machine but for the last moments.
    Source: sqlite.org/pragma.html ("synchronous": NORMAL).
    """
    if version < 1 or max_remembered < 1 or snapshot_every < 1:
        raise ConfigurationError(
            "version, max_remembered and snapshot_every must be at least 1, not "
            f"{version!r}, {max_remembered!r} and {snapshot_every!r}"
        )

    def piped(source: Observable[T]) -> Observable[S]:
        def subscribe(
            observer: abc.ObserverBase[S], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            states = StateStore(store, version, max_remembered, snapshot_every)
            try:
                state, has_been = states.load(step, seed, upgrade)
            except BaseException:
                states.close()
                raise
            if has_been:
                observer.on_next(state)

            def on_next(item: T) -> None:
                nonlocal state
                try:
                    after = states.fold(state, step, item, key(item))
                except BaseException as error:  # noqa: BLE001 - the user's functions may raise anything
                    pass_on(observer, error)
                    return
                if after is not None:
                    (state,) = after
                    observer.on_next(state)

            upstream = source.subscribe(
                on_next, observer.on_error, observer.on_completed, scheduler=scheduler
            )
            return CompositeDisposable(upstream, Disposable(states.close))

        return Observable(subscribe)

    return piped


class StateStore:
    """
    A state in a file: a snapshot, and the items since. For one thread at a time, but for `close`.

    Args:
        path, version, max_remembered, snapshot_every: See `folded`.

    Errors: ``ConfigurationError`` when the file cannot be used.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        version: int,
        max_remembered: int,
        snapshot_every: int,
    ) -> None:
        self._version = version
        self._max_remembered = max_remembered
        self._snapshot_every = snapshot_every
        self._position = 0
        self._snapshot = 0  # the position of the last one
        try:
            self._file = Database(path, TABLES, synchronous="NORMAL")
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(
                f"the store {os.fspath(path)!r} cannot be used: {error}; give each `folded` a file "
                "of its own, and move away what is damaged"
            ) from error

    def load(
        self,
        step: Callable[[S, T], S],
        seed: S,
        upgrade: Callable[[Any, int], S] | None,
    ) -> tuple[S, bool]:
        """The state as it was left, and whether there was one."""
        as_json(seed, "the seed")
        state, snapshots = seed, self._file.read("SELECT version, position, state FROM snapshots")
        if snapshots:
            version, self._snapshot, text = snapshots[0]
            state = json.loads(text)
        else:
            version = self._version
            self._file.write(self._snapshot_of(seed))
        items = self._file.read(
            "SELECT item FROM items WHERE position > ? ORDER BY position", (self._snapshot,)
        )
        rows = self._file.read("SELECT max(position) FROM items")
        self._position = max(self._snapshot, rows[0][0] or 0)
        if version != self._version:
            if upgrade is None or version > self._version:
                raise self._of_another_version(version)
            if items:
                raise ConfigurationError(
                    f"the store {self._file.name} has items of version {version} that are in no "
                    "snapshot, as a process leaves them that was killed: run that version once "
                    "more, and end it by a signal"
                )
            state = upgrade(state, version)
            self._take_snapshot(state)
        for (text,) in items:
            state = step(state, cast("T", json.loads(text)))
        return state, bool(self._position)

    def fold(self, state: S, step: Callable[[S, T], S], item: T, key: Hashable) -> tuple[S] | None:
        """
        The state after an item, on the disk; None for one that was there before.

        Errors: what `step` raises; ``ConfigurationError`` and ``SlackError`` as for `folded`.
        """
        name = None if key is None else as_json(key, "the key of an item")
        if name is not None and self._knows(name):
            return None
        text, after = as_json(item, "an item"), step(state, item)
        if self._position - self._snapshot + 1 >= self._snapshot_every:
            as_json(after, "the state")
        insert = "INSERT INTO items (position, key, item) VALUES (?, ?, ?)"
        self._write((insert, (self._position + 1, name, text)))
        self._position += 1
        if self._position - self._snapshot >= self._snapshot_every:
            self._take_snapshot(after)
        return (after,)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _knows(self, name: str) -> bool:
        try:
            return bool(self._file.read("SELECT 1 FROM items WHERE key = ?", (name,)))
        except sqlite3.Error as error:
            raise self._unwritable(error) from error

    def _take_snapshot(self, state: object) -> None:
        self._write(
            self._snapshot_of(state),
            ("UPDATE items SET item = NULL WHERE item IS NOT NULL", ()),
            (
                "DELETE FROM items WHERE key IS NULL OR position <= ?",
                (self._position - self._max_remembered,),
            ),
        )
        self._snapshot = self._position

    def _snapshot_of(self, state: object) -> Statement:
        text = as_json(state, "the state")
        replace = "REPLACE INTO snapshots (rowid, version, position, state) VALUES (1, ?, ?, ?)"
        return replace, (self._version, self._position, text)

    def _write(self, *statements: Statement) -> None:
        try:
            self._file.write(*statements)
        except sqlite3.Error as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: sqlite3.Error) -> SlackError:
        return SlackError(f"the store {self._file.name} cannot be written: {error}")

    def _of_another_version(self, version: int) -> ConfigurationError:
        return ConfigurationError(
            f"the store {self._file.name} has a state of version {version}, and this is version "
            f"{self._version}; give `upgrade`, or another store, and rebuild the state with replay"
        )


def as_json(value: object, what: str) -> str:
    """
    A value as it is kept.

    Errors: ``ConfigurationError`` when JSON would make something else of it.
    """
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"{what} cannot be kept in the store, which holds JSON: {error}"
        ) from error
