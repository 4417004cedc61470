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
        "RepeatedCursor",
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
    "rxslack.operators._grouped": ["Conversation"],
    "rxslack.operators.acknowledgement": ["Acknowledgement", "acknowledgement"],
    "rxslack.operators.backfill": ["backfill"],
    "rxslack.operators.backoff": ["backoff"],
    "rxslack.operators.by_conversation": ["by_conversation"],
    "rxslack.operators.by_thread": ["by_thread"],
    "rxslack.operators.concurrent": ["concurrent"],
    "rxslack.operators.containing": ["containing"],
    "rxslack.operators.directory": ["Directory"],
    "rxslack.operators.distinct": ["distinct"],
    "rxslack.operators.enriched": ["Enriched", "enriched"],
    "rxslack.operators.events_api": ["events_api"],
    "rxslack.operators.from_user": ["from_user"],
    "rxslack.operators.in_channel": ["in_channel"],
    "rxslack.operators.in_thread": ["in_thread"],
    "rxslack.operators.interactions": ["interactions"],
    "rxslack.operators.isolate": ["isolate"],
    "rxslack.operators.matching": ["Matched", "matching"],
    "rxslack.operators.mentioning": ["mentioning"],
    "rxslack.operators.mentioning_me": ["mentioning_me"],
    "rxslack.operators.narrow": ["narrow"],
    "rxslack.operators.not_from_bots": ["not_from_bots"],
    "rxslack.operators.not_from_me": ["not_from_me"],
    "rxslack.operators.of_type": ["of_type"],
    "rxslack.operators.reconnect": ["reconnect"],
    "rxslack.operators.record": ["record"],
    "rxslack.operators.reply": ["PostMessageArguments", "reply"],
    "rxslack.operators.response": ["ResponseArguments", "response"],
    "rxslack.operators.select": ["select"],
    "rxslack.operators.shared": ["shared"],
    "rxslack.operators.slash_commands": ["slash_commands"],
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
    ('rxslack.operators.reconnect', 'rxslack.events')
    """
    return _by_name().get(name, "rxslack.events")


@cache
def _by_name() -> dict[str, str]:
    return {name: module for module, names in HOMES.items() for name in names}
