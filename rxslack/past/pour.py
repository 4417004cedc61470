"""All that can be read, into an observer."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any, Final, TypeVar

from reactivex import abc

from rxslack.core.unhandled import has_ended

__all__ = ["pour"]

T = TypeVar("T")

_END: Final[Any] = object()


def pour(items: Generator[T], observer: abc.ObserverBase[T], is_over: Callable[[], object]) -> None:
    """
    Emit items, one after the other as they are read, then the end.

    What the reading raises, and what the observer raises, is the observer's error.

    Args:
        items: closed in the end.
        observer: gets them.
        is_over: asked after each, whether nobody listens any more.

    Raises: what the observer raises when it has ended and cannot be told.
    """
    with closing(items):
        while not is_over():
            try:
                item = next(items, _END)
            except Exception as error:  # noqa: BLE001 - a file, or a user's callback, may raise anything
                observer.on_error(error)
                return
            if item is _END:
                observer.on_completed()
                return
            try:
                observer.on_next(item)
            except Exception as error:
                if has_ended(observer):
                    raise
                observer.on_error(error)
                return
