"""A stream as the value of a cell, in marimo: what depends on it runs again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from html import escape
from importlib import import_module
from typing import Any, Final

from reactivex import Observable

from rxslack.core.unhandled import report
from rxslack.errors import ConfigurationError
from rxslack.notebook.stages import stage_of
from rxslack.notebook.subscription import trace_of

__all__ = ["follow"]

_log = logging.getLogger("rxslack.notebook")

PAUSE: Final = 0.25  # seconds between two values, at least
NOTHING: Final = object()


def follow(stream: Observable[Any], initial: Any = None) -> Callable[[], Any]:
    """
    The latest item of a stream as a value that marimo's cells depend on.

        latest = rxslack.notebook.follow(messages)   # in one cell, under a name of the notebook's
        latest() and latest()["text"]                # in another, which runs again with each item

    It subscribes at once, and ends when its cell runs again or is deleted, and when the stream ends. Cells are
    run four times a second at most, with the latest item; an item that a later one has overtaken is passed
    over. For all of them, make a state of them first, as with ``ops.scan``.

    Args:
        stream: Any stream.
        initial: The value until the first item has come.

    Returns: a function that tells the value; marimo's own, so that marimo sees who calls it.
    Errors: ``ConfigurationError`` outside of marimo. The stream's own error stands below the cell with its
        traceback, and is logged by ``rxslack.notebook``; the value stays.
    Dispose: by running the cell again, or deleting it.
    Source: docs.marimo.io/api/state, docs.marimo.io/api/threading.
    """
    marimo = marimo_that_runs()
    latest, tell = marimo.state(initial)
    follower = Follower(stream, tell, marimo)
    marimo.Thread(target=follower.run, name="rxslack-follow", daemon=True).start()
    return latest  # type: ignore[no-any-return]  # marimo's `State`


def marimo_that_runs() -> Any:
    """marimo, if this is one of its cells."""
    try:
        marimo: Any = import_module("marimo")
    except ImportError as error:
        raise ConfigurationError("follow() needs marimo: pip install marimo") from error
    if marimo.app_meta().mode not in ("edit", "run", "script"):
        raise ConfigurationError(
            "follow() works in a cell of marimo's; elsewhere use live(), aiter() or start()"
        )
    return marimo


class Follower:
    """One subscription, which lives as long as its cell."""

    def __init__(self, stream: Observable[Any], tell: Callable[[Any], object], marimo: Any) -> None:
        self._stream = stream
        self._tell = tell
        self._marimo = marimo
        self._latest: Any = NOTHING
        self._changed = threading.Event()
        self._over = False
        self._trace = ""

    def run(self) -> None:
        """Subscribe, and hand over the latest until the cell is gone. Runs on a thread of marimo's."""
        thread: Any = threading.current_thread()
        subscription = self._stream.subscribe(self._item, self._failed, self._completed)
        try:
            while not thread.should_exit and not (self._over and self._latest is NOTHING):
                self._changed.wait(PAUSE)
                self._changed.clear()
                latest, self._latest = self._latest, NOTHING
                if latest is not NOTHING:
                    self._tell(constantly(latest))
                    time.sleep(PAUSE)
            if self._trace:  # shown from here: only this thread has a cell to show it in
                self._marimo.output.append(self._marimo.Html(f"<pre>{escape(self._trace)}</pre>"))
        finally:
            subscription.dispose()

    def _item(self, item: Any) -> None:
        self._latest = item
        self._changed.set()

    def _completed(self) -> None:
        self._over = True
        self._changed.set()

    def _failed(self, error: Exception) -> None:
        if where := stage_of(error, self._stream):
            error.add_note(where)
        report(error, _log, "the stream failed")
        self._trace = trace_of(error)
        self._completed()


def constantly(value: Any) -> Callable[[Any], Any]:
    """What tells marimo a value; one that is itself a function it would call."""
    return lambda _: value
