"""What a message that streams has received: text, tasks, a plan and blocks, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from rxslack.simulator.team.mrkdwn import as_mrkdwn, escaped
from rxslack.simulator.team.rich_text import rich_text
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["DisplayMode", "StreamContent"]

DisplayMode: TypeAlias = Literal["timeline", "plan", "dense"]
"""How tasks are shown: as cards between the text, or together as one plan."""


@dataclass
class _Text:
    """A run of Markdown."""

    block_id: str
    markdown: str


class StreamContent:
    """
    What a message has received, in its order.

    Args:
        team: whose ids the blocks get.
        display: how tasks are shown.
    """

    def __init__(self, team: Team, display: DisplayMode) -> None:
        self._team = team
        self._display = display
        self._parts: list[_Text | Json] = []
        self._tasks: dict[str, Json] = {}
        self._plan: Json | None = None

    @property
    def markdown(self) -> str:
        """All the Markdown."""
        return "".join(part.markdown for part in self._parts if isinstance(part, _Text))

    @property
    def block_count(self) -> int:
        """How many blocks it received; text, tasks and plans are not among them."""
        own = (*self._tasks.values(), self._plan)
        blocks = (part for part in self._parts if not isinstance(part, _Text))
        return sum(1 for block in blocks if not any(block is one for one in own))

    def add(self, chunk: Mapping[str, Any]) -> None:
        """
        Receive a chunk.

        Source: docs.slack.dev/reference/methods/chat.appendStream, "Using the chunks parameter".
        """
        if chunk["type"] == "markdown_text":
            self._add_text(chunk["text"])
        elif chunk["type"] == "task_update":
            self._update_task(chunk)
        elif chunk["type"] == "plan_update":
            self._update_plan(chunk)
        else:
            self.add_blocks(chunk["blocks"])

    def add_blocks(self, blocks: Iterable[Json]) -> None:
        """Receive blocks."""
        self._parts += [dict(block) for block in blocks]

    def shown(self) -> Json:
        """`text` and `blocks` of the message, made anew: events that were sent stay as they are."""
        return {
            "text": escaped(self.markdown),
            "blocks": [block for part in self._parts for block in self._block(part)],
        }

    def _add_text(self, markdown: str) -> None:
        last = self._parts[-1] if self._parts else None
        if isinstance(last, _Text):
            last.markdown += markdown
        elif markdown:
            self._parts.append(_Text(self._team.identity.letters(5), markdown))

    def _update_task(self, chunk: Mapping[str, Any]) -> None:
        """
        Change a task, or begin it: details are added to those there are, all else is replaced.

        Source: docs.slack.dev/reference/block-kit/blocks/task-card-block;
        NousResearch/hermes-agent#59010 (details).
        """
        card = self._tasks.get(chunk["id"])
        if card is None:
            card = self._tasks[chunk["id"]] = {"type": "task_card", "task_id": chunk["id"]}
            if self._display == "timeline":
                self._parts.append(card)
            else:
                self._planned()["tasks"].append(card)
        card |= {
            name: chunk[name] for name in ("title", "status", "output", "sources") if name in chunk
        }
        if details := chunk.get("details"):
            card["details"] = card.get("details", "") + details

    def _update_plan(self, chunk: Mapping[str, Any]) -> None:
        if self._display != "timeline":  # inferred: between cards there is no place for a title
            self._planned()["title"] = chunk["title"]

    def _planned(self) -> Json:
        """The plan; it stands where its first task, or its title, was."""
        if self._plan is None:
            self._plan = {"type": "plan", "title": "", "tasks": []}
            self._parts.append(self._plan)
        return self._plan

    def _block(self, part: _Text | Json) -> list[Json]:
        if isinstance(part, _Text):
            return rich_text(as_mrkdwn(part.markdown), part.block_id)
        if part is self._plan:
            return [part | {"tasks": [_card(task) for task in part["tasks"]]}]
        return [_card(part)] if part.get("task_id") in self._tasks else [deepcopy(part)]


def _card(task: Json) -> Json:
    """A task as a block: what is said at length in it is rich text."""
    said = {
        name: rich_text(as_mrkdwn(task[name]), f"{task['task_id']}-{name}")[0]
        for name in ("details", "output")
        if isinstance(task.get(name), str)
    }
    return deepcopy(task | said)
