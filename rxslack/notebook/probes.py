"""Counting what each stage of a pipeline emits, while it runs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Final, cast

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable

from rxslack.core.masking import masked
from rxslack.notebook.stages import chain
from rxslack.notebook.tally import kind_of
from rxslack.wire.bursts import Bursts, Direct, Sifted, never
from rxslack.wire.wishes import EVERYTHING, Wish

__all__ = ["Stage", "counted"]

RECENT: Final = 200  # items of a stage that its marbles show


class Stage:
    """
    One stage, and what has come out of it, over all its subscriptions.

    Attributes:
        name: of the operator.
        out: items.
        gaps: of these, gaps between two connections.
        failures: of these, what `isolate` made of exceptions.
        subscriptions: how often it was subscribed to since it is counted.
        running: how many of these are not over.
        error: what the last one failed with, in words; "" if it did not.
        recent: the last items, each with its time in unix seconds and its type.
    """

    def __init__(self, name: str, changed: Callable[[], object]) -> None:
        self.name = name
        self.out = self.gaps = self.failures = self.subscriptions = self.running = 0
        self.error = ""
        self.recent: deque[tuple[float, str]] = deque(maxlen=RECENT)
        self.changed = changed
        self._lock = Lock()

    def see(self, item: Any) -> None:
        """One more."""
        kind = kind_of(item)
        with self._lock:
            self.out += 1
            if kind == "rxslack.gap":
                self.gaps += 1
            elif kind == "rxslack.failure":
                self.failures += 1
            self.recent.append((time.time(), kind))
        self.changed()

    def begin(self) -> None:
        """A subscription."""
        with self._lock:
            self.subscriptions += 1
            self.running += 1
        self.changed()

    def end(self, mark: str, error: Exception | None = None) -> None:
        """The end of one: completed "|", failed "#" or left by its subscriber "!"."""
        with self._lock:
            self.running -= 1
            self.recent.append((time.time(), mark))
            self.error = masked(f"{type(error).__name__}: {error}") if error is not None else ""
        self.changed()


class Probe(abc.ObserverBase[Any]):
    """
    Stands before an observer, and counts.

    It is an observer of bursts as well.
    """

    def __init__(
        self, observer: Any, stage: Stage, on_next: Callable[[Any], Any] | None = None
    ) -> None:
        self._observer = observer
        self._stage = stage
        self._emit: Callable[[Any], Any] = on_next or getattr(
            observer, "on_next", cast("Any", None)
        )
        self._over = False
        stage.begin()

    @property
    def is_stopped(self) -> bool:
        """As whoever stands behind says."""
        return bool(getattr(self._observer, "is_stopped", False))

    def on_next(self, value: Any) -> None:
        """One more."""
        self._stage.see(value)
        self._emit(value)

    def on_items(self, items: Sequence[Any], plain: bool, /) -> None:
        """Some more."""
        for item in items:
            self._stage.see(item)
        self._observer.on_items(items, plain)

    def on_error(self, error: Exception) -> None:
        """It failed."""
        self._end("#", error)
        self._observer.on_error(error)

    def on_completed(self) -> None:
        """It completed."""
        self._end("|")
        self._observer.on_completed()

    def leave(self) -> None:
        """Whoever listened has left."""
        self._end("!")

    def wish(self) -> Wish:
        """Everything: what is left out could not be counted."""
        return EVERYTHING

    def _end(self, mark: str, error: Exception | None = None) -> None:
        if not self._over:
            self._over = True
            self._stage.end(mark, error)


def counted(
    stream: Observable[Any], changed: Callable[[], object]
) -> tuple[list[Stage], Callable[[], None]]:
    """
    Count from now on what each stage of a stream emits to whoever subscribes later.

    The stream stays the one it is: its stages are looked at where they are subscribed to.

    Returns: the stages from the source on, and a function that ends the counting.
    """
    found: list[Stage] = []
    undo: list[Callable[[], None]] = []
    steps = chain(stream)
    for name, step in steps:
        stage = Stage(name, changed)
        found.append(stage)
        undo.append(probe(step, stage))
    by_step = {id(step): stage for (_, step), stage in zip(steps, found, strict=True)}
    for _, step in steps:
        if isinstance(step, Sifted):
            sifted: Sifted[Any] = step
            undo.append(count_inside(sifted, by_step))

    def end() -> None:
        for each in undo:
            each()

    return found, end


def probe(step: Observable[Any], stage: Stage) -> Callable[[], None]:
    """Look at one step wherever it is subscribed to; returns what ends that."""
    if isinstance(step, Bursts):
        name = "_in_bursts"
    else:
        name = "_core" if isinstance(step, Direct) else "_subscribe_core"
    before: Any = getattr(step, name)
    own = name in vars(step)

    def subscribe(*given: Any) -> abc.DisposableBase:
        # (observer, scheduler); for `_core` (on_next, observer, scheduler)
        if name == "_core":
            looking = Probe(given[1], stage, given[0])
            inner = before(looking.on_next, looking, *given[2:])
        else:
            looking = Probe(given[0], stage)
            inner = before(looking, *given[1:])
        return CompositeDisposable(Disposable(looking.leave), fixed(inner))

    setattr(step, name, subscribe)

    def undo() -> None:
        if vars(step).get(name) is subscribe:
            if own:
                setattr(step, name, before)
            else:
                delattr(step, name)

    return undo


def fixed(subscription: Any) -> abc.DisposableBase:
    """A subscription as something to dispose of; operators may return a function, or None."""
    if hasattr(subscription, "dispose"):
        return cast("abc.DisposableBase", subscription)
    return Disposable(subscription)


def count_inside(sifted: Sifted[Any], by_step: dict[int, Stage]) -> Callable[[], None]:
    """Count what passes the conditions that are asked in one loop: nobody subscribes in between."""
    before = sifted.conditions
    conditions = list(before)
    step: Any = sifted.source
    while isinstance(step, Sifted):
        inner: Sifted[Any] = cast("Any", step)
        stage = by_step.get(id(inner))
        place = len(inner.conditions) - 1
        if stage is not None and place >= 0 and inner.mapper is None:
            asked = conditions[place]
            plain = asked.of_plain and passing(asked.of_plain, stage)
            conditions[place] = asked._replace(of_any=passing(asked.of_any, stage), of_plain=plain)
        step = inner.source
    sifted.conditions = tuple(conditions)

    def undo() -> None:
        sifted.conditions = before

    return undo


def passing(check: Callable[[Any], bool], stage: Stage) -> Callable[[Any], bool]:
    """A condition that counts what meets it."""
    if check is never:
        return check

    def ask(item: Any) -> bool:
        met = check(item)
        if met:
            stage.see(item)
        return met

    ask.__qualname__ = getattr(check, "__qualname__", "")  # by which a step is named
    return ask
