"""A view of a stream in a notebook, which goes on changing while later cells run."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Generator, Sequence
from importlib import import_module
from itertools import count
from typing import Any, Final, Protocol
from weakref import WeakValueDictionary

from reactivex import Observable

from rxslack.core.unhandled import report
from rxslack.errors import ConfigurationError
from rxslack.notebook.columns import Column
from rxslack.notebook.names import Names
from rxslack.notebook.page import LivePage
from rxslack.notebook.subscription import Running
from rxslack.notebook.widgets import VIEW, Widget, has_widgets, made, notebook
from rxslack.web.client import Caller

__all__ = ["View", "live"]

_log = logging.getLogger("rxslack.notebook")

PAUSE: Final = 0.25  # seconds between two pictures, at least
IDLE: Final = 1.0  # seconds after which the picture of the rate moves on by itself

_numbers = count(1)
_of_cell: WeakValueDictionary[str, View] = WeakValueDictionary()


class Display(Protocol):
    """Where pictures go: `show` puts one into the cell, once; `update` replaces it."""

    def show(self, bundle: dict[str, Any], id: str) -> None:  # noqa: A002 - Jupyter's word
        """Put it there."""
        ...

    def update(self, bundle: dict[str, Any], id: str) -> None:  # noqa: A002 - Jupyter's word
        """Replace it."""
        ...


class Jupyter:
    """The notebook that this runs in. IPython, which has few types, is imported when needed."""

    def show(self, bundle: dict[str, Any], id: str) -> None:  # noqa: A002 - Jupyter's word
        """A display with an id can be updated from any thread, whichever cell is running then."""
        ipython: Any = import_module("IPython.display")
        ipython.display(bundle, raw=True, display_id=id)

    def update(self, bundle: dict[str, Any], id: str) -> None:  # noqa: A002 - Jupyter's word
        """Addressed by its id, so it never lands in another cell."""
        ipython: Any = import_module("IPython.display")
        ipython.update_display(bundle, raw=True, display_id=id)


def live(
    stream: Observable[Any],
    *,
    columns: Sequence[Column] = ("time", "channel", "user", "type", "text"),
    rows: int = 10,
    max_remembered: int = 5000,
    web: Caller | None = None,
    seconds: float | None = None,
    title: str = "live",
    display: Display | None = None,
) -> View:
    """
    Look at a stream in a notebook, in a view that updates in place.

        rxslack.live(events)                          # goes on while later cells run
        await rxslack.live(events, seconds=30)        # the cell is busy for as long
        view = rxslack.live(events); …; view.stop()

    It subscribes at once. The view has the last events, how many of each type came in each of the
    last sixty seconds, counts by type, and how the connection is; it is told four times a second at
    most what is new, however many events come. Of a replay it shows the replay's time. With anywidget,
    which the extra ``notebook`` brings, it can be paused, filtered by text, type, channel and person,
    and scrolled back; a row opens its JSON and its thread. Where no widget can be, and in what is
    saved of the notebook, it is a picture. `await` it where a front end repaints only while a cell runs
    (Colab), and as the last thing in a notebook that is run without a browser. Running a cell
    again stops the view that the cell made before.

    Args:
        stream: Any stream; events are dicts with a `type`, anything else is shown by its `str`.
            Give several views one `shared` stream, and they cost one connection.
        columns: Of the table: "time" (of arrival, local), "channel" and "user" (by name where
            known), "type" (with its subtype), "text"; any other key of the events, dotted for
            what is inside (``"item.ts"``); or ``("title", function)`` of the event.
        rows: How many events are seen at once, the newest on top.
        max_remembered: How many of the last events are kept, for filters and for scrolling back.
        web: A `WebClient` that is asked for names, once for each id; needs the scopes
            `users:read` and `channels:read`. Default: ids, but for names that events tell.
        seconds: When to stop by itself. Default: when the stream ends, or `stop` is called.
        title: Stands above it.
        display: Where a picture goes, in place of a widget. Default: the notebook's cell.

    Returns: a `View`; as the last thing in a cell, it shows itself.
    Errors: ``ConfigurationError`` for a table without columns or rows. The stream's own error
        stands in the view with its traceback, without secrets, and is logged by ``rxslack.notebook``.
    Dispose: `stop`, from any thread; the last picture stays.
    Source: jupyter-client.readthedocs.io/en/stable/messaging.html ("update_display_data");
        anywidget.dev/en/getting-started.
    """
    if not columns or rows < 1:
        raise ConfigurationError("a view needs at least one column and one row")
    keep = max(max_remembered, rows)
    view = View(columns, rows, keep, Names(web), title, display)
    replace_in_cell(view, title)
    view.start(stream, seconds)
    return view


class View(Running):
    """See `live`, which makes it."""

    def __init__(
        self,
        columns: Sequence[Column],
        rows: int,
        keep: int,
        names: Names,
        title: str,
        display: Display | None,
    ) -> None:
        super().__init__(title=title, columns=columns, rows=rows, keep=keep, names=names)
        self._display = display or Jupyter()
        self._may_be_widget = display is None
        self._widget: Widget | None = None
        self._page = LivePage(self._tally, columns, names, title, rows, self.stop)
        self._shown: tuple[str, ...] = ()
        self._painting = threading.Lock()
        self._failing = False  # whether the last picture could not be painted
        self._changed = threading.Event()

    def start(self, stream: Observable[Any], seconds: float | None) -> None:
        """Subscribe, and paint from now on."""
        threading.Thread(
            target=self._paint_on, args=(seconds,), name="rxslack-live", daemon=True
        ).start()
        self.open(stream)

    def stop(self) -> None:
        """End the subscription; the picture stays as it is."""
        self._end("stopped")

    def __await__(self) -> Generator[Any, None, None]:
        """Show it, and keep the cell busy until it is over. The stop button stops it, too."""
        return self._watched().__await__()

    async def _watched(self) -> None:
        if not self._shown and self._widget is None:
            self.show()
        try:
            # An item wakes nobody here: the thread that paints does all the work.
            while not self._over.is_set():
                await asyncio.sleep(0.05)
        finally:
            self.stop()

    def show(self) -> None:
        """Show it in the running cell; in several, when it is called in several."""
        if notebook() == "marimo" and self._may_be_widget:
            show_in_marimo(self)
            return
        with self._painting:
            self._make_widget()
            identity = f"rxslack-live-{id(self):x}-{next(_numbers)}"
            self._display.show(self._bundle(), identity)
            self._shown = (*self._shown, identity)

    _ipython_display_ = show

    def _display_(self) -> object:
        """As the last thing in a cell of marimo's."""
        with self._painting:
            self._make_widget()
        return self._widget or as_marimo_html(self.as_html())

    def _make_widget(self) -> None:
        if self._widget is None and self._may_be_widget and has_widgets():
            self._widget = made("live", self._page.news(), self._page.answer)

    def _item(self, item: Any) -> None:
        self._tally.add(item)
        if not self._changed.is_set():
            self._changed.set()

    def _end(self, state: str, error: Exception | None = None) -> None:
        # It is over only when the last picture is painted.
        if self._tally.end(state, error):
            self._subscription.dispose()
            self._changed.set()

    def _paint_on(self, seconds: float | None) -> None:
        try:
            self._paint_until_over(seconds)
            self._paint()
        finally:
            self._over.set()  # whoever awaits it must not wait for ever

    def _paint_until_over(self, seconds: float | None) -> None:
        deadline = None if seconds is None else time.monotonic() + seconds
        while not self._tally.seen(0).over:
            rest = IDLE if deadline is None else min(IDLE, deadline - time.monotonic())
            if rest <= 0:
                self._end("stopped")
                break
            self._changed.wait(rest)
            self._changed.clear()
            self._paint()
            time.sleep(min(PAUSE, max(rest, 0.0)))

    def _paint(self) -> None:
        try:
            with self._painting:
                seen = self._tally.seen(0)
                self._page.trace = self._trace
                if self._widget is not None:
                    self._widget.news = self._page.news()
                # A picture stands beside a widget for where the notebook is read later.
                if self._shown and (self._widget is None or seen.over):
                    bundle = self._bundle()
                    for identity in self._shown:
                        self._display.update(bundle, identity)
        except Exception as error:  # noqa: BLE001 - a front end may raise anything
            if not self._failing:
                report(error, _log, "the picture cannot be painted")
            self._failing = True
        else:
            self._failing = False

    def _bundle(self) -> dict[str, Any]:
        pictures: dict[str, Any] = {"text/plain": repr(self), "text/html": self.as_html()}
        if self._widget is not None:
            model = {"version_major": 2, "version_minor": 0, "model_id": self._widget.model_id}
            pictures[VIEW] = model
        return pictures


def replace_in_cell(view: View, title: str) -> None:
    """Stop the view that the running cell made when it ran before."""
    cell = running_cell()
    if not cell:
        return
    name = f"{cell}:{title}"
    before = _of_cell.get(name)
    if before is not None:
        before.stop()
    _of_cell[name] = view


def as_marimo_html(html: str) -> object:
    """A picture for a cell of marimo's."""
    marimo: Any = import_module("marimo")
    return marimo.Html(html)


def show_in_marimo(view: View) -> None:
    """Put a view behind what the running cell shows."""
    marimo: Any = import_module("marimo")
    marimo.output.append(view)


def running_cell() -> str:
    """The id of the cell that runs, where the front end tells it; else "" ."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return ""
    shell: Any = get_ipython()
    parent: Callable[[], dict[str, Any]] | None = getattr(shell, "get_parent", None)
    if parent is None:
        return ""
    return str((parent() or {}).get("metadata", {}).get("cellId") or "")
