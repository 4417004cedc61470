"""
What a stream is made of: chunks, merged while they wait, and what they come to in one message.

Sources: docs.slack.dev/reference/methods/chat.appendStream ("Using the chunks parameter").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from rxslack.errors import ConfigurationError
from rxslack.events.items import is_mapping
from rxslack.sinks.delivery.rules import BLOCKS

__all__ = [
    "Chunk",
    "Content",
    "Pending",
    "as_chunks",
    "cost_of",
    "is_text",
    "size_of",
    "text_chunk",
    "text_of",
]

Chunk: TypeAlias = str | Mapping[str, object]
"""
What a producer yields: a text, or a chunk of Slack's: ``{"type": "task_update", "id": "1", "title":
"Searching", "status": "in_progress"}``, ``{"type": "plan_update", "title": "Plan"}``, ``{"type":
"blocks", "blocks": […]}``.
"""

Sent: TypeAlias = dict[str, Any]

TASK: Final = 16  # characters that a task takes beside its title, where it is shown as a line
OPEN: Final = ("pending", "in_progress")


def as_chunks(chunk: object) -> list[Sent]:
    """
    What a producer yielded, as chunks of Slack's; more than 50 blocks are several.

    >>> as_chunks("Hello"), as_chunks("")
    ([{'type': 'markdown_text', 'text': 'Hello'}], [])

    Errors: ``ConfigurationError`` for anything else than text and chunks.
    """
    if isinstance(chunk, str):
        return [text_chunk(chunk)] if chunk else []
    fields: Sent = dict(chunk) if is_mapping(chunk) else {}
    kind = fields.get("type")
    if kind == "markdown_text" and isinstance(fields.get("text"), str):
        return [fields] if fields["text"] else []
    if kind == "task_update" and isinstance(fields.get("id"), str):
        return [fields]
    if kind == "blocks" and isinstance(fields.get("blocks"), (list, tuple)):
        blocks: list[Any] = [*fields["blocks"]]
        parts = range(0, len(blocks), BLOCKS)
        return [{**fields, "blocks": blocks[start : start + BLOCKS]} for start in parts]
    if kind == "plan_update":
        return [fields]
    raise ConfigurationError(
        f"a chunk is a text, or a dict of type markdown_text, task_update (with an id), plan_update "
        f"or blocks; not {f'one of type {kind!r}' if kind else type(chunk).__name__}"
    )


def text_chunk(text: str) -> Sent:
    """A text as Slack takes it."""
    return {"type": "markdown_text", "text": text}


def is_text(chunk: Mapping[str, Any]) -> bool:
    """Whether it is Markdown."""
    return bool(chunk["type"] == "markdown_text")


def text_of(chunks: Iterable[Mapping[str, Any]]) -> str:
    """The Markdown of several."""
    return "".join(chunk["text"] for chunk in chunks if is_text(chunk))


def size_of(chunk: Mapping[str, Any]) -> int:
    """Characters, about."""
    return len(chunk["text"]) if is_text(chunk) else len(str(chunk))


class Pending:
    """
    Chunks that wait to be sent. What says the same of the same is one.

    >>> pending = Pending()
    >>> for chunk in ("Hel", "lo", "!"):
    ...     pending.add(as_chunks(chunk)[0])
    >>> pending.chunks
    [{'type': 'markdown_text', 'text': 'Hello!'}]

    Adjacent texts join. An update of a task, or of the plan's title, takes the place of the one that
    waits; Slack appends `details` to what a task has, so they join, too.
    """

    def __init__(self, chunks: Iterable[Sent] = ()) -> None:
        self.chunks: list[Sent] = []
        self.size = 0
        for chunk in chunks:
            self.add(chunk)

    def __bool__(self) -> bool:
        return bool(self.chunks)

    def add(self, chunk: Sent) -> None:
        """One more, behind the others."""
        self.size += size_of(chunk)
        at = self._place(chunk)
        if at is None:
            self.chunks.append(chunk)
            return
        older = self.chunks[at]
        self.chunks[at] = (
            text_chunk(older["text"] + chunk["text"]) if is_text(chunk) else merged(older, chunk)
        )

    def _place(self, chunk: Sent) -> int | None:
        if is_text(chunk):
            return len(self.chunks) - 1 if self.chunks and is_text(self.chunks[-1]) else None
        if chunk["type"] == "blocks":
            return None
        name = chunk["type"], chunk.get("id")
        names = [(waiting["type"], waiting.get("id")) for waiting in self.chunks]
        return names.index(name) if name in names else None


def merged(older: Mapping[str, Any], newer: Mapping[str, Any]) -> Sent:
    """
    Two updates as one.

    Source: github.com/NousResearch/hermes-agent/pull/59010, where it was measured that Slack replaces
    `title` and `status` and appends `details`.
    """
    made = {**older, **newer}
    if isinstance(details := older.get("details"), str) and isinstance(newer.get("details"), str):
        made["details"] = details + newer["details"]
    return made


MARKS: Final[Mapping[str, str]] = {
    "pending": ":white_circle:",
    "in_progress": ":large_blue_circle:",
    "complete": ":white_check_mark:",
    "error": ":x:",
}


@dataclass
class Content:
    """
    What one message has, as far as Slack has said that it has.

    Attributes:
        parts: texts, blocks, and the first chunk of each task.
        tasks: by id, as they are now.
        plan: the chunk of its title.
        length: characters of text, those of tasks included.
        blocks: how many.
    """

    parts: list[Sent] = field(default_factory=lambda: list[Sent]())
    tasks: dict[str, Sent] = field(default_factory=lambda: dict[str, Sent]())
    plan: Sent | None = None
    length: int = 0
    blocks: int = 0

    def add(self, chunks: Iterable[Sent]) -> None:
        """These are in it now."""
        for chunk in chunks:
            self.length += cost_of(chunk, self.tasks)
            if is_text(chunk) and self.parts and is_text(self.parts[-1]):
                self.parts[-1] = text_chunk(self.parts[-1]["text"] + chunk["text"])
            elif chunk["type"] == "plan_update":
                self.plan = chunk
            elif chunk["type"] != "task_update" or chunk["id"] not in self.tasks:
                self.parts.append(chunk)
            if chunk["type"] == "task_update":
                self.tasks[chunk["id"]] = merged(self.tasks.get(chunk["id"], {}), chunk)
            self.blocks += len(chunk.get("blocks", ()))

    def copy(self) -> Content:
        """Another one with the same."""
        return Content([*self.parts], dict(self.tasks), self.plan, self.length, self.blocks)

    @property
    def text(self) -> str:
        """The texts in it."""
        return text_of(self.parts)

    @property
    def open_tasks(self) -> list[Sent]:
        """The tasks that are not over."""
        return [task for task in self.tasks.values() if task.get("status") in OPEN]

    @property
    def carried(self) -> list[Sent]:
        """What the next message begins with: the plan's title and the open tasks."""
        plan = [] if self.plan is None else [self.plan]
        return [*plan, *self.open_tasks]

    @property
    def closing(self) -> list[Sent]:
        """
        Updates that end the tasks that go on in the next message.

        A message that is stopped with a task in progress is shown as one that failed. Source:
        github.com/vercel/chat/pull/917.
        """
        return [
            {"type": "task_update", "id": task["id"], "title": task.get("title", ""), **COMPLETE}
            for task in self.open_tasks
        ]

    def shown(self) -> Sent:
        """
        The arguments of chat.postMessage and chat.update that show the same without streaming.

        Tasks and the plan's title are lines of Markdown. Where there are blocks, the texts are, too.
        """
        blocks: list[Any] = []
        text = "" if self.plan is None else f"**{self.plan.get('title', '')}**\n\n"
        for part in self.parts:
            if part["type"] == "blocks":
                blocks += [*markdown_block(text), *part["blocks"]]
                text = ""
            elif is_text(part):
                text += part["text"]
            else:
                text += f"{'' if text.endswith(NEWLINE) or not text else NEWLINE}{self._line(part)}"
        if not blocks:
            return {"markdown_text": text}
        return {"blocks": [*blocks, *markdown_block(text)]}

    def _line(self, part: Sent) -> str:
        task = self.tasks[part["id"]]
        return f"{MARKS.get(str(task.get('status')), '-')} {task.get('title', '')}\n"


NEWLINE: Final = "\n"


def markdown_block(text: str) -> list[Any]:
    """A block of Markdown; none for no text. Source: docs.slack.dev/reference/block-kit/blocks/markdown-block."""
    return [{"type": "markdown", "text": text}] if text else []


COMPLETE: Final = {"status": "complete"}


def cost_of(chunk: Mapping[str, Any], tasks: Mapping[str, Any]) -> int:
    """Characters of the message that it takes."""
    if is_text(chunk):
        return len(chunk["text"])
    if chunk["type"] == "blocks" or chunk.get("id") in tasks:
        return 0
    return len(str(chunk.get("title", ""))) + TASK
