"""
What the rooms tell of their work to whoever listens, such as `Metrics`; nothing while nobody does.

Each calls a function of this module where something happens that is worth a number: for a burst, a call, a
connection, never for an item. A listener is called on the thread on which it happens, must be quick, and must
not raise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from contextvars import Context, ContextVar, copy_context
from threading import Lock
from time import monotonic
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar, cast

from rxslack.core.fork import Registry

__all__ = [
    "FIELDS",
    "TelemetryListener",
    "add",
    "carried",
    "count",
    "counting",
    "fields_of_line",
    "in_context",
    "in_trace",
    "is_carrying",
    "is_heard",
    "observe",
    "remove",
    "tell_all",
    "trace_taken_from",
    "with_trace",
]

R = TypeVar("R")

EVERY: Final = 0.05  # seconds

OnItems: TypeAlias = Callable[[Sequence[Any], bool], None]
Fields: TypeAlias = "MappingProxyType[str, object]"


class TelemetryListener:
    """Hears everything; a subclass takes what it wants."""

    carries = False
    """Whether jobs in lanes are to be done in the context in which they came in."""

    def mixed(self, events: Sequence[Any]) -> None:
        """A source has emitted these, of several types."""

    def plain(self, count: int) -> None:
        """A source has emitted so many more plain messages."""

    def sample(self, event: Any, now: Callable[[], float]) -> None:
        """
        A source is about to emit this, which is one of many.

        Args:
            event: the last one of a burst.
            now: unix seconds, by Slack's clock.
        """

    def count(self, name: str, labels: tuple[str, ...], by: float) -> None:
        """Something happened so often; or, of what can go down, there are so many more."""

    def observe(self, name: str, labels: tuple[str, ...], value: float) -> None:
        """Something took so many seconds, which are over just now."""

    def trace(self) -> str:
        """The trace that what is done here belongs to, as a W3C `traceparent`; "" where there is none."""
        return ""

    def going_on(self, trace: str) -> AbstractContextManager[object]:
        """What is done inside belongs to a trace that another process has begun."""
        return nullcontext(trace)


_listeners: tuple[TelemetryListener, ...] = ()
_carries = False
_changing = Lock()


def add(listener: TelemetryListener) -> None:
    """Let somebody listen from now on."""
    with _changing:
        _set((*_listeners, listener))


def remove(listener: TelemetryListener) -> None:
    """Let somebody listen no more."""
    with _changing:
        _set(tuple(one for one in _listeners if one is not listener))


def _set(listeners: tuple[TelemetryListener, ...]) -> None:
    global _listeners, _carries
    _listeners = listeners
    _carries = any(one.carries for one in listeners)


def is_heard() -> bool:
    """Whether anybody listens, where there is something to prepare."""
    return bool(_listeners)


def count(name: str, *labels: str, by: float = 1) -> None:
    """Tell that something happened."""
    for one in _listeners:
        one.count(name, labels, by)


def is_carrying() -> bool:
    """Whether lanes do their jobs in the context in which they came in."""
    return _carries


def observe(name: str, *labels: str, value: float) -> None:
    """Tell how long something took, in seconds."""
    for one in _listeners:
        one.observe(name, labels, value)


def counting(on_items: OnItems, now: Callable[[], float]) -> OnItems:
    """What takes bursts, with a count of each; as it is while nobody listens."""
    return BurstCounter(on_items, now).take if _listeners else on_items


class BurstCounter:
    """
    Counts what a source emits, and tells of it twenty times a second.

    A flood comes in bursts of few items, so telling of each would cost much of the time that they take.
    The total is written by the source's thread alone.
    """

    def __init__(self, on_items: OnItems, now: Callable[[], float]) -> None:
        self._on_items = on_items
        self._now = now
        self._total = 0  # of plain messages
        self._told = 0  # as many of them; under the lock
        self._due = 0.0
        self._telling = Lock()
        _counters.add(self)

    def take(self, items: Sequence[Any], plain: bool) -> None:
        """Count a burst, and hand it on."""
        inside = getattr(items, "events", None)  # of envelopes
        events = items if inside is None else inside
        if plain if inside is None else getattr(items, "plain", False):
            self._total += len(events)
        else:
            for one in _listeners:
                one.mixed(events)
        if (at := monotonic()) >= self._due:
            self.tell()
            event = events[-1]
            if "ts" in event or "event_ts" in event:
                self._due = at + EVERY
                for one in _listeners:
                    one.sample(event, self._now)
        self._on_items(items, plain)

    def tell(self) -> None:
        """Tell of what has come since the last time; on any thread."""
        with self._telling:
            more = self._total - self._told
            self._told += more
        if more:
            for one in _listeners:
                one.plain(more)


_counters = Registry[BurstCounter]()


def tell_all() -> None:
    """Let all sources tell of what they have counted so far."""
    for one in _counters.members():
        one.tell()


def carried() -> Context | None:
    """The context here, for work that is done later on its behalf; None while nobody wants it."""
    return copy_context() if _carries else None


def in_context(context: Context | None, function: Callable[..., R], *args: Any) -> R:
    """
    Call a function in a context, if there is one.

    In a copy, for another thread may be about to leave the context, which only one can be in.
    """
    return function(*args) if context is None else context.copy().run(function, *args)


TRACE: Final = "rxslack_traceparent"
"""The field of an event in a log that says of which trace it is. Source: w3.org/TR/trace-context."""


def with_trace(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """An item for another process, with the trace that it belongs to; unchanged while nobody traces."""
    found = [trace for one in _listeners if (trace := one.trace())] if _carries else []
    return {**item, TRACE: found[0]} if found else item


def trace_taken_from(item: Any) -> str:
    """The trace that an item of another process belongs to, which is taken out of it."""
    return cast("dict[str, str]", item).pop(TRACE, "") if type(item) is dict else ""


def in_trace(trace: str, function: Callable[..., R], *args: Any) -> R:
    """Call a function on behalf of a trace; "" for none."""
    if not trace:
        return function(*args)
    with ExitStack() as stack:
        for one in _listeners:
            stack.enter_context(one.going_on(trace))
        return function(*args)


FIELDS: Final = ContextVar[Fields]("FIELDS", default=MappingProxyType({}))
"""What a line of the log says of what it is about: `team`, `connection`, `channel`, `event`."""


def fields_of_line(**fields: object) -> None:
    """From here on lines that are logged in this context, or thread, say this as well."""
    FIELDS.set(MappingProxyType({**FIELDS.get(), **fields}))
