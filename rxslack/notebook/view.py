"""A view of a stream in a notebook, which goes on changing while later cells run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reactivex import Observable

from rxslack.errors import ConfigurationError
from rxslack.notebook.columns import Column
from rxslack.notebook.names import Names
from rxslack.notebook.page import LivePage
from rxslack.notebook.painted import Display, Painted, replace_in_cell
from rxslack.web.client import Caller

__all__ = ["View", "live"]


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
        max_remembered: How many of the last events are kept, for filters and for scrolling back. Of a
            flood, more than 1,000 in a second, so many are, and all gaps, failures and what a filter
            looks for.
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


class View(Painted):
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
        super().__init__(
            "live",
            self._answered,
            display,
            title=title,
            columns=columns,
            rows=rows,
            keep=keep,
            names=names,
        )
        self._page = LivePage(self._tally, columns, names, title, rows, self.stop)

    def _news(self) -> dict[str, Any]:
        self._page.trace = self._trace
        return self._page.news()

    def _answered(self, message: object) -> dict[str, Any] | None:
        return self._page.answer(message)
