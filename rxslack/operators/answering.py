"""From an event to the arguments of the call, or of the acknowledgement, that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict, TypeVar, cast, overload

from rxslack.core.operator import check_item, mapper
from rxslack.errors import ConfigurationError
from rxslack.events.items import as_mapping
from rxslack.events.messages import CarriesEvent, Event, event_in

__all__ = [
    "Acknowledgement",
    "PostMessageArguments",
    "ResponseArguments",
    "acknowledgement",
    "reply",
    "response",
]

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


@mapper
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
        itself: Event = item
        is_event = type(item) is dict
        if not is_event:
            check_item("reply", item)
        said = words_for(item)
        event = itself if is_event else event_in(item)
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


class ResponseArguments(TypedDict):
    """
    What a response_url takes, and the address itself.

    Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
    """

    response_url: str
    text: NotRequired[str]
    blocks: NotRequired[list[Mapping[str, Any]]]
    attachments: NotRequired[list[Mapping[str, Any]]]
    response_type: NotRequired[str]  # "ephemeral" or "in_channel"
    replace_original: NotRequired[bool]
    delete_original: NotRequired[bool]
    thread_ts: NotRequired[str]


@overload
def response(
    text_or_function: str, *, in_channel: bool = ..., **fields: Any
) -> Callable[[Any], ResponseArguments]: ...


@overload
def response(
    text_or_function: Callable[[E], str | Mapping[str, Any]],
    *,
    in_channel: bool = ...,
    **fields: Any,
) -> Callable[[E], ResponseArguments]: ...


@mapper
def response(
    text_or_function: str | Callable[[Any], str | Mapping[str, Any]],
    *,
    in_channel: bool = False,
    **fields: Any,
) -> Callable[[Any], ResponseArguments]:
    """
    Map a command or an interaction to an answer by its response_url.

    >>> from rxslack import escape
    >>> answer = response(lambda command: f"It rains in {escape(command['text'])}", in_channel=True)
    >>> answer({"text": "Bern", "response_url": "https://hooks.slack.com/commands/T1/2/3"})["text"]
    'It rains in Bern'

    Without `escape`, a `<!channel>` that somebody wrote would call everybody.

    It is a function for `ops.map`, and its items are for `respond`, the sink that sends them.

    Args:
        text_or_function: The text; or a function from the item to a text, or to a mapping with
            `text`, `blocks` and more.
        in_channel: Show it to the channel. Default: to the person alone.
        fields: More for each answer, such as `replace_original=True`.

    Errors: ``ConfigurationError`` for an item that has no response_url, as a dialog's.
    Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
    """

    def answer(item: Any) -> ResponseArguments:
        check_item("response", item)
        url = as_mapping(item).get("response_url")
        if not (isinstance(url, str) and url):
            raise ConfigurationError(
                "the item has no response_url; answer it in its acknowledgement, or by the Web API"
            )
        said = text_or_function(item) if callable(text_or_function) else text_or_function
        content = {"text": said} if isinstance(said, str) else dict(said)
        kind = {"response_type": "in_channel"} if in_channel else {}
        made: Any = {"response_url": url, **kind, **fields, **content}
        arguments: ResponseArguments = made
        return arguments

    return answer


class Acknowledgement(TypedDict):
    """An answer to an envelope. Source: docs.slack.dev/apis/events-api/using-socket-mode."""

    envelope_id: str
    payload: NotRequired[Mapping[str, Any]]  # absent for a plain acknowledgement


@overload
def acknowledgement(
    payload: str | Mapping[str, Any] | None = None,
) -> Callable[[Any], Acknowledgement]: ...


@overload
def acknowledgement(
    payload: Callable[[E], str | Mapping[str, Any] | None],
) -> Callable[[E], Acknowledgement]: ...


@mapper
def acknowledgement(
    payload: str
    | Mapping[str, Any]
    | Callable[[Any], str | Mapping[str, Any] | None]
    | None = None,
) -> Callable[[Any], Acknowledgement]:
    """
    Map a command, an interaction or an envelope to the acknowledgement that answers it.

    >>> from rxslack import escape
    >>> answer = acknowledgement(lambda command: f"It rains in {escape(command['text'])}")
    >>> answer({"type": "slash_command", "text": "Bern", "envelope_id": "a-1"})
    {'envelope_id': 'a-1', 'payload': {'text': 'It rains in Bern'}}

    Without `escape`, a `<!channel>` that somebody wrote would call everybody.

    It is a function for `ops.map`; what it makes goes to the `answers` of `socket_mode`:

        answers = Subject()
        envelopes = shared(socket_mode(app, acknowledge="by_hand", answers=answers))
        envelopes.pipe(slash_commands(), ops.map(acknowledgement("Hi"))).subscribe(answers.on_next)

    Args:
        payload: A text; or what Slack takes for such an envelope: a message for a command,
            `response_action` and more for a dialog that was sent off, `options` for a menu; or a
            function from the item to one of these. None acknowledges without an answer.

    Errors: ``ConfigurationError`` for an item that has no envelope, as one that came over HTTP.
    Source: docs.slack.dev/apis/events-api/using-socket-mode, "Acknowledge events";
        docs.slack.dev/surfaces/modals (`response_action`).
    """

    def answer(item: Any) -> Acknowledgement:
        check_item("acknowledgement", item)
        envelope_id = as_mapping(item).get("envelope_id")
        if not isinstance(envelope_id, str):
            raise ConfigurationError(
                "the item has no envelope_id; acknowledge what slash_commands(), interactions() "
                "or socket_mode() itself emitted"
            )
        said = payload(item) if callable(payload) else payload
        if not said:
            return {"envelope_id": envelope_id}
        fields = {"text": said} if isinstance(said, str) else dict(said)
        return {"envelope_id": envelope_id, "payload": fields}

    return answer
