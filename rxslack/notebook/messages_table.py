"""A million messages in columns: text in Arrow's memory, names as numbers, nothing kept of the events."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from rxslack.notebook.figures import needed
from rxslack.notebook.frame import fields_in, micros_of, text_in
from rxslack.notebook.names import Names

__all__ = ["CHANGES", "MessagesTable"]

CHUNK: Final = 50_000  # messages that are Python objects at once
CHANGES: Final = frozenset({"message_changed", "message_deleted"})
NEVER: Final = -(2**63)  # in the place of a time: Arrow's and pandas' own mark


class Numbered:
    """Texts that come again and again, each as a number."""

    def __init__(self) -> None:
        self.known: dict[str | None, int] = {None: -1}
        self.codes = array("i")

    def add(self, text: str | None) -> None:
        """One more."""
        known = self.known
        code = known.get(text)
        if code is None:
            code = known[text] = len(known) - 1
        self.codes.append(code)


class MessagesTable:
    """
    What becomes the rows: one a message; edits and deletions are applied when all of them are there.

    Args:
        names: learn from events that tell them.
    """

    def __init__(self, names: Names) -> None:
        self._arrow = needed("pyarrow", "explore()")
        self._names = names
        self._channels, self._users, self._subtypes = Numbered(), Numbered(), Numbered()
        self._parts: dict[str, list[Any]] = {"text": [], "ts": [], "thread_ts": []}
        self._chunks: dict[str, list[Any]] = {"text": [], "ts": [], "thread_ts": []}
        self._edited: dict[tuple[str | None, str], Mapping[str, Any]] = {}
        self._deleted: set[tuple[str | None, str]] = set()
        self.count = 0

    def take(self, events: Iterable[Any]) -> None:
        """Some more events; what is no message teaches names, at most."""
        texts, stamps, threads = (self._parts[name] for name in ("text", "ts", "thread_ts"))
        channels, users, subtypes = self._channels.add, self._users.add, self._subtypes.add
        for event in events:
            if not isinstance(event, dict):
                continue
            fields = cast("dict[str, Any]", event)
            if fields.get("type") != "message":
                self._names.learn(fields)
                continue
            subtype = fields.get("subtype")
            if subtype is not None and (subtype in CHANGES if isinstance(subtype, str) else False):
                self._change(fields, subtype)
                continue
            ts = fields.get("ts")
            if not isinstance(ts, str) or fields.get("hidden"):
                continue
            if "user_profile" in fields:
                self._names.learn(fields)
            text, thread = fields.get("text"), fields.get("thread_ts")
            texts.append(text if isinstance(text, str) else None)
            stamps.append(ts)
            threads.append(thread if isinstance(thread, str) else None)
            channels(named(fields.get("channel")))
            users(named(fields.get("user")) or named(fields.get("bot_id")))
            subtypes(named(subtype))
            self.count += 1
            if len(texts) >= CHUNK:
                self._flush()

    def table(self) -> Any:
        """All of it as a pyarrow.Table, in the order of arrival; of what came twice the last."""
        for key, message in list(self._edited.items()):
            if key not in self._known_among(self._edited):
                self.take(
                    [
                        {
                            **message,
                            "type": "message",
                            "subtype": message.get("subtype"),
                            "channel": key[0],
                        }
                    ]
                )
        self._flush()
        pa = self._arrow
        columns = {
            "time": self._times(),
            "channel": self._dictionary(self._channels, named_by=self._names),
            "user": self._dictionary(self._users, named_by=self._names),
            **{
                name: pa.chunked_array(self._chunks[name], type=pa.string())
                for name in ("text", "ts", "thread_ts")
            },
            "subtype": self._dictionary(self._subtypes, named_by=None),
        }
        table = pa.table(columns)
        table = self._changed(table)
        return table.filter(self._last_of_each(table))

    @property
    def ids(self) -> list[str]:
        """Of channels and users."""
        return [one for known in (self._channels, self._users) for one in known.known if one]

    def _change(self, event: Mapping[str, Any], subtype: str) -> None:
        channel = text_in(event, "channel")
        if subtype == "message_deleted":
            self._deleted.add((channel, text_in(event, "deleted_ts") or ""))
            return
        message = fields_in(event, "message")
        if ts := text_in(message, "ts"):
            self._edited[channel, ts] = message

    def _known_among(
        self, wanted: Mapping[tuple[str | None, str], Any]
    ) -> set[tuple[str | None, str]]:
        """Which of some messages have a row; found once."""
        if self._found is None:
            self._flush()
            self._found = {key for key, _ in self._places(wanted)}
        return self._found

    _found: set[tuple[str | None, str]] | None = None

    def _places(
        self, wanted: Iterable[tuple[str | None, str]]
    ) -> list[tuple[tuple[str | None, str], int]]:
        """The rows of some messages."""
        keys = set(wanted)
        # Of no chunks pyarrow 23.0.1 finds no indices, but ends the process.
        if not (keys and self._chunks["ts"]):
            return []
        pa, pc = self._arrow, needed("pyarrow.compute", "explore()")
        stamps = pa.chunked_array(self._chunks["ts"], type=pa.string())
        # An edit in a hundred messages: few rows are looked at one by one.
        found = pc.is_in(
            stamps, value_set=pa.array(sorted({ts for _, ts in keys}), type=pa.string())
        )
        rows = pc.indices_nonzero(found).to_pylist()
        channels: dict[int, str | None] = {
            code: text for text, code in self._channels.known.items()
        }
        codes = self._channels.codes
        places = [((channels[codes[row]], stamps[row].as_py()), row) for row in rows]
        return [(key, row) for key, row in places if key in keys]

    def _changed(self, table: Any) -> Any:
        """The table with what edits and deletions have changed."""
        pa = self._arrow
        edited, deleted = array("q", [NEVER]) * table.num_rows, bytearray(table.num_rows)
        texts: dict[int, str | None] = {}
        for key, row in self._places([*self._edited, *self._deleted]):
            deleted[row] = key in self._deleted
            if (message := self._edited.get(key)) is not None:
                texts[row] = text_in(message, "text")
                at = micros_of(text_in(fields_in(message, "edited"), "ts") or "")
                edited[row] = NEVER if at is None else at
        if texts:
            np = needed("numpy", "explore()")
            mask = np.zeros(table.num_rows, dtype=bool)
            mask[sorted(texts)] = True
            new = pa.array([texts[row] for row in sorted(texts)], type=pa.string())
            pc = needed("pyarrow.compute", "explore()")
            text = pc.replace_with_mask(table["text"].combine_chunks(), pa.array(mask), new)
            table = table.set_column(table.column_names.index("text"), "text", text)
        times = pa.array(needed("numpy", "explore()").frombuffer(edited, dtype="int64"))
        table = table.append_column("edited", moments(pa, times))
        gone = needed("numpy", "explore()").frombuffer(bytes(deleted), dtype=bool)
        return table.append_column("deleted", pa.array(gone))

    def _last_of_each(self, table: Any) -> Any:
        """Which rows stay: a message that came twice, as after a reconnect, is there once."""
        np = needed("numpy", "explore()")
        times = table["time"].cast("int64").fill_null(NEVER).to_numpy()
        codes = np.frombuffer(self._channels.codes, dtype=np.int32)
        order = np.lexsort((codes, times))
        same = (np.diff(times[order]) == 0) & (np.diff(codes[order]) == 0)
        stays = np.ones(len(times), dtype=bool)
        stays[order[:-1][same]] = False
        stays[times == NEVER] = True  # of these nobody knows whether they are the same
        return self._arrow.array(stays)

    def _times(self) -> Any:
        pa, pc = self._arrow, needed("pyarrow.compute", "explore()")
        found: list[Any] = []
        for chunk in self._chunks["ts"]:
            try:
                seconds = pc.cast(chunk, pa.float64())
                micros = pc.cast(pc.round(pc.multiply(seconds, 1e6)), pa.int64())
            except pa.ArrowInvalid:  # one of them is no time
                micros = pa.array([micros_of(ts) for ts in chunk.to_pylist()], type=pa.int64())
            found.append(moments(pa, micros))
        return pa.chunked_array(found, type=pa.timestamp("us", tz="UTC"))

    def _dictionary(self, numbered: Numbered, named_by: Names | None) -> Any:
        """Numbers with their texts; people and channels by name, and by id where two have the same."""
        pa, np = self._arrow, needed("numpy", "explore()")
        codes = np.frombuffer(numbered.codes, dtype=np.int32)
        texts = [clean(text) or "" for text in numbered.known if text is not None]
        if named_by is not None:
            texts = unlike(texts, [named_by.known(text) for text in texts])
        return pa.DictionaryArray.from_arrays(
            pa.array(codes, mask=codes < 0), pa.array(texts, type=pa.string())
        )

    def _flush(self) -> None:
        pa = self._arrow
        for name, part in self._parts.items():
            if part:
                try:
                    made = pa.array(part, type=pa.string())
                except UnicodeEncodeError:  # half of a surrogate pair, which no file could hold
                    made = pa.array([clean(text) for text in part], type=pa.string())
                self._chunks[name].append(made)
                part.clear()


def moments(pa: Any, micros: Any) -> Any:
    """Microseconds as times; what cannot be a time, as none."""
    pc = needed("pyarrow.compute", "explore()")
    within = pc.and_(pc.greater_equal(micros, 0), pc.less(micros, 10**16))
    return pc.if_else(within, micros, pa.scalar(None, pa.int64())).cast(
        pa.timestamp("us", tz="UTC")
    )


def named(value: Any) -> str | None:
    """A text; None in the place of anything else."""
    return value if isinstance(value, str) and value else None


def clean(text: str | None) -> str | None:
    """A text that UTF-8 has bytes for."""
    return text_in({"": text}, "") if text is not None else None


def unlike(ids: list[str], names: list[str]) -> list[str]:
    """The names; of two that are alike, each with its id."""
    alike = (
        {name for name in names if names.count(name) > 1}
        if len(set(names)) < len(names)
        else set[str]()
    )
    return [
        f"{name} ({one})" if name in alike else name for one, name in zip(ids, names, strict=True)
    ]
