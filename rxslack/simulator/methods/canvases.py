"""canvases.create, edit, delete, getContent, sections.lookup, access.*; conversations.canvases.create."""

from __future__ import annotations

from typing import Any, Final, cast

from rxslack.simulator.methods.request import Method, Request
from rxslack.simulator.methods.shared_access import documents, give_access, take_access
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.canvases import changed, markdown_of, sections_with
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.documents import keep_content, new_canvas, new_section_id
from rxslack.simulator.team.file_objects import File
from rxslack.simulator.team.files import change, remove
from rxslack.simulator.team.text import Json, objects_in

READ: Final = ("canvases:read",)
WRITE: Final = ("canvases:write",)
LONGEST: Final = 1024 * 1024  # bytes


@Method("canvases.create", "tier2", WRITE)
def create_canvas(request: Request) -> Json:
    """
    A canvas of one's own, which may be a tab of a channel.

    Source: docs.slack.dev/reference/methods/canvases.create.
    """
    channel = request.channel(name="channel_id") if request.text("channel_id") else None
    file = _made(request, request.text("title"), channel)
    if channel is not None:
        file.access[channel.id] = "write"
        _add_tab(request, channel, file)
    return {"canvas_id": file.id}


@Method("conversations.canvases.create", "tier2", WRITE)
def create_channel_canvas(request: Request) -> Json:
    """
    The canvas of a channel, of which there is one.

    Source: docs.slack.dev/reference/methods/conversations.canvases.create.
    """
    channel = request.channel(name="channel_id")
    if request.user_id not in channel.members:
        raise Refused("channel_not_found")
    with request.team.lock:
        if channel.canvas:
            raise Refused("channel_canvas_already_exists")
        file = _made(request, request.text("title") or channel.name, channel)
        file.document["channel"] = channel.id
        file.access[channel.id] = "write"
        _show_in_channel(channel, file)
        _add_tab(request, channel, file)
    return {"canvas_id": file.id}


@Method("canvases.edit", "tier3", WRITE)
def edit(request: Request) -> Json:
    """
    Change it, by one change a call, and tell `file_change`.

    Source: docs.slack.dev/reference/methods/canvases.edit.
    """
    file = _canvas(request, "write")
    changes = objects_in(request.structure("changes", "invalid_arguments"))
    if len(changes) != 1:
        raise Refused("invalid_arguments")
    team = request.team
    with team.lock:
        if changes[0].get("operation") == "rename":
            file.name = file.title = _title_in(changes[0])
        else:
            sections = objects_in(file.document["sections"])
            file.document["sections"] = changed(sections, changes[0], lambda: new_section_id(team))
            keep_content(file)
        channel = team.channels.get(file.document["channel"])
        if channel is not None:
            _show_in_channel(channel, file)
        change(team, file, request.user_id)
    return {}


@Method("canvases.delete", "tier3", WRITE)
def delete(request: Request) -> Json:
    """Delete it. Source: docs.slack.dev/reference/methods/canvases.delete."""
    file = _canvas(request, "write")
    with request.team.lock:
        for channel in request.team.channels.values():
            channel.tabs = [t for t in channel.tabs if t["data"]["file_id"] != file.id]
            if channel.canvas.get("file_id") == file.id:
                channel.canvas = {}
    remove(request.team, request.state.files, file)
    return {}


@Method("canvases.getContent", "tier3", READ)
def get_content(request: Request) -> Json:
    """All of it, as markdown. Source: docs.slack.dev/reference/methods/canvases.getContent."""
    if request.text("content_type", "markdown") != "markdown":
        raise Refused("invalid_arguments")
    return {"content": markdown_of(objects_in(_canvas(request, "read").document["sections"]))}


@Method("canvases.sections.lookup", "tier3", READ)
def look_up(request: Request) -> Json:
    """Sections that fit. Source: docs.slack.dev/reference/methods/canvases.sections.lookup."""
    file = _canvas(request, "read")
    found: Any = request.structure("criteria", "invalid_arguments")
    criteria = cast("Json", found) if isinstance(found, dict) else {}
    ids = sections_with(objects_in(file.document["sections"]), criteria)
    return {"sections": [{"id": one} for one in ids]}


@Method("canvases.access.set", "tier3", WRITE)
def set_access(request: Request) -> Json:
    """Let others read or write. Source: docs.slack.dev/reference/methods/canvases.access.set."""
    return give_access(request, _canvas(request, "write"))


@Method("canvases.access.delete", "tier3", WRITE)
def delete_access(request: Request) -> Json:
    """Let them no more. Source: docs.slack.dev/reference/methods/canvases.access.delete."""
    return take_access(request, _canvas(request, "write"))


def _canvas(request: Request, wanted: str) -> File:
    return documents(request, "canvas_id", "canvas", wanted)


def _made(request: Request, title: str, channel: Channel | None) -> File:
    content: Any = request.structure("document_content", "invalid_arguments")
    markdown = str(cast("Json", content).get("markdown") or "") if content else ""
    if len(markdown.encode()) > LONGEST:
        raise Refused("canvas_creation_failed")
    where = "" if channel is None else channel.id
    return new_canvas(
        request.team, request.state.files, request.user_id, title, markdown, channel=where
    )


def _title_in(change: Json) -> str:
    found: Any = change.get("title_content")
    title = str(cast("Json", found).get("markdown") or "") if isinstance(found, dict) else ""
    if not title:
        raise Refused("canvas_editing_failed")
    return title


def _show_in_channel(channel: Channel, file: File) -> None:
    channel.canvas = {
        "file_id": file.id,
        "is_empty": not file.document["sections"],
        "quip_thread_id": file.document["quip_thread_id"],
        "is_migrated": False,
    }


def _add_tab(request: Request, channel: Channel, file: File) -> None:
    shared = request.team.stamps.next()
    data = {"file_id": file.id, "shared_ts": shared, "mute_edit_updates": False}
    tab = {"id": request.team.identity.new("Ct"), "label": file.title, "type": "canvas"}
    channel.tabs.append({**tab, "data": data, "is_disabled": False})
