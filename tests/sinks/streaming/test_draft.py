"""Which chunks wait, what one call sends, and how messages follow each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from rxslack.errors import ConfigurationError
from rxslack.sinks.streaming.chunks import Content, Pending, as_chunks, text_of
from rxslack.sinks.streaming.draft import Draft
from rxslack.sinks.streaming.markdown import MarkdownState, after

LIMIT = 12_000
Sent = dict[str, Any]


def task(name: str, status: str, **more: Any) -> Sent:
    return {"type": "task_update", "id": name, "title": f"Task {name}", "status": status, **more}


def filled(*chunks: Any, draft: Draft | None = None) -> Draft:
    draft = Draft() if draft is None else draft
    for chunk in chunks:
        for one in as_chunks(chunk):
            draft.pending.add(one)
    return draft


def messages(draft: Draft) -> list[Content]:
    """All that it comes to, message by message."""
    found: list[Content] = []
    draft.ended = True
    while draft.pending:
        batch = draft.batch()
        draft.take(batch)
        draft.commit(batch)
        found.append(draft.content)
        draft.turn()
    return found


@pytest.mark.parametrize(
    "chunk",
    [7, None, {"text": "a"}, {"type": "task_update"}, {"type": "markdown_text"}, {"type": "gif"}],
)
def test_it_says_what_a_chunk_is(chunk: Any) -> None:
    with pytest.raises(ConfigurationError, match="a chunk is a text, or a dict of type"):
        as_chunks(chunk)


def test_it_joins_what_waits() -> None:
    plan = {"type": "plan_update", "title": "Old"}
    block: Sent = {"type": "blocks", "blocks": [{"type": "divider"}]}
    draft = filled(
        "a",
        {"type": "markdown_text", "text": "b"},
        plan,
        task("1", "pending", details="One. "),
        "c",
        block,
        block,
        task("1", "complete", details="Two.", output="Done"),
        plan | {"title": "New"},
        "d",
    )
    assert draft.pending.chunks == [
        {"type": "markdown_text", "text": "ab"},
        {"type": "plan_update", "title": "New"},
        task("1", "complete", details="One. Two.", output="Done"),
        {"type": "markdown_text", "text": "c"},
        block,
        block,
        {"type": "markdown_text", "text": "d"},
    ]


def test_it_sends_what_was_undone_before_what_came_since() -> None:
    draft = filled("a", task("1", "pending"))
    batch = draft.batch()
    draft.take(batch)
    filled(task("1", "complete"), "b", draft=draft)
    draft.undo(batch)
    assert draft.pending.chunks == [*as_chunks("a"), task("1", "complete"), *as_chunks("b")]
    assert draft.said == ""


def test_it_makes_no_second_message_of_what_one_takes() -> None:
    assert [len(one.text) for one in messages(filled("a" * LIMIT))] == [LIMIT]


def test_it_keeps_room_for_what_closes_the_code_while_more_may_come() -> None:
    batch = filled("```\n" + "a\n" * 5_990).batch()
    assert batch.closes
    assert batch.chunks[0]["text"].endswith("a\n```")


def test_it_closes_code_and_opens_it_again() -> None:
    code = "".join(f"line {number}\n" for number in range(2_000))
    first, second, *_ = messages(filled(f"Look:\n\n```python\n{code}```\nEnd"))
    assert first.text.startswith("Look:\n\n```python\nline 0\n")
    assert first.text.endswith("\n```")
    assert second.text.startswith("```python\nline ")


def test_it_goes_on_at_the_margin_in_a_nested_list() -> None:
    items = "- top\n" + "".join(f"    - item {number}\n" for number in range(1_000))
    first, second = messages(filled(items))
    assert first.text.splitlines()[-1].startswith("    - item ")
    assert second.text.splitlines()[0].startswith("- item ")
    assert [line.strip() for line in (first.text + second.text).splitlines()] == [
        line.strip() for line in items.splitlines()
    ]


def test_it_ends_tasks_that_go_on_and_takes_them_along() -> None:
    plan = {"type": "plan_update", "title": "Plan"}
    draft = filled(plan, task("1", "in_progress", details="So far. "), task("2", "complete"), "a\n")
    batch = draft.last_lines()
    assert batch is not None
    ended = {**task("1", "complete", details="So far. ")}
    assert batch.chunks == [plan, ended, task("2", "complete"), *as_chunks("a\n")]
    draft.take(batch)
    draft.commit(batch)
    draft.turn()
    filled(task("1", "complete", details="Done."), "b", draft=draft)
    assert draft.batch().chunks == [
        plan,
        task("1", "complete", details="So far. Done."),
        *as_chunks("b"),
    ]


def test_it_takes_a_task_along_that_was_told_of_before() -> None:
    draft = filled(task("1", "in_progress", details="So far. "), "a\n")
    batch = draft.batch()
    draft.take(batch)
    draft.commit(batch)
    closing = draft.last_lines()
    assert closing is not None
    assert closing.chunks == [
        {"type": "task_update", "id": "1", "title": "Task 1", "status": "complete"}
    ]
    draft.commit(closing)
    draft.turn()
    filled("b", draft=draft)
    assert draft.batch().chunks == [
        task("1", "in_progress", details="So far. "),
        *as_chunks("b"),
    ]


def test_it_puts_no_more_than_50_blocks_into_a_message() -> None:
    def blocks(count: int) -> Sent:
        return {"type": "blocks", "blocks": [{"type": "divider"}] * count}

    made = messages(filled("a", blocks(30), blocks(30), "b", blocks(70)))
    assert [(one.text, one.blocks) for one in made] == [
        ("a", 30),
        ("b", 30),
        ("", 50),
        ("", 20),
    ]


def test_it_ends_a_message_where_a_line_does() -> None:
    draft = filled("One\nTw")
    batch = draft.last_lines()
    assert batch is not None
    assert (text_of(batch.chunks), text_of(batch.rest)) == ("One\n", "Tw")
    draft = filled("One")
    batch = draft.batch()
    draft.take(batch)
    draft.commit(batch)
    filled("two", draft=draft)
    assert draft.last_lines() is None
    assert text_of(draft.everything().chunks) == "two"


def test_it_shows_the_same_without_streaming() -> None:
    draft = filled("a", task("1", "complete"), "b")
    line = ":white_check_mark: Task 1\n"
    assert draft.shown(draft.batch()) == {"markdown_text": f"a\n{line}b"}
    block: Sent = {"type": "divider"}
    filled({"type": "blocks", "blocks": [block]}, "c", draft=draft)
    assert draft.shown(draft.batch()) == {
        "blocks": [
            {"type": "markdown", "text": f"a\n{line}b"},
            block,
            {"type": "markdown", "text": "c"},
        ]
    }


WORDS = st.sampled_from(["word ", "\n", "\n\n", "x" * 5_000, "x" * 900 + "\n", "a b " * 700])


@given(st.lists(WORDS, max_size=30))
def test_it_loses_and_doubles_no_character(words: list[str]) -> None:
    made = messages(filled(*words))
    assert "".join(one.text for one in made) == "".join(words)
    assert all(one.length <= LIMIT for one in made)


MARKED = st.sampled_from(
    ["```py\n", "~~~\n", "```\n", "- a\n", "  - b\n", "Text.\n\n", "code\n" * 900, "x" * 3_000]
)


@given(st.lists(MARKED, max_size=20))
def test_it_leaves_no_block_of_code_open_but_the_last(words: list[str]) -> None:
    *made, last = messages(filled(*words)) or [Content()]
    assert all(after(MarkdownState(), one.text + "\n").fence is None for one in made)
    assert all(one.length <= LIMIT for one in [*made, last])


def test_it_counts_what_waits() -> None:
    pending = Pending()
    for chunk in [*as_chunks("four"), *as_chunks("five")]:
        pending.add(chunk)
    assert pending.size == 8
