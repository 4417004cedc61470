"""From an event class, a TypedDict, to a function that tells whether an item keeps its promises."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from rxslack.errors import ConfigurationError

__all__ = ["checker"]

Check = Callable[[Any], bool]


def checker(event_class: Any) -> Check:
    """
    Make the check for an event class, or for a union of them; one for each class, kept.

    Errors: ``TypeError`` for what is no TypedDict; ``ConfigurationError`` for one whose `type`
        is no `Literal`.
    """
    if get_origin(event_class) in (Union, types.UnionType):
        checks = [checker(member) for member in get_args(event_class)]
        return lambda item: any(check(item) for check in checks)
    if not is_typeddict(event_class):
        raise TypeError(
            f"{event_class!r} is no event class; give a TypedDict such as rxslack.MessageEvent, "
            "and the class itself, not an event"
        )
    return made_for(event_class)


@cache
def made_for(event_class: Any) -> Check:
    """Make the check for one class, once."""
    return check_of(promises_of(event_class))


@dataclass(frozen=True)
class Promises:
    """
    What the annotations of an event class say.

    Attributes:
        types: the values that `type` may have.
        literals: the other keys that have a `Literal`: (key, its values, whether it may be absent).
        filled: keys that are present and not null.
        present: keys that are present and may be null.
        subtype: whether the class knows a `subtype`.
    """

    types: tuple[Any, ...]
    literals: tuple[tuple[str, tuple[Any, ...], bool], ...]
    filled: tuple[str, ...]
    present: tuple[str, ...]
    subtype: bool


def check_of(promises: Promises) -> Check:
    """The check itself; most items fall at its second line, so the type comes first."""
    wanted, literals = promises.types, promises.literals
    filled, present, subtype = promises.filled, promises.present, promises.subtype
    more = bool(present or literals)

    def check(item: Any) -> bool:
        event: dict[str, Any] = item
        if not isinstance(item, dict):
            return False
        get = event.get
        if get("type") not in wanted or not (subtype or get("subtype") is None):
            return False
        for key in filled:  # a loop, since this runs for every event and a generator costs more
            if get(key) is None:
                return False
        return all(key in event for key in present) and has_literals(event) if more else True

    def has_literals(event: dict[str, Any]) -> bool:
        return all(
            event[key] in values if key in event else optional for key, values, optional in literals
        )

    return check


def promises_of(event_class: Any) -> Promises:
    """Read the annotations of an event class."""
    # Postponed annotations hide NotRequired from `__required_keys__`; evaluated ones show it.
    hints = get_type_hints(event_class, include_extras=True)
    required = {key: is_required(event_class, key, hint) for key, hint in hints.items()}
    hints = {key: bare(hint) for key, hint in hints.items()}
    literals = {key: values for key, hint in hints.items() if (values := literal_values(hint))}
    if "type" not in literals:
        raise ConfigurationError(
            f"{event_class.__name__} does not say which events it is for; "
            'give it a line such as `type: Literal["message"]`'
        )
    others = [key for key in hints if required[key] and key not in literals]
    return Promises(
        types=literals.pop("type"),
        literals=tuple((key, values, not required[key]) for key, values in literals.items()),
        filled=tuple(key for key in others if not allows_none(hints[key])),
        present=tuple(key for key in others if allows_none(hints[key])),
        subtype="subtype" in hints,
    )


def is_required(event_class: Any, key: str, hint: Any) -> bool:
    """Whether the key must be there: its own word on that, else its class's `total`."""
    while (origin := get_origin(hint)) is not None:
        if origin in (Required, NotRequired):
            return origin is Required
        if origin is not Annotated:
            break
        hint = get_args(hint)[0]
    return key in event_class.__required_keys__


def bare(hint: Any) -> Any:
    """The annotation without Required, NotRequired, ReadOnly and Annotated around it."""
    while get_origin(hint) is not None and is_wrapper(get_origin(hint)):
        hint = get_args(hint)[0]
    return hint


def is_wrapper(origin: Any) -> bool:
    """Whether this only says something about the key; ReadOnly is newer than Python 3.11."""
    return origin in (Required, NotRequired, Annotated) or "ReadOnly" in str(origin)


def literal_values(hint: Any) -> tuple[Any, ...]:
    """The values of a Literal, or of a union of Literals and None; empty for anything else."""
    origin = get_origin(hint)
    if origin is Literal:
        return get_args(hint)
    if origin not in (Union, types.UnionType):
        return ()
    members = get_args(hint)
    values = [(None,) if member is types.NoneType else literal_values(member) for member in members]
    return tuple(value for group in values for value in group) if all(values) else ()


def allows_none(hint: Any) -> bool:
    """Whether null is one of the values."""
    if get_origin(hint) in (Union, types.UnionType):
        return any(allows_none(member) for member in get_args(hint))
    return hint in (Any, object, None, types.NoneType)
