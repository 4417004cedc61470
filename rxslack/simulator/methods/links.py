"""chat.getPermalink, chat.unfurl."""

from __future__ import annotations

from typing import Any, cast

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.content import content_of
from rxslack.simulator.team.messages import tell_change
from rxslack.simulator.team.text import Json, objects_in


@Method("chat.getPermalink", "special")
def get_permalink(request: Request) -> Json:
    """The address of a message. Source: docs.slack.dev/reference/methods/chat.getPermalink."""
    channel = request.channel()
    message = channel.find(request.required("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    return {"channel": channel.id, "permalink": request.team.permalink(channel, message)}


@Method("chat.unfurl", "tier3", ("links:write",))
def unfurl(request: Request) -> Json:
    """
    Show what is behind the links of a message; it is told as `message_changed`.

    Source: docs.slack.dev/reference/methods/chat.unfurl.
    """
    team = request.team
    channel, message = _unfurled(request)
    found: Any = request.structure("unfurls", "invalid_unfurls_format")
    if not isinstance(found, dict) or not found:
        raise Refused("missing_unfurls")
    unfurls = [
        {
            **cast("Json", content),
            "from_url": url,
            "app_unfurl_url": url,
            "is_app_unfurl": True,
            "app_id": team.bot.app_id,
            "bot_id": team.bot.id,
        }
        for url, content in cast("Json", found).items()
        if isinstance(content, dict)
    ]
    if not unfurls:
        raise Refused("cannot_parse_attachment")
    urls = {one["from_url"] for one in unfurls}
    with team.lock:
        kept = objects_in(message.get("attachments"))
        others = [one for one in kept if one.get("from_url") not in urls]
        shown = content_of(team, {"attachments": [*others, *unfurls]})
        changed = {**message, **shown}
        channel.replace(changed)
        tell_change(team, channel, changed, message, channel.stamps.next())
    return {}


def _unfurled(request: Request) -> tuple[Channel, Json]:
    """The message, named by channel and `ts`, or as the event named it."""
    if unfurl := request.text("unfurl_id"):
        place, ts = request.team.unfurls.get(unfurl, ("", ""))
        channel = request.team.channels.get(place)
        if channel is None or request.required("source") != "conversations_history":
            raise Refused("cannot_find_message")
    else:
        channel, ts = request.channel(), request.required("ts")
    message = channel.find(ts)
    if message is None:
        raise Refused("cannot_find_message")
    return channel, message
