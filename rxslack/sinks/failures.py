"""Failures as items: how they are made, known, and written to a log without secrets."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, TypeGuard

from rxslack.errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    MissingScope,
    ServerError,
    SlackError,
)
from rxslack.events.rxslack_items import FailureEvent

__all__ = ["FailureLog", "as_mapping", "code_of", "failure", "is_failure"]


def failure(item: object, error: Exception) -> FailureEvent:
    """
    The item that tells of an item that failed.

    >>> failure({"channel": "C1"}, ValueError("no text"))["type"]
    'rxslack.failure'
    """
    return {"type": "rxslack.failure", "item": item, "error": error}


def is_failure(item: object) -> TypeGuard[FailureEvent]:
    """Whether an item is a `FailureEvent`, from `isolate` or from a sink before this one."""
    fields = as_mapping(item)
    return fields.get("type") == "rxslack.failure" and isinstance(fields.get("error"), Exception)


def as_mapping(item: object) -> Mapping[Any, Any]:
    """The item, or nothing when it is no mapping."""
    return item if is_mapping(item) else {}


def is_mapping(item: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether an item has fields."""
    return isinstance(item, Mapping)


def code_of(error: Exception) -> str:
    """
    An error in words that never hold a message's text: Slack's code, ours, or the class.

    >>> code_of(ApiError("chat.postMessage", "is_archived")), code_of(KeyError("hello"))
    ('is_archived', 'KeyError')
    """
    if isinstance(error, ApiError):
        return error.error
    if isinstance(error, ServerError):
        return f"HTTP {error.status}"
    # Of other exceptions the text is somebody else's, and may quote the message.
    is_own = type(error) in (SlackError, ConfigurationError)
    return str(error) if is_own else type(error).__name__


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
            channel = as_mapping(event["item"]).get("channel")
            where = channel if isinstance(channel, str) else "no channel"
            self._logger.error("%s: not posted: %s", where, code_of(error))

    def tell_refused_token(self, error: Exception) -> bool:
        """Write it when the token is at fault, the first time; whether the token is at fault."""
        if not isinstance(error, (AuthenticationError, MissingScope)):
            return False
        if error.error not in self._told:
            self._told.add(error.error)
            self._logger.error("nothing can be posted: %s", error)
        return True
