"""Where Markdown is cut, and what goes on behind the cut."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from rxslack.sinks.streaming.markdown import Fence, Margin, MarkdownState, after, cut_at, last_line

PLACES: list[tuple[str, MarkdownState]] = [
    ("", MarkdownState()),
    ("One\n", MarkdownState()),
    ("One\nTw", MarkdownState(line="Tw")),
    ("```\nx", MarkdownState(Fence(0, "```", ""), line="x")),
    ("```py\nx\n```\n", MarkdownState()),
    ("~~~~ sh\n~~~\n", MarkdownState(Fence(0, "~~~~", " sh"))),
    ("```\n~~~\n", MarkdownState(Fence(0, "```", ""))),
    ("```\n```py\n", MarkdownState(Fence(0, "```", ""))),  # what has an info string closes nothing
    ("```a`b`\n", MarkdownState()),  # a code span
    ("- a\n  ```\n  x\n", MarkdownState(Fence(2, "```", ""), listed=True)),
    ("1. a\n   - b\n", MarkdownState(listed=True)),
    ("- a\n\nText\n", MarkdownState()),
    ("-a\n", MarkdownState()),
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_it_knows_what_is_open_where_a_text_ends(text: str, place: MarkdownState) -> None:
    assert after(MarkdownState(), text) == place


@given(st.text(alphabet="`~-a \n", max_size=60), st.integers(0, 60))
def test_it_comes_to_the_same_place_whatever_the_pieces(text: str, at: int) -> None:
    assert after(after(MarkdownState(), text[:at]), text[at:]) == after(MarkdownState(), text)


CUTS: list[tuple[str, int, str]] = [
    ("short", 9, "short"),
    ("aaaa\n\nbb\ncc dd", 12, "aaaa\n\n"),
    ("aaaaaaa\nbb cc dd", 12, "aaaaaaa\n"),
    ("a\n\nbbbbbb\ncc dd", 12, "a\n\nbbbbbb\n"),  # the paragraph ends too early
    ("aaaaaaa bb cc dd", 12, "aaaaaaa bb "),
    ("aaaaaaaaaaaaaaaa", 12, "aaaaaaaaaaaa"),
    ("aaaaaaaa<@U123>b", 12, "aaaaaaaa"),
    ("text text\n```\nxx\n", 15, "text text\n"),  # no block of code with nothing in it
    ("```\naaaaa\nbbbbbbbbbb\n```\n", 12, "```\naaaaa\n"),
]


@pytest.mark.parametrize(("text", "room", "head"), CUTS)
def test_it_cuts_where_something_ends(text: str, room: int, head: str) -> None:
    assert text[: cut_at(text, room, MarkdownState())] == head


@given(st.text(alphabet="`a<@> \n", min_size=1, max_size=80), st.integers(1, 40))
def test_it_always_gets_on_and_never_takes_too_much(text: str, room: int) -> None:
    at = cut_at(text, room, MarkdownState())
    assert 0 < at <= max(room, 0) or at == len(text) <= room


LINES: list[tuple[str, str | None]] = [
    ("One", None),
    ("One\nTwo", "One\n"),
    ("One\n\nTwo\nThree", "One\n\n"),
    ("One\n```\n", "One\n"),
    ("```\nx\ny", "```\nx\n"),
]


@pytest.mark.parametrize(("text", "head"), LINES)
def test_it_finds_the_last_line_that_ended(text: str, head: str | None) -> None:
    at = last_line(text, MarkdownState())
    assert (None if at is None else text[:at]) == head


LISTED = MarkdownState(listed=True)
MARGINS: list[tuple[str, MarkdownState, str]] = [
    ("    - b\n      b\n    - c\n", LISTED, "- b\n  b\n- c\n"),
    ("    - b\n  - c\n    - d\n", LISTED, "- b\n- c\n  - d\n"),
    ("    - b\nText\n    code\n", LISTED, "- b\nText\n    code\n"),
    ("\n    - b\n", LISTED, "\n- b\n"),
    ("    code\n", MarkdownState(), "    code\n"),  # after no list it is code
    ("  - b\n", MarkdownState(listed=True, line="- a"), "  - b\n"),  # the line before it goes on
    ("  x\n y\n    z\n", MarkdownState(Fence(2, "```", "")), "x\ny\n  z\n"),
]


@pytest.mark.parametrize(("text", "place", "moved"), MARGINS)
def test_it_moves_a_nested_list_to_the_margin(text: str, place: MarkdownState, moved: str) -> None:
    assert Margin.of(text, place).moved(text)[0] == moved


@given(st.text(alphabet="- a\n", max_size=60), st.integers(0, 60))
def test_it_moves_the_same_whatever_the_pieces(text: str, at: int) -> None:
    margin = Margin.of(text, LISTED)
    first, between = margin.moved(text[:at])
    second, _ = between.moved(text[at:])
    assert first + second == margin.moved(text)[0]
