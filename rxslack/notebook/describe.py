"""Streams and sinks describe themselves in a cell: `%load_ext rxslack`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

from reactivex import Observable

from rxslack.sinks.delivery.sink import Sink
from rxslack.wire.bursts import Sifted

__all__ = ["describe", "load_ipython_extension", "stages", "unload_ipython_extension"]

DEEPEST: Final = 40  # stages; a longer pipeline is shown from its end
SOURCES: Final = ("source", "sources", "stream", "upstream", "connect")


def describe(thing: Observable[Any] | Sink) -> str:
    """
    What a stream or a sink is, in words; nothing is subscribed to.

    >>> import reactivex
    >>> from reactivex import operators as ops
    >>> describe(reactivex.never().pipe(ops.map(str), ops.take(3)))
    'stream: never -> map -> take'

    Where a step keeps its source out of sight the pipeline is shown from there on.
    """
    if isinstance(thing, Sink):
        return f"sink: {thing.left} items under way"
    return f"stream: {' -> '.join(stages(thing))}"


def stages(stream: Observable[Any]) -> list[str]:
    """The names of the steps from the source to this stream, read off its functions."""
    found: list[str] = []
    step: Any = stream
    while is_stream(step) and len(found) < DEEPEST:
        name, step = name_and_source(step)
        found.append(name)
    return found[::-1]


def is_stream(step: Any) -> bool:
    """Whether there is one more step."""
    return isinstance(step, Observable)


def name_and_source(stream: Observable[Any]) -> tuple[str, Any]:
    """The step that made a stream, and what stands before it."""
    if isinstance(stream, Sifted):
        sifted: Sifted[Any] = stream
        return sifted_name(sifted), sifted.source
    subscribe: Callable[..., Any] | None = getattr(stream, "made_by", None)
    if subscribe is None:
        subscribe = getattr(stream, "_subscribe", None)
    if subscribe is None:
        return type(stream).__name__, getattr(stream, "source", None)
    owner = getattr(subscribe, "__self__", None)
    if owner is not None:  # a method: the object keeps the source
        return step_name(subscribe, {}), getattr(owner, "_stream", getattr(owner, "_source", None))
    if not inspect.isfunction(subscribe):
        return type(stream).__name__, None
    inside = inspect.getclosurevars(subscribe).nonlocals
    source = next((inside[name] for name in SOURCES if name in inside), None)
    return step_name(subscribe, inside), source


def sifted_name(stream: Sifted[Any]) -> str:
    """The last thing that is done to the items of a burst."""
    before = stream.source.conditions if isinstance(stream.source, Sifted) else ()
    added = stream.conditions[len(before) :]
    return filter_name(added[0][0]) if added else "map"


def filter_name(condition: object) -> str:
    """The name of the step that has this condition."""
    maker = getattr(condition, "__qualname__", "").split(".")[0]
    return "of_type" if maker in ("check_of", "any_of", "_both") else "filter"


def step_name(subscribe: Any, inside: Mapping[str, Any]) -> str:
    """From `map_.<locals>.map.<locals>.subscribe` to "map"."""
    if "predicate" in inside and filter_name(inside["predicate"]) == "of_type":
        return "of_type"
    # What RTM and Socket Mode have in common is one function; who called it made the protocol.
    made = inside.get("protocol", subscribe)
    made_by = str(getattr(made, "__qualname__", "stream")).split(".")[0]
    return {"Sharing": "shared"}.get(made_by, made_by).strip("_")


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext rxslack`: cells that end in a stream or a sink describe it."""

    def say(thing: Any, printer: Any, _: bool) -> None:
        printer.text(describe(thing))

    for kind in (Observable, Sink):
        shell.display_formatter.formatters["text/plain"].for_type(kind, say)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext rxslack`."""
    for kind in (Observable, Sink):
        shell.display_formatter.formatters["text/plain"].pop(kind, None)
