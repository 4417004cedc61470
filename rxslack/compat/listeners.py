"""What may be a listener of either client, and which events it gets."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from rxslack.compat.errors import SlackClientError

__all__ = ["check_callback", "check_listener", "filtered", "fits"]


def check_listener(listener: Any) -> None:
    """
    Refuse what cannot be called with a client and an event.

    >>> check_listener(lambda client, event: None)

    Raises: SlackClientError.
    """
    if not callable(listener):
        kind = type(listener).__name__
        raise SlackClientError(f"The listener '{listener}' is not a Callable (actual: {kind})")
    whose = type(listener)
    name = getattr(listener, "__name__", f"{whose.__module__}.{whose.__name__}")
    names = inspect.getfullargspec(listener).args
    if inspect.ismethod(listener) or not inspect.isroutine(listener):
        names = names[1:]  # `self`
    if len(names) != 2:
        raise SlackClientError(
            f"The listener '{name}' must accept two args: client, event (actual: {', '.join(names)})"
        )


def filtered(
    event_type: str, listener: Callable[..., Any]
) -> Callable[[Any, dict[str, Any]], None]:
    """
    The listener, for events of one type, `"*"` for all, that are not the bot's own.

    A token without a bot has no `bot_id`, and neither has what people say: that is no match.
    """

    def listen(client: Any, event: dict[str, Any]) -> None:
        own = client.bot_id is not None and event.get("bot_id") == client.bot_id
        if not own and event_type in ("*", event.get("type")):
            listener(client, event)

    return listen


def check_callback(callback: Any) -> None:
    """
    Refuse what cannot be called with any keyword.

    >>> check_callback(lambda **payload: None)

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
