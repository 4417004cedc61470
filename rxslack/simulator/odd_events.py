"""Events that break clients which expect the usual: each has been seen, or is documented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rxslack.simulator.team.text import Json

__all__ = ["ODD_EVENTS", "odd_event"]

_TS: Final = "1700000000.000200"
_OTHER_TS: Final = "1700000000.000300"

ODD_EVENTS: Final[Mapping[str, Callable[[str, str], Json]]] = {
    "no text": lambda channel, user: _message(channel, user=user, text=...),
    "null text": lambda channel, user: _message(channel, user=user, text=None),
    "no user": lambda channel, _user: _message(channel),
    "null bot_id": lambda channel, user: _message(channel, user=user, bot_id=None),
    "Slackbot": lambda channel, _user: _message(channel, user="USLACKBOT"),
    "bot message of blocks only": lambda channel, _user: _message(
        channel, subtype="bot_message", bot_id="B1", text="", blocks=[{"type": "divider"}]
    ),
    "file without a subtype": lambda channel, user: _message(
        channel, user=user, text="", files=[{"id": "F1"}], upload=True
    ),
    "redacted": lambda channel, _user: _message(
        channel, subtype="ekm_access_denied", user="UREVOKEDU", text="not for you"
    ),
    "changed without an edit": lambda channel, user: _nested(
        channel, "message_changed", message=_inner(user), previous_message=_inner(user)
    ),
    "deleted without the previous message": lambda channel, _user: _nested(
        channel, "message_deleted", deleted_ts=_TS
    ),
    "replied": lambda channel, user: _nested(
        channel, "message_replied", message=_inner(user) | {"thread_ts": _TS, "reply_count": 1}
    ),
    "replied without a subtype": lambda channel, user: _nested(
        channel, ..., message=_inner(user) | {"thread_ts": _TS, "reply_count": 1}
    ),
    "ts that a float loses": lambda channel, user: _message(
        channel, user=user, ts="9007199254740993.000001"
    ),
    "event_ts of its own": lambda channel, user: _message(channel, user=user, event_ts=_OTHER_TS),
    "unknown subtype": lambda channel, user: _message(channel, user=user, subtype="brand_new"),
    "unknown type": lambda _channel, _user: {"type": "brand_new", "payload": {"deep": [1, None]}},
    "unknown field": lambda channel, user: _message(channel, user=user, brand_new={"x": 1}),
    "number as a string": lambda channel, _user: {
        "type": "channel_rename",
        "channel": {"id": channel, "name": "renamed", "created": "1700000000"},
    },
    "desktop_notification": lambda channel, _user: {
        "type": "desktop_notification",
        "channel": channel,
        "title": "Simulated",
        "content": "alice: Hello",
    },
    "group_join at the top": lambda channel, user: {
        "type": "group_join",
        "channel": channel,
        "user": user,
    },
    # Slack tells of a group direct message twice, some 80 ms apart.
    "group DM joined": lambda channel, user: _group_dm(channel, user, "mpim_joined"),
    "group DM joined, as a group": lambda channel, user: _group_dm(channel, user, "group_joined"),
    "no type": lambda _channel, _user: {"ok": True},
    "empty": lambda _channel, _user: {},
}
"""By name, how to make each for a channel and a user."""


def odd_event(name: str, channel: str, user: str) -> Json:
    """
    An odd event.

    >>> odd_event("null text", "C1", "U1")["text"] is None
    True

    Args:
        name: one of `ODD_EVENTS`.
        channel: id of the conversation that it is about.
        user: id of the person that it is about.

    Raises: LookupError, naming those there are.

    Source: docs.slack.dev/reference/events/message, and its pages for the subtypes; for
    channel_rename, desktop_notification and group_join, recordings in wee-slack/wee-slack and
    slack-go/slack.
    """
    if name not in ODD_EVENTS:
        raise LookupError(f"no odd event is called {name!r}; there are {', '.join(ODD_EVENTS)}")
    return ODD_EVENTS[name](channel, user)


def _group_dm(channel: str, user: str, kind: str) -> Json:
    shown = {"id": channel, "name": "mpdm-alice--bob--greeter-1", "creator": user}
    return {"type": kind, "channel": shown | {"is_mpim": True, "is_group": True, "created": 1}}


def _message(channel: str, **fields: Any) -> Json:
    """A message; a field of `...` is left out."""
    usual: Json = {"type": "message", "channel": channel, "text": "odd", "ts": _TS, "event_ts": _TS}
    return {name: value for name, value in (usual | fields).items() if value is not ...}


def _nested(channel: str, subtype: Any, **fields: Any) -> Json:
    """An event about a message: no text and no user at its top."""
    return _message(channel, text=..., hidden=True, subtype=subtype, ts=_OTHER_TS, **fields)


def _inner(user: str) -> Json:
    return {"type": "message", "user": user, "text": "odd", "ts": _TS}
