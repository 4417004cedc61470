"""A subscription that can be asked what it has seen."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from inspect import iscoroutinefunction
from typing import Any, Final, cast

from reactivex import Observable, abc
from reactivex.disposable import SingleAssignmentDisposable

from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.core.unhandled import report
from rxslack.lanes.coroutines import Coroutines, running_loop
from rxslack.notebook.columns import Column, Table, table
from rxslack.notebook.names import Names
from rxslack.notebook.paint import as_html as html_of, as_text
from rxslack.notebook.stages import stage_of
from rxslack.notebook.tally import Counted, Tally

__all__ = ["Running", "start"]

_log = logging.getLogger("rxslack.notebook")

COLUMNS: Final = ("time", "channel", "user", "type", "text")
KEPT: Final = 5  # events
TRACE: Final = 8000  # characters of a traceback, from its end
TICK: Final = 0.25  # seconds; a notebook's stop button is noticed between two waits


def start(
    stream: Observable[Any],
    sink: abc.ObserverBase[Any] | Callable[[Any], object] | None = None,
) -> Running:
    """
    Subscribe and go on with the notebook: `run` without the waiting.

    >>> import reactivex
    >>> start(reactivex.of({"type": "hello"}, {"type": "message"}))  # doctest: +ELLIPSIS
    subscription: completed; 2 events ...
    ...

    Args:
        stream: Any stream.
        sink: An observer such as `post_message(web)`, a function that takes an item, or None. The
            function may be `async`: it is awaited on the notebook's event loop, one item after the other.

    Returns: a subscription that says in its cell what it has seen, each time it is looked at. An
        error of the stream stands there, too, with its traceback and the stage whose function raised it, and is logged with its traceback by ``rxslack.notebook``: it would
        otherwise be lost on a thread.
    Errors: what the sink raises ends the subscription and stands there likewise.
    Dispose: `dispose`.
    Source: none.
    """
    running = Running(sink)
    running.open(stream)
    return running


class Running(abc.DisposableBase):
    """See `start`, which makes it."""

    def __init__(
        self,
        sink: abc.ObserverBase[Any] | Callable[[Any], object] | None = None,
        *,
        title: str = "subscription",
        columns: Sequence[Column] = COLUMNS,
        rows: int = KEPT,
        keep: int = KEPT,
        names: Names | None = None,
        wake: Callable[[], object] = lambda: None,
    ) -> None:
        loop = running_loop()
        self._coroutines = Coroutines(loop)
        # A stream that emits inside `subscribe` would wait for coroutines on the thread that runs them.
        self._elsewhere = loop is not None and iscoroutinefunction(sink)
        self._sink: Callable[[Any], object] | None = None
        if sink is not None:
            function: Callable[[Any], object] = getattr(sink, "on_next", cast("Any", sink))
            self._sink = self._coroutines.awaiting(function)
        self._title = title
        self._columns = columns
        self._names = names or Names()
        self._rows = rows
        self._tally = Tally(keep, wake=wake)
        self._trace = ""
        self._over = threading.Event()
        self._stream: Observable[Any] | None = None
        self._subscription = SingleAssignmentDisposable()

    @property
    def seen(self) -> Counted:
        """What has come by."""
        return self._tally.seen()

    def open(self, stream: Observable[Any]) -> None:
        """Subscribe."""
        self._stream = stream
        take = self._taker()

        def subscribe() -> None:
            self._subscription.disposable = stream.subscribe(
                take, self._failed, lambda: self._end("completed")
            )

        if self._elsewhere:
            threading.Thread(target=subscribe, name="rxslack-start", daemon=True).start()
        else:
            subscribe()

    def dispose(self) -> None:
        """End the subscription."""
        self._end("disposed")

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is over; whether that came in time."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._over.wait(TICK if timeout is None else min(TICK, timeout)):
            if deadline is not None and time.monotonic() > deadline:
                return False
        return True

    def __repr__(self) -> str:
        return as_text(self._title, *self._shown_now(), self._trace)

    def as_html(self) -> str:
        """The same for a cell."""
        return html_of(self._title, *self._shown_now(), self._trace)

    _repr_html_ = as_html

    def _shown_now(self) -> tuple[Counted, Table]:
        seen = self._tally.seen(self._rows)
        for _, event in seen.events:
            if isinstance(event, dict):
                self._names.learn(event)  # pyright: ignore[reportUnknownArgumentType] - any dict
        return seen, table(self._columns, seen.events, self._names)

    def _taker(self) -> Callable[[Any], Any]:
        """What gets the items."""
        add, sink = self._tally.add, self._sink
        if sink is None:
            return add

        def take(item: Any) -> None:
            add(item)
            sink(item)

        return take

    def _failed(self, error: Exception) -> None:
        if self._stream is not None and (where := stage_of(error, self._stream)):
            error.add_note(where)
        report(error, _log, "the stream failed")
        self._trace = trace_of(error)
        self._end("failed", error)

    def _end(self, state: str, error: Exception | None = None) -> None:
        if self._tally.end(state, error):
            self._subscription.dispose()
            self._coroutines.close()
            self._over.set()


def trace_of(error: Exception) -> str:
    """An error's traceback as text, without secrets, for the cell that it belongs to."""
    text = printable(masked("".join(traceback.format_exception(error))), lines=True).rstrip()
    return text if len(text) <= TRACE else f"…{text[-TRACE:]}"
