"""The decorator that makes a function of a source into an operator for `pipe`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Signature, signature
from typing import Concatenate, ParamSpec, TypeVar

from reactivex import Observable

__all__ = ["operator"]

A = TypeVar("A")
B = TypeVar("B")
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

    Where the parentheses are missing, `pipe` hands the stream over as if it were the first option:
    that is a TypeError which says so. `help()` shows the options, and not the source.
    """

    @wraps(function)
    def options(*args: P.args, **kwargs: P.kwargs) -> Callable[[Observable[A]], Observable[B]]:
        if args and isinstance(args[0], Observable):
            name = function.__name__
            raise TypeError(f"{name} was given a stream for an option: in pipe, write {name}(…)")

        def piped(source: Observable[A]) -> Observable[B]:
            return function(source, *args, **kwargs)

        return piped

    takes = signature(function)
    options_only = list(takes.parameters.values())[1:]
    # What it returns is no stream, as the annotation says, but what makes one of another.
    shown = takes.replace(parameters=options_only, return_annotation=Signature.empty)
    setattr(options, "__signature__", shown)  # noqa: B010 type checkers know of no such attribute
    return options
