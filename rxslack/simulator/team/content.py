"""What a message says: its text, blocks and attachments, read as Slack reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.blocks import problems_of, with_ids
from rxslack.simulator.team.mrkdwn import as_mrkdwn, as_posted
from rxslack.simulator.team.rich_text import rich_text
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json, read_json

__all__ = ["MAX_MARKDOWN", "checked_blocks", "content_of", "flag", "structure", "with_rich_text"]

MAX_MARKDOWN: Final = 12_000
"""Characters of `markdown_text`. Source: docs.slack.dev/reference/methods/chat.postMessage."""

MAX_ATTACHMENTS: Final = 100


def content_of(team: Team, said: Mapping[str, Any]) -> Json:
    """
    What is said, in one or several forms; empty when nothing is.

    Args:
        team: where.
        said: the arguments of a call, or the body of a webhook; lists may be JSON.

    Raises: Refused.
    Source: docs.slack.dev/reference/methods/chat.postMessage.
    """
    content = _text_of(team, said)
    if blocks := structure(said.get("blocks"), "invalid_blocks_format"):
        content["blocks"] = checked_blocks(team, blocks)
    if attachments := structure(said.get("attachments"), "invalid_attachments"):
        content["attachments"] = _attachments(team, attachments)
    if content and (metadata := structure(said.get("metadata"), "invalid_metadata_format")):
        content["metadata"] = metadata
    for name in ("unfurl_links", "unfurl_media"):
        if content and said.get(name) is not None:
            content[name] = flag(said[name])
    if "text" in content and not flag(said.get("mrkdwn"), default=True):
        content["mrkdwn"] = False
    return content


def with_rich_text(team: Team, content: Json) -> Json:
    """The same with the blocks that Slack makes of a text that came without any."""
    if not content.get("text") or content.get("blocks"):
        return content
    with team.lock:
        block_id = team.identity.letters(5)
    mrkdwn = content.get("mrkdwn") is not False
    return content | {"blocks": rich_text(content["text"], block_id, mrkdwn=mrkdwn)}


def checked_blocks(team: Team, blocks: Any) -> list[Json]:
    """
    A message's blocks, with their ids.

    Raises: Refused("invalid_blocks") with what is wrong, and where.
    """
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    found: list[Any] = [*blocks]
    if problems := problems_of(found, "message"):
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise Refused("invalid_blocks", errors=problems, response_metadata={"messages": messages})
    with team.lock:
        return with_ids(found, lambda: team.identity.letters(5))


def structure(value: Any, error: str) -> Any:
    """
    A value that holds JSON, or is it already; None when absent.

    Raises: Refused(error) when it is not JSON.
    """
    if not isinstance(value, str):
        return value
    try:
        return read_json(value) if value else None
    except ValueError as problem:
        raise Refused(error) from problem


def flag(value: Any, *, default: bool = False) -> bool:
    """A boolean: `1`, `true`, `True` and JSON's true."""
    return default if value is None else str(value).lower() in {"1", "true"}


def _text_of(team: Team, said: Mapping[str, Any]) -> Json:
    text, markdown = _text(said.get("text")), _text(said.get("markdown_text"))
    if not markdown:
        return {"text": _posted(team, text, said)} if text else {}
    if text or said.get("blocks"):
        raise Refused("markdown_text_conflict")
    if len(markdown) > MAX_MARKDOWN:
        raise Refused("msg_too_long")
    return {"text": as_mrkdwn(markdown)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _posted(team: Team, text: str, said: Mapping[str, Any]) -> str:
    full = said.get("parse") == "full"
    if not full and not flag(said.get("link_names")):
        return as_posted(text)
    with team.lock:
        names = {f"@{person.name}": f"<@{person.id}>" for person in team.people.values()}
        names |= {f"@{name}": f"<!{name}>" for name in ("here", "channel", "everyone")}
        names |= {f"#{c.name}": f"<#{c.id}|{c.name}>" for c in team.channels.values() if c.name}
    return as_posted(text, names=names, full=full)


def _attachments(team: Team, found: Any) -> list[Json]:
    """Attachments as Slack keeps them: numbered, and with a fallback."""
    items: list[Any] = [*found] if isinstance(found, list) else []
    if not items or len(items) > MAX_ATTACHMENTS or not all(isinstance(i, dict) for i in items):
        raise Refused("invalid_attachments")
    kept = list[Json]()
    for number, item in enumerate(cast("list[Json]", items), 1):
        made: Json = {"id": number, **item}
        if "blocks" in item:
            made["blocks"] = checked_blocks(team, structure(item["blocks"], "invalid_blocks"))
        text = item.get("fallback") or item.get("text") or item.get("title")
        made["fallback"] = str(text or "[no preview available]")
        if color := str(item.get("color") or ""):
            made["color"] = {"good": "2eb886", "warning": "daa038", "danger": "a30200"}.get(
                color, color.removeprefix("#")
            )
        for index, action in enumerate(made.get("actions") or [], 1):
            if isinstance(action, dict):
                cast("Json", action).setdefault("id", str(index))
        kept.append(made)
    return kept
