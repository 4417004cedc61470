"""Canvases: written, changed section by section, shared, and deleted, by somebody else's client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from rxslack.simulator import MODERN_BOT_SCOPES, Workspace

Json = dict[str, Any]
Told = Callable[..., list[Json]]
ErrorOf = Callable[..., str]


def markdown(text: str) -> Json:
    return {"type": "markdown", "markdown": text}


def content(bot: Any, canvas: str) -> str:
    answer = bot.api_call("canvases.getContent", json={"canvas_id": canvas})
    return str(answer["content"])


def sections(bot: Any, canvas: str, **criteria: Any) -> list[str]:
    found = bot.canvases_sections_lookup(canvas_id=canvas, criteria=criteria)["sections"]
    return [one["id"] for one in found]


@pytest.fixture
def canvas(bot: Any) -> str:
    text = "# Plan\nFirst\n\n## Later\nSecond"
    return str(bot.canvases_create(title="Plan", document_content=markdown(text))["canvas_id"])


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("insert_at_start", "New\n\n# Plan\n\nFirst\n\n## Later\n\nSecond"),
        ("insert_at_end", "# Plan\n\nFirst\n\n## Later\n\nSecond\n\nNew"),
        ("insert_before", "# Plan\n\nNew\n\nFirst\n\n## Later\n\nSecond"),
        ("insert_after", "# Plan\n\nFirst\n\nNew\n\n## Later\n\nSecond"),
        ("replace", "# Plan\n\nNew\n\n## Later\n\nSecond"),
        ("delete", "# Plan\n\n## Later\n\nSecond"),
    ],
)
def test_it_changes_a_section(
    modern: Workspace, told: Told, bot: Any, canvas: str, operation: str, expected: str
) -> None:
    (section,) = sections(bot, canvas, contains_text="first")
    change: Json = {"operation": operation, "document_content": markdown("New")}
    if "at" not in operation.split("_"):
        change["section_id"] = section
    bot.canvases_edit(canvas_id=canvas, changes=[change])
    assert content(bot, canvas) == expected
    assert modern.file(canvas) == expected.encode()
    assert told("file_change")[-1]["file_id"] == canvas


def test_it_finds_sections_by_their_headers(bot: Any, canvas: str) -> None:
    assert len(sections(bot, canvas, section_types=["h1"])) == 1
    assert len(sections(bot, canvas, section_types=["any_header"])) == 2
    assert sections(bot, canvas, section_types=["h1"], contains_text="later") == []


def test_it_renames_and_replaces_a_whole_canvas(bot: Any, canvas: str) -> None:
    renamed = {"operation": "rename", "title_content": markdown("Plans")}
    bot.canvases_edit(canvas_id=canvas, changes=[renamed])
    whole = {"operation": "replace", "document_content": markdown("All new")}
    bot.canvases_edit(canvas_id=canvas, changes=[whole])
    assert content(bot, canvas) == "All new"
    shown = bot.files_info(file=canvas)["file"]
    assert (shown["title"], shown["mode"], shown["filetype"]) == ("Plans", "quip", "quip")


def test_it_refuses_what_is_no_change(bot: Any, canvas: str, error_of: ErrorOf) -> None:
    change: Json = {"operation": "insert_at_end", "document_content": markdown("a")}
    edit: Json = {"canvas_id": canvas}
    assert error_of(bot.canvases_edit, **edit, changes=[change, change]) == "invalid_arguments"
    for wrong in (
        {"operation": "shuffle", "document_content": markdown("a")},
        {"operation": "delete", "section_id": "temp:C:none"},
        {"operation": "insert_at_end", "document_content": "a"},
    ):
        assert error_of(bot.canvases_edit, **edit, changes=[wrong]) == "canvas_editing_failed"
    edit["canvas_id"] = "F0"
    assert error_of(bot.canvases_edit, **edit, changes=[change]) == "canvas_not_found"
    criteria: Json = {}
    lost = error_of(bot.canvases_sections_lookup, canvas_id=canvas, criteria=criteria)
    assert lost == "invalid_arguments"


def test_it_gives_a_channel_one_canvas(modern: Workspace, bot: Any, error_of: ErrorOf) -> None:
    channel = modern.channel_id("general")
    wanted: Json = {"channel_id": channel, "document_content": markdown("")}
    made = bot.conversations_canvases_create(**wanted)["canvas_id"]
    again = error_of(bot.conversations_canvases_create, **wanted)
    assert again == "channel_canvas_already_exists"

    def properties() -> Json:
        found: Json = bot.conversations_info(channel=channel)["channel"]["properties"]
        return found

    assert (properties()["canvas"]["file_id"], properties()["canvas"]["is_empty"]) == (made, True)
    assert properties()["tabs"][0]["data"]["file_id"] == made
    change = {"operation": "insert_at_end", "document_content": markdown("a")}
    bot.canvases_edit(canvas_id=made, changes=[change])
    assert properties()["canvas"]["is_empty"] is False
    bot.canvases_delete(canvas_id=made)
    assert "canvas" not in properties()
    assert [tab["type"] for tab in properties()["tabs"]] == ["files"]
    assert error_of(bot.canvases_delete, canvas_id=made) == "canvas_not_found"


def test_it_lets_others_read_and_write(
    modern: Workspace, bot: Any, canvas: str, error_of: ErrorOf
) -> None:
    alice = modern.user_id("alice")
    theirs: Any = WebClient(modern.user_token, base_url=modern.base_url)
    change = {"operation": "insert_at_end", "document_content": markdown("a")}
    edit: Json = {"canvas_id": canvas, "changes": [change]}
    assert error_of(theirs.canvases_edit, **edit) == "canvas_not_found"
    give: Json = {"canvas_id": canvas, "user_ids": [alice, "U0"]}
    answer = bot.canvases_access_set(**give, access_level="read")
    assert answer["failed_to_update_user_ids"] == ["U0"]
    assert error_of(theirs.canvases_edit, **edit) == "restricted_action"
    bot.canvases_access_set(canvas_id=canvas, user_ids=[alice], access_level="write")
    theirs.canvases_edit(**edit)
    assert bot.files_info(file=canvas)["file"]["last_editor"] == alice
    bot.canvases_access_delete(canvas_id=canvas, user_ids=[alice])
    assert error_of(theirs.canvases_edit, **edit) == "canvas_not_found"
    places = [modern.channel_id("general")]
    bot.canvases_access_set(canvas_id=canvas, channel_ids=places, access_level="write")
    theirs.canvases_edit(**edit)
    both: Json = {"canvas_id": canvas, "user_ids": [alice], "channel_ids": places}
    refused = error_of(bot.canvases_access_set, **both, access_level="read")
    assert refused == "invalid_parameters"


def test_it_is_there_again_tomorrow(
    modern: Workspace, bot: Any, canvas: str, tmp_path: Any
) -> None:
    modern.save(tmp_path / "kept.json")
    with Workspace(data=tmp_path / "kept.json", bot_scopes=MODERN_BOT_SCOPES) as again:
        answer = again.web.call("canvases.getContent", canvas_id=canvas)
        assert answer["content"] == content(bot, canvas)
