"""What browsers are told as it happens: one event stream each, of what is new since they last were."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Generator, Mapping
from contextlib import closing
from threading import Lock
from time import monotonic, sleep
from typing import Any, Final, TypeAlias, cast

from rxslack.simulator.page.call_log import CallLog
from rxslack.simulator.page.windows import as_seen
from rxslack.simulator.state import State
from rxslack.simulator.team.text import Json

__all__ = ["Part", "Updates"]

Part: TypeAlias = "Callable[[str], object]"
"""Makes something that is told whole whenever it is another one: JSON for a user's id."""

_Told: TypeAlias = tuple[str, str]
"""A name, and JSON."""

LOOK_EVERY: Final = 0.05  # seconds: lines of the log come without a change
LOOK_ANYWAY: Final = 1.0  # seconds: what changes without a word, such as a fault that ends itself
GATHER: Final = 0.02  # seconds between two tellings, in which changes gather
ALIVE_EVERY: Final = 10.0  # seconds; a browser that has left is noticed at the next writing
MOST_WAITING: Final = (
    2_000  # messages that changed between two tellings; with more, all is read anew
)


class _Listener:
    """What one browser is still to be told. Guarded by the team's lock."""

    def __init__(self, who: Callable[[], str], log: CallLog) -> None:
        self._who = who
        self.log = log
        self.changed: dict[tuple[str, str], None] = {}  # messages, by channel and ts
        self.typing: list[Json] = []
        self.growing: dict[tuple[str, str], str] = {}  # what streams, as it was last told
        self.told: dict[str, str] = {}  # parts, as JSON

    @property
    def viewer(self) -> str:
        """The id of the user who looks now."""
        return self._who()


class Updates:
    """
    The event streams of all browsers; thread-safe.

    Args:
        state: the workspace's.
        parts: what is told whole, by name.
    """

    def __init__(self, state: State, parts: Mapping[str, Part]) -> None:
        self._state = state
        self._parts = parts
        self._lock = Lock()
        self._listeners: tuple[_Listener, ...] = ()
        self._watches = False
        self._closed = False

    def close(self) -> None:
        """End every stream."""
        self._closed = True
        self._state.team.changes.notify()

    def stream(self, viewer: str) -> Generator[bytes]:
        """
        What happens, in the format of `text/event-stream`, until `close` or the generator's end.

        Args:
            viewer: the id of the user who looks.

        Source: html.spec.whatwg.org, "Server-sent events".
        """
        return _as_bytes(self._told(self._listen(lambda: viewer)))

    def news(self, who: Callable[[], str]) -> Generator[tuple[str, Any]]:
        """
        The same, each by its name and as JSON values; it is to be read to its end, or closed.

        Args:
            who: the id of the user who looks, which may be another one from now on.
        """
        return _as_values(self._told(self._listen(who)))

    def _told(self, listener: _Listener) -> Generator[list[_Told]]:
        """What is told at once; nothing, now and then, to see whether somebody still hears."""
        try:
            yield from self._lists(listener)
        finally:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

    def _listen(self, who: Callable[[], str]) -> _Listener:
        """Nothing that happens from now on is missed, however late it is asked for."""
        listener = _Listener(who, CallLog(self._state.transcript))
        with self._lock:
            self._listeners = (*self._listeners, listener)
            first, self._watches = not self._watches, True
        if first:
            with self._state.team.lock:
                self._state.team.feed.watch(self._hear)
        return listener

    def _lists(self, listener: _Listener) -> Generator[list[_Told]]:
        changes, log, seen, said_at = self._state.team.changes, listener.log, -1, 0.0
        looked_at = 0.0
        while not self._closed:
            count = changes.count
            told = [*self._log(log)]
            if count != seen or monotonic() - looked_at >= LOOK_ANYWAY:
                seen, looked_at = count, monotonic()
                told += self._news(listener)
            if told or monotonic() - said_at >= ALIVE_EVERY:
                said_at = monotonic()
                yield told
                sleep(GATHER)
            else:
                changes.wait(seen, LOOK_EVERY)

    def _log(self, log: CallLog) -> Generator[_Told]:
        if log.has_news:
            yield "log", _json(log.read())

    def _news(self, listener: _Listener) -> Generator[_Told]:
        """What is new; JSON is made with the lock held, since messages change in their place."""
        with self._state.team.lock:
            made = [*self._parts_told(listener), *self._messages_told(listener)]
            typing, listener.typing = listener.typing, []
        yield from made
        if typing:
            yield "typing", _json(typing)

    def _parts_told(self, listener: _Listener) -> Generator[_Told]:
        for name, make in self._parts.items():
            text = _json(make(listener.viewer))
            if listener.told.get(name) != text:
                listener.told[name] = text
                yield name, text

    def _messages_told(self, listener: _Listener) -> Generator[_Told]:
        state, viewer = self._state, listener.viewer
        self._look_at_streams(listener)
        changed, listener.changed = listener.changed, {}
        if len(changed) > MOST_WAITING:
            yield "reset", "{}"
            return
        told: list[Json] = []
        for place, ts in changed:
            channel = state.team.channels.get(place)
            if channel is None or not channel.is_visible_to(viewer):
                continue
            found = channel.find(ts)
            message = None if found is None else as_seen(state, channel, found, viewer)
            told.append({"channel": place, "ts": ts, "message": message})
        if told:
            yield "messages", _json(told)

    def _look_at_streams(self, listener: _Listener) -> None:
        """What grows is told by no event."""
        growing: dict[tuple[str, str], str] = {}
        for stream in self._state.streams.all():
            if not stream.ended_by and stream.recipient == listener.viewer:
                key = (stream.channel.id, stream.ts)
                growing[key] = _json(stream.channel.find(stream.ts))
                if listener.growing.get(key) != growing[key]:
                    listener.changed[key] = None
        listener.growing = growing

    def _hear(self, event: Mapping[str, Any], to: Container[str] | None) -> None:
        """The team's lock is held."""
        if event.get("type") == "user_typing":
            for listener in self._listeners:
                if to is not None and listener.viewer not in to:
                    continue
                listener.typing = [*listener.typing[-50:], dict(event)]
            return
        for key in _messages_of(event):
            for listener in self._listeners:
                if len(listener.changed) <= MOST_WAITING:
                    listener.changed[key] = None


def _messages_of(event: Mapping[str, Any]) -> Generator[tuple[str, str]]:
    """Channel and ts of each message that an event is about, or may be."""
    if event.get("is_ephemeral"):  # in no channel; it is one of the parts
        return
    inner: Any = event.get("message")
    item: Any = event.get("item")
    item = cast("Json", item) if isinstance(item, dict) else {}
    own = None if event.get("hidden") else event.get("ts")
    found = [own, event.get("deleted_ts"), item.get("ts")]
    found.append(cast("Json", inner).get("ts") if isinstance(inner, dict) else None)
    channel = event.get("channel") or item.get("channel")
    for ts in found:
        if isinstance(ts, str) and isinstance(channel, str):
            yield channel, ts


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), default=str)


def _as_bytes(told: Generator[list[_Told]]) -> Generator[bytes]:
    with closing(told):
        for several in told:
            events = "".join(map(_as_event, several or [("", "")]))
            yield events.encode("ascii", "backslashreplace")


def _as_values(told: Generator[list[_Told]]) -> Generator[tuple[str, Any]]:
    with closing(told):
        for several in told:
            for name, text in several:
                yield name, json.loads(text)


def _as_event(told: _Told) -> str:
    name, text = told
    return f"event: {name}\ndata: {text}\n\n" if name else ":\n\n"  # a comment
