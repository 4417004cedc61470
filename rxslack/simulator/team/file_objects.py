"""A file, and how the Web API and messages show it."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from rxslack.simulator.team.canvases import canvas_fields
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.file_kinds import fields_of_kind
from rxslack.simulator.team.lists import list_fields
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["Access", "File", "file_object"]

Access: TypeAlias = Literal["read", "write", "owner"]

_TYPES: Final = {
    "canvas": ("application/vnd.slack-docs", "quip", "Canvas"),
    "list": ("application/vnd.slack-list", "list", "List"),
}


@dataclass
class File:
    """
    A file, from the asking for an address on; or a canvas, or a list.

    Args:
        id: "F…".
        ticket: the last part of the address that its bytes go to.
        name: as the client called it.
        length: bytes that were announced.
        owner: the id of the user who asked.
        created: unix seconds.
        alt_txt: what the picture shows; "" for none.
        content: what came; None before.
        title: "" until it is shared.
        channels: the ids of the channels where it is shared.
        shares: for each of them, the `ts` of the messages.
        done: whether the upload was completed.
        kind: "file", "canvas" or "list".
        document: what is in a canvas or a list.
        access: what users and channels may do with it, by id.
        editor: the id of who changed it last; "" for nobody.
        updated: when, in unix seconds.
        transcript: what is said in a video or a recording, as Slack heard it.
        is_clip: whether it was recorded in Slack.
    """

    id: str
    ticket: str
    name: str
    length: int
    owner: str
    created: int
    alt_txt: str = ""
    content: bytes | None = None
    title: str = ""
    channels: list[str] = field(default_factory=list[str])
    shares: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    done: bool = False
    kind: Literal["file", "canvas", "list"] = "file"
    document: Json = field(default_factory=dict[str, Any])
    access: dict[str, Access] = field(default_factory=dict[str, Access])
    editor: str = ""
    updated: int = 0
    transcript: str = ""
    is_clip: bool = False


def file_object(file: File, team: Team) -> Json:
    """
    A file as the Web API and messages show it.

    Source: docs.slack.dev/reference/objects/file-object.
    """
    mimetype = mimetypes.guess_type(file.name)[0] or "text/plain"
    ending = file.name.rpartition(".")[2].lower() if "." in file.name else "text"
    pretty = ending.upper() if len(ending) < 5 else ending.capitalize()
    if file.kind != "file":
        mimetype, ending, pretty = _TYPES[file.kind]
    private = team.url(f"/files-pri/{team.id}-{file.id}")
    page = f"https://{team.domain}.slack.com/{_path(file, team)}"
    kinds = {channel: team.channels[channel].kind for channel in file.channels}
    shown: Json = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": mimetype,
        "filetype": ending,
        "pretty_type": pretty,
        "user": file.owner,
        "user_team": team.id,
        "source_team": team.id,
        "editable": False,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "external_id": "",
        "external_url": "",
        "is_public": "public" in kinds.values(),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{private}/{file.name}",
        "url_private_download": f"{private}/download/{file.name}",
        "media_display_type": "unknown",
        "permalink": page,
        "permalink_public": f"https://slack-files.com/{team.id}-{file.id}-{file.ticket[:10]}",
        "channels": [channel for channel, one in kinds.items() if one == "public"],
        "groups": [channel for channel, one in kinds.items() if one == "private"],
        "ims": [channel for channel, one in kinds.items() if one in ("im", "mpim")],
        "comments_count": 0,
        "num_stars": 0,
        "is_starred": False,
        "has_more_shares": False,
        "channel_actions_ts": "",
        "channel_actions_count": 0,
        "has_rich_preview": False,
        "file_access": "visible",
        "shares": _shares(file, team, kinds),
    }
    if file.kind == "canvas":
        shown |= _editable(file, team) | canvas_fields(file.document)
    elif file.kind == "list":
        shown |= _editable(file, team) | list_fields(file.document, shown["url_private_download"])
    else:
        shown |= fields_of_kind(
            file.content or b"",
            mimetype,
            url=shown["url_private"],
            page=page,
            transcript=file.transcript,
            is_clip=file.is_clip,
        )
    if file.owner == team.bot.user_id:
        bot = team.bot
        shown |= {"bot_id": bot.id, "app_id": bot.app_id, "app_name": bot.name}
    return shown | ({"alt_txt": file.alt_txt} if file.alt_txt else {})


def _path(file: File, team: Team) -> str:
    if file.kind == "file":
        return f"files/{file.owner}/{file.id}/{file.name}"
    return f"{'docs' if file.kind == 'canvas' else 'lists'}/{team.id}/{file.id}"


def _editable(file: File, team: Team) -> Json:
    """What canvases and lists have in common: people change them together."""
    channels = [one for one in file.access if one in team.channels]
    private = [one for one in channels if team.channels[one].kind == "private"]
    shown: Json = {
        "editable": True,
        "non_owner_editable": "write" in file.access.values(),
        "editor": file.editor or file.owner,
        "editors": [*dict.fromkeys([file.owner, *([file.editor] if file.editor else [])])],
        "last_editor": file.editor or file.owner,
        "edit_timestamp": file.updated or file.created,
        "updated": file.updated or file.created,
        "org_or_workspace_access": "none",
        "teams_shared_with": list[str](),
        "dm_mpdm_users_with_file_access": list[Json](),
        "private_channels_with_file_access_count": len(private),
        "private_file_with_access_count": 0,
        "url_static_preview": team.url(f"/files-pri/{team.id}-{file.id}/preview.png"),
        "update_notification": 0,
        "show_badge": False,
        "team_pref_version_history_enabled": True,
        "is_restricted_sharing_enabled": False,
        "last_read": 0,
    }
    if file.owner != team.bot.user_id:  # who owns it is not told what it may do
        shown["access"] = file.access.get(team.bot.user_id, "read")
    return shown


def _shares(file: File, team: Team, kinds: Mapping[str, str]) -> Json:
    shares: Json = {}
    for channel, stamps in file.shares.items():
        where = "public" if kinds.get(channel) == "public" else "private"
        shares.setdefault(where, {})[channel] = [
            {
                "ts": ts,
                "channel_name": team.channels[channel].name,
                "team_id": team.id,
                "share_user_id": file.owner,
                "source": "UNKNOWN",
                "is_silent_share": False,
                "date_last_shared": int(float(ts)),
                **({"access": file.access.get(channel, "read")} if file.kind != "file" else {}),
                **_thread_of(team.channels[channel], ts),
            }
            for ts in stamps
        ]
    return shares


def _thread_of(channel: Channel, ts: str) -> Json:
    message = channel.find(ts) or {}
    shown: Json = {
        "reply_users": message.get("reply_users", []),
        "reply_users_count": message.get("reply_users_count", 0),
        "reply_count": message.get("reply_count", 0),
    }
    return shown | {n: message[n] for n in ("thread_ts", "latest_reply") if n in message}
