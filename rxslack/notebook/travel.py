"""A slider over a recording: what a pipeline had made of it by then."""

from __future__ import annotations

import os
import threading
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final, NamedTuple, cast

from reactivex import Observable, compose, operators as ops

from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError
from rxslack.events.messages import event_in
from rxslack.notebook.names import Names
from rxslack.notebook.rows import row_of
from rxslack.notebook.stages import stages
from rxslack.notebook.tally import kind_of
from rxslack.notebook.widgets import VIEW, Widget, has_widgets, made
from rxslack.past.recorded_time import recorded_now
from rxslack.past.replay import replay
from rxslack.web.client import Caller

__all__ = ["Output", "PastMoment", "Travel", "travel"]

COLUMNS: Final = ("channel", "user", "type", "text")
SHOWN: Final = 12  # events and outputs in the widget


class Output(NamedTuple):
    """
    What the pipeline emitted.

    Attributes:
        place: of the event that had come last by then.
        at: when, in unix seconds of the recording.
        item: what.
    """

    place: int
    at: float
    item: Any


@dataclass(frozen=True)
class PastMoment:
    """
    How things were.

    Attributes:
        place: of the event that had come last.
        at: when that came, unix seconds.
        event: it.
        outputs: what the pipeline had emitted by then, the last ones, oldest first.
        state: the last of these; None before the first.
        counts: how many had come out of each operator, by name, in order.
    """

    place: int
    at: float
    event: Mapping[str, Any]
    outputs: list[Output]
    state: Any
    counts: list[tuple[str, int]]


def travel(
    path: str | os.PathLike[str],
    *operators: Callable[[Any], Any],
    max_remembered: int = 20_000,
    web: Caller | None = None,
    title: str = "",
) -> Travel:
    """
    Go back and forth in a recording, and see what a pipeline had made of it at each event.

        past = rxslack.notebook.travel("monday.jsonl.gz", ops.scan(count, 0))
        past                                 # in a cell: a slider
        past.at(100).state                   # after the hundredth event
        past.before(past.failures[0])        # the events that led to a failure

    The recording is played through the operators once, in its own time, when this is called. In a notebook it
    is a slider: step by event, or from failure to failure; what had come, what had come out of each
    operator, and the last output as the state. A press on a failure goes to the events before it.

    Args:
        path: A file that `record` wrote.
        operators: As for `replay`; with `isolate` around them failures are items. An error ends the
            pipeline, and is shown where it happened.
        max_remembered: How many of the last events, and of the last outputs of each operator, are kept;
            the operators see all of them.
        web: A `WebClient` that is asked for names.
        title: Stands above it.

    Returns: a `Travel`.
    Errors: what `replay` raises of the file; ``ConfigurationError`` for a recording without an event.
    Source: none.
    """
    found = Travel(title or os.path.basename(os.fsdecode(path)), Names(web), max_remembered)
    found.play(path, operators)
    if not found.total:
        raise ConfigurationError(f"{printable(os.fsdecode(path))} has no event to go to")
    return found


class Tap:
    """What came out of one operator: after which events, and how often."""

    def __init__(self, name: str, most: int) -> None:
        self.name = name
        self.total = 0
        self.places: deque[int] = deque(maxlen=most)

    def count_at(self, place: int, places: list[int]) -> int:
        """How often by then."""
        return self.total - (len(places) - bisect_right(places, place))


