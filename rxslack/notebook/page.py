"""
What the page of a live view is told, and what it may ask.

The kernel never waits for a page: it says four times a second, at most, what is new, in a message of
bounded size, and the page does the rest by itself, also while the kernel is busy with a cell. Rows that
were passed over in a flood are kept here, as many as `max_remembered`, and the page asks for those that it
looks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, cast

from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.events.messages import channel_of, event_in, thread_of, ts_of
from rxslack.notebook.columns import Column
from rxslack.notebook.names import Names
from rxslack.notebook.rows import EventRow, Wanted, matches, row_of, titles_of
from rxslack.notebook.tally import Kept, Tally

__all__ = ["LivePage"]

FIRST: Final = 50  # rows of each message until a page has answered
NEWEST: Final = 100  # rows of a message, whatever they are
FEW: Final = 20  # rows of one when there are more than that: nobody reads them, and a page may ask
FOUND: Final = 100  # and so many more that somebody looks for
ANSWER: Final = 300  # rows of an answer
PAGES: Final = 8  # whose filters are remembered
UNNAMED: Final = 1000  # ids for whose names a page waits
SERIES: Final = 6  # types that the plot tells apart


class LivePage:
    """
    One view's half of the conversation.

    Args:
        tally: what came by.
        columns: of the table.
        names: for ids.
        title: stands above it.
        rows: how many are seen at once.
        stop: what the page's button does.
    """

    def __init__(
        self,
        tally: Tally,
        columns: Sequence[Column],
        names: Names,
        title: str,
        rows: int,
        stop: Callable[[], object],
    ) -> None:
        self._tally = tally
        self._columns = columns
        self._names = names
        self._title = title
        self._rows = rows
        self._stop = stop
        self._sent = 0
        self._answered = False
        self._filters: dict[str, Wanted] = {}
        self._unnamed: dict[str, None] = {}
        self.trace = ""

    def news(self) -> dict[str, Any]:
        """How things are, and the rows since the last time."""
        head = self._head()
        since = self._sent if self._answered else max(head["total"] - FIRST, 0)
        kept = self._tally.kept_after(since)
        rows = [self._row(one) for one in self._picked(kept)]
        self._sent = kept[0][0] if kept else self._sent
        return {"head": head, "rows": rows, "names": self._names_of(rows)}

    def answer(self, message: object) -> dict[str, Any] | None:
        """What a page asks is answered by rows; it may ask anything."""
        asked = fields_of(message)
        what = asked.get("ask")
        if what == "stop":
            self._stop()
            return None
        if what not in ("ready", "find", "thread"):
            return None
        self._answered = True
        kept = self._tally.kept_after(0)
        if what == "thread":
            channel, thread = text_of(asked, "channel"), text_of(asked, "thread")
            found = (one for one in kept if in_thread(one, channel, thread))
        else:
            wanted = wanted_of(asked.get("wanted"))
            self._remember(text_of(asked, "page"), wanted)
            before = asked.get("before")
            last = before if isinstance(before, int) else kept[0][0] + 1 if kept else 0
            found = (one for one in kept if one[0] < last and matches(one[2], wanted))
        rows = [self._row(one) for one in first_of(found, ANSWER)]
        oldest = kept[-1][0] if kept else 0
        return {
            "answer": text_of(asked, "id"),
            "rows": rows,
            "names": self._names_of(rows),
            "more": len(rows) == ANSWER,
            "oldest": oldest,
            "head": self._head(),
        }

    def _picked(self, kept: Sequence[Kept]) -> list[Kept]:
        """The newest, and what somebody looks for among the others."""
        many = max(FEW, 2 * self._rows) if len(kept) > NEWEST else NEWEST
        newest, others = kept[:many], kept[many:]
        filters = [wanted for wanted in self._filters.values() if any(wanted.values())]
        if not others or not filters:
            return list(newest)
        found = (one for one in others if any(matches(one[2], each) for each in filters))
        return [*newest, *first_of(found, FOUND)]

    def _row(self, kept: Kept) -> EventRow:
        if isinstance(kept[2], dict):
            self._names.learn(kept[2])  # pyright: ignore[reportUnknownArgumentType] - any dict
        return row_of(kept, self._columns, self._names)

    def _head(self) -> dict[str, Any]:
        seen = self._tally.seen(0)
        kinds = [kind for kind, _ in seen.counts[:SERIES]]
        width, begin, series = self._tally.in_time(kinds)
        return {
            "title": printable(self._title),
            "columns": [printable(title) for title in titles_of(self._columns)],
            "height": self._rows,
            "state": printable(seen.state),
            "error": printable(seen.error),
            "trace": self.trace,
            "over": seen.over,
            "total": seen.total,
            "counts": [(shown(kind), number) for kind, number in seen.counts[:50]],
            "clock": seen.clock,
            "replayed": self._tally.replayed,
            "width": width,
            "begin": begin,
            "series": [(shown(kind), numbers) for kind, numbers in series.items()],
        }

    def _names_of(self, rows: Sequence[EventRow]) -> dict[str, str]:
        """The names for the ids in some rows, and those that have become known."""
        for row in rows:
            for one in ids_in(row):
                self._unnamed[one] = None
        found = {one: self._names.of(one) for one in self._unnamed}
        known = {one: printable(masked(name)) for one, name in found.items() if name != one}
        waiting = [one for one in self._unnamed if one not in known]
        self._unnamed = dict.fromkeys(waiting[-UNNAMED:])
        return known

    def _remember(self, page: str, wanted: Wanted) -> None:
        self._filters.pop(page, None)
        self._filters[page] = wanted
        while len(self._filters) > PAGES:
            del self._filters[next(iter(self._filters))]
        filters = [each for each in self._filters.values() if any(each.values())]

        def is_wanted(event: Any) -> bool:
            return any(matches(event, each) for each in filters)

        self._tally.wanted = is_wanted if filters else None


def shown(kind: str) -> str:
    """A type, fit for everybody's eyes."""
    return printable(masked(kind))


def ids_in(row: EventRow) -> Iterable[str]:
    """The ids in a row."""
    yield from (one for one in (row["channel"], row["user"]) if one)
    for cell in row["cells"]:
        if isinstance(cell, list):
            yield from (text for kind, text, _ in cell if kind in ("user", "channel"))


def in_thread(kept: Kept, channel: str, thread: str) -> bool:
    """Whether an event is about a message of a thread."""
    fields = event_in(kept[2])
    return channel_of(fields) == channel and thread in (thread_of(fields), ts_of(fields))


def wanted_of(given: object) -> Wanted:
    """What a page looks for, whatever it sends."""
    fields = fields_of(given)
    return {
        "text": text_of(fields, "text"),
        "kind": text_of(fields, "kind"),
        "channel": text_of(fields, "channel"),
        "user": text_of(fields, "user"),
    }


def fields_of(given: object) -> Mapping[str, Any]:
    """An object that the page gave; nothing in the place of anything else."""
    return cast("Mapping[str, Any]", given) if isinstance(given, Mapping) else {}


def text_of(fields: Mapping[str, Any], key: str) -> str:
    """A text that the page gave."""
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def first_of(found: Iterable[Kept], most: int) -> list[Kept]:
    """So many of them."""
    return [one for _, one in zip(range(most), found, strict=False)]
