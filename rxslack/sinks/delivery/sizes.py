"""Messages that are longer than Slack takes: split, cut short or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from rxslack.errors import ConfigurationError, TooLong
from rxslack.sinks.delivery.cutting import pieces, shortened
from rxslack.sinks.delivery.rules import BLOCKS, MARKDOWN, TEXT

__all__ = ["SizePolicy", "checked", "fitting"]

SizePolicy: TypeAlias = Literal["split", "truncate", "refuse"]
"""What happens to what is too long: several messages, one that is cut short, or a failure."""

CONTENT = ("text", "blocks", "markdown_text", "attachments")
ONCE = ("reply_broadcast", "metadata")  # these belong to the message as a whole


def checked(policy: object, allowed: Sequence[str]) -> None:
    """
    Refuse a policy that there is none of.

    Errors: ``ConfigurationError`` that names those there are.
    """
    if policy not in allowed:
        names = " or ".join(f'"{name}"' for name in allowed)
        raise ConfigurationError(f"too_long is {policy!r}; give {names}")


def fitting(
    method: str, arguments: dict[str, Any], *, longest: int = TEXT, policy: SizePolicy
) -> list[dict[str, Any]]:
    """
    The arguments of one message as those of one or several that Slack takes whole.

    >>> long = {"channel": "C1", "text": "one two three"}
    >>> [part["text"] for part in fitting("chat.postMessage", long, longest=8, policy="split")]
    ['one two', 'three']

    Args:
        method: For the error.
        arguments: Of the message.
        longest: Characters of `text`. The limits of blocks and of `markdown_text` are Slack's.
        policy: See `SizePolicy`.

    Errors: ``TooLong`` under the policy "refuse".
    """
    excess = excess_of(arguments, longest)
    if excess is None:
        return [arguments]
    if policy == "refuse":
        raise TooLong(method, *excess)
    contents = contents_of(arguments, longest)
    if policy == "truncate":
        return [{**arguments, **truncated(contents, arguments, longest)}]
    return split(arguments, contents)


def excess_of(arguments: Mapping[str, Any], longest: int) -> tuple[str, int, int] | None:
    """The field that is too long, its size, and the limit."""
    for name, limit in (("blocks", BLOCKS), ("text", longest), ("markdown_text", MARKDOWN)):
        size = size_of(arguments.get(name), as_text=name != "blocks")
        if size > limit:
            return name, size, limit
    return None


def size_of(value: object, *, as_text: bool) -> int:
    """Characters, or blocks; what is given in another form is Slack's to judge."""
    if as_text:
        return len(value) if isinstance(value, str) else 0
    return len(list_of(value))


def list_of(value: object) -> list[Any]:
    """Blocks as a list; none when they are given as JSON."""
    found: list[Any] = [*value] if isinstance(value, (list, tuple)) else []
    return found


def contents_of(arguments: Mapping[str, Any], longest: int) -> list[dict[str, Any]]:
    """What each of the parts says. Beside blocks, `text` is what a notification shows."""
    blocks, text = list_of(arguments.get("blocks")), str(arguments.get("text") or "")
    if blocks:
        fallback = {"text": shortened(text, longest)} if text else {}
        return [
            {**fallback, "blocks": blocks[start : start + BLOCKS]}
            for start in range(0, len(blocks), BLOCKS)
        ]
    if text:
        return [{"text": piece} for piece in pieces(text, longest)]
    markdown = str(arguments.get("markdown_text") or "")
    return [{"markdown_text": piece} for piece in pieces(markdown, MARKDOWN)]


def truncated(
    contents: list[dict[str, Any]], arguments: Mapping[str, Any], longest: int
) -> dict[str, Any]:
    """The content of the one message that is left."""
    if "blocks" in contents[0]:
        return contents[0]
    name, limit = ("text", longest) if "text" in contents[0] else ("markdown_text", MARKDOWN)
    return {name: shortened(arguments[name], limit)}


def split(arguments: dict[str, Any], contents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages: what belongs to the whole goes with the first, attachments with the last."""
    common = {
        name: value for name, value in arguments.items() if name not in CONTENT and name not in ONCE
    }
    parts = [{**common, **content} for content in contents]
    parts[0] |= {name: arguments[name] for name in ONCE if name in arguments}
    if "attachments" in arguments:
        parts[-1]["attachments"] = arguments["attachments"]
    return parts
