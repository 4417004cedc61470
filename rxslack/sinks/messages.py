"""Sinks that change, delete or mark messages, and say what the bot is doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Unpack

from rxslack.errors import ConfigurationError
from rxslack.sinks.delivery.calls import PendingCall, checked, fields_of, fitting, needed
from rxslack.sinks.delivery.rules import TEXT
from rxslack.sinks.delivery.sink import Sink, SinkOptions
from rxslack.web.client import Caller

__all__ = [
    "delete_message",
    "place_of",
    "react",
    "set_status",
    "update_message",
]


def update_message(
    web: Caller,
    *,
    latest: bool = False,
    too_long: Literal["truncate", "refuse"] = "refuse",
    **options: Unpack[SinkOptions],
) -> Sink:
    """
    Change messages with `chat.update`, in order for each channel.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, "ts": arguments["ts"]}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"channel": "C1", "ts": "7.1", "text": "Done"})
    >>> marbles.run(source.pipe(update_message(Web(), scheduler=marbles.scheduler))).items
    [{'ok': True, 'ts': '7.1'}]

    An item is a dict of the method's arguments: `channel` and `ts`, as Slack's reply to a post has
    them, and what is to be there. Changing a message twice to the same is the same as once, so
    what was perhaps done is repeated.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        latest: Of the versions of one message that wait, send only the newest, in the place of the
            first of them. The last one is always sent. Of one that was passed over nothing is
            emitted, neither a reply nor a failure. For texts that grow, and for what changes faster
            than the 50 calls a minute that Slack allows. Default: every version is sent.
        too_long: What becomes of more than 4,000 characters or 50 blocks. "truncate": it is cut
            short. "refuse": a failure, as Slack would have it (`msg_too_long`).
        options: See `SinkOptions`.

    Emits, errors, dispose: as every `Sink`.
    Source: docs.slack.dev/reference/methods/chat.update.
    """
    checked(too_long, ("truncate", "refuse"))

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, "chat.update")
        channel = needed(fields, "channel", "C0123ABCD")
        needed(fields, "ts", "1712345678.000200")
        parts = fitting("chat.update", fields, longest=TEXT, policy=too_long)
        return [PendingCall("chat.update", channel, part) for part in parts]

    return Sink(web, read, "update_message", thing=message_of if latest else None, **options)


def message_of(call: PendingCall) -> tuple[object, object]:
    """The message that is changed."""
    return call.arguments["channel"], call.arguments["ts"]


def delete_message(web: Caller, **options: Unpack[SinkOptions]) -> Sink:
    """
    Delete messages with `chat.delete`, in order for each channel.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, "ts": arguments["ts"]}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"channel": "C1", "ts": "7.1"})
    >>> marbles.run(source.pipe(delete_message(Web(), scheduler=marbles.scheduler))).items
    [{'ok': True, 'ts': '7.1'}]

    An item needs `channel` and `ts`; whatever else it has is not sent, so that Slack's reply to a
    post, or a message event, is an item. What was perhaps deleted is deleted again, and
    `message_not_found` is then the proof that it was.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        options: See `SinkOptions`.

    Emits, errors, dispose: as every `Sink`.
    Source: docs.slack.dev/reference/methods/chat.delete.
    """

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, "chat.delete")
        channel = needed(fields, "channel", "C0123ABCD")
        arguments = {"channel": channel, "ts": needed(fields, "ts", "1712345678.000200")}
        return [PendingCall("chat.delete", channel, arguments)]

    return Sink(web, read, "delete_message", **options)


def react(web: Caller, name: str | None = None, **options: Unpack[SinkOptions]) -> Sink:
    """
    Put a reaction on messages with `reactions.add`, in order for each channel.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, **arguments}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"type": "message", "channel": "C1", "ts": "7.1"})
    >>> marbles.run(source.pipe(react(Web(), "eyes", scheduler=marbles.scheduler))).items
    [{'ok': True, 'channel': 'C1', 'timestamp': '7.1', 'name': 'eyes'}]

    An item needs `channel`, and `timestamp` or `ts`: a message event is one, and so is Slack's
    reply to a post. What was perhaps done is repeated, and `already_reacted` is then the proof.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        name: The emoji, such as "thumbsup", with or without colons. Default: each item's `name`.
        options: See `SinkOptions`.

    Emits, errors, dispose: as every `Sink`.
    Source: docs.slack.dev/reference/methods/reactions.add.
    """

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, "reactions.add")
        channel = needed(fields, "channel", "C0123ABCD")
        given = fields if name is None else {"name": name}
        where = fields if fields.get("timestamp") else {"timestamp": fields.get("ts")}
        arguments = {
            "channel": channel,
            "timestamp": needed(where, "timestamp", "1712345678.000200"),
            "name": needed(given, "name", "thumbsup").strip(":"),
        }
        return [PendingCall("reactions.add", channel, arguments)]

    return Sink(web, read, "react", **options)


def set_status(web: Caller, status: str | None = None, **options: Unpack[SinkOptions]) -> Sink:
    """
    Show under a thread what the app is doing, with `assistant.threads.setStatus`.

    >>> from rxslack.testing import Marbles
    >>> class Web:
    ...     def call(self, method, /, **arguments):
    ...         return {"ok": True, **arguments}
    >>> marbles = Marbles()
    >>> source = marbles.cold("-a-|", a={"type": "message", "channel": "D1", "ts": "7.1"})
    >>> sink = set_status(Web(), "is thinking…", scheduler=marbles.scheduler)
    >>> marbles.run(source.pipe(sink)).items
    [{'ok': True, 'channel_id': 'D1', 'thread_ts': '7.1', 'status': 'is thinking…'}]

    An item is a dict of the method's arguments: `channel_id`, `thread_ts`, `status`; or, where the
    status is given here, an event with `channel`, and `thread_ts` or `ts`. Slack takes the status
    away when the app answers, when it is "", or after two minutes. Saying it twice is the same as
    once, so what was perhaps done is repeated.

    Slack has announced the end of `assistant.threads.*`, and so of this sink, for February 2027. What
    replaces it is `set_session`, which shows one of four states and no text, for apps that are
    declared agents.

    Args:
        web: A `WebClient`, or anything else with its `call`.
        status: What is shown, such as "is thinking…". Default: each item's `status`.
        options: See `SinkOptions`.

    Emits, errors, dispose: as every `Sink`.
    Source: docs.slack.dev/reference/methods/assistant.threads.setStatus;
        docs.slack.dev/changelog/2026/08/20/agent-updates (its end).
    """

    def read(item: object) -> list[PendingCall]:
        fields = fields_of(item, "assistant.threads.setStatus")
        arguments = fields if status is None else {**place_of(fields), "status": status}
        channel = needed(arguments, "channel_id", "D0123ABCD")
        needed(arguments, "thread_ts", "1712345678.000200")
        if not isinstance(arguments.get("status"), str):  # "" takes it away
            raise ConfigurationError("the item has no status; add one, or give it to set_status")
        return [PendingCall("assistant.threads.setStatus", channel, arguments)]

    return Sink(web, read, "set_status", **options)


def place_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The thread that an event belongs to, or begins."""
    return {
        "channel_id": event.get("channel_id") or event.get("channel"),
        "thread_ts": event.get("thread_ts") or event.get("ts"),
    }
