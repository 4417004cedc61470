"""A workspace's past as tables and pictures."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any, Final, cast

from reactivex import Observable

from rxslack.notebook.explore_picture import explored_png
from rxslack.notebook.figures import needed
from rxslack.notebook.messages_table import MessagesTable
from rxslack.notebook.names import Names
from rxslack.notebook.reading import Progress, events_at, progress_line, read_into
from rxslack.web.client import Caller

if TYPE_CHECKING:
    import pandas

__all__ = ["Explored", "explore"]

ASKED: Final = 300  # ids for whose names Slack is asked


def explore(
    where: str | os.PathLike[str] | Observable[Any] | Iterable[Any],
    *,
    web: Caller | None = None,
    timezone: str = "UTC",
    progress: Progress | None = None,
) -> Explored:
    """
    Read a recording, an export or a history, and look into it: tables, times of answers, who answers whom.

        past = rxslack.notebook.explore("monday.jsonl.gz", web=web)
        past                       # in a cell: what there is, in pictures
        past.frame                 # a DataFrame of pandas
        past.response_times()
        polars.from_arrow(past.arrow)
        duckdb.sql("from messages") # after messages = past.arrow

    Memory grows with the texts only: events are read one after the other and kept as Arrow's columns.

    Args:
        where: A file that `record` wrote; a Slack export, zip or folder; or events, as a list or as a stream
            that completes, such as ``history(web, channel)``, or ``from_log(…)`` with an end
            (``ops.take_until``), which is waited for.
        web: A `WebClient` that is asked for names that neither the events nor the export tell. Default: ids.
        timezone: In which days and hours are counted, such as "Europe/Zurich".
        progress: Called from time to time with the number of events so far, and the seconds. Default: a line
            in the notebook.

    Returns: an `Explored`.
    Errors: ``ConfigurationError`` where pandas or pyarrow is missing, and for a file that is neither;
        ``OSError``; the stream's own error.
    Source: arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html.
    """
    names = Names(web)
    table = MessagesTable(names)
    with progress_line(progress) as tell:
        total = read_into(table, events_at(where, names), tell)
    names.look_up_all(table.ids[:ASKED])
    return Explored(table.table(), timezone, total)


class Explored:
    """
    See `explore`, which makes it.

    Attributes:
        arrow: a pyarrow.Table with a row for each message, in the order of arrival. Its columns are those
            of `to_frame`, with people and channels by name.
        events: how many events were read.
    """

    def __init__(self, arrow: Any, timezone: str, events: int) -> None:
        self.arrow = arrow
        self.events = events
        self.timezone = timezone
        self._frame: Any = None

    @property
    def frame(self) -> pandas.DataFrame:
        """The same as a DataFrame, whose texts stay in Arrow's memory."""
        if self._frame is None:
            pd, pa = needed("pandas", "explore()"), needed("pyarrow", "explore()")
            texts = {pa.string(): pd.StringDtype("pyarrow")}
            self._frame = self.arrow.to_pandas(types_mapper=texts.get)
        return cast("pandas.DataFrame", self._frame)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """For polars, DuckDB and all others that take Arrow."""
        return self.arrow.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return int(self.arrow.num_rows)

    def timeline(self, every: str = "1h", key: str = "channel") -> pandas.DataFrame:
        """How many messages in each span of time, such as "10min" or "1D", by channel or user."""
        pd = needed("pandas", "explore()")
        frame = self._timed()
        grouped = frame.groupby([pd.Grouper(key="time", freq=every), key], observed=True)
        counts = grouped.size().unstack(fill_value=0)
        # Spans in which nobody said anything are there, too.
        return cast(
            "pandas.DataFrame", counts.asfreq(every, fill_value=0) if len(counts) else counts
        )

    def busiest_hours(self) -> pandas.DataFrame:
        """How many messages in each hour of the day, by the day of the week, Monday first."""
        frame = self._timed()
        days, hours = frame["time"].dt.day_of_week, frame["time"].dt.hour
        counts = (
            frame.groupby([days.rename("day"), hours.rename("hour")]).size().unstack(fill_value=0)
        )
        return cast(
            "pandas.DataFrame",
            counts.reindex(range(7), fill_value=0).reindex(columns=range(24), fill_value=0),
        )

    def response_times(self) -> pandas.DataFrame:
        """
        For each thread that somebody else has answered: how long its beginner waited.

        The columns are `channel`, `thread_ts`, `asked` and `answered` (times), `asker`, `answerer`, and
        `seconds`, in the order in which they were asked.
        """
        answers = self.answers()
        first = answers[answers["asker"] != answers["answerer"]].drop_duplicates(
            ["channel", "thread_ts"]
        )
        return first.sort_values("asked", ignore_index=True)

    def answers(self) -> pandas.DataFrame:
        """Each reply in a thread, with the message that the thread began with; columns as above."""
        frame = self.frame
        is_reply = frame["thread_ts"].notna() & (frame["thread_ts"] != frame["ts"])
        replies = frame.loc[is_reply, ["channel", "thread_ts", "time", "user"]]
        begun = frame.loc[~is_reply, ["channel", "ts", "time", "user"]]
        begun = begun[begun["ts"].isin(replies["thread_ts"])]
        replies = replies.rename(columns={"time": "answered", "user": "answerer"})
        begun = begun.rename(columns={"ts": "thread_ts", "time": "asked", "user": "asker"})
        found = replies.merge(begun, on=["channel", "thread_ts"]).sort_values(
            "answered", kind="stable"
        )
        for column in ("asker", "answerer"):
            found[column] = found[column].astype(
                "object"
            )  # of other people each; they are compared
        found["seconds"] = (found["answered"] - found["asked"]).dt.total_seconds()
        columns = ["channel", "thread_ts", "asked", "answered", "asker", "answerer", "seconds"]
        return found[columns].reset_index(drop=True)

    def who_answers_whom(self) -> pandas.DataFrame:
        """How often each person answered each other in threads: who asked in rows, who answered in columns."""
        answers = self.answers()
        others = answers[answers["asker"] != answers["answerer"]]
        counts = others.groupby(["asker", "answerer"]).size().unstack(fill_value=0)
        people = sorted({*counts.index, *counts.columns})
        return counts.reindex(index=people, columns=people, fill_value=0)

    def png(self) -> bytes:
        """The four pictures as a PNG, for `upload_file`, and for wherever there is no screen."""
        return explored_png(
            self.timeline(self._span()),
            self.busiest_hours(),
            self.response_times(),
            self.who_answers_whom(),
        )

    def __repr__(self) -> str:
        return f"{len(self):,} messages of {self.events:,} events{self._period()}"

    def _repr_html_(self) -> str:
        head = f"<div><b>{escape(repr(self))}</b></div>"
        if not len(self):
            return head
        data = base64.b64encode(self.png()).decode()
        return f'{head}<img alt="the messages in time" style="max-width:100%" src="data:image/png;base64,{data}">'

    def _timed(self) -> Any:
        frame = self.frame[["time", "channel", "user"]].dropna(subset=["time"])
        return frame.assign(time=frame["time"].dt.tz_convert(self.timezone))

    def _period(self) -> str:
        times = self.frame["time"].dropna()
        if not len(times):
            return ""
        first, last = (at.tz_convert(self.timezone) for at in (times.min(), times.max()))
        return f", {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} {self.timezone}"

    def _span(self) -> str:
        times = self.frame["time"].dropna()
        days = (times.max() - times.min()).days if len(times) else 0
        return "10min" if days < 2 else "1h" if days < 14 else "1D" if days < 800 else "7D"
