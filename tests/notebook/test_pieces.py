"""A message's text, in pieces for a page."""

from __future__ import annotations

from typing import Any

import pytest

from rxslack.notebook.emoji import EMOJI
from rxslack.notebook.pieces import pieces, pieces_of


def test_it_tells_marks_from_text() -> None:
    assert pieces("_a_ ~b~ `*c*` ```d\n_e_``` snake_case 3*4*5") == [
        ("italic", "a", ""),
        ("text", " ", ""),
        ("struck", "b", ""),
        ("text", " ", ""),
        ("code", "*c*", ""),
        ("text", " ", ""),
        ("code", "d\n_e_", ""),
        ("text", " snake_case 3*4*5", ""),
    ]


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_it_leads_nowhere_but_to_websites_and_mailboxes(target: str) -> None:
    assert pieces(f"<{target}|click>") == [("link", "click", "")]


def test_it_shows_what_is_no_mark_as_it_is() -> None:
    text = "<script>alert(1)</script> <b>"
    assert "".join(piece[1] for piece in pieces(text)) == text


def test_it_has_no_secret_and_no_hidden_control() -> None:
    shown = "".join(piece[1] for piece in pieces("xoxb-test \u202e\x1b[2J"))
    assert shown == "xoxb-*** \\u202e\\u001b[2J"


def test_it_strikes_what_was_edited_and_what_was_deleted() -> None:
    edit: dict[str, Any] = {
        "type": "message",
        "subtype": "message_changed",
        "message": {"text": "new"},
        "previous_message": {"text": "old"},
    }
    assert pieces_of(edit, str) == [("struck", "old", ""), ("text", " ", ""), ("text", "new", "")]
    assert pieces_of({**edit, "subtype": "message_deleted"}, str) == [("struck", "old", "")]


def test_it_takes_a_long_text_in_linear_time() -> None:
    for sign in "*_~`<:":
        assert len(pieces(sign * 100_000)) < 5000


def test_it_knows_each_emoji_by_one_character_or_few() -> None:
    assert len(EMOJI) > 200
    assert [name for name, shown in EMOJI.items() if shown.isascii() or len(shown) > 5] == []
