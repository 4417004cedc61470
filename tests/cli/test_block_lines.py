"""Block Kit in a terminal: blocks that have others inside of them."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from rxslack.cli.block_lines import block_lines

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def cells(*texts: str) -> list[Json]:
    return [{"type": "raw_text", "text": text} for text in texts]


BUTTON: Json = {"type": "button", "text": plain("Go"), "action_id": "go"}
CARD: Json = {"type": "card", "title": plain("Soup"), "body": plain("Hot"), "actions": [BUTTON]}
TASK: Json = {"type": "task_card", "task_id": "1", "title": "Cook", "status": "complete"}


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        (CARD, ["Soup - Hot", "[1] Go"]),
        (
            {"type": "carousel", "elements": [CARD, CARD]},
            ["  Soup - Hot", "  [1] Go", "  Soup - Hot", "  [2] Go"],
        ),
        (
            {"type": "container", "title": plain("Menu"), "child_blocks": [CARD]},
            ["Menu", "  Soup - Hot", "  [1] Go"],
        ),
        ({"type": "plan", "title": "Lunch", "tasks": [TASK]}, ["Lunch", "  Cook (complete)"]),
        (
            {"type": "data_table", "caption": "a", "rows": [cells("a", "b"), cells("1", "2")]},
            ["a | b", "1 | 2"],
        ),
    ],
    ids=["card", "carousel", "container", "plan", "data_table"],
)
def test_it_shows_blocks_in_blocks(block: Json, lines: list[str]) -> None:
    numbers = count(1)

    def number(_block: Json, _element: Json) -> int:
        return next(numbers)

    assert [*block_lines([block], number)] == lines
