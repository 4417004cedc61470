"""conversations.history and conversations.replies."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

from rxslack.simulator.methods.request import Method, Request, cursor_of, read_cursor
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel, is_reply
from rxslack.simulator.team.ids import micros
from rxslack.simulator.team.text import Json
from rxslack.web.serving import whole_number

FOREVER = 10**18  # microseconds; no message is younger
SCOPES = {
    "public": "channels:history",
    "private": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}


@Method("conversations.history", "tier3")
def history(request: Request) -> Json:
    """
    What was said, newest first, without the replies in threads.

    Source: docs.slack.dev/reference/methods/conversations.history.
    """
    channel = _readable(request)
    found = [message for message in _between(request, channel) if _is_in_channel(message)]
    limit = request.page_size(request.number("limit", 100, most=request.state.limits.history_page))
    page = found[max(0, len(found) - limit) :][::-1]
    more = len(found) > limit
    answer: Json = {"messages": _shown(request, page), "has_more": more, "pin_count": 0}
    # The next page begins below the oldest message of this one, whatever is said meanwhile.
    # Below an empty page, it begins where that one did.
    place = micros(page[-1]["ts"]) if page else micros(found[-1]["ts"]) + 1 if more else 0
    return answer | _metadata(cursor_of("next_ts", place) if more else None)


@Method("conversations.replies", "tier3", takes_json=False)
def replies(request: Request) -> Json:
    """
    A thread: its parent, then the replies, oldest first.

    Source: docs.slack.dev/reference/methods/conversations.replies.
    """
    channel = _readable(request)
    parent = channel.find(request.required("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    if is_reply(parent):
        return {"messages": _shown(request, [parent]), "has_more": False}
    within = {id(message) for message in _between(request, channel, backwards=False)}
    thread = [parent, *(reply for reply in channel.replies(parent["ts"]) if id(reply) in within)]
    limit = request.page_size(request.number("limit", 1000, most=_most_replies(request)))
    page = thread[: max(2, limit) if limit else 0]  # the parent is on every page
    more = len(thread) > len(page)
    answer: Json = {"messages": _shown(request, page), "has_more": more}
    place = micros(page[-1]["ts"]) if page else _oldest(request, parent)
    return answer | _metadata(cursor_of("next_ts", place) if more else None)


def _readable(request: Request) -> Channel:
    channel = request.channel()
    request.need(SCOPES[channel.kind])
    if request.user_id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _most_replies(request: Request) -> int:
    page = request.state.limits.history_page
    return page if page < 999 else 1000


def _is_in_channel(message: Json) -> bool:
    return not is_reply(message) or message.get("subtype") == "thread_broadcast"


def _between(request: Request, channel: Channel, *, backwards: bool = True) -> Sequence[Json]:
    """The messages between `oldest` and `latest`, and beyond the cursor."""
    oldest = _stamp(request, "oldest", 0)
    latest = _stamp(request, "latest", FOREVER)
    inclusive = request.flag("inclusive")
    if cursor := request.cursor():
        place = _place(cursor)
        # A cursor is past its message; the bound at the other end stays as it is.
        if backwards:
            latest = place
        else:
            oldest = place
        return [
            message
            for message in channel.between(oldest, latest, inclusive=inclusive)
            if micros(message["ts"]) != place
        ]
    return channel.between(oldest, latest, inclusive=inclusive)


def _stamp(request: Request, name: str, default: int) -> int:
    text = request.text(name)
    try:
        return micros(text) if text and text != "now" else default
    except ValueError as error:
        raise Refused(f"invalid_ts_{name}") from error


def _place(cursor: str) -> int:
    place = whole_number(read_cursor("next_ts", cursor), FOREVER)
    if place is None:
        raise Refused("invalid_cursor")
    return place


def _oldest(request: Request, parent: Json) -> int:
    """Where the page that is asked for begins."""
    cursor = request.text("cursor")
    return _place(cursor) if cursor else micros(parent["ts"])


def _shown(request: Request, messages: Sequence[Json]) -> list[Json]:
    """Copies as a caller gets them; metadata only where it is asked for."""
    with request.team.lock:  # somebody may answer, or react, meanwhile
        shown = deepcopy([*messages])
    if not request.flag("include_all_metadata"):
        for message in shown:
            message.pop("metadata", None)
    return shown


def _metadata(cursor: str | None) -> Json:
    return {"response_metadata": {"next_cursor": cursor}} if cursor else {}
