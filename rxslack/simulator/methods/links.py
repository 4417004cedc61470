"""chat.getPermalink, chat.unfurl."""

from __future__ import annotations

from typing import Any, cast

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.messages import edit
from rxslack.simulator.team.text import Json


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
    channel = request.channel()
    message = channel.find(request.required("ts"))
    if message is None:
        raise Refused("cannot_find_message")
    found: Any = request.structure("unfurls", "invalid_unfurls_format")
    if not isinstance(found, dict) or not found:
        raise Refused("missing_unfurls")
    shown = [
        {
            **content,
            "id": number,
            "from_url": url,
            "app_unfurl_url": url,
            "is_app_unfurl": True,
            "app_id": request.team.bot.app_id,
            "bot_id": request.team.bot.id,
        }
        for number, (url, content) in enumerate(cast("Json", found).items(), 1)
    ]
    edit(request.team, channel, message, {"attachments": shown}, request.user_id)
    return {}
