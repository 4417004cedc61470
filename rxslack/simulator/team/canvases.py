"""What is in a canvas: sections of markdown, each with an id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import Json, object_in

__all__ = ["canvas_fields", "changed", "markdown_of", "new_sections", "sections_with"]

_HEADER: Final = re.compile(r"(#{1,3})\s")
_INSERTS: Final = ("insert_after", "insert_before", "insert_at_start", "insert_at_end")


def new_sections(markdown: str, new_id: Callable[[], str]) -> list[Json]:
    r"""
    Markdown as sections: each header, and whatever blank lines divide.

    >>> made = new_sections("# Plan\nFirst\n\nSecond\n", lambda: "temp:C:1")
    >>> [(one["type"], one["markdown"]) for one in made]
    [('h1', '# Plan'), ('text', 'First'), ('text', 'Second')]
    """
    parts = list[str]()
    for block in re.split(r"\n\s*\n", markdown):
        lines = list[str]()
        for line in block.splitlines():
            if _HEADER.match(line):
                parts += ["\n".join(lines), line]
                lines = []
            else:
                lines.append(line)
        parts.append("\n".join(lines))
    return [
        {"id": new_id(), "type": _type_of(part), "markdown": part} for part in parts if part.strip()
    ]


def _type_of(markdown: str) -> str:
    found = _HEADER.match(markdown)
    return f"h{len(found[1])}" if found else "text"


def markdown_of(sections: Iterable[Json]) -> str:
    """The whole canvas as markdown."""
    return "\n\n".join(str(one["markdown"]) for one in sections)


def sections_with(sections: Iterable[Json], criteria: Json) -> list[str]:
    """
    The ids of the sections that are of one of some types and have a text.

    Source: docs.slack.dev/reference/methods/canvases.sections.lookup.
    """
    types: list[str] = [*(criteria.get("section_types") or [])]
    words = str(criteria.get("contains_text") or "").lower()
    if not types and not words:
        raise Refused("invalid_arguments")
    headers = "any_header" in types
    return [
        one["id"]
        for one in sections
        if (not types or one["type"] in types or (headers and one["type"] != "text"))
        and words in one["markdown"].lower()
    ]


def changed(sections: list[Json], change: Json, new_id: Callable[[], str]) -> list[Json]:
    """
    The sections after one change.

    Raises: Refused("canvas_editing_failed") when it is none, or names no section there.
    Source: docs.slack.dev/reference/methods/canvases.edit.
    """
    operation, where = change.get("operation"), str(change.get("section_id") or "")
    at = next((n for n, one in enumerate(sections) if one["id"] == where), None)
    made = list[Json]()
    if operation != "delete":
        made = new_sections(_markdown_in(change), new_id)
    if operation == "insert_at_start":
        return [*made, *sections]
    if operation == "insert_at_end":
        return [*sections, *made]
    if operation == "replace" and not where:
        return made
    if at is None or operation not in (*_INSERTS, "replace", "delete"):
        raise Refused("canvas_editing_failed")
    before, after = sections[:at], sections[at + 1 :]
    if operation == "insert_after":
        made = [sections[at], *made]
    elif operation == "insert_before":
        made = [*made, sections[at]]
    return [*before, *made, *after]


def _markdown_in(change: Json) -> str:
    found: Any = change.get("document_content")
    content = cast("Json", found) if isinstance(found, dict) else {}
    if content.get("type") != "markdown" or not isinstance(content.get("markdown"), str):
        raise Refused("canvas_editing_failed")
    return str(content["markdown"])


def canvas_fields(document: Json) -> Json:
    """
    What the object of a canvas's file has beside that of others.

    Source: slackapi/java-slack-sdk json-logs; docs.slack.dev/reference/objects/file-object.
    """
    channel, template = document.get("channel", ""), object_in(document, "template")
    shown: Json = {
        "mode": "quip",
        "quip_thread_id": document["quip_thread_id"],
        "is_channel_space": bool(channel),
        "linked_channel_id": channel,
        "can_toggle_canvas_lock": True,
        "canvas_printing_enabled": True,
        "canvas_template_mode": "template" if template else "none",
        "title_blocks": list[Json](),
    }
    return shown | {f"template_{name}": value for name, value in template.items()}
