"""The composition that keeps its types for longer pipelines than `Observable.pipe`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, overload

from reactivex import Observable

from rxslack.core.operator import check_stream

__all__ = ["pipe"]

A = TypeVar("A", bound=Observable[Any])
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
G = TypeVar("G")
H = TypeVar("H")
J = TypeVar("J")
K = TypeVar("K")
M = TypeVar("M")
X = TypeVar("X")
Y = TypeVar("Y")
To: TypeAlias = Callable[[X], Y]


@overload
def pipe(stream: A, a: To[A, B], /) -> B: ...


@overload
def pipe(stream: A, a: To[A, B], b: To[B, C], /) -> C: ...


@overload
def pipe(stream: A, a: To[A, B], b: To[B, C], c: To[C, D], /) -> D: ...


@overload
def pipe(stream: A, a: To[A, B], b: To[B, C], c: To[C, D], d: To[D, E], /) -> E: ...


@overload
def pipe(stream: A, a: To[A, B], b: To[B, C], c: To[C, D], d: To[D, E], e: To[E, F], /) -> F: ...


@overload
def pipe(
    stream: A, a: To[A, B], b: To[B, C], c: To[C, D], d: To[D, E], e: To[E, F], f: To[F, G], /
) -> G: ...


@overload
def pipe(
    stream: A,
    a: To[A, B],
    b: To[B, C],
    c: To[C, D],
    d: To[D, E],
    e: To[E, F],
    f: To[F, G],
    g: To[G, H],
    /,
) -> H: ...


@overload
def pipe(
    stream: A,
    a: To[A, B],
    b: To[B, C],
    c: To[C, D],
    d: To[D, E],
    e: To[E, F],
    f: To[F, G],
    g: To[G, H],
    h: To[H, J],
    /,
) -> J: ...


@overload
def pipe(
    stream: A,
    a: To[A, B],
    b: To[B, C],
    c: To[C, D],
    d: To[D, E],
    e: To[E, F],
    f: To[F, G],
    g: To[G, H],
    h: To[H, J],
    i: To[J, K],
    /,
) -> K: ...


@overload
def pipe(
    stream: A,
    a: To[A, B],
    b: To[B, C],
    c: To[C, D],
    d: To[D, E],
    e: To[E, F],
    f: To[F, G],
    g: To[G, H],
    h: To[H, J],
    i: To[J, K],
    j: To[K, M],
    /,
) -> M: ...
def pipe(stream: Any, /, *operators: Callable[[Any], Any]) -> Any:
    """
    Do what `stream.pipe(…)` does, for up to ten operators whose types are known.

    >>> import reactivex
    >>> from reactivex import operators as ops
    >>> pipe(reactivex.of(1, 2, 3), ops.skip(1), ops.map(str)).run()
    '3'

    reactivex types `pipe` for seven operators; with an eighth, type checkers refuse the call.

    Args:
        stream: Any stream.
        operators: As for `pipe`.

    Returns: what the last operator makes.
    Errors: ``TypeError`` when the first argument is no stream.
    Source: github.com/ReactiveX/RxPY, reactivex/observable/observable.py (the overloads of `pipe`).
    """
    check_stream("pipe", stream, "pipe(stream, …)")
    return stream.pipe(*operators)
