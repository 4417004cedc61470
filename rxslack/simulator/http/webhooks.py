"""Incoming webhooks: addresses that take a message for one channel, with no token."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qs

from rxslack.simulator.faults import Answer
from rxslack.simulator.http.arguments import HttpRequest
from rxslack.simulator.state import State
from rxslack.simulator.team import messages
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.content import content_of
from rxslack.simulator.team.text import Json, read_object

__all__ = ["answer_webhook"]

_TEXT: Final = {"Content-Type": "text/html"}
_CUSTOM: Final = ("username", "icon_emoji", "icon_url")
_STATUS: Final = {
    "invalid_token": 403,
    "no_service": 404,
    "channel_not_found": 404,
    "channel_is_archived": 410,
}
"""What is no 400. Source: docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks."""


def answer_webhook(state: State, path: str, http: HttpRequest) -> Answer:
    """
    Post what came to a webhook: "ok", or an error as plain text.

    Source: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
    """
    said = _payload(http)
    state.transcript.call("incoming webhook", said or {}, "")

    def answer() -> Answer:
        try:
            _post(state, path, said)
        except Refused as refused:
            return Answer(refused.error.encode(), _STATUS.get(refused.error, 400), _TEXT)
        return Answer(b"ok", 200, _TEXT)

    done = state.faults.around("incoming webhook", answer)
    state.transcript.note("out", "incoming webhook", done.body)
    return done


def _payload(http: HttpRequest) -> Json | None:
    """JSON as the body, or in a form's `payload`; None when it is neither."""
    if http.content_type.startswith("application/x-www-form-urlencoded"):
        fields = parse_qs(http.body.decode("utf-8", "replace"))
        if "payload" in fields:
            return read_object(fields["payload"][0])
    return read_object(http.body)


def _post(state: State, path: str, said: Json | None) -> None:
    channel = _channel(state, path, said or {})
    if said is None:
        raise Refused("invalid_payload")
    content = content_of(state.team, said)
    if not content:
        raise Refused("no_text")
    custom: dict[str, Any] = {name: said[name] for name in _CUSTOM if said.get(name)}
    draft = {**messages.by_app(state.team, custom), **content}
    thread_ts = said.get("thread_ts")
    parent = thread_ts if channel.find(thread_ts) else None
    messages.post(state.team, channel, draft, thread_ts=parent)


def _channel(state: State, path: str, said: Json) -> Channel:
    """Where it goes: the hook's channel, or the one that the message names."""
    team = state.team
    with team.lock:
        home = team.webhooks.get(path)
        if home is None:
            raise Refused("no_service")
        wanted = str(said.get("channel") or home).removeprefix("#")
        for channel in team.channels.values():
            if wanted in (channel.id, channel.name):
                if channel.archived:
                    raise Refused("channel_is_archived")
                return channel
    raise Refused("channel_not_found")
