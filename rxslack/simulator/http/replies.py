"""What becomes of an app's answer to what somebody did: a message for all, or for that person alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rxslack.simulator.team import messages
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.content import content_of
from rxslack.simulator.team.ephemerals import Ephemerals
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json, object_in

__all__ = ["show_reply"]


def show_reply(
    team: Team, ephemerals: Ephemerals, payload: Json, user: str, said: Mapping[str, Any]
) -> Json | None:
    """
    Show an answer: to the channel, in the place of a message, or to that person alone.

    Args:
        team: where.
        ephemerals: what only one person sees.
        payload: what the app was told.
        user: the id of who did it.
        said: the answer.

    Returns: what only that person sees of it; None when there is nothing.
    Raises: Refused.
    Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
    """
    content = content_of(team, said)
    place = _place(team, payload)
    if place is None:
        return content or None
    if _changes(team, ephemerals, place, payload, user, said, content):
        return None
    thread = said.get("thread_ts") if place.find(said.get("thread_ts")) else None
    if said.get("response_type") == "in_channel":
        draft = {**messages.by_app(team, {}), **content}
        messages.post(team, place, draft, thread_ts=thread)
        return None
    if not content:
        return None
    ephemerals.post(
        place, user, {**messages.by_app(team, {}), **content}, thread_ts=str(thread or "")
    )
    return content


def _changes(
    team: Team,
    ephemerals: Ephemerals,
    place: Channel,
    payload: Json,
    user: str,
    said: Mapping[str, Any],
    content: Json,
) -> bool:
    """Whether it changed the message that was clicked on, or took it away."""
    where = object_in(payload, "container")
    ts = str(where.get("message_ts") or object_in(payload, "message").get("ts") or "")
    shown = ephemerals.find(user, ts) if where.get("is_ephemeral") else place.find(ts)
    if shown is None:
        return False
    if said.get("delete_original"):
        if where.get("is_ephemeral"):
            ephemerals.remove(shown)
        else:
            messages.delete(team, place, shown)
        return True
    if not said.get("replace_original") or not content:
        return False
    if where.get("is_ephemeral"):
        ephemerals.replace(shown, content)
    else:
        # What stood there is gone: blocks that are not said again, too.
        gone: Json = {name: list[Json]() for name in ("blocks", "attachments") if shown.get(name)}
        messages.edit(team, place, shown, {**gone, **content}, team.bot.user_id)
    return True


def _place(team: Team, payload: Json) -> Channel | None:
    channel = payload.get("channel_id") or object_in(payload, "channel").get("id")
    return team.channels.get(str(channel))
