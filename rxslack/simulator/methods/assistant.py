"""assistant.threads.setStatus."""

from __future__ import annotations

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import Json


@Method("assistant.threads.setStatus", "special", ("chat:write", "assistant:write"))
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
    state.buckets.count(("statuses", state.team.bot.app_id, channel.id), state.limits.posts)
    state.statuses[channel.id, thread_ts] = request.text("status")
    return {}
