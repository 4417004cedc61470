"""
What a message event really says: its author, text, place and thread, and whether it is news.

Slack nests messages in messages, leaves out `user` and `text`, sends null for ids and hides
replies behind `thread_ts`. These functions take any event whatever, also one that lacks what it
should have or has it of another kind: they return None, "" or False, and never raise.

No I/O, no clock and no Rx may live in this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias, cast

__all__ = [
    "CarriesEvent",
    "Event",
    "Identity",
    "bot_of",
    "channel_of",
    "delivery_key",
    "event_in",
    "is_change",
    "is_edit",
    "is_from_bot",
    "is_from_me",
    "is_from_person",
    "is_new",
    "is_reply",
    "message_of",
    "text_of",
    "thread_of",
    "ts_of",
    "user_of",
]

Event: TypeAlias = Mapping[str, object]
"""Any event: a TypedDict of `rxslack.events`, or a dict that nobody has looked into yet."""


class CarriesEvent(Protocol):
    """What has an event in it and something beside: `Matched`, `Enriched`."""

    @property
    def event(self) -> Any:
        """The event."""


_NESTED: Final = {
    "message_changed": "message",
    "message_deleted": "previous_message",
    "message_locked": "message",
    "message_replied": "message",
}

_CONTENT: Final = frozenset(
    {
        "",
        "assistant_app_thread",
        "bot_message",
        "ekm_access_denied",
        "file_comment",
        "file_mention",
        "file_share",
        "me_message",
        "reply_broadcast",
        "thread_broadcast",
    }
)
"""Subtypes of what somebody wrote; the others are changes, or notices of Slack's."""

_NOBODY: Final = frozenset({"USLACKBOT", "UREVOKEDU"})
"""Slack itself, and the name in the place of an author whom a revoked key hides."""

_NOTHING: Final[Event] = {}
_MESSAGES: Final = ("message", "app_mention")  # types of what is a message, or about one


@dataclass(frozen=True)
class Identity:
    """
    Who a token is.

    >>> Identity.of({"ok": True, "user_id": "U1", "user": "robin", "team_id": "T1"})
    Identity(user_id='U1', bot_id=None)

    Attributes:
        user_id: of the bot's user, or of the person whose token it is.
        bot_id: of the bot; None for a person's token.

    Source: docs.slack.dev/reference/methods/auth.test.
    """

    user_id: str | None = None
    bot_id: str | None = None

    @classmethod
    def of(cls, response: Event) -> Identity:
        """From the answer to ``web.call("auth.test")``."""
        return cls(_string(response, "user_id"), _string(response, "bot_id"))


def message_of(event: Event) -> Event:
    """
    The message an event is about: the event itself, or the one inside a change; else empty.

    >>> edit = {"type": "message", "subtype": "message_changed", "message": {"text": "Hello"}}
    >>> message_of(edit)
    {'text': 'Hello'}

    Of a deletion it is the message that was, where Slack sends it; of `message_replied` it is the
    message that the thread began with.
    """
    if event.get("type") not in _MESSAGES:
        return _NOTHING
    if _is_flat(event):  # as most are
        return event
    inside = _NESTED.get(_string(event, "subtype") or "")
    if inside is not None:
        return _object(event, inside)
    # Over the Events API Slack forgets the subtype of message_replied.
    return _object(event, "message") or event


def text_of(event: Event) -> str:
    """
    The text that an event brings, as Slack marks it up; "" when it brings none.

    >>> text_of({"type": "message", "subtype": "message_changed", "message": {"text": "Hello"}})
    'Hello'
    >>> text_of({"type": "message", "subtype": "bot_message", "text": None, "bot_id": "B1"})
    ''

    A deletion brings none, nor does `message_replied`, which repeats the beginning of a thread.
    """
    if _is_flat(event):
        return (_string(event, "text") or "") if event.get("type") in _MESSAGES else ""
    message = message_of(event)
    if message is not event and _string(event, "subtype") != "message_changed":
        return ""
    return _string(message, "text") or ""


