"""What may be a callback of the legacy client."""

from __future__ import annotations

import inspect
from typing import Any

from rxslack.compat.errors import SlackClientError

__all__ = ["check", "fits"]


def check(callback: Any) -> None:
    """
    Refuse what cannot be called with any keyword.

    >>> check(lambda **payload: None)

    Raises: SlackClientError.
    """
    name = getattr(callback, "__name__", callback)
    if not callable(callback):
        raise SlackClientError(f"The specified callback '{name}' is not callable.")
    kinds = [one.kind for one in inspect.signature(callback).parameters.values()]
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        raise SlackClientError(f"The callback '{name}' must accept keyword arguments (**kwargs).")


def fits(callback: Any) -> bool:
    """Whether it is a coroutine function, which `run_async=True` demands."""
    return inspect.iscoroutinefunction(callback)
