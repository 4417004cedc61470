"""Failures in a log, without secrets."""

from __future__ import annotations

import logging

from rxslack.core.printable import printable
from rxslack.errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    MissingScope,
    ServerError,
    SlackError,
    TooLong,
)
from rxslack.events.failures import as_mapping
from rxslack.events.types.rxslack_items import FailureEvent

__all__ = ["FailureLog", "code_of"]


def code_of(error: Exception) -> str:
    """
    An error in words that never hold a message's text: Slack's code, ours, or the class.

    >>> code_of(ApiError("chat.postMessage", "is_archived")), code_of(KeyError("hello"))
    ('is_archived', 'KeyError')
    """
    if isinstance(error, ApiError):
        return printable(error.error)
    if isinstance(error, ServerError):
        return f"HTTP {error.status}"
    # Of other exceptions the text is somebody else's, and may quote the message.
    is_own = type(error) in (SlackError, ConfigurationError, TooLong)
    return str(error) if is_own else type(error).__name__


def place_of(item: object) -> str:
    """The channel that an item is about."""
    fields = as_mapping(item)
    channel = fields.get("channel") or fields.get("channel_id")
    return printable(channel) if isinstance(channel, str) else "no channel"


class FailureLog:
    """
    Writes failures at ERROR: the channel and the code, never the message.

    A token that is refused fails every item in the same way, so that is written once a code, with
    what to do about it.

    Args:
        logger: Where to.
    """

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._told: set[str] = set()

    def tell(self, event: FailureEvent) -> None:
        """Write one failure."""
        error = event["error"]
        if not self.tell_refused_token(error):
            what = "perhaps done" if event.get("uncertain") else "failed"
            self._logger.error("%s: %s: %s", place_of(event["item"]), what, code_of(error))

    def tell_refused_token(self, error: Exception) -> bool:
        """Write it when the token is at fault, the first time; whether the token is at fault."""
        if not isinstance(error, (AuthenticationError, MissingScope)):
            return False
        if error.error not in self._told:
            self._told.add(error.error)
            self._logger.error("the token is refused: %s", error)
        return True
