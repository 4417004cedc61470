"""files.getUploadURLExternal, files.completeUploadExternal, files.info; and the upload itself."""

from __future__ import annotations

import mimetypes
from typing import Any, cast

from rxslack.simulator.faults import Answer
from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.state import State
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.content import checked_blocks, structure, with_rich_text
from rxslack.simulator.team.file_objects import File, file_object
from rxslack.simulator.team.files import create, share
from rxslack.simulator.team.messages import by_token
from rxslack.simulator.team.mrkdwn import as_posted
from rxslack.simulator.team.text import Json

__all__ = ["receive", "send"]


LARGEST = 1 << 30  # bytes; docs.slack.dev/messaging/working-with-files


WRITE = ("files:write",)


@Method("files.getUploadURLExternal", "tier4", WRITE)
def get_upload_url(request: Request) -> Json:
    """
    An address for a file's bytes.

    Source: docs.slack.dev/reference/methods/files.getUploadURLExternal.
    """
    state = request.state
    name, length = request.required("filename"), request.number("length", 0, most=LARGEST + 1)
    if not length:
        raise Refused("missing_argument")
    if length > LARGEST:
        raise Refused("file_upload_size_restricted")
    with state.team.lock:
        identity = state.team.identity
        file = File(
            identity.new("F"),
            identity.letters(40),
            name,
            length,
            request.user_id,
            int(state.team.clock()),
            request.text("alt_txt"),
        )
    state.files.add(file)
    return {"file_id": file.id, "upload_url": state.team.url(f"/upload/v1/{file.ticket}")}


def receive(state: State, ticket: str, content: bytes) -> Answer:
    """
    The bytes of a file come in, with no token: who has the address may use it.

    Source: docs.slack.dev/messaging/working-with-files, "Uploading files".
    """

    def answer() -> Answer:
        file = state.files.receive(ticket, content)
        if file is None:
            return Answer(b"not found", 404, {"Content-Type": "text/plain"})
        return Answer(f"OK - {len(content)}".encode(), 200, {"Content-Type": "text/plain"})

    state.transcript.call("upload", {"length": len(content)}, "")
    return state.faults.around("upload", answer)


def send(state: State, path: str, authorization: str) -> Answer:
    """
    The bytes of a file go out, to who has a token for it.

    Source: docs.slack.dev/reference/objects/file-object (`url_private`).
    """
    _, _, where = path.partition("/files-pri/")
    file = state.files.find(where.partition("/")[0].partition("-")[2])
    token = state.tokens.get(authorization.partition(" ")[2].strip())
    if token is None or token.text in state.revoked or not token.may(("files:read",)):
        page = b"<!DOCTYPE html><html><body>Sign in to see this file.</body></html>"
        return Answer(
            page, 200, {"Content-Type": "text/html; charset=utf-8"}
        )  # not 401, as in Slack
    if file is None or file.content is None or not file.done:
        return Answer(b"not found", 404, {"Content-Type": "text/plain"})
    # Nothing that somebody uploaded is a page of this address.
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {
        "Content-Type": kind,
        "Content-Disposition": "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Answer(file.content, 200, headers)


@Method("files.completeUploadExternal", "tier4", WRITE)
def complete_upload(request: Request) -> Json:
    """
    Finish uploads, and share the files.

    Source: docs.slack.dev/reference/methods/files.completeUploadExternal.
    """
    wanted = request.structure("files", "invalid_arguments")
    entries: list[Any] = [*wanted] if isinstance(wanted, list) else []
    if not entries:
        raise Refused("invalid_arguments")
    channels = [_place(request, name) for name in _channels(request)]
    files = [_arrived(request, entry) for entry in entries]
    with request.team.lock:
        for file in files:
            create(request.team, request.state.files, file)
    if not channels:
        return {"files": [file_object(file, request.team) for file in files]}
    draft = {
        "text": as_posted(request.text("initial_comment")),
        **by_token(request.team, request.token),
    }
    blocks = structure(request.arguments.get("blocks"), "invalid_blocks_format")
    draft = draft | {"blocks": checked_blocks(request.team, blocks)} if blocks else draft
    draft = draft if request.token.is_classic else with_rich_text(request.team, draft)
    thread_ts = request.text("thread_ts") or None
    for channel in channels:
        share(request.team, channel, files, draft, thread_ts=thread_ts)
    return {"files": [file_object(file, request.team) for file in files]}


@Method("files.info", "tier4", ("files:read",), takes_json=False)
def info(request: Request) -> Json:
    """One file. Source: docs.slack.dev/reference/methods/files.info."""
    file = request.state.files.find(request.required("file"))
    if file is None or not file.done:
        raise Refused("file_not_found")
    return {"file": file_object(file, request.team), "comments": []}


def _channels(request: Request) -> list[str]:
    several = [name.strip() for name in request.text("channels").split(",") if name.strip()]
    one = request.text("channel_id")
    return [one] if one else several


def _place(request: Request, name: str) -> Channel:
    channel = request.team.channels.get(name)
    if channel is None:
        raise Refused("channel_not_found")
    if request.user_id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _arrived(request: Request, entry: Any) -> File:
    """A file whose bytes are all there."""
    if not isinstance(entry, dict):
        raise Refused("invalid_arguments")
    fields = cast("Json", entry)
    file = request.state.files.find(str(fields.get("id")))
    if file is None or file.content is None or file.done:
        raise Refused("file_not_found")
    if file.owner != request.user_id:
        raise Refused("access_denied")
    if len(file.content) != file.length:
        raise Refused("file_update_failed")
    file.title = str(fields.get("title") or file.name)
    return file
