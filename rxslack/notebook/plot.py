"""A plot of a stream, which grows while it runs."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from typing import Any, Final

from reactivex import Observable

from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError
from rxslack.notebook.figures import bokeh_figure, bokeh_library, data_of, png_of
from rxslack.notebook.names import Names
from rxslack.notebook.painted import Display, Painted, replace_in_cell
from rxslack.notebook.points import LINES, Key, Line, Points, What
from rxslack.web.client import Caller

__all__ = ["Plot", "plot"]

AXES: Final = {
    "rate": "a second",
    "count": "in the window",
    "total": "so far",
    "lag": "seconds late",
}


def plot(
    stream: Observable[Any],
    what: What = "rate",
    *,
    key: Key = None,
    window: float = 10.0,
    web: Caller | None = None,
    seconds: float | None = None,
    title: str = "",
    display: Display | None = None,
) -> Plot:
    """
    Plot a stream while it runs, or a whole replay: how many, how fast, how late, by what.

        rxslack.notebook.plot(events, key="channel", web=web)
        await rxslack.notebook.plot(replay("monday.jsonl.gz"), "total", key="user")
        png = rxslack.notebook.plot(replay("monday.jsonl.gz")).png()

    It subscribes at once. In a notebook it grows as `live` does, at the same small cost; the wheel zooms, a
    drag zooms into what it spans, a press on a name in the legend hides its line. Of a replay the time is the
    replay's. Bins of a second become wider as the stream goes on, so that memory does not grow. Red spans
    are gaps between two connections.

    Args:
        stream: Any stream.
        what: "rate" is items a second, and "count" items, in a window that moves; "total" is items so
            far; "lag" is the mean, in the window, of the seconds from when Slack says that something
            happened to when it came.
        key: What has a line of its own: "type", "channel", "user", or a function of an item. The eight most
            frequent are told apart. Default: one line for all.
        window: Seconds.
        web: A `WebClient` that is asked for the names of channels and users.
        seconds: When to stop by itself. Default: when the stream ends, or `stop` is called.
        title: Stands above it.
        display: Where pictures go, in place of a widget. Default: the notebook's cell.

    Returns: a `Plot`; as the last thing in a cell, it shows itself. `png()` is the same as a file, for
        ``{"channel": "general", "filename": "day.png", "content": shown.png()}`` on its way into
        `upload_file`, and for wherever there is no screen.
    Errors: ``ConfigurationError`` for a window that is no time, and where Bokeh or matplotlib is missing.
        The stream's own error, and what the key raises, stand there with their traceback.
    Dispose: `stop`; the last picture stays.
    Source: docs.bokeh.org/en/latest/docs/user_guide/output/embed.html ("json_item").
    """
    if not (math.isfinite(window) and window > 0):
        raise ConfigurationError(f"window must be seconds, more than 0, not {window!r}")
    if what not in AXES:
        raise ConfigurationError(f"what must be one of {', '.join(AXES)}, not {what!r}")
    shown = Plot(Points(what, key, window), Names(web), title or what, display)
    replace_in_cell(shown, f"plot {title or what}")
    shown.start(stream, seconds)
    return shown


class Plot(Painted):
    """See `plot`, which makes it."""

    def __init__(self, points: Points, names: Names, title: str, display: Display | None) -> None:
        super().__init__(
            "plot", self._answered, display, title=title, names=names, columns=(), rows=0, keep=0
        )
        self._points = points
        self._axis = AXES[points.what]

    def png(self) -> bytes:
        """What it shows now, as a PNG."""
        times, lines = self._now()
        return png_of(self._title, self._axis, times, lines, list(self._points.gaps))

    @property
    def lines(self) -> dict[str, list[tuple[float, float]]]:
        """The numbers: of each key its points, as unix seconds and a value."""
        times, lines = self._now()
        return {line.name: list(zip(times, line.values, strict=True)) for line in lines}

    def _taker(self) -> Callable[[Any], Any]:
        return self._points.taker(self._tally.add, self._key_failed)

    def _key_failed(self, error: Exception) -> None:
        """End it, once: a source that emits while it is subscribed to goes on for a while."""
        if not self.seen.over:
            self._failed(error)

    def _now(self) -> tuple[list[float], list[Line]]:
        times, lines = self._points.lines(self._tally.seen(0).clock)
        named = [Line(printable(masked(self._names.of(name))), values) for name, values in lines]
        return times, named

    def _news(self) -> dict[str, Any]:
        times, lines = self._now()
        seen = self._tally.seen(0)
        return {
            "title": printable(self._title),
            "state": printable(f"{seen.state}{seen.error and f': {seen.error}'}"),
            "failed": bool(seen.error),
            "trace": self._trace,
            "total": seen.total,
            "data": data_of(times, lines, list(self._points.gaps)),
        }

    def _parts(self) -> dict[str, str]:
        return {"library": bokeh_library(), "figure": bokeh_figure(LINES + 1, self._axis)}

    def _pictures(self) -> dict[str, Any]:
        data = base64.b64encode(self.png()).decode()
        return {"text/plain": repr(self), "image/png": data}

    def as_html(self) -> str:
        """As an image."""
        data = base64.b64encode(self.png()).decode()
        return f'<img alt="plot" src="data:image/png;base64,{data}">'

    _repr_html_ = as_html

    def _answered(self, message: object) -> dict[str, Any] | None:
        if message == {"ask": "stop"}:
            self.stop()
        return None
