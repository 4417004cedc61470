"""A part of a conversation at a time: a page shows no more of it, however long it is."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from rxslack.simulator.state import State
from rxslack.simulator.team.channel import Channel, is_reply
from rxslack.simulator.team.ids import micros
from rxslack.simulator.team.text import Json

__all__ = ["MOST", "as_seen", "window"]

MOST: Final = 200  # messages in one window

_FOREVER: Final = 1 << 62


def as_seen(state: State, channel: Channel, message: Json, viewer: str) -> Json:
    """A message as somebody sees it: one that streams for another one shows how it began."""
    stream = state.streams.find(channel, message["ts"])
    if stream is not None and not stream.ended_by and stream.recipient != viewer:
        return stream.first
    return message


def window(
    state: State,
    channel: Channel,
    viewer: str,
    *,
    thread: str = "",
    before: str = "",
    after: str = "",
    limit: int = 50,
) -> dict[str, Any]:
    """
    Some messages, oldest first. To be called with the team's lock held.

    Args:
        state: the workspace's.
        channel: the conversation.
        viewer: the id of the user who looks.
        thread: the `ts` of a parent: its replies and itself in place of the channel's.
        before: a `ts`: what was said before it, the newest.
        after: a `ts`: what was said after it, the oldest. Neither: the newest there are.
        limit: messages at the most.

    Returns: `messages`, and whether there is `more` in that direction.
    """
    if thread:
        parent, replies = channel.find(thread), channel.replies(thread)
        shown, more = [m for m in (parent, *replies[-MOST:]) if m], len(replies) > MOST
    else:
        limit = max(1, min(limit, MOST))
        oldest, latest = micros(after or "0"), micros(before) if before else _FOREVER
        found = channel.between(oldest, latest, inclusive=False)
        turned: Iterable[Json] = found if after else reversed(found)
        wanted = [*islice(filter(_in_channel, turned), limit + 1)]
        shown, more = wanted[:limit], len(wanted) > limit
        shown = shown if after else shown[::-1]
    return {"messages": [as_seen(state, channel, m, viewer) for m in shown], "more": more}


def _in_channel(message: Json) -> bool:
    return not is_reply(message) or message.get("subtype") == "thread_broadcast"
