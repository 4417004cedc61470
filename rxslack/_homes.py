"""Where each public name lives, so that importing the package imports what is used of it."""

from __future__ import annotations

from functools import cache
from typing import Final

__all__ = ["HOMES", "home_of"]

HOMES: Final = {
    "rxslack.bridge": ["aiter", "first"],
    "rxslack.errors": [
        "ApiError",
        "AuthenticationError",
        "BufferFull",
        "ConfigurationError",
        "ConnectionClosed",
        "ConnectionRefused",
        "FrameError",
        "HandshakeRefused",
        "MissingScope",
        "RateLimited",
        "ServerError",
        "Silent",
        "SlackError",
        "SocketModeDisabled",
        "StaleUrl",
        "TimedOut",
        "TooLong",
        "TransportError",
        "UnreadableResponse",
        "is_retryable",
    ],
    "rxslack.failures": ["is_failure"],
    "rxslack.lanes.budget": ["Budget"],
    "rxslack.markup": [
        "Mark",
        "channels_in",
        "escape",
        "is_mentioned",
        "links_in",
        "marks_in",
        "mentions_in",
        "plain_text",
        "unescape",
    ],
    "rxslack.messages": [
        "Identity",
        "bot_of",
        "channel_of",
        "delivery_key",
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
    ],
    "rxslack.narrowing": ["is_event", "is_known", "is_message", "is_plain_message"],
    "rxslack.notebook": [
        "View",
        "describe",
        "live",
        "load_ipython_extension",
        "start",
        "to_frame",
        "unload_ipython_extension",
    ],
    "rxslack.operators": [
        "Acknowledgement",
        "Conversation",
        "Directory",
        "Enriched",
        "Matched",
        "PostMessageArguments",
        "ResponseArguments",
        "acknowledgement",
        "backfill",
        "backoff",
        "by_conversation",
        "by_thread",
        "concurrent",
        "containing",
        "distinct",
        "enriched",
        "events_api",
        "from_user",
        "in_channel",
        "in_thread",
        "interactions",
        "isolate",
        "matching",
        "mentioning",
        "mentioning_me",
        "narrow",
        "not_from_bots",
        "not_from_me",
        "of_type",
        "reconnect",
        "record",
        "reply",
        "response",
        "select",
        "shared",
        "slash_commands",
    ],
    "rxslack.settings": ["DIRECT", "Transport"],
    "rxslack.sinks.call": ["call"],
    "rxslack.sinks.delete_message": ["delete_message"],
    "rxslack.sinks.open_view": ["open_view"],
    "rxslack.sinks.post_message": ["post_message"],
    "rxslack.sinks.publish_view": ["publish_view"],
    "rxslack.sinks.react": ["react"],
    "rxslack.sinks.respond": ["respond"],
    "rxslack.sinks.sending": ["SinkOptions"],
    "rxslack.sinks.set_status": ["set_status"],
    "rxslack.sinks.sink": ["Sink"],
    "rxslack.sinks.update_message": ["update_message"],
    "rxslack.sinks.upload_file": ["Progress", "upload_file"],
    "rxslack.sources.budget": ["UrlBudget"],
    "rxslack.sources.export": ["export"],
    "rxslack.sources.history": ["HistoryProgress", "history"],
    "rxslack.sources.http_events": ["HttpEvents", "http_events"],
    "rxslack.sources.presence": ["presence"],
    "rxslack.sources.recording": ["replay"],
    "rxslack.sources.rtm": ["rtm"],
    "rxslack.sources.socket_mode": ["socket_mode"],
    "rxslack.sources.status": ["Snapshot", "Status"],
    "rxslack.sources.workspaces": ["workspaces"],
    "rxslack.web": ["Response", "WebClient"],
}
"""The public names of each module; whatever is not here is an event class."""


def home_of(name: str) -> str:
    """
    The module that a public name is to be imported from.

    >>> home_of("reconnect"), home_of("MessageEvent")
    ('rxslack.operators', 'rxslack.events')
    """
    return _by_name().get(name, "rxslack.events")


@cache
def _by_name() -> dict[str, str]:
    return {name: module for module, names in HOMES.items() for name in names}
