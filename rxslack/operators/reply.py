"""From an event to the arguments of an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict, TypeVar, cast, overload

from rxslack.errors import ConfigurationError
from rxslack.messages import CarriesEvent, Event, event_in

__all__ = ["PostMessageArguments", "reply"]

E = TypeVar("E")


class PostMessageArguments(TypedDict):
    """What `chat.postMessage` takes. Source: docs.slack.dev/reference/methods/chat.postMessage."""

    channel: str  # an id, "C0123ABCD"
    text: NotRequired[str]
    blocks: NotRequired[Sequence[Mapping[str, Any]]]
    attachments: NotRequired[Sequence[Mapping[str, Any]]]
    markdown_text: NotRequired[str]  # in place of text and blocks
    thread_ts: NotRequired[str]  # ts of the message that began the thread
    reply_broadcast: NotRequired[bool]  # show the answer in the channel, too
    link_names: NotRequired[bool]
    mrkdwn: NotRequired[bool]
    parse: NotRequired[str]  # "none" or "full"
    unfurl_links: NotRequired[bool]
    unfurl_media: NotRequired[bool]
    username: NotRequired[str]  # this and the icons need chat:write.customize
    icon_emoji: NotRequired[str]  # ":tada:"
    icon_url: NotRequired[str]
    as_user: NotRequired[bool]  # classic apps only
    metadata: NotRequired[Mapping[str, Any]]


@overload
def reply(
    text_or_function: str, *, broadcast: bool = ..., **fields: Any
) -> Callable[[Event | CarriesEvent], PostMessageArguments]: ...
@overload
def reply(
    text_or_function: Callable[[E], str | Mapping[str, object]],
    *,
    broadcast: bool = ...,
    **fields: Any,
) -> Callable[[E], PostMessageArguments]: ...
def reply(
    text_or_function: str | Callable[[Any], str | Mapping[str, object]],
    *,
    broadcast: bool = False,
    **fields: Any,
) -> Callable[[Any], PostMessageArguments]:
    """
    Map an event to the arguments of `chat.postMessage` that answer it in its thread.

    >>> answer = reply(lambda e: f"Hi <@{e['user']}>!", icon_emoji=":wave:")
    >>> answer({"type": "message", "channel": "C1", "user": "U1", "text": "Hello", "ts": "7.1"})
    {'channel': 'C1', 'thread_ts': '7.1', 'icon_emoji': ':wave:', 'text': 'Hi <@U1>!'}

    It is a function for `ops.map`, not an operator: ``ops.map(reply("On my way"))``. What carries an
    event, as `Matched` and `Enriched` do, is answered as that event is.

    Args:
        text_or_function: The text; or a function of the event that returns the text, or a mapping
            of arguments (``{"blocks": […]}``) that goes over all others. What somebody wrote
            belongs into it as ``escape(plain_text(event))``, so that no mention in it is live.
        broadcast: Show the answer in the channel as well.
        fields: More arguments for `chat.postMessage`, the same for each answer.

    Emits: a dict for `post_message`: channel, thread_ts (that of the event's thread, else the
        event's own ts, which begins one) and the rest.
    Errors: ``ConfigurationError`` for an event without channel or ts; ``TypeError`` when the
        function returns something else; what the function raises.
    Dispose: nothing to dispose.
    Source: docs.slack.dev/reference/methods/chat.postMessage, "Threads".
    """
    if not isinstance(text_or_function, str) and not callable(text_or_function):
        raise ConfigurationError("reply() takes a text, or a function of the event that makes one")
    if broadcast:
        fields = {"reply_broadcast": True, **fields}

    words_for: Callable[[Any], object] = (
        text_or_function if callable(text_or_function) else lambda _: text_or_function
    )

    def answer(item: Any) -> Any:
        said = words_for(item)
        itself: Event = item
        event = itself if type(item) is dict else event_in(item)
        channel, ts = event.get("channel"), event.get("thread_ts") or event.get("ts")
        if not (isinstance(channel, str) and isinstance(ts, str)):
            raise no_place(event)
        if not fields and type(said) is str:  # nearly always
            return {"channel": channel, "thread_ts": ts, "text": said}
        words = {"text": said} if isinstance(said, str) else mapped(said)
        return {"channel": channel, "thread_ts": ts, **fields, **words}

    return answer


def no_place(event: Event) -> ConfigurationError:
    """There is nowhere to answer this event."""
    return ConfigurationError(
        f"an event of type {event.get('type')!r} has no channel and ts to reply to; "
        "filter for messages before reply(), or map to the arguments of chat.postMessage"
    )


def mapped(said: object) -> Mapping[str, Any]:
    """What the user's function returned, when it is no text, as arguments."""
    if isinstance(said, Mapping):
        return cast("Mapping[str, Any]", said)
    raise TypeError(
        f"the function given to reply() returned {type(said).__name__}, not a text or a mapping"
    )
