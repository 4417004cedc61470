"""The decorator that makes a function of a source into an operator for `pipe`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
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
    """

    @wraps(function)
    def options(*args: P.args, **kwargs: P.kwargs) -> Callable[[Observable[A]], Observable[B]]:
        def piped(source: Observable[A]) -> Observable[B]:
            return function(source, *args, **kwargs)

        return piped

    return options
