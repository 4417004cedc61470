"""Links that an app wants to be told of, so that it can show what is behind them."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["tell_links"]

_LINK: Final = re.compile(r"<(https?://[^|>\s]+)")
_MOST: Final = 1000  # messages that can be unfurled by `unfurl_id`, the newest


def tell_links(team: Team, channel: Channel, message: Json) -> None:
    """
    Tell the app `link_shared` of links of its domains, with the team's lock held; not of its own messages.

    Source: docs.slack.dev/reference/events/link_shared, docs.slack.dev/messaging/unfurling-links-in-messages.
    """
    if message.get("user") == team.bot.user_id or message.get("bot_id") == team.bot.id:
        return
    links = list[Json]()
    urls: list[str] = _LINK.findall(str(message.get("text") or ""))
    for url in urls:
        host: str = urlsplit(url).hostname or ""
        of_app = (one for one in team.link_domains if host == one or host.endswith(f".{one}"))
        if domain := next(of_app, ""):
            links.append({"domain": domain, "url": url})
    if not links:
        return
    unfurl = team.identity.uuid()
    team.unfurls[unfurl] = (channel.id, message["ts"])
    if len(team.unfurls) > _MOST:
        del team.unfurls[next(iter(team.unfurls))]
    thread: Json = {name: message[name] for name in ("thread_ts",) if name in message}
    event: dict[str, Any] = {
        "type": "link_shared",
        "channel": channel.id,
        "user": message.get("user"),
        "message_ts": message["ts"],
        **thread,
        "links": links,
        "is_bot_user_member": team.bot.user_id in channel.members,
        "unfurl_id": unfurl,
        "source": "conversations_history",
        "event_ts": team.stamps.next(),
    }
    team.feed.tell_app(event, to=[team.bot.user_id])
