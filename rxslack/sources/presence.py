"""Whose presence Slack shall tell of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import reactivex
from reactivex import Observable, operators as ops

from rxslack.errors import ConfigurationError

__all__ = ["presence"]

_MOST: Final = 500


def presence(users: Iterable[str] | Observable[Iterable[str]]) -> Observable[dict[str, Any]]:
    """
    For `outgoing`: subscribe to the presence of some users, again after each hello.

    >>> from rxslack import WebClient, rtm
    >>> events = rtm(WebClient("xoxb-test"), outgoing=presence(["U1", "U2"]))

    Slack forgets the subscription with each connection; `outgoing` is subscribed anew for each.

    Args:
        users: ids; at most 500. Or a stream of such lists, each in the place of the one before:
            it has to repeat its latest to a new subscriber, as a `BehaviorSubject` does.

    Emits: `presence_sub` messages.
    Errors: ``ConfigurationError`` for more than 500; the error of `users`.
    Source: docs.slack.dev/reference/events/presence_sub,
        docs.slack.dev/apis/web-api/user-presence-and-status.
    """
    if isinstance(users, Observable):
        return users.pipe(ops.map(_subscription))
    return reactivex.of(_subscription(users))


def _subscription(users: Iterable[str]) -> dict[str, Any]:
    ids = list(dict.fromkeys(users))
    if len(ids) > _MOST:
        raise ConfigurationError(f"{len(ids)} users; Slack tells of {_MOST} at the most")
    return {"type": "presence_sub", "ids": ids}