def user_of(event: Event) -> str | None:
    """
    The user an event is from: the author of the message it is about; who reacted, joined or left.

    >>> user_of({"type": "user_change", "user": {"id": "U1", "name": "robin"}})
    'U1'
    """
    if _is_flat(event) and (user := _string(event, "user")) is not None:
        return user
    if event.get("type") in _MESSAGES:
        event = message_of(event)
        author = _string(_object(event, "comment"), "user")  # of a comment on a file, before 2018
    else:
        author = _string(event, "user_id") or _string(_object(event, "user"), "id")
    return _string(event, "user") or author


def bot_of(event: Event) -> str | None:
    """The id of the bot that posted the message an event is about, where Slack names one."""
    if "bot_id" not in event and "bot_profile" not in event and _is_flat(event):
        return None
    message = message_of(event)
    return _string(message, "bot_id") or _string(_object(message, "bot_profile"), "id")


def channel_of(event: Event) -> str | None:
    """
    The id of the conversation an event belongs to, wherever the event keeps it.

    >>> channel_of({"type": "reaction_added", "item": {"type": "message", "channel": "C1"}})
    'C1'
    >>> channel_of({"type": "channel_rename", "channel": {"id": "C1", "name": "lobby"}})
    'C1'
    """
    return (
        _string(event, "channel")
        or _string(event, "channel_id")
        or _string(_object(event, "channel"), "id")
        or _string(_object(event, "item"), "channel")
    )


def ts_of(event: Event) -> str | None:
    """
    The ts of the message an event is about, which with the channel is the message's name.

    >>> ts_of({"type": "message", "subtype": "message_deleted", "ts": "9.2", "deleted_ts": "7.1"})
    '7.1'
    """
    return _string(event, "deleted_ts") or _string(message_of(event), "ts")


def thread_of(event: Event) -> str | None:
    """The ts of the message that began the thread; None for a message outside of threads."""
    return _string(message_of(event), "thread_ts")


def is_reply(event: Event) -> bool:
    """
    Whether the message an event is about is a reply in a thread, and not its beginning.

    >>> is_reply({"type": "message", "ts": "7.1", "thread_ts": "7.1", "reply_count": 2})
    False
    """
    thread = thread_of(event)
    return thread is not None and thread != ts_of(event)


def is_new(event: Event) -> bool:
    """
    Whether somebody wrote something just now.

    False for changes and deletions, for the notices Slack writes itself (joins, topics, pins),
    for what is hidden, and for your own last message, which RTM repeats on a new connection.
    """
    if _is_flat(event):
        return (
            event.get("type") in _MESSAGES
            and not event.get("hidden")
            and event.get("reply_to") is None
        )
    return (
        bool(event)
        and message_of(event) is event
        and (_string(event, "subtype") or "") in _CONTENT
        and not event.get("hidden")
        and event.get("reply_to") is None
    )


def is_change(event: Event) -> bool:
    """Whether an event is about a message that was there before: edited, deleted, replied to."""
    return event.get("type") == "message" and message_of(event) is not event


def is_edit(event: Event) -> bool:
    """
    Whether somebody edited a message.

    A preview of a link, or a language that Slack detected, changes messages too; nobody has
    edited them.
    """
    if _string(event, "subtype") != "message_changed" or event.get("type") != "message":
        return False
    edited = _object(_object(event, "message"), "edited")
    return bool(edited) and edited != _object(_object(event, "previous_message"), "edited")


def is_from_bot(event: Event) -> bool:
    """
    Whether an app, a bot or Slackbot wrote the message an event is about.

    An app that posts with a person's token counts: Slack gives such a message both `user` and
    `bot_id`, as it does for a bot's.
    """
    if "bot_id" not in event and "bot_profile" not in event and _is_flat(event):
        return user_of(event) == "USLACKBOT"
    message = message_of(event)
    subtype = _string(message, "subtype") or ""
    if subtype not in _CONTENT:
        return False
    return subtype == "bot_message" or bot_of(event) is not None or user_of(event) == "USLACKBOT"


