"""What is painted in a notebook, and goes on changing while later cells run."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Generator
from importlib import import_module
from itertools import count
from typing import Any, Final, Protocol
from weakref import WeakValueDictionary

from reactivex import Observable

from rxslack.core.unhandled import report
from rxslack.notebook.subscription import Running
from rxslack.notebook.widgets import VIEW, Widget, has_widgets, made, notebook

__all__ = ["Display", "Painted", "replace_in_cell"]

_log = logging.getLogger("rxslack.notebook")

PAUSE: Final = 0.25  # seconds between two pictures, at least
SHARE: Final = 6  # times as long as a picture took nothing is painted
IDLE: Final = 1.0  # seconds after which the picture of the rate moves on by itself

_numbers = count(1)
_of_cell: WeakValueDictionary[str, Painted] = WeakValueDictionary()


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


class Painted(Running):
    """
    A subscription that is looked at: a widget, or a picture where no widget can be.

    Args:
        module: of the widget's page.
        answer: to what a page asks.
        display: where a picture goes; None for the cell, where a widget may be.
        given: as `Running` takes it.
    """

    def __init__(
        self,
        module: str,
        answer: Callable[[Any], dict[str, Any] | None],
        display: Display | None,
        **given: Any,
    ) -> None:
        self._changed = threading.Event()
        super().__init__(**given, wake=self._changed.set)
        self._module = module
        self._answer = answer
        self._display = display or Jupyter()
        self._may_be_widget = display is None
        self._widget: Widget | None = None
        self._shown: tuple[str, ...] = ()
        self._painting = threading.Lock()
        self._failing = False  # whether the last picture could not be painted

    def _news(self) -> dict[str, Any]:
        """What a page is told."""
        raise NotImplementedError

    def _parts(self) -> dict[str, str]:
        """What the page gets once."""
        return {}

    def _pictures(self) -> dict[str, Any]:
        """What is shown where no widget can be."""
        return {"text/plain": repr(self), "text/html": self.as_html()}

    def start(self, stream: Observable[Any], seconds: float | None) -> None:
        """Subscribe, and paint from now on, for so many seconds or until it is over."""
        thread(target=self._paint_on, args=(seconds,), name="rxslack-live", daemon=True).start()
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
            identity = f"rxslack-{self._module}-{id(self):x}-{next(_numbers)}"
            self._display.show(self._bundle(), identity)
            self._shown = (*self._shown, identity)

    _ipython_display_ = show

    def _display_(self) -> object:
        """As the last thing in a cell of marimo's."""
        with self._painting:
            self._make_widget()
        return self._widget or as_marimo_html(self)

    def _make_widget(self) -> None:
        if self._widget is None and self._may_be_widget and has_widgets():
            self._widget = made(self._module, self._news(), self._answer, self._parts())

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
        cell: Any = threading.current_thread()  # marimo's knows whether its cell is there still
        while not self._tally.seen(0).over:
            if getattr(cell, "should_exit", False):
                self._end("stopped")
                break
            rest = IDLE if deadline is None else min(IDLE, deadline - time.monotonic())
            if rest <= 0:
                self._end("stopped")
                break
            self._changed.wait(rest)
            self._changed.clear()
            begun = time.monotonic()
            self._paint()
            # On a busy machine a picture takes its time: then there are fewer of them.
            pause = max(PAUSE, SHARE * (time.monotonic() - begun))
            time.sleep(min(pause, IDLE, max(rest, 0.0)))

    def _paint(self) -> None:
        try:
            with self._painting:
                seen = self._tally.seen(0)
                if self._widget is not None:
                    self._widget.news = self._news()
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
        pictures = self._pictures()
        if self._widget is not None:
            model = {"version_major": 2, "version_minor": 0, "model_id": self._widget.model_id}
            pictures[VIEW] = model
        return pictures


def replace_in_cell(view: Painted, title: str) -> None:
    """Stop the view that the running cell made when it ran before."""
    cell = running_cell()
    if not cell:
        return
    name = f"{cell}:{title}"
    before = _of_cell.get(name)
    if before is not None:
        before.stop()
    _of_cell[name] = view


def thread(**given: Any) -> threading.Thread:
    """A thread; in marimo one that belongs to the running cell."""
    if notebook() == "marimo":
        marimo: Any = import_module("marimo")
        made: threading.Thread = marimo.Thread(**given)
        return made
    return threading.Thread(**given)


def as_marimo_html(view: Painted) -> object:
    """A picture for a cell of marimo's."""
    marimo: Any = import_module("marimo")
    return marimo.Html(view.as_html())


def show_in_marimo(view: Painted) -> None:
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
