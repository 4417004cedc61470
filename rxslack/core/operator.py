"""
The decorators that make a function into an operator for `pipe`.

`operator` is for a function of the stream and its options; `composed` for one of the options alone, which
makes an operator of others; `mapper` for one of the options that makes a function for `ops.map`. With each,
parentheses that were forgotten in `pipe`, and what is given something else than it works on, are a
`TypeError` that says what to write.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Signature, signature
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from reactivex import Observable

__all__ = ["check_item", "check_stream", "composed", "mapper", "operator"]

A = TypeVar("A")
B = TypeVar("B")
F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")


def operator(
    function: Callable[Concatenate[Observable[A], P], Observable[B]],
) -> Callable[P, Callable[[Observable[A]], Observable[B]]]:
    """
    Turn `f(source, *options)` into `f(*options)(source)`, the shape that `pipe` takes.

    >>> import reactivex
    >>> @operator
    ... def doubled(source: Observable[int]) -> Observable[int]:
    ...     return source.map(lambda n: n * 2)
    >>> reactivex.of(1, 2).pipe(doubled()).run()
    4

    `help()` shows the options, and not the source.
    """
    name = function.__name__

    @wraps(function)
    def options(*args: P.args, **kwargs: P.kwargs) -> Callable[[Observable[A]], Observable[B]]:
        check_called(name, args)

        def piped(source: Observable[A]) -> Observable[B]:
            check_stream(name, source)
            return function(source, *args, **kwargs)

        return piped

    takes = signature(function)
    options_only = list(takes.parameters.values())[1:]
    # What it returns is no stream, as the annotation says, but what makes one of another.
    shown = takes.replace(parameters=options_only, return_annotation=Signature.empty)
    setattr(options, "__signature__", shown)  # noqa: B010 type checkers know of no such attribute
    return options


def composed(function: F) -> F:
    """
    Check what `operator` checks, for a function of the options that returns an operator.

    >>> import reactivex
    >>> from reactivex import compose, operators as ops
    >>> @composed
    ... def first_of(kind: str) -> Callable[[Observable[str]], Observable[str]]:
    ...     return compose(ops.filter(lambda item: item == kind), ops.first())
    >>> reactivex.of("a").pipe(first_of)
    Traceback (most recent call last):
    TypeError: first_of was given a stream for an option: in pipe, write first_of(…)
    """
    name = function.__name__

    @wraps(function)
    def options(*args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        check_called(name, args)
        made = function(*args, **kwargs)

        def piped(source: Any) -> Any:
            check_stream(name, source)
            return made(source)

        return piped

    return cast("F", options)


def mapper(function: F) -> F:
    """
    Check the like for a function of the options that returns one for `ops.map`.

    >>> import reactivex
    >>> @mapper
    ... def times(factor: int) -> Callable[[int], int]:
    ...     return lambda number: number * factor
    >>> reactivex.of(1).pipe(times)
    Traceback (most recent call last):
    TypeError: times was given a stream for an option: in pipe, write ops.map(times(…))

    What it returns calls `check_item` where it gets something odd: not for each item.
    """
    name = function.__name__

    @wraps(function)
    def options(*args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        check_called(name, args, f"ops.map({name}(…))")
        made: Callable[[Any], Any] = function(*args, **kwargs)
        return made

    return cast("F", options)


def check_item(name: str, item: object) -> None:
    """Raise `TypeError` when a stream is where an item belongs: `ops.map` is missing around it."""
    if isinstance(item, Observable):
        raise TypeError(
            f"{name}(…) works on an item, not on a stream: in pipe, write ops.map({name}(…))"
        )


def check_called(name: str, options: tuple[object, ...], write: str = "") -> None:
    """Raise `TypeError` when a stream is where the first option belongs: `pipe` put it there."""
    if options and isinstance(options[0], Observable):
        raise TypeError(
            f"{name} was given a stream for an option: in pipe, write {write or f'{name}(…)'}"
        )


def check_stream(name: str, source: object, write: str = "") -> None:
    """Raise `TypeError` when something else is where a stream belongs, and say what to write."""
    if not isinstance(source, Observable):
        kind = type(source).__name__
        write = write or f"stream.pipe({name}(…))"
        raise TypeError(f"{name} works on a stream, not on {kind}: write {write}")
