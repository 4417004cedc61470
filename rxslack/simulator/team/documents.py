"""Canvases as files: made by an app or a person, and changed."""

from __future__ import annotations

from rxslack.simulator.team.canvases import markdown_of, new_sections
from rxslack.simulator.team.file_objects import File
from rxslack.simulator.team.files import Files, create
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import objects_in

__all__ = ["keep_content", "new_canvas", "new_section_id"]


def new_canvas(
    team: Team, files: Files, owner: str, title: str, markdown: str, *, channel: str = ""
) -> File:
    """
    Make a canvas, and tell its owner `file_created`.

    Args:
        team: where.
        files: of the workspace.
        owner: the id of who makes it.
        title: "" for none.
        markdown: what is in it.
        channel: the id of the channel that it is for; "" for none.
    """
    with team.lock:
        made, ticket = team.identity.new("F"), team.identity.letters(40)
        title = title or "Untitled"
        file = File(made, ticket, title, 0, owner, int(team.clock()))
        file.kind, file.title = "canvas", title
        file.document = {
            "sections": new_sections(markdown, lambda: new_section_id(team)),
            "quip_thread_id": team.identity.letters(11),
            "channel": "",
        }
        keep_content(file)
        if channel:
            file.channels.append(channel)
        create(team, files, file)
        return file


def new_section_id(team: Team) -> str:
    """An id for a section; to be called with the team's lock held."""
    return f"temp:C:{team.identity.letters(28)}"


def keep_content(file: File) -> None:
    """Let a canvas's bytes be its markdown."""
    file.content = markdown_of(objects_in(file.document["sections"])).encode()
    file.length = len(file.content)
