"""Files: asked for, sent, shared in conversations, and deleted. What is shared publishes its events."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any, Final

from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.file_objects import File, file_object
from rxslack.simulator.team.messages import post
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = [
    "File",
    "Files",
    "change",
    "create",
    "file_object",
    "linked",
    "may_see",
    "post_text",
    "remove",
    "share",
]

_LINK: Final = re.compile(r"https://[\w-]+\.slack\.com/(?:files|docs|lists)/\w+/(F0\w+)")


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
    broadcast: bool = False,
    upload: bool | None = True,
) -> Json:
    """
    Post a message with files, and tell `file_shared` of each, and `file_public` where all may see it.

    Args:
        team: where.
        channel: the conversation.
        files: whose bytes are there.
        draft: who says it, and what.
        thread_ts: the message it answers to.
        broadcast: whether the channel sees the answer, too.
        upload: whether they are new; None when the message only links to them.

    Source: docs.slack.dev/reference/events/message/file_share; .../file_shared.
    """
    with team.lock:
        for file in files:
            if channel.id not in file.channels:
                file.channels.append(channel.id)
        shown = [file_object(file, team) for file in files]
        said = {**draft, "files": shown}
        said |= {} if upload is None else {"upload": upload, "display_as_bot": False}
        message = post(team, channel, said, thread_ts=thread_ts, broadcast=broadcast)
        for file in files:
            file.shares.setdefault(channel.id, []).append(message["ts"])
            _tell(team, "file_shared", file, to=channel.members, channel_id=channel.id)
            if channel.kind == "public":
                _tell(team, "file_public", file, to=channel.members)
        if kept := channel.find(message["ts"]):  # now it is known where they are shared
            kept["files"] = [file_object(file, team) for file in files]
        return message


def linked(team: Team, files: Files, text: str, user: str) -> list[File]:
    """
    The files, canvases and lists whose addresses a text has, as far as somebody may see them.

    Inferred: a message that links to a file of the workspace shows the file, as if it were shared with it;
    apps post pictures that they uploaded before in this way.
    """
    found = [files.find(one) for one in dict.fromkeys(_LINK.findall(text))]
    return [file for file in found if file is not None and may_see(team, file, user)]


def may_see(team: Team, file: File, user: str) -> bool:
    """Whether somebody has a file, or is where it is shared or may be read."""
    places = {*file.channels, *file.access} & team.channels.keys()
    return (
        user == file.owner
        or user in file.access
        or any(team.channels[one].is_visible_to(user) for one in places)
    )


def post_text(
    team: Team,
    files: Files,
    channel: Channel,
    draft: Mapping[str, Any],
    *,
    thread_ts: str | None = None,
    broadcast: bool = False,
) -> Json:
    """Post a message, with the files that its text links to; arguments as `share` has them."""
    text = str(draft.get("text") or "")
    author = str(draft.get("user") or team.bot.user_id)
    found = linked(team, files, text, author) if "slack.com/" in text else []
    if not found:
        return post(team, channel, draft, thread_ts=thread_ts, broadcast=broadcast)
    return share(team, channel, found, draft, thread_ts=thread_ts, broadcast=broadcast, upload=None)


def change(team: Team, file: File, by: str) -> None:
    """Note that somebody changed a file, and tell `file_change`; with the team's lock held."""
    file.updated, file.editor = int(team.clock()), by
    _tell(team, "file_change", file, to=_audience(team, file))


def create(team: Team, files: Files, file: File) -> None:
    """Know a file whose content is there, and tell its owner `file_created`; with the team's lock held."""
    file.done = True
    files.add(file)
    _tell(team, "file_created", file, to={file.owner: None})


def _audience(team: Team, file: File) -> dict[str, None]:
    return dict.fromkeys(user for user in team.people if may_see(team, file, user))


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