def is_from_person(event: Event) -> bool:
    """Whether a person wrote the message an event is about, with their own hands."""
    message = message_of(event)
    if not message or (_string(message, "subtype") or "") not in _CONTENT:
        return False
    user = user_of(event)
    return user is not None and user not in _NOBODY and not is_from_bot(event)


def is_from_me(event: Event, me: Identity) -> bool:
    """
    Whether the token's own user or bot is the one an event is from, also inside a change.

    >>> edit = {"type": "message", "subtype": "message_changed", "message": {"user": "U1"}}
    >>> is_from_me(edit, Identity(user_id="U1", bot_id="B1"))
    True

    Ids are compared only where both are there: a person's token has no bot id, and most messages
    have none either.
    """
    user, bot = user_of(event), bot_of(event)
    return (user is not None and user == me.user_id) or (bot is not None and bot == me.bot_id)


def delivery_key(event: Event) -> tuple[str, ...] | None:
    """
    What two deliveries of one event have in common; None where nothing tells for sure.

    It is the `event_id` of an envelope or of its payload; for a message without one, its channel,
    ts, subtype and, for a change, when it was edited; for any other event its type, its `event_ts`, and
    whom and what it is about.

    >>> delivery_key({"type": "message", "channel": "C1", "ts": "7.1", "text": "Hello"})
    ('message', 'C1', '7.1', '', '')
    >>> item = {"type": "message", "channel": "C1", "ts": "7.1"}
    >>> event = {"type": "reaction_added", "user": "U1", "reaction": "eyes", "item": item, "event_ts": "9.2"}
    >>> delivery_key(event)
    ('reaction_added', '9.2', 'U1', 'C1', '7.1', 'eyes')
    """
    if "event_id" in event or "payload" in event:
        event_id = _string(event, "event_id") or _string(_object(event, "payload"), "event_id")
        if event_id is not None:
            return ("event_id", event_id)
    channel, ts = _string(event, "channel"), _string(event, "ts")
    kind = event.get("type")
    if channel is None or ts is None or kind not in _MESSAGES:
        return _key_by_time(event)
    if "edited" not in event and _is_flat(event):
        return (str(kind), channel, ts, "", "")
    edited = _string(_object(message_of(event), "edited"), "ts")
    return (str(kind), channel, ts, _string(event, "subtype") or "", edited or "")


def _key_by_time(event: Event) -> tuple[str, ...] | None:
    """Slack's times are microseconds, and no two events of one user about one thing share one."""
    kind, event_ts = _string(event, "type"), _string(event, "event_ts")
    if kind is None or event_ts is None:
        return None
    item = _object(event, "item")
    user = _string(event, "user") or _string(_object(event, "user"), "id")
    about = _string(item, "ts") or _string(item, "file") or _string(event, "file_id")
    detail = _string(event, "reaction") or _string(event, "name") or _string(event, "subtype")
    return (kind, event_ts, user or "", channel_of(event) or "", about or "", detail or "")


def event_in(item: object) -> Event:
    """The event that an item of a pipeline is, or carries as its `event`; else empty."""
    if type(item) is dict:  # as nearly all are; asking for a Mapping takes five times as long
        return cast("Event", item)
    if not isinstance(item, Mapping):
        item = getattr(item, "event", None)
    return cast("Event", item) if isinstance(item, Mapping) else _NOTHING


def _is_flat(event: Event) -> bool:
    """Whether no message stands inside, if it is a message, and it is of no subtype."""
    return "subtype" not in event and "message" not in event


def _string(event: Event, key: str) -> str | None:
    """A text that is there and not empty."""
    value = event.get(key)
    return value if isinstance(value, str) and value else None


def _object(event: Event, key: str) -> Event:
    """An object, or an empty one in its place."""
    value = event.get(key)
    if value is None or type(value) is str:
        return _NOTHING
    return cast("Event", value) if isinstance(value, Mapping) else _NOTHING
