"""Whether an item keeps the promises of an event class, which is a TypedDict."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import product
from operator import itemgetter
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    NotRequired,
    Required,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from rxslack.errors import ConfigurationError
from rxslack.wire.bursts import never
from rxslack.wire.wishes import EVERYTHING, Wish, either, wish, word_piece

__all__ = ["checker", "plain_checker", "wish_for"]

Check = Callable[[Any], bool]


def checker(event_class: Any) -> Check:
    """
    Make the check for an event class, or for a union of them; one for each class, kept.

    Errors: ``TypeError`` for what is no TypedDict; ``ConfigurationError`` for one whose `type`
        is no `Literal`.
    """
    if get_origin(event_class) in (Union, types.UnionType):
        return any_of(get_args(event_class))
    if not is_typeddict(event_class):
        raise TypeError(
            f"{event_class!r} is no event class; give a TypedDict such as rxslack.MessageEvent, "
            "and the class itself, not an event"
        )
    return made_for(event_class)


def plain_checker(event_class: Any) -> Check:
    """Make the check that does for what is known to be a plain message, see `BurstObserver`."""
    check = checker(event_class)
    if get_origin(event_class) not in (Union, types.UnionType):
        return plain_check_of(promises_of(event_class))
    checks = [one for one in map(plain_checker, get_args(event_class)) if one is not never]
    if len(checks) > 1:
        return check
    return checks[0] if checks else never


@cache
def wish_for(event_class: Any) -> Wish:
    """What is necessary in a frame for an event of a class, or of a union of them."""
    if get_origin(event_class) in (Union, types.UnionType):
        return either(map(wish_for, get_args(event_class)))
    promises = promises_of(event_class)
    if "rxslack.unreadable" in promises.types:  # which any frame may turn out to be
        return EVERYTHING
    # What rxslack makes by itself is never left out, and what claims to be that has the word.
    values = [promises.types, *(one for _, one, optional in promises.literals if not optional)]
    return wish(*map(words, values))


def words(values: Iterable[Any]) -> list[bytes | None]:
    """Of each value what is in a frame that has it; None for what is no text."""
    return [word_piece(one) if isinstance(one, str) else None for one in values]


@cache
def made_for(event_class: Any) -> Check:
    """Make the check for one class, once."""
    return check_of(promises_of(event_class))


@cache
def any_of(event_classes: tuple[Any, ...]) -> Check:
    """Make the check for a union; an item meets only the checks of its type and subtype."""
    exact: dict[tuple[Any, Any], list[Check]] = {}
    for event_class in event_classes:
        check = checker(event_class)
        for name in names_of(promises_of(event_class)):
            exact.setdefault(name, []).append(check)

    def check_any(item: Any) -> bool:
        if not isinstance(item, dict):
            return False
        event = cast("dict[str, Any]", item)
        kind, subtype = event.get("type"), event.get("subtype")
        if not isinstance(kind, str):
            return False
        # A subtype that is no text, or tells no classes apart, is left to the class itself.
        found = exact.get((kind, subtype), []) if isinstance(subtype, str) else []
        return any(check(item) for check in found or exact.get((kind, None), []))

    return check_any


def names_of(promises: Promises) -> Iterator[tuple[Any, Any]]:
    """The pairs of type and subtype under which events of a class come; None where it is free."""
    subtypes: tuple[Any, ...] = (None,)
    for key, values, optional in promises.literals:
        if key == "subtype":
            subtypes = (*values, None) if optional else values
    yield from product(promises.types, subtypes)


class Promises(NamedTuple):
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
    """The check itself; most items fall at its first lines, so the type comes first."""
    wanted, filled, subtype = promises.types, promises.filled, promises.subtype
    check_rest = check_rest_of(promises)

    def check(item: Any) -> bool:
        event: dict[str, Any] = item
        # Subscripts and loops, not get() and all(): this runs for every event.
        if not isinstance(item, dict):
            return False
        try:
            if event["type"] not in wanted:
                return False
            for key in filled:
                if event[key] is None:
                    return False
        except KeyError:
            return False
        if not subtype and "subtype" in event and event["subtype"] is not None:
            return False
        return check_rest is None or check_rest(event)

    return check


def plain_check_of(promises: Promises) -> Check:
    """The same check for what is known to be a plain message."""
    of_subtype = any(key == "subtype" and not free for key, _, free in promises.literals)
    if "message" not in promises.types or of_subtype:
        return never
    filled, check_rest = promises.filled, check_rest_of(promises)
    keys = filled if len(filled) > 1 else (*filled, "type", "type")  # of one it would make no tuple
    values_of = itemgetter(*keys)

    def check(item: Any) -> bool:
        try:
            values = values_of(item)
        except KeyError:
            return False
        return all(values) or None not in values  # looking for None takes longer

    return check if check_rest is None else lambda item: check(item) and check_rest(item)


def check_rest_of(promises: Promises) -> Check | None:
    """The part of the check that few classes need."""
    present, literals = promises.present, promises.literals

    def check(event: dict[str, Any]) -> bool:
        for key in present:
            if key not in event:
                return False
        for key, values, optional in literals:
            if not (event[key] in values if key in event else optional):
                return False
        return True

    return check if present or literals else None


@cache
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
