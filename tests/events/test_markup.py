"""Slack's marks inside a text."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from rxslack.events.markup import (
    Mark,
    channels_in,
    escape,
    is_mentioned,
    links_in,
    marks_in,
    mentions_in,
    plain_text,
    unescape,
)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("<@U1>", Mark("user", "U1", "")),
        ("<@U1|robin>", Mark("user", "U1", "robin")),
        ("<#C1>", Mark("channel", "C1", "")),
        ("<#C1|>", Mark("channel", "C1", "")),  # a channel whose name you may not know
        ("<#C1|lobby>", Mark("channel", "C1", "lobby")),
        ("<!here>", Mark("special", "here", "")),
        ("<!subteam^S1|@crew>", Mark("special", "subteam^S1", "@crew")),
        ("<https://example.com>", Mark("link", "https://example.com", "")),
        ("<http://a.example|a &lt; b>", Mark("link", "http://a.example", "a < b")),
        ("<https://example.com/?a=1&amp;b=2>", Mark("link", "https://example.com/?a=1&b=2", "")),
        (
            "<mailto:a@example.com|a@example.com>",
            Mark("link", "mailto:a@example.com", "a@example.com"),
        ),
    ],
)
def test_it_reads_a_mark(text: str, mark: Mark) -> None:
    assert marks_in(f"so {text}, then") == [mark]


@pytest.mark.parametrize("text", ["", "<>", "a &lt; b &gt; c", "a < b", "<<", "|", "< | >|"])
def test_it_takes_no_other_text_for_a_mark(text: str) -> None:
    assert mentions_in(text) == channels_in(text) == []
    assert not is_mentioned("", text)


def test_it_sorts_marks_by_kind() -> None:
    text = "<@U1> <#C1|lobby> <https://example.com|x> <!channel> <@U2|robin> <#C2>"

    assert mentions_in(text) == ["U1", "U2"]
    assert channels_in(text) == ["C1", "C2"]
    assert links_in(text) == ["https://example.com"]


def test_it_reads_the_text_of_an_event_nested_or_not() -> None:
    inside = {"user": "U1", "text": "<@U2>"}

    assert mentions_in({"type": "message", "text": "<@U1>"}) == ["U1"]
    edit = {"type": "message", "subtype": "message_changed", "message": inside}
    assert mentions_in(edit) == ["U2"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<@U1> and <@U2|robin>", "@U1 and @robin"),
        ("in <#C1> or <#C2|lobby>", "in #C1 or #lobby"),
        ("<!here> <!subteam^S1|@crew> <!subteam^S1>", "@here @crew @subteam"),
        ("<!date^1392734382^{date}|18 February 2014>", "18 February 2014"),
        ("<https://example.com|the list>", "the list"),
        ("<https://example.com/?a=1&amp;b=2>", "https://example.com/?a=1&b=2"),
        ("&lt;@U1&gt; &amp;amp;", "<@U1> &amp;"),
    ],
)
def test_it_shows_a_text_as_a_reader_sees_it(text: str, shown: str) -> None:
    assert plain_text(text) == shown


@given(st.text("<>&;|ltgamp@#! é"))
def test_it_escapes_what_it_unescapes(text: str) -> None:
    assert unescape(escape(text)) == text
    assert marks_in(escape(text)) == []
    assert plain_text(escape(text)) == text