class Travel:
    """
    See `travel`, which makes it.

    Attributes:
        total: how many events there were.
        error: what ended the pipeline; None if nothing did.
        failures: the `rxslack.failure` items that came out of it, oldest first.
    """

    def __init__(self, title: str, names: Names, most: int) -> None:
        self.total = 0
        self.error: Exception | None = None
        self.failures: list[Output] = []
        self._title = title
        self._names = names
        self._events: deque[tuple[float, Any]] = deque(maxlen=most)
        self._outputs: deque[Output] = deque(maxlen=most)
        self._taps: list[Tap] = []
        self._places: list[list[int]] = []
        self._most = most
        self._widget: Widget | None = None

    def play(
        self, path: str | os.PathLike[str], operators: tuple[Callable[[Any], Any], ...]
    ) -> None:
        """Play the recording through the operators."""
        tapped = [step for operator in operators for step in (self._tapped(operator),)]
        # Without an operator a replay has no time of its own; this one passes everything.
        steps = compose(ops.do_action(self._note), *tapped)
        over = threading.Event()

        def end(error: Exception | None = None) -> None:
            self.error = error
            over.set()

        replay(path, steps).subscribe(self._emitted, end, end)
        over.wait()
        if self.error is not None and (isinstance(self.error, OSError) or not self.total):
            raise self.error
        self._places = [list(tap.places) for tap in self._taps]

    @property
    def first(self) -> int:
        """The place of the first event that is kept; places count from 1."""
        return self.total - len(self._events) + 1

    def at(self, place: int) -> PastMoment:
        """How things were when so many events had come."""
        place = min(max(place, self.first), self.total)
        at, event = self._events[place - self.first]
        outputs = self._outputs_until(place)
        counts = [
            (tap.name, tap.count_at(place, places))
            for tap, places in zip(self._taps, self._places, strict=True)
        ]
        state = outputs[-1].item if outputs else None
        return PastMoment(place, at, event, outputs[-SHOWN:], state, counts)

    def at_time(self, seconds: float) -> PastMoment:
        """How things were at a time, in unix seconds."""
        times = [at for at, _ in self._events]
        return self.at(self.first + bisect_right(times, seconds) - 1)

    def before(self, output: Output, count: int = 10) -> list[Any]:
        """The events that had come last when the pipeline emitted something; the last one led to it."""
        end = output.place - self.first + 1
        return [event for _, event in list(self._events)[max(0, end - count) : max(0, end)]]

    def __repr__(self) -> str:
        ended = f"; ended by {type(self.error).__name__}" if self.error is not None else ""
        return (
            f"{self._title}: {self.total:,} events, {len(self._outputs):,} outputs, "
            f"{len(self.failures):,} failures{ended}"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self._html()}
        if (widget := self._shown()) is not None:
            bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
        return bundle

    def _display_(self) -> object:
        """For a cell of marimo's."""
        return self._shown() or self

    def _html(self) -> str:
        """The end, for where no widget can be."""
        moment = self.at(self.total)
        counts = " · ".join(f"{escape(printable(name))} {count:,}" for name, count in moment.counts)
        state = escape(printable(masked(repr(moment.state))[:1000], lines=True))
        return (
            f'<div class="rxslack"><b>{escape(printable(repr(self)))}</b>'
            f"<div>{counts}</div><div>{state}</div></div>"
        )

    def _shown(self) -> Widget | None:
        if self._widget is None and has_widgets():
            self._widget = made("travel", self.news(), self.answer)
        return self._widget

    def news(self) -> dict[str, Any]:
        """What a page is told first."""
        marks = [output.place for output in self.failures if output.place >= self.first]
        if self.error is not None:
            marks.append(self.total)
        head = {
            "title": printable(repr(self)),
            "first": self.first,
            "last": self.total,
            "failures": marks[-1000:],
        }
        return {**head, "moment": self._told(self.total)}

    def answer(self, message: object) -> dict[str, Any] | None:
        """How things were at the place that a page asks for."""
        asked: Mapping[str, Any] = (
            cast("Mapping[str, Any]", message) if isinstance(message, Mapping) else {}
        )
        place = asked.get("at")
        return {"moment": self._told(place)} if isinstance(place, int) else None

    def _told(self, place: int) -> dict[str, Any]:
        moment = self.at(place)
        end = moment.place - self.first + 1
        begin = max(0, end - SHOWN)
        events = [
            self._row(self.first + begin + number, at, event)
            for number, (at, event) in enumerate(list(self._events)[begin:end])
        ]
        failed = self.error is not None and moment.place == self.total
        return {
            "place": moment.place,
            "time": datetime.fromtimestamp(moment.at).strftime("%Y-%m-%d %H:%M:%S"),
            "events": events,
            "outputs": [self._row(one.place, one.at, one.item) for one in moment.outputs],
            "counts": [(printable(name), count) for name, count in moment.counts],
            "error": printable(masked(f"{type(self.error).__name__}: {self.error}"))
            if failed
            else "",
        }

    def _row(self, place: int, at: float, item: Any) -> dict[str, Any]:
        self._names.learn(event_in(item))
        row = row_of((place, at, item), COLUMNS, self._names)
        cells = [
            "".join(text for _, text, _ in cell)
            if isinstance(cell, list)
            else self._names.of(cell["id"])
            if isinstance(cell, dict)
            else cell
            for cell in row["cells"]
        ]
        return {
            "n": place,
            "day": row["day"],
            "kind": row["kind"],
            "cells": cells,
            "json": row["json"],
        }

    def _outputs_until(self, place: int) -> list[Output]:
        outputs = list(self._outputs)
        return outputs[: bisect_left(outputs, place + 1, key=lambda output: output.place)]

    def _note(self, event: Any) -> None:
        self.total += 1
        self._events.append((recorded_now() or 0.0, event))

    def _emitted(self, item: Any) -> None:
        output = Output(self.total, recorded_now() or 0.0, item)
        self._outputs.append(output)
        if kind_of(item) == "rxslack.failure" and len(self.failures) < self._most:
            self.failures.append(output)

    def _tapped(self, operator: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """An operator whose items are counted."""
        tap = Tap("", self._most)
        self._taps.append(tap)

        def count(_: Any) -> None:
            tap.total += 1
            tap.places.append(self.total)

        def apply(source: Observable[Any]) -> Observable[Any]:
            made_of = operator(source)
            tap.name = stages(made_of)[-1]
            return cast("Observable[Any]", made_of).pipe(ops.do_action(count))

        return apply
