"""pins.add, list, remove; bookmarks.add, edit, list, remove."""

from __future__ import annotations

from typing import Final

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.text import Json

WRITE: Final = ("pins:write",)


@Method("pins.add", "tier2", WRITE)
def add(request: Request) -> Json:
    """Pin a message. Source: docs.slack.dev/reference/methods/pins.add."""
    channel, message = _target(request)
    team = request.team
    with team.lock:
        if message["ts"] in channel.pins:
            raise Refused("already_pinned")
        channel.pins[message["ts"]] = (request.user_id, int(team.clock()))
        pinned: list[str] = message.setdefault("pinned_to", [])
        pinned.append(channel.id)
        message["pinned_info"] = {
            "channel": channel.id,
            "pinned_by": request.user_id,
            "pinned_ts": int(team.clock()),
        }
        _tell(request, channel, message, "pin_added")
    return {}


@Method("pins.remove", "tier2", WRITE)
def remove(request: Request) -> Json:
    """Take a pin out. Source: docs.slack.dev/reference/methods/pins.remove."""
    channel, message = _target(request)
    with request.team.lock:
        if message["ts"] not in channel.pins:
            raise Refused("no_pin")
        item = _item(request, channel, message)
        del channel.pins[message["ts"]]
        message.pop("pinned_to", None)
        message.pop("pinned_info", None)
        _tell(request, channel, message, "pin_removed", item)
    return {}


@Method("pins.list", "tier2", ("pins:read",))
def list_pins(request: Request) -> Json:
    """What is pinned. Source: docs.slack.dev/reference/methods/pins.list."""
    channel = request.channel()
    with request.team.lock:
        pinned = [message for ts in channel.pins if (message := channel.find(ts))]
        return {"items": [_item(request, channel, message) for message in pinned]}


@Method("bookmarks.add", "tier2", ("bookmarks:write",))
def add_bookmark(request: Request) -> Json:
    """Put a link above a channel. Source: docs.slack.dev/reference/methods/bookmarks.add."""
    channel, team = request.channel(name="channel_id"), request.team
    kind, now = request.required("type"), int(team.clock())
    if kind != "link":
        raise Refused("invalid_bookmark_type")
    with team.lock:
        made: Json = {
            "id": team.identity.new("Bk"),
            "channel_id": channel.id,
            "title": request.required("title"),
            "link": request.required("link"),
            "emoji": request.text("emoji"),
            "icon_url": None,
            "type": kind,
            "entity_id": None,
            "date_created": now,
            "date_updated": 0,
            "rank": "U",
            "last_updated_by_user_id": request.user_id,
            "last_updated_by_team_id": team.id,
            "shortcut_id": None,
            "app_id": team.bot.app_id,
        }
        channel.bookmarks.append(made)
    return {"bookmark": made}


@Method("bookmarks.edit", "tier2", ("bookmarks:write",))
def edit_bookmark(request: Request) -> Json:
    """Change one. Source: docs.slack.dev/reference/methods/bookmarks.edit."""
    _, found = _bookmark(request)
    for name in ("title", "link", "emoji"):
        if name in request.arguments:
            found[name] = request.text(name)
    found["date_updated"] = int(request.team.clock())
    return {"bookmark": found}


@Method("bookmarks.remove", "tier2", ("bookmarks:write",))
def remove_bookmark(request: Request) -> Json:
    """Take one away. Source: docs.slack.dev/reference/methods/bookmarks.remove."""
    channel, found = _bookmark(request)
    channel.bookmarks.remove(found)
    return {}


@Method("bookmarks.list", "tier3", ("bookmarks:read",))
def list_bookmarks(request: Request) -> Json:
    """Those of a channel. Source: docs.slack.dev/reference/methods/bookmarks.list."""
    return {"bookmarks": request.channel(name="channel_id").bookmarks}


def _bookmark(request: Request) -> tuple[Channel, Json]:
    channel = request.channel(name="channel_id")
    for found in channel.bookmarks:
        if found["id"] == request.required("bookmark_id"):
            return channel, found
    raise Refused("bookmark_not_found")


def _target(request: Request) -> tuple[Channel, Json]:
    channel = request.channel()
    if not request.text("timestamp"):
        raise Refused("no_item_specified")
    message = channel.find(request.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    if request.user_id not in channel.members:
        raise Refused("not_in_channel")
    return channel, message


def _item(request: Request, channel: Channel, message: Json) -> Json:
    by, at = channel.pins[message["ts"]]
    shown = {**message, "permalink": request.team.permalink(channel, message)}
    return {
        "type": "message",
        "created": at,
        "created_by": by,
        "channel": channel.id,
        "message": shown,
    }


def _tell(
    request: Request, channel: Channel, message: Json, kind: str, item: Json | None = None
) -> None:
    team = request.team
    event: Json = {
        "type": kind,
        "user": request.user_id,
        "channel_id": channel.id,
        "item": item or _item(request, channel, message),
        "item_user": message.get("user"),
        "pin_count": len(channel.pins),
        "pinned_info": {
            "channel": channel.id,
            "pinned_by": request.user_id,
            "pinned_ts": int(team.clock()),
        },
        "event_ts": team.stamps.next(),
    }
    if kind == "pin_removed":
        event["has_pins"] = bool(channel.pins)
    team.feed.publish(event, to=channel.members)
