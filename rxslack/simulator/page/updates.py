"""What browsers are told as it happens: one event stream each, of what is new since they last were."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Generator, Mapping
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

LOOK_EVERY: Final = 0.05  # seconds: lines of the log come without a change
LOOK_ANYWAY: Final = 1.0  # seconds: what changes without a word, such as a fault that ends itself
GATHER: Final = 0.02  # seconds between two tellings, in which changes gather
ALIVE_EVERY: Final = 10.0  # seconds; a browser that has left is noticed at the next writing
MOST_WAITING: Final = (
    2_000  # messages that changed between two tellings; with more, all is read anew
)


class _Listener:
    """What one browser is still to be told. Guarded by the team's lock."""

    def __init__(self, viewer: str, log: CallLog) -> None:
        self.viewer = viewer
        self.log = log
        self.changed: dict[tuple[str, str], None] = {}  # messages, by channel and ts
        self.typing: list[Json] = []
        self.growing: dict[tuple[str, str], str] = {}  # what streams, as it was last told
        self.told: dict[str, str] = {}  # parts, as JSON


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
        listener = _Listener(viewer, CallLog(self._state.transcript))
        self._add(listener)
        try:
            yield from self._pieces(listener)
        finally:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

    def _add(self, listener: _Listener) -> None:
        with self._lock:
            self._listeners = (*self._listeners, listener)
            first, self._watches = not self._watches, True
        if first:
            with self._state.team.lock:
                self._state.team.feed.watch(self._hear)

    def _pieces(self, listener: _Listener) -> Generator[bytes]:
        changes, log, seen, said_at = self._state.team.changes, listener.log, -1, 0.0
        looked_at = 0.0
        while not self._closed:
            count = changes.count
            pieces = [*self._log(log)]
            if count != seen or monotonic() - looked_at >= LOOK_ANYWAY:
                seen, looked_at = count, monotonic()
                pieces += self._news(listener)
            if not pieces and monotonic() - said_at >= ALIVE_EVERY:
                pieces.append(b":\n\n")  # a comment
            if pieces:
                said_at = monotonic()
                yield b"".join(pieces)
                sleep(GATHER)
            else:
                changes.wait(seen, LOOK_EVERY)

    def _log(self, log: CallLog) -> Generator[bytes]:
        if log.has_news:
            yield _event("log", log.read())

    def _news(self, listener: _Listener) -> Generator[bytes]:
        """What is new; JSON is made with the lock held, since messages change in their place."""
        with self._state.team.lock:
            made = [*self._parts_told(listener), *self._messages_told(listener)]
            typing, listener.typing = listener.typing, []
        yield from made
        if typing:
            yield _event("typing", typing)

    def _parts_told(self, listener: _Listener) -> Generator[bytes]:
        for name, make in self._parts.items():
            text = _json(make(listener.viewer))
            if listener.told.get(name) != text:
                listener.told[name] = text
                yield _event_of(name, text)

    def _messages_told(self, listener: _Listener) -> Generator[bytes]:
        state, viewer = self._state, listener.viewer
        self._look_at_streams(listener)
        changed, listener.changed = listener.changed, {}
        if len(changed) > MOST_WAITING:
            yield _event("reset", {})
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
            yield _event("messages", told)

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


def _event(name: str, value: object) -> bytes:
    return _event_of(name, _json(value))


def _event_of(name: str, text: str) -> bytes:
    return f"event: {name}\ndata: {text}\n\n".encode("ascii", "backslashreplace")
