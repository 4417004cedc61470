"""A checker of JSON values against TypedDicts, which reads the TypedDicts themselves."""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import cache
from typing import (
    Any,
    Literal,
    NotRequired,
    Protocol,
    Required,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

import pytest

from rxslack import events

PLAIN: dict[Any, tuple[type, ...]] = {
    str: (str,),
    bool: (bool,),
    int: (int,),
    float: (int, float),
    type(None): (type(None),),
}


class Problems(Protocol):
    def __call__(self, kind: Any, value: Any, *, blank: bool = False) -> list[str]: ...


@pytest.fixture
def problems() -> Problems:
    """What is wrong with a value; `blank` forgives missing keys and empty strings."""

    def find(kind: Any, value: Any, *, blank: bool = False) -> list[str]:
        return list(differences(kind, value, "event", blank))

    return find


@pytest.fixture
def class_of() -> Any:
    return find_class


@pytest.fixture
def slack_classes() -> dict[tuple[str, str | None], Any]:
    return classes_by_wire_name()


def find_class(event: dict[str, Any]) -> Any:
    """The class of an event; KeyError when there is none."""
    found = classes_by_wire_name()
    exact = found.get((event["type"], event.get("subtype")))
    if exact is not None:
        return exact
    loose = found[event["type"], None]
    if "subtype" not in hints(loose):
        raise KeyError(f"no class for the subtype {event['subtype']!r}")
    return loose


@cache
def classes_by_wire_name() -> dict[tuple[str, str | None], Any]:
    """All event classes by `type` and, where it is a Literal, `subtype`; no two may be equal."""
    found: dict[tuple[str, str | None], Any] = {}
    for event_class in get_args(events.SlackEvent):
        for name in wire_names(event_class):
            assert name not in found, f"{found[name]} and {event_class} share {name}"
            found[name] = event_class
    return found


def wire_names(event_class: Any) -> Iterator[tuple[str, str | None]]:
    subtype = hints(event_class).get("subtype")
    subtypes: tuple[str | None, ...] = get_args(subtype) if get_origin(subtype) is Literal else ()
    for name in get_args(hints(event_class)["type"]):
        for sub in subtypes or (None,):
            yield name, sub


@cache
def hints(typed_dict: Any) -> dict[str, Any]:
    """The annotations, without the wrapper that says whether the key is required."""
    found = get_type_hints(typed_dict, include_extras=True)
    return {key: unwrapped(annotation) for key, annotation in found.items()}


def unwrapped(annotation: Any) -> Any:
    required = get_origin(annotation) in (Required, NotRequired)
    return get_args(annotation)[0] if required else annotation


def differences(kind: Any, value: Any, where: str, blank: bool) -> Iterator[str]:
    """One line for each thing in `value` that the annotation `kind` does not allow."""
    origin = get_origin(kind)
    if kind in (Any, object):
        return
    if is_typeddict(kind):
        yield from in_object(kind, value, where, blank)
    elif origin in (Union, types.UnionType):
        yield from in_union(kind, value, where, blank)
    elif origin is Literal:
        if value not in get_args(kind) and not (blank and value == ""):
            yield f"{where}: {value!r} is not one of {get_args(kind)}"
    elif origin in (list, dict):
        yield from in_container(kind, value, where, blank)
    elif type(value) not in PLAIN[kind]:
        yield f"{where}: {type(value).__name__} where {kind.__name__} is promised"


def in_object(kind: Any, value: Any, where: str, blank: bool) -> Iterator[str]:
    if type(value) is not dict:
        yield f"{where}: {type(value).__name__} where {kind.__name__} is promised"
        return
    known, item = hints(kind), cast(dict[str, Any], value)
    if not blank:
        for key in sorted(kind.__required_keys__ - item.keys()):
            yield f"{where}.{key}: missing in {kind.__name__}"
    for key, inner in item.items():
        if key in known:
            yield from differences(known[key], inner, f"{where}.{key}", blank)
        else:
            yield f"{where}.{key}: not known to {kind.__name__}"


def in_union(kind: Any, value: Any, where: str, blank: bool) -> Iterator[str]:
    """The complaints of the member that has the fewest."""
    complaints = [list(differences(member, value, where, blank)) for member in get_args(kind)]
    yield from min(complaints, key=len)


def in_container(kind: Any, value: Any, where: str, blank: bool) -> Iterator[str]:
    origin, inner = get_origin(kind), get_args(kind)[-1]
    if not isinstance(value, origin):
        yield f"{where}: {type(value).__name__} where {origin.__name__} is promised"
        return
    children: Any = value.values() if origin is dict else value
    for child in children:
        yield from differences(inner, child, f"{where}[]", blank)
