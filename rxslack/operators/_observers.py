"""What an operator needs to know about the observer behind it."""

from __future__ import annotations

from typing import Any

from reactivex import abc

__all__ = ["has_ended"]


def has_ended(observer: abc.ObserverBase[Any]) -> bool:
    """
    Whether an observer has had its last notification, or was disposed.

    An operator that emits inside `subscribe` cannot learn it from the disposable it returns,
    because nobody has that yet; reactivex's own observer knows.
    """
    return bool(getattr(observer, "is_stopped", False))
