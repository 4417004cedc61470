"""assistant.threads.setStatus."""

from __future__ import annotations

from rxslack.simulator.refusal import Refused, TooMany
from rxslack.simulator.request import Method, Request
from rxslack.simulator.wire import Json

__all__ = ["METHODS"]


def set_status(request: Request) -> Json:
    """
    Say under a thread what the app is doing; "" takes it away.

    Source: docs.slack.dev/reference/methods/assistant.threads.setStatus.
    """
    channel = request.channel(name="channel_id")
    thread_ts = request.required("thread_ts")
    if "status" not in request.arguments:
        request.required("status")
    if channel.find(thread_ts) is None:
        raise Refused("invalid_thread_ts")
    state = request.state
    wait = state.buckets.take(("statuses", state.team.bot.app_id, channel.id), state.limits.posts)
    if wait is not None:
        raise TooMany(wait)
    state.statuses[channel.id, thread_ts] = request.text("status")
    return {}


METHODS = {
    "assistant.threads.setStatus": Method(set_status, "special", ("chat:write", "assistant:write")),
}
