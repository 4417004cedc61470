"""What a pipeline is made of, read off its functions; and which of its stages an error came from."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import CodeType
from typing import Any, Final, cast

from reactivex import Observable

from rxslack.wire.bursts import Sifted

__all__ = ["chain", "stage_of", "stages"]

DEEPEST: Final = 40  # stages; a longer pipeline is shown from its end
SOURCES: Final = ("source", "sources", "stream", "upstream", "connect")
NESTED: Final = 3  # functions inside functions, in which a user's is looked for


def chain(stream: Observable[Any]) -> list[tuple[str, Observable[Any]]]:
    """The steps from the source to this stream, each with its name."""
    found: list[tuple[str, Observable[Any]]] = []
    step: Any = stream
    while is_stream(step) and len(found) < DEEPEST:
        name, before = name_and_source(step)
        found.append((name, step))
        step = before
    return found[::-1]


def stages(stream: Observable[Any]) -> list[str]:
    """Their names."""
    return [name for name, _ in chain(stream)]


def stage_of(error: BaseException, stream: Observable[Any]) -> str:
    """
    Which stage of a stream an error was raised in, in words; "" where nothing tells for sure.

    The user's function that is in the traceback is looked for in the functions of the stages.
    """
    steps = chain(stream)
    codes = [set(codes_in(step)) for _, step in steps]
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        found = [place for place, known in enumerate(codes) if code in known]
        if found:
            name = steps[found[0]][0]
            which = f"stage {found[0] + 1} of {len(steps)}" if len(found) == 1 else "one stage"
            return f"in {code.co_name}, given to {name}, {which}: {' -> '.join(stages(stream))}"
        trace = trace.tb_next
    return ""


def codes_in(step: Observable[Any]) -> Iterator[CodeType]:
    """The code of the functions that a step was given."""
    if isinstance(step, Sifted):
        sifted: Sifted[Any] = step
        before = sifted.source.conditions if isinstance(sifted.source, Sifted) else ()
        for condition in sifted.conditions[len(before) :]:
            for check in (condition.of_any, condition.of_plain):
                yield from codes_of(check, NESTED)
        if sifted.mapper is not None:
            yield from codes_of(sifted.mapper, NESTED)
        return
    subscribe: Any = getattr(step, "_subscribe", None)
    if inspect.isfunction(subscribe):
        for value in inspect.getclosurevars(subscribe).nonlocals.values():
            yield from codes_of(value, NESTED)


def codes_of(value: Any, depth: int) -> Iterator[CodeType]:
    """The code of a function, and of those it is made of."""
    if isinstance(value, partial):
        value = cast("Any", value).func
    value = getattr(value, "__func__", value)
    if not inspect.isfunction(value):
        return
    yield value.__code__
    if depth:
        for inner in inspect.getclosurevars(value).nonlocals.values():
            yield from codes_of(inner, depth - 1)


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
    factory = inside.get("factory")
    if inspect.isfunction(factory):  # of `defer`, in which `scan` and some others are made
        subscribe, inside = factory, inspect.getclosurevars(factory).nonlocals
    source = next((inside[name] for name in SOURCES if name in inside), None)
    return step_name(subscribe, inside), source


def sifted_name(stream: Sifted[Any]) -> str:
    """The last thing that is done to the items of a burst."""
    before = stream.source.conditions if isinstance(stream.source, Sifted) else ()
    added = stream.conditions[len(before) :]
    return filter_name(added[0].of_any) if added else "map"


def filter_name(condition: object) -> str:
    """The name of the step that has this condition."""
    maker = getattr(condition, "__qualname__", "").split(".")[0]
    return "of_type" if maker in ("check_of", "any_of", "_both") else "filter"


def step_name(subscribe: Any, inside: Mapping[str, Any]) -> str:
    """From `map_.<locals>.map.<locals>.subscribe` to "map"."""
    if "predicate" in inside and filter_name(inside["predicate"]) == "of_type":
        return "of_type"
    # What RTM and Socket Mode have in common is one function, who called it made the protocol; and so of
    # what reads in pieces.
    made = inside.get("protocol") or inside.get("make", subscribe)
    made_by, _, inner = str(getattr(made, "__qualname__", "stream")).partition(".<locals>")
    made_by = made_by.split(".")[-1 if inner else 0]  # `WebClient.pages`, but a class's own
    return {"Sharing": "shared"}.get(made_by, made_by).strip("_")
