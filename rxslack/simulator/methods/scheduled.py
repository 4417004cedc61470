"""chat.scheduleMessage, chat.scheduledMessages.list, chat.deleteScheduledMessage."""

from __future__ import annotations

from rxslack.simulator.methods.chat import author_of, destination_of, said_in
from rxslack.simulator.methods.request import Method, Request, page_of
from rxslack.simulator.state import State
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.messages import post
from rxslack.simulator.team.scheduled import Later
from rxslack.simulator.team.text import Json

__all__ = ["post_what_is_due"]


FURTHEST = 120 * 24 * 3600  # seconds
WINDOW = 300  # seconds, in which a channel takes no more than so many
MOST = 30


WRITE = ("chat:write",)


@Method("chat.scheduleMessage", "tier3", WRITE)
def schedule_message(request: Request) -> Json:
    """
    Say something later. It is said with the first call that comes after its time.

    Source: docs.slack.dev/reference/methods/chat.scheduleMessage.
    """
    channel = destination_of(request)
    state, post_at = request.state, _time(request)
    near = [o for o in state.scheduled.waiting(channel.id) if abs(o.post_at - post_at) < WINDOW]
    if len(near) >= MOST:
        raise Refused("restricted_too_many")
    said = said_in(request)
    if not said:
        raise Refused("no_text")
    with state.team.lock:
        made = state.team.identity.new("Q")
    draft = {**author_of(request), **said}
    thread_ts = request.text("thread_ts") or None
    later = Later(made, channel, post_at, draft, thread_ts, int(state.team.clock()))
    state.scheduled.add(later)
    return {
        "channel": channel.id,
        "scheduled_message_id": later.id,
        "post_at": post_at,
        "message": {"type": "delayed_message", **draft},
    }


@Method("chat.scheduledMessages.list", "tier3")
def list_scheduled(request: Request) -> Json:
    """What waits. Source: docs.slack.dev/reference/methods/chat.scheduledMessages.list."""
    found = request.state.scheduled.waiting(request.text("channel"))
    page, metadata = page_of(request, found)
    shown = [
        {
            "id": one.id,
            "channel_id": one.channel.id,
            "post_at": one.post_at,
            "date_created": one.made,
            "text": one.draft.get("text", ""),
        }
        for one in page
    ]
    return {"scheduled_messages": shown} | metadata


@Method("chat.deleteScheduledMessage", "tier3", WRITE)
def delete_scheduled(request: Request) -> Json:
    """Take it back. Source: docs.slack.dev/reference/methods/chat.deleteScheduledMessage."""
    request.channel()
    if not request.state.scheduled.cancel(request.required("scheduled_message_id")):
        raise Refused("invalid_scheduled_message_id")
    return {}


def post_what_is_due(state: State) -> None:
    """
    Say what has come due.

    Messages with metadata are never said, as in Slack.

    Source: docs.slack.dev/reference/methods/chat.scheduleMessage, "Bug alert".
    """
    for one in state.scheduled.take_due(state.team.clock()):
        if "metadata" not in one.draft:
            post(state.team, one.channel, one.draft, thread_ts=one.thread_ts)


def _time(request: Request) -> int:
    try:
        post_at = int(request.required("post_at"))
    except ValueError as error:
        raise Refused("invalid_time") from error
    now = request.team.clock()
    if post_at <= now:
        raise Refused("time_in_past")
    if post_at > now + FURTHEST:
        raise Refused("time_too_far")
    return post_at
