"""reactions.get, reactions.list, emoji.list, files.list, files.delete, search.messages, files, all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rxslack.simulator.methods.request import Method, Request, page_of
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.emoji import categories
from rxslack.simulator.team.file_objects import File, file_object
from rxslack.simulator.team.files import remove
from rxslack.simulator.team.text import Json

SEARCH: Final = ("search:read",)


@Method("reactions.get", "tier3", ("reactions:read",), takes_json=False)
def get_reactions(request: Request) -> Json:
    """Those to a message. Source: docs.slack.dev/reference/methods/reactions.get."""
    channel = request.channel()
    message = channel.find(request.required("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    shown = {**message, "permalink": request.team.permalink(channel, message)}
    return {"type": "message", "channel": channel.id, "message": shown}


@Method("reactions.list", "tier2", ("reactions:read",), takes_json=False)
def list_reactions(request: Request) -> Json:
    """What somebody reacted to. Source: docs.slack.dev/reference/methods/reactions.list."""
    user = request.text("user") or request.user_id
    found = [
        {"type": "message", "channel": channel.id, "message": message}
        for channel, message in _visible(request)
        if any(user in reaction["users"] for reaction in message.get("reactions", []))
    ]
    page, metadata = page_of(request, found[::-1], most=100)
    return {"items": [*page]} | metadata


@Method("emoji.list", "tier2", ("emoji:read",), takes_json=False)
def list_emoji(request: Request) -> Json:
    """The workspace's own. Source: docs.slack.dev/reference/methods/emoji.list."""
    answer: Json = {"emoji": dict(request.team.emoji), "cache_ts": request.team.stamps.next()}
    if request.flag("include_categories"):
        answer |= {"categories_version": "5", "categories": categories()}
    return answer


@Method("files.list", "tier3", ("files:read",), takes_json=False)
def list_files(request: Request) -> Json:
    """Those there are. Source: docs.slack.dev/reference/methods/files.list."""
    user, channel = request.text("user"), request.text("channel")
    found = [
        file
        for file in _files(request)
        if user in ("", file.owner) and (not channel or channel in file.channels)
    ][::-1]
    count = request.number("count", 100, most=1000)
    page = request.number("page", 1, most=1000)
    shown = [file_object(f, request.team) for f in found[(page - 1) * count : page * count]]
    return {"files": shown, "paging": _paging(len(found), count, page)}


@Method("files.delete", "tier3", ("files:write",))
def delete_file(request: Request) -> Json:
    """Take it away. Source: docs.slack.dev/reference/methods/files.delete."""
    file = request.state.files.find(request.required("file"))
    if file is None or not file.done:
        raise Refused("file_not_found")
    if file.owner != request.user_id:
        raise Refused("cant_delete_file")
    remove(request.team, request.state.files, file)
    return {}


@Method("search.messages", "tier2", SEARCH, kinds=("xoxp",), takes_json=False)
def search_messages(request: Request) -> Json:
    """Find messages that have every word. Source: docs.slack.dev/reference/methods/search.messages."""
    return {"query": request.required("query"), "messages": _found_messages(request)}


@Method("search.files", "tier2", SEARCH, kinds=("xoxp",), takes_json=False)
def search_files(request: Request) -> Json:
    """Find files. Source: docs.slack.dev/reference/methods/search.files."""
    return {"query": request.required("query"), "files": _found_files(request)}


@Method("search.all", "tier2", SEARCH, kinds=("xoxp",), takes_json=False)
def search_all(request: Request) -> Json:
    """Both. Source: docs.slack.dev/reference/methods/search.all."""
    found = {"messages": _found_messages(request), "files": _found_files(request)}
    return {"query": request.required("query"), **found}


def _found_messages(request: Request) -> Json:
    team = request.team
    found = [
        {
            **message,
            "channel": {**team.shown(channel, request.user_id)},
            "username": team.people[message["user"]].name
            if message.get("user") in team.people
            else "",
            "permalink": team.permalink(channel, message),
            "iid": f"{channel.id}-{message['ts']}",
        }
        for channel, message in _visible(request)
        if _fits(request, channel, str(message.get("text", "")), str(message.get("user", "")))
    ]
    found.sort(key=lambda message: str(message["ts"]), reverse=True)
    return _matches(request, found)


def _found_files(request: Request) -> Json:
    found = [
        file_object(file, request.team)
        for file in _files(request)
        if _fits(request, None, f"{file.name} {file.title}", file.owner)
    ]
    return _matches(request, found)


def _fits(request: Request, channel: Channel | None, text: str, user: str) -> bool:
    """Whether it has every word; `in:` and `from:` narrow it down."""
    team = request.team
    for word in request.required("query").lower().split():
        kind, _, value = word.partition(":")
        value = value.lstrip("#@<").rstrip(">")
        if kind == "in":
            if channel is None or value not in (channel.name, channel.id.lower()):
                return False
        elif kind == "from":
            person = team.people.get(user)
            if person is None or value not in (person.name, person.id.lower()):
                return False
        elif word.strip('"') not in text.lower():
            return False
    return True


def _matches(request: Request, found: list[Json]) -> Json:
    count = request.number("count", 20, most=100)
    page = request.number("page", 1, most=100)
    paging = _paging(len(found), count, page)
    return {
        "total": len(found),
        "pagination": {
            "total_count": len(found),
            "page": page,
            "per_page": count,
            "page_count": paging["pages"],
            "first": (page - 1) * count + 1,
            "last": min(page * count, len(found)),
        },
        "paging": paging,
        "matches": found[(page - 1) * count : page * count],
    }


def _paging(total: int, count: int, page: int) -> Json:
    return {"count": count, "total": total, "page": page, "pages": max(1, -(-total // count))}


def _visible(request: Request) -> Iterator[tuple[Channel, Json]]:
    with request.team.lock:
        mine = [c for c in request.team.channels.values() if request.user_id in c.members]
        return iter([(channel, dict(m)) for channel in mine for m in channel.messages])


def _files(request: Request) -> Iterable[File]:
    channels = request.team.channels
    return [
        file
        for file in request.state.files.all()
        if file.owner == request.user_id
        or any(channels[one].is_visible_to(request.user_id) for one in file.channels)
    ]
