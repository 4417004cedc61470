"""chat.postEphemeral."""

from __future__ import annotations

from rxslack.simulator.methods.chat import author_of, content_of, destination_of
from rxslack.simulator.refusal import Refused
from rxslack.simulator.request import Method, Request
from rxslack.simulator.wire import Json

__all__ = ["METHODS"]


def post_ephemeral(request: Request) -> Json:
    """
    Say something to one person; no history keeps it.

    Source: docs.slack.dev/reference/methods/chat.postEphemeral.
    """
    channel = destination_of(request)
    user = request.required("user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    said = content_of(request)
    if not said:
        raise Refused("no_text")
    team = request.state.team
    with team.lock:
        ts = channel.stamps.next()
        message: Json = {
            "type": "message",
            **author_of(request),
            **said,
            "is_ephemeral": True,
            "channel": channel.id,
            "ts": ts,
            "event_ts": ts,
        }
        if thread_ts := request.text("thread_ts"):
            message["thread_ts"] = thread_ts
        request.state.ephemerals.append({**message, "to": user})
        team.publish(message, to=[user])
    return {"message_ts": ts}


METHODS = {"chat.postEphemeral": Method(post_ephemeral, "tier4", ("chat:write",))}
