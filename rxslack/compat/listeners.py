"""What may be a listener of `rtm_v2`, and which events it gets."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from rxslack.compat.errors import SlackClientError

__all__ = ["check", "filtered"]


def check(listener: Any) -> None:
    """
    Refuse what cannot be called with a client and an event.

    >>> check(lambda client, event: None)

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
