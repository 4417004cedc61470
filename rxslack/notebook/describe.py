"""Streams and sinks describe themselves in a cell: `%load_ext rxslack`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from html import escape
from typing import Any, Final

from reactivex import Observable

from rxslack.core.printable import printable
from rxslack.notebook.probes import Stage, counted
from rxslack.notebook.stages import stages
from rxslack.notebook.widgets import VIEW, Widget, has_widgets, made
from rxslack.sinks.delivery.sink import Sink

__all__ = ["Description", "describe", "load_ipython_extension", "unload_ipython_extension"]

PAUSE: Final = 0.5  # seconds between two pictures, at least
IDLE: Final = 30.0  # seconds without an item, after which nothing is painted until one comes
SECONDS: Final = 30  # that marbles go back


def describe(thing: Observable[Any] | Sink) -> Description:
    """
    What a stream or a sink is made of, and what goes in and out of each stage; nothing is subscribed to.

    >>> import reactivex
    >>> from reactivex import operators as ops
    >>> stream = reactivex.of(1, 2, 3).pipe(ops.filter(lambda n: n > 1), ops.map(str))
    >>> shown = describe(stream)
    >>> shown
    stream: from_iterable -> filter -> map
    >>> _ = stream.run()
    >>> [stage.out for stage in shown.stages]
    [3, 2, 2]

    In a notebook it is drawn, and the numbers follow the stream: the items that came out of each stage,
    which are what went into the next one, the gaps and failures among them, subscriptions, and errors. A
    press on a stage shows its last seconds as marbles. All of it is counted where the stages are
    subscribed to, from the call on: a subscription that was there before is not seen, so describe first,
    and subscribe then. What several subscribers of a stage get is added up.

    Args:
        thing: A stream, or a sink. Where a step keeps its source out of sight the pipeline is shown from
            there on.

    Returns: a `Description`; its `close` ends the counting.
    Source: none.
    """
    return Description(thing)


class Description:
    """
    See `describe`, which makes it.

    Attributes:
        stages: from the source on.
    """

    def __init__(self, thing: Observable[Any] | Sink) -> None:
        self._words = words(thing)
        self.stages: list[Stage] = []
        self._undo: Callable[[], None] = lambda: None
        self._changed = threading.Event()
        self._lock = threading.Lock()
        self._painter: threading.Thread | None = None
        self._widget: Widget | None = None
        self._closed = False
        if isinstance(thing, Observable):
            stream: Observable[Any] = thing
            self.stages, self._undo = counted(stream, self._note)

    def close(self) -> None:
        """End the counting; the picture stays."""
        self._closed = True
        self._undo()
        self._changed.set()

    def __repr__(self) -> str:
        return self._words

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """For a cell."""
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self.as_html()}
        if (widget := self._shown()) is not None:
            model = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
            bundle[VIEW] = model
        return bundle

    def _display_(self) -> object:
        """For a cell of marimo's."""
        return self._shown() or self

    def as_html(self) -> str:
        """As a table, for where no widget can be."""
        if not self.stages:
            return f"<div>{escape(printable(self._words))}</div>"
        titles = ("stage", "out", "subscriptions", "gaps", "failures", "error")
        head = "".join(f"<th>{title}</th>" for title in titles)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(printable(str(value)))}</td>' for value in cells)}</tr>"
            for cells in (
                (one.name, one.out, one.subscriptions, one.gaps, one.failures, one.error)
                for one in self.stages
            )
        )
        return f'<table class="rxslack"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'

    def news(self) -> dict[str, Any]:
        """What a page is told."""
        now = time.time()
        failed = next((one for one in self.stages if one.error), None)
        return {
            "now": now,
            "seconds": SECONDS,
            "stages": [
                {
                    "name": printable(one.name),
                    "out": one.out,
                    "subscriptions": one.subscriptions,
                    "running": one.running,
                    "gaps": one.gaps,
                    "failures": one.failures,
                    "error": printable(one.error),
                    "first": one is failed,
                    "recent": [
                        (round(now - at, 2), printable(kind))
                        for at, kind in list(one.recent)
                        if now - at < SECONDS
                    ],
                }
                for one in self.stages
            ],
        }

    def _shown(self) -> Widget | None:
        if self._widget is None and self.stages and has_widgets():
            self._widget = made("describe", self.news(), lambda _: None)
            self._note()
        return self._widget

    def _note(self) -> None:
        """Something has changed; whoever paints is told, and begun where there is none."""
        if self._changed.is_set():
            return
        self._changed.set()
        if self._widget is None or self._closed:
            return
        with self._lock:
            if self._painter is None:
                self._painter = threading.Thread(
                    target=self._paint_on, name="rxslack-describe", daemon=True
                )
                self._painter.start()

    def _paint_on(self) -> None:
        quiet = 0.0
        while not self._closed and quiet < IDLE:
            # Marbles move on while nothing comes.
            quiet = 0.0 if self._changed.wait(PAUSE) else quiet + PAUSE
            self._changed.clear()
            self._paint()
            time.sleep(PAUSE)
        with self._lock:
            self._painter = None
        self._paint()

    def _paint(self) -> None:
        if self._widget is not None:
            self._widget.news = self.news()


def words(thing: Observable[Any] | Sink) -> str:
    """The same in words."""
    if isinstance(thing, Sink):
        return f"sink: {thing.left} items under way"
    return f"stream: {' -> '.join(stages(thing))}"


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext rxslack`: cells that end in a stream or a sink describe it."""

    def say(thing: Any, printer: Any, _: bool) -> None:
        printer.text(words(thing))

    for kind in (Observable, Sink):
        shell.display_formatter.formatters["text/plain"].for_type(kind, say)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext rxslack`."""
    for kind in (Observable, Sink):
        shell.display_formatter.formatters["text/plain"].pop(kind, None)
