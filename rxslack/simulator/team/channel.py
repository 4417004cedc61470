"""A conversation of any kind, and what was said in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from rxslack.simulator.team.ids import Stamps, micros
from rxslack.simulator.team.people import Enterprise
from rxslack.simulator.team.text import Json

__all__ = ["Channel", "channel_object", "is_reply"]


_UNSET: Final = {"value": "", "creator": "", "last_set": 0}


def is_reply(message: Json) -> bool:
    """Whether a message is inside a thread and not its parent."""
    return bool(message.get("thread_ts", message["ts"]) != message["ts"])


class Channel:
    """
    A channel, private channel, direct message or group of them. Guarded by the team's lock.

    Args:
        id: "C…", or "D…" for a direct message.
        name: without "#"; "" for a direct message.
        kind: "public", "private", "im" or "mpim".
        creator: a user's id.
        members: users' ids, in the order they came.
        clock: unix time in seconds.
    """

    def __init__(
        self,
        id: str,  # noqa: A002 - Slack's word
        *,
        name: str,
        kind: str,
        creator: str,
        members: Iterable[str],
        clock: Callable[[], float],
    ) -> None:
        self.id = id
        self.name = name
        self.kind = kind
        self.creator = creator
        self.created = int(clock())
        self.members = dict.fromkeys(members)
        self.archived = False
        self.topic: Json = dict(_UNSET)
        self.purpose: Json = dict(_UNSET)
        self.previous_names: list[str] = []
        self.pins: dict[str, tuple[str, int]] = {}  # who pinned and when, by the message's ts
        self.bookmarks: list[Json] = []
        self.connected: list[str] = []  # ids of other workspaces that share it
        self.restrictions: Json = {}  # `posting`, `threads`: who may; `huddles`: whether nobody may
        self.canvas: Json = {}  # the channel's own, as its properties show it
        self.notes = ""  # the id of the canvas with what was said in a huddle
        self.tabs: list[Json] = []  # beside those that each channel has
        self.workflows: list[Json] = []  # that are featured there
        self.huddle: Json = {}  # the room where people talk now
        self.last_read: dict[str, str] = {}  # a ts, by user
        self.stamps = Stamps(clock)
        self.messages: list[Json] = []  # oldest first, replies among them
        self._by_ts: dict[str, Json] = {}
        self._threads: dict[str, list[str]] = {}  # parent's ts to replies' ts

    def is_visible_to(self, user: str) -> bool:
        """Whether somebody may know of it."""
        return self.kind == "public" or user in self.members

    def add(self, message: Json) -> None:
        """Keep a message; its `ts` is the newest."""
        self.messages.append(message)
        self._by_ts[message["ts"]] = message
        if is_reply(message):
            self._threads.setdefault(message["thread_ts"], []).append(message["ts"])

    def find(self, ts: object) -> Json | None:
        """The message of that `ts`, if there is one; clients say anything there."""
        return self._by_ts.get(ts) if isinstance(ts, str) else None

    def remove(self, message: Json) -> None:
        """Forget a message."""
        del self._by_ts[message["ts"]]
        if is_reply(message):
            self._threads[message["thread_ts"]].remove(message["ts"])
        del self.messages[bisect_left(self.messages, micros(message["ts"]), key=_when)]

    def replace(self, message: Json) -> None:
        """Put a message in the place of the one with the same `ts`."""
        self._by_ts[message["ts"]] = message
        self.messages[bisect_left(self.messages, micros(message["ts"]), key=_when)] = message

    def between(self, oldest: int, latest: int, *, inclusive: bool) -> Sequence[Json]:
        """The messages between two times in microseconds, oldest first."""
        left, right = (bisect_left, bisect_right) if inclusive else (bisect_right, bisect_left)
        start = left(self.messages, oldest, key=_when)
        end = right(self.messages, latest, key=_when)
        return self.messages[start:end]

    def replies(self, parent_ts: str) -> list[Json]:
        """What was said in a thread, oldest first, without its parent."""
        return [self._by_ts[ts] for ts in self._threads.get(parent_ts, [])]


def _when(message: Json) -> int:
    return micros(message["ts"])


def channel_object(
    channel: Channel, team_id: str, viewer: str, *, enterprise: Enterprise | None = None
) -> Json:
    """
    A conversation as the Web API shows it to someone.

    Args:
        channel: the conversation.
        team_id: of the workspace.
        viewer: a user's id.
        enterprise: that the workspace belongs to.

    Source: docs.slack.dev/reference/objects/conversation-object.
    """
    shown: Json = {
        "id": channel.id,
        "created": channel.created,
        "creator": channel.creator,
        "is_archived": channel.archived,
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_org_shared": False,
        "updated": channel.created * 1000,
        "context_team_id": team_id,
        "priority": 0,
    }
    if viewer in channel.members:
        latest = channel.messages[-1] if channel.messages else None
        shown |= {
            "last_read": channel.last_read.get(viewer, "0000000000.000000"),
            "is_starred": False,
            "is_open": True,
            "latest": latest,
            "unread_count": 0,
            "unread_count_display": 0,
        }
    if channel.kind == "im":
        others = [member for member in channel.members if member != viewer]
        return shown | {"user": (others or [viewer])[0], "is_user_deleted": False}
    if enterprise is not None:
        shown["enterprise_id"] = enterprise.id
    return shown | _named(channel, viewer, team_id)


def _named(channel: Channel, viewer: str, team_id: str) -> Json:
    return {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_general": channel.name == "general",
        "is_member": viewer in channel.members,
        "is_shared": bool(channel.connected),
        "is_ext_shared": bool(channel.connected),
        "is_pending_ext_shared": False,
        "is_moved": 0,
        "is_global_shared": False,
        "is_org_default": False,
        "is_org_mandatory": False,
        "is_read_only": False,
        "is_thread_only": False,
        "is_non_threadable": False,
        "shared_team_ids": [team_id, *channel.connected],
        "internal_team_ids": list[str](),
        "connected_team_ids": [*channel.connected],
        "connected_limited_team_ids": list[str](),
        "pending_shared": list[str](),
        "pending_connected_team_ids": list[str](),
        "conversation_host_id": team_id,
        "unlinked": 0,
        "topic": dict(channel.topic),
        "purpose": dict(channel.purpose),
        "previous_names": [*channel.previous_names],
        "num_members": len(channel.members),
        "locale": "en-US",
        "parent_conversation": None,
        "properties": _properties(channel),
    }


def _properties(channel: Channel) -> Json:
    tabs = [*channel.tabs]
    if channel.bookmarks:
        tabs.append({**_tab("bookmarks"), "data": {"folder_bookmark_id": ""}})
    tabs.append(_tab("files"))
    shown: Json = {
        "tabs": tabs,
        "tabz": tabs,
        "is_dormant": False,
        "has_slack_connect_invite_created": bool(channel.connected),
        "use_case": "",
    }
    if channel.canvas:
        shown["canvas"] = {**channel.canvas}
    if channel.notes:
        shown["meeting_notes"] = {"file_id": channel.notes}
    if channel.workflows:
        shown["channel_workflows"] = [*channel.workflows]
    for what in ("posting", "threads"):
        if what in channel.restrictions:
            shown[f"{what}_restricted_to"] = channel.restrictions[what]
    if "huddles" in channel.restrictions:
        shown["huddles_restricted"] = channel.restrictions["huddles"]
    return shown


def _tab(kind: str) -> Json:
    return {"id": kind, "label": "", "type": kind, "is_disabled": False}
