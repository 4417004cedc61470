"""From an item to the calls that carry it out, in parts where Slack takes no more, and how far each has come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from rxslack.errors import ConfigurationError, TooLong
from rxslack.events.items import is_mapping
from rxslack.events.types.rxslack_items import FailureEvent
from rxslack.lanes.tracking import ItemHold
from rxslack.sinks.delivery.receivers import Receiver
from rxslack.sinks.delivery.rules import BLOCKS, MARKDOWN, TEXT

__all__ = [
    "Job",
    "PendingCall",
    "Read",
    "SizePolicy",
    "Whole",
    "checked",
    "fields_of",
    "fitting",
    "needed",
    "pieces",
    "shortened",
]

FENCE: Final = "```"


class PendingCall:
    """
    One call to be made.

    Attributes:
        method: Slack's name for it.
        lane: what it must keep the order of: a channel, mostly.
        arguments: of the call.
        mark: the id in the message's metadata by which it can be found again; "" when none is.
    """

    __slots__ = ("arguments", "lane", "mark", "method")

    def __init__(
        self, method: str, lane: str, arguments: Mapping[str, Any] | None = None, mark: str = ""
    ) -> None:
        self.method: Final = method
        self.lane: Final = lane
        self.arguments: Final[Mapping[str, Any]] = {} if arguments is None else arguments
        self.mark: Final = mark

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in PendingCall.__slots__)

    __hash__ = None  # type: ignore[assignment]  # as of all that holds a dict


Read: TypeAlias = Callable[[Any], list[PendingCall]]
"""From an item its calls, in order; raises when the item cannot be sent."""


def fields_of(item: object, method: str) -> dict[str, Any]:
    """
    A copy of an item's fields.

    Errors: ``ConfigurationError`` for an item that has none.
    """
    if not is_mapping(item):
        kind = type(item).__name__
        remedy = "concurrent(key, work) awaits" if isinstance(item, Awaitable) else "ops.map makes"
        raise ConfigurationError(
            f"an item for {method} is a dict of its arguments, not {kind}; {remedy} one"
        )
    return dict(item)


def needed(fields: Mapping[str, Any], name: str, example: str) -> str:
    """
    A field that must be there, as a text.

    Errors: ``ConfigurationError`` that names the field.
    """
    value = fields.get(name)
    if not (isinstance(value, str) and value):
        raise ConfigurationError(f"the item has no {name}; add {name}, such as {example}")
    return value


class Whole:
    """An item that became several calls: when one of them fails, those behind it are not made."""

    __slots__ = ("failed",)

    def __init__(self, *, failed: bool = False) -> None:
        self.failed = failed


class Job:
    """
    A call on its way, or a failure that only takes its turn.

    Attributes:
        item: what the user gave.
        call: what is to be called.
        receiver: told what becomes of it.
        accepted: when it came in, in unix seconds.
        failed: a failure to be handed on; then nothing is called.
        whole: the item that it is a part of.
        row: its place in the outbox.
        tries: how many attempts were made.
        began: when the first of those began that were perhaps carried out, in unix seconds.
        doubt: what left it open whether it was carried out.
        looks: how often history was searched since.
        hold: holds the items of which it is a version.
    """

    __slots__ = (
        "accepted",
        "began",
        "call",
        "doubt",
        "failed",
        "hold",
        "item",
        "looks",
        "receiver",
        "row",
        "tries",
        "whole",
    )

    def __init__(
        self,
        item: Any,
        call: PendingCall,
        receiver: Receiver,
        accepted: float = 0.0,
        *,
        failed: FailureEvent | None = None,
        whole: Whole | None = None,
        row: int | None = None,
        began: float | None = None,
        doubt: Exception | None = None,
    ) -> None:
        self.item = item
        self.call = call
        self.receiver = receiver
        self.accepted = accepted
        self.failed = failed
        self.whole = whole
        self.row = row
        self.tries = 0
        self.began = began
        self.doubt = doubt
        self.looks = 0
        self.hold: ItemHold | None = None

    @property
    def void(self) -> bool:
        """Whether there is nothing to call any more."""
        return self.failed is not None or (self.whole is not None and self.whole.failed)


def pieces(text: str, longest: int) -> list[str]:
    """
    Cut a text into pieces.

    A block of code that is cut is closed at the end of one piece and opened again in the next.

    >>> pieces("one two three", longest=8)
    ['one two', 'three']

    Args:
        text: What is to be cut, in Slack's mrkdwn or in Markdown.
        longest: Characters of the longest piece.
    """
    found: list[str] = []
    while len(text) > longest:
        head, text = cut(text, longest)
        found.append(head)
    return [*found, text] if text.strip() or not found else found


def shortened(text: str, longest: int) -> str:
    """
    The beginning of a text, and an ellipsis when that is not all.

    >>> shortened("one two three", longest=8)
    'one two…'
    """
    return text if len(text) <= longest else cut(text, longest - 1)[0] + "…"


def cut(text: str, longest: int) -> tuple[str, str]:
    """The first piece, and what is left."""
    room = longest - len(FENCE) - 1 if FENCE in text and longest > 50 else longest
    at = place(text, room)
    head, rest = text[:at].rstrip(" \n"), text[at:].lstrip("\n" if FENCE in text else " \n")
    if head.count(FENCE) % 2 and room < longest:
        return f"{head}\n{FENCE}", f"{FENCE}\n{rest}"
    return (head, rest) if head else (text[:longest], text[longest:])


def place(text: str, room: int) -> int:
    """Where to cut: as late as possible, but not before the middle."""
    for separator in ("\n\n", "\n", " "):
        at = outside(text, text.rfind(separator, room // 2, room + 1))
        if says_something(text, at):
            return at
    at = outside(text, room)
    return at if says_something(text, at) else room


def says_something(text: str, at: int) -> bool:
    """Whether there is more before a place than the beginning of a block of code."""
    return at > 0 and text[:at].strip() not in ("", FENCE)


def outside(text: str, at: int) -> int:
    """The same place, or the beginning of the link, mention or entity that it would cut in two."""
    for begin, end, longest in (("<", ">", 3000), ("&", ";", 8)):
        start = text.rfind(begin, 0, max(at, 0))
        stop = text.find(end, start + 1)
        inside = text[start + 1 : stop]
        if 0 <= start < at <= stop <= start + longest and is_whole(inside):
            at = start
    return at


def is_whole(inside: str) -> bool:
    """Whether this can be what stands between < and >, or & and ;, and not a mere comparison."""
    return bool(inside) and "\n" not in inside and not inside[0].isspace()


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
