"""The table of events, and the page of the guide that holds it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from rxslack import events
from rxslack.events import catalogue
from rxslack.events.catalogue import rows
from tests.event_table import main, markdown, rewritten

TABLE = Path(events.__file__).with_name("table.py")


def test_it_has_every_class_under_its_names() -> None:
    table = {row.name: row.class_name for row in rows()}

    assert set(table.values()) == {found.__name__ for found in get_args(events.SlackEvent)}
    assert table["message"] == "MessageEvent"
    assert table["message/bot_message"] == "BotMessageEvent"
    assert table["channel_archive"] == "ChannelArchiveEvent"
    assert table["message/channel_archive"] == "ChannelArchiveMessageEvent"
    assert len(table) == len(rows())


def test_it_says_which_source_emits_what() -> None:
    sources = {row.name: row.sources for row in rows()}

    assert sources["user_typing"] == "RTM"
    assert sources["app_mention"] == "Socket Mode"
    assert sources["message"] == sources["hello"] == "RTM, Socket Mode"
    assert sources["rxslack.gap"] == "rxslack"
    assert sources["file_comment_added"] == "retired"


def test_it_names_no_event_that_there_is_not() -> None:
    """A misspelt name in the lists of sources would change nothing, silently."""
    listed = [
        names
        for name, names in vars(catalogue).items()
        if name in ("_RTM", "_SOCKET_MODE", "_RETIRED")
    ]
    names: list[str] = [name for names in listed for name in names]

    assert len(listed) == 3
    assert len(names) == len(set(names))
    assert set(names) <= {row.name for row in rows()}


def test_it_links_to_a_public_page() -> None:
    page = r"https://(docs\.slack\.dev/[\w./-]+|github\.com/[\w-]+/[\w-]+)"
    unlinked = {row.type for row in rows() if not row.link}

    assert [row for row in rows() if row.link and not re.fullmatch(page, row.link)] == []
    assert {kind for kind in unlinked if not kind.startswith("rxslack.")} == set()


def test_it_stands_in_the_guide() -> None:
    """Mended by: python -m tests.event_table rxslack/events/table.py"""
    document = TABLE.read_text(encoding="utf-8")

    assert document == rewritten(document)
    assert markdown() in document


def test_it_prints_and_writes_the_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text("before\n<!-- events -->\nold\n<!-- /events -->\nafter\n", encoding="utf-8")
    main([str(document)])
    main([])

    assert document.read_text(encoding="utf-8") == (
        f"before\n<!-- events -->\n{markdown()}\n<!-- /events -->\nafter\n"
    )
    assert capsys.readouterr().out == markdown() + "\n"


def test_it_refuses_a_document_without_its_place() -> None:
    with pytest.raises(ValueError, match="no lines"):
        rewritten("nothing here")
