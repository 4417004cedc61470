"""What a stream is made of, found out without subscribing to it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reactivex import Observable

from rxslack.wire.bursts import Sifted

__all__ = ["Stage", "stages"]

DEEPEST: Final = 40  # stages; a longer pipeline is shown from its end

MARBLES: Final[Mapping[str, str]] = {
    "rtm": "h-m-r-m--m-r-m",
    "socket_mode": "h-m-r-m--m-r-m",
    "replay": "h-m-r-m--m-r-m",
    "export": "m-m-m--m-m-m-|",
    "history": "m-m-m--m-m-m-|",
    "reconnect": "h-m-#--h-m-r-m",
    "shared": "h-m-r-m--m-r-m",
    "record": "h-m-r-m--m-r-m",
    "of_type": "--m---m--m---m",
    "filter": "--m---m------m",
    "map": "--x---x--x---x",
    "take": "--m---m|",
    "debounce": "-------m------m",
    "delay": "---m---m--m---",
    "distinct_until_changed": "--m------m----",
    "scan": "--1---2--3---4",
    "buffer_with_time": "-----B----B---",
    "buffer_with_count": "------B------B",
    "flat_map": "--xy--xy-xy--x",
    "merge": "-a-m-b-m--am-b",
    "isolate": "--m---F--m---m",
    "post_message": "---R---R--R---",
    "never": "--------------",
    "empty": "|",
    "of": "(abc|)",
    "timer": "-----0|",
    "interval": "---0---1---2--",
}
"""How the stages of a pipeline look: hello, messages, reactions; x is what a function made."""

SOURCES: Final = ("source", "sources", "stream", "upstream", "connect")


@dataclass(frozen=True)
class Stage:
    """
    One step of a pipeline.

    Attributes:
        name: of the function that made it: "rtm", "filter".
        marbles: how such a step looks in time; "" where nobody has drawn it.
    """

    name: str
    marbles: str


def stages(stream: Observable[Any]) -> list[Stage]:
    """
    The steps from the source to this stream, read off its functions; nothing is subscribed to.

    >>> import reactivex
    >>> from reactivex import operators as ops
    >>> [stage.name for stage in stages(reactivex.never().pipe(ops.map(str), ops.take(3)))]
    ['never', 'map', 'take']

    Where a step keeps its source out of sight the pipeline is shown from there on.
    """
    found: list[Stage] = []
    step: Any = stream
    while is_stream(step) and len(found) < DEEPEST:
        name, step = name_and_source(step)
        found.append(Stage(name, MARBLES.get(name, "")))
    return list(reversed(found))


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
