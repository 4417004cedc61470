"""workflows.featured.add, list, remove, set: the workflows that a channel shows."""

from __future__ import annotations

from typing import Final

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.text import Json

MOST: Final = 15
READ: Final = ("bookmarks:read",)
WRITE: Final = ("bookmarks:write",)


@Method("workflows.featured.list", "tier2", READ)
def list_featured(request: Request) -> Json:
    """Those of some channels. Source: docs.slack.dev/reference/methods/workflows.featured.list."""
    channels = [request.team.channels.get(one) for one in request.ids("channel_ids")]
    if not channels or any(c is None or not c.is_visible_to(request.user_id) for c in channels):
        raise Refused("channel_not_found")
    shown = [
        {
            "channel_id": channel.id,
            "triggers": [
                {"id": one["workflow_trigger_id"], "title": one["title"]}
                for one in channel.workflows
            ],
        }
        for channel in channels
        if channel is not None
    ]
    return {"featured_workflows": shown}


@Method("workflows.featured.add", "tier2", WRITE)
def add(request: Request) -> Json:
    """More of them. Source: docs.slack.dev/reference/methods/workflows.featured.add."""
    channel = request.channel(name="channel_id")
    return _feature(request, channel, [*_ids_of(channel), *request.ids("trigger_ids")])


@Method("workflows.featured.remove", "tier2", WRITE)
def remove(request: Request) -> Json:
    """Fewer. Source: docs.slack.dev/reference/methods/workflows.featured.remove."""
    channel, gone = request.channel(name="channel_id"), request.ids("trigger_ids")
    return _feature(request, channel, [one for one in _ids_of(channel) if one not in gone])


@Method("workflows.featured.set", "tier2", WRITE)
def replace(request: Request) -> Json:
    """These and no others. Source: docs.slack.dev/reference/methods/workflows.featured.set."""
    return _feature(request, request.channel(name="channel_id"), request.ids("trigger_ids"))


def _ids_of(channel: Channel) -> list[str]:
    return [one["workflow_trigger_id"] for one in channel.workflows]


def _feature(request: Request, channel: Channel, wanted: list[str]) -> Json:
    titles = request.state.workflows
    wanted = [*dict.fromkeys(wanted)]
    if len(wanted) > MOST or any(one not in titles for one in wanted):
        raise Refused("error_modifying_workflows")
    with request.team.lock:
        channel.workflows = [{"workflow_trigger_id": one, "title": titles[one]} for one in wanted]
    return {}
