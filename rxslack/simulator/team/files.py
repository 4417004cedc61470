"""Files: asked for, sent, shared in conversations, and deleted. What is shared publishes its events."""

from __future__ import annotations

import mimetypes
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.messages import post
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["File", "Files", "file_object", "remove", "share"]

_THUMBS: Final = (64, 80, 160, 360, 480, 720, 800, 960, 1024)  # pixels
_PREVIEW: Final = 400  # characters


@dataclass
class File:
    """
    A file, from the asking for an address on.

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


class Files:
    """All files of a workspace; thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._files: dict[str, File] = {}

    def all(self) -> list[File]:
        """Those whose upload was completed, oldest first."""
        with self._lock:
            return [file for file in self._files.values() if file.done]

    def add(self, file: File) -> None:
        """Know a file from now on."""
        with self._lock:
            self._files[file.id] = file

    def remove(self, file: File) -> None:
        """Know it no more."""
        with self._lock:
            self._files.pop(file.id, None)

    def find(self, id: str) -> File | None:  # noqa: A002 - Slack's word
        """The file, if it is known."""
        return self._files.get(id)

    def announced(self, ticket: str) -> int:
        """How many bytes may come for a ticket; 0 when there is no such address."""
        with self._lock:
            found = (f.length for f in self._files.values() if f.ticket == ticket and not f.done)
            return next(found, 0)

    def receive(self, ticket: str, content: bytes) -> File | None:
        """Keep the bytes that came for a ticket; None when there is no such address."""
        with self._lock:
            for file in self._files.values():
                if file.ticket == ticket and not file.done:
                    file.content = content
                    return file
        return None


def share(
    team: Team,
    channel: Channel,
    files: Sequence[File],
    draft: Mapping[str, Any],
    *,
    thread_ts: str | None = None,
) -> Json:
    """
    Post a message with files, and tell `file_shared` of each, and `file_public` where all may see it.

    Args:
        team: where.
        channel: the conversation.
        files: whose bytes are there.
        draft: who says it, and what.
        thread_ts: the message it answers to.

    Source: docs.slack.dev/reference/events/message/file_share; .../file_shared.
    """
    with team.lock:
        for file in files:
            if channel.id not in file.channels:
                file.channels.append(channel.id)
        shown = [file_object(file, team) for file in files]
        said = {**draft, "files": shown, "upload": True, "display_as_bot": False}
        message = post(team, channel, said, thread_ts=thread_ts)
        for file in files:
            file.shares.setdefault(channel.id, []).append(message["ts"])
            _tell(team, "file_shared", file, to=channel.members, channel_id=channel.id)
            if channel.kind == "public":
                _tell(team, "file_public", file, to=channel.members)
        if kept := channel.find(message["ts"]):  # now it is known where they are shared
            kept["files"] = [file_object(file, team) for file in files]
        return message


def remove(team: Team, files: Files, file: File) -> None:
    """Delete a file: messages show a tombstone in its place, and `file_deleted` is told."""
    with team.lock:
        files.remove(file)
        gone = {"id": file.id, "mode": "tombstone"}
        for channel_id, stamps in file.shares.items():
            channel = team.channels[channel_id]
            for ts in stamps:
                if message := channel.find(ts):
                    shown: list[Json] = message.get("files", [])
                    message["files"] = [gone if one.get("id") == file.id else one for one in shown]
        event: Json = {"type": "file_deleted", "file_id": file.id, "event_ts": team.stamps.next()}
        if file.channels:
            event["channel_ids"] = list(file.channels)
        team.feed.publish(event)


def _tell(team: Team, kind: str, file: File, *, to: Mapping[str, None], **more: Any) -> None:
    event: Json = {
        "type": kind,
        "file_id": file.id,
        "user_id": file.owner,
        "file": {"id": file.id},
        **more,
        "event_ts": team.stamps.next(),
    }
    team.feed.publish(event, to=to)


def file_object(file: File, team: Team) -> Json:
    """
    A file as the Web API and messages show it.

    Source: docs.slack.dev/reference/objects/file-object.
    """
    kind = mimetypes.guess_type(file.name)[0] or "text/plain"
    ending = file.name.rpartition(".")[2].lower() if "." in file.name else "text"
    private = team.url(f"/files-pri/{team.id}-{file.id}")
    page = f"https://{team.domain}.slack.com/files/{file.owner}/{file.id}/{file.name}"
    kinds = {channel: team.channels[channel].kind for channel in file.channels}
    shown: Json = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": kind,
        "filetype": ending,
        "pretty_type": ending.upper() if len(ending) < 5 else ending.capitalize(),
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
    if kind.startswith("image/"):
        shown |= _picture(file, team)
    elif kind.startswith("text/"):
        shown |= _preview(file, page)
    if file.owner == team.bot.user_id:
        bot = team.bot
        shown |= {"bot_id": bot.id, "app_id": bot.app_id, "app_name": bot.name}
    return shown | ({"alt_txt": file.alt_txt} if file.alt_txt else {})


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


def _picture(file: File, team: Team) -> Json:
    """Sizes and thumbnails: here, all have the address of the picture itself."""
    width, height = _size(file.content or b"")
    url = team.url(f"/files-pri/{team.id}-{file.id}/{file.name}")
    shown: Json = {"image_exif_rotation": 1, "original_w": width, "original_h": height}
    for size in _THUMBS:
        if size > 160 and size > max(width, height) and size > 360:
            break
        scale = min(1.0, size / max(width, height, 1))
        shown[f"thumb_{size}"] = url
        shown[f"thumb_{size}_w"] = max(1, int(width * scale))
        shown[f"thumb_{size}_h"] = max(1, int(height * scale))
    return shown | {"thumb_tiny": "", "is_stranger": False}


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or a GIF; of others 1 by 1."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        return struct.unpack(">II", content[16:24])
    if content.startswith(b"GIF8") and len(content) >= 10:
        return struct.unpack("<HH", content[6:10])
    return 1, 1


def _preview(file: File, page: str) -> Json:
    text = (file.content or b"").decode("utf-8", "replace")
    preview, lines = text[:_PREVIEW], text.count("\n") + 1
    return {
        "mode": "snippet",
        "editable": True,
        "edit_link": f"{page}/edit",
        "preview": preview,
        "preview_highlight": f'<div class="CodeMirror">{preview}</div>',
        "preview_is_truncated": len(text) > _PREVIEW,
        "has_more": len(text) > _PREVIEW,
        "lines": lines,
        "lines_more": max(0, lines - preview.count("\n") - 1),
    }
