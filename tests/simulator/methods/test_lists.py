"""Lists: columns and items, by somebody else's client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from rxslack.simulator import Workspace

Json = dict[str, Any]
ErrorOf = Callable[..., str]
SCHEMA: list[Json] = [
    {"key": "task", "name": "Task", "type": "text", "is_primary_column": True},
    {"key": "done", "name": "Done", "type": "checkbox"},
]


def rich(text: str) -> list[Json]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "elements": [section]}]


@pytest.fixture
def made(bot: Any) -> Json:
    answer: Json = bot.slackLists_create(name="Tasks", schema=SCHEMA).data
    return answer


def columns_of(made: Json) -> Json:
    return {one["key"]: one["id"] for one in made["list_metadata"]["schema"]}


def test_it_keeps_items(bot: Any, made: Json) -> None:
    wanted, columns = made["list_id"], columns_of(made)
    task = {"column_id": columns["task"], "rich_text": rich("Write")}
    item = bot.slackLists_items_create(list_id=wanted, initial_fields=[task])["item"]
    assert [(one["key"], one["value"]) for one in item["fields"]] == [("task", "Write")]
    done = {"row_id": item["id"], "column_id": columns["done"], "checkbox": True}
    bot.slackLists_items_update(list_id=wanted, cells=[done])
    copied = bot.slackLists_items_create(list_id=wanted, duplicated_item_id=item["id"])["item"]
    assert [one["value"] for one in copied["fields"]] == ["Write", True]
    inside = bot.slackLists_items_create(list_id=wanted, parent_item_id=item["id"])["item"]
    answer = bot.slackLists_items_info(list_id=wanted, id=item["id"], include_is_subscribed=True)
    assert answer["list"]["list_metadata"]["schema"] == made["list_metadata"]["schema"]
    assert answer["list"]["list_limits"]["row_count"] == 3
    assert (answer["record"]["is_subscribed"], answer["subtasks"]) == (False, [inside])
    page = bot.slackLists_items_list(list_id=wanted, limit=1)
    assert (len(page["items"]), bool(page["response_metadata"]["next_cursor"])) == (1, True)
    bot.slackLists_items_delete(list_id=wanted, id=item["id"])
    left = bot.slackLists_items_list(list_id=wanted)["items"]
    assert [one["id"] for one in left] == [copied["id"]]
    bot.slackLists_items_deleteMultiple(list_id=wanted, ids=[copied["id"]])
    assert bot.slackLists_items_list(list_id=wanted)["items"] == []


def test_it_begins_with_a_name_and_perhaps_things_to_do(bot: Any) -> None:
    plain = bot.slackLists_create(name="a")["list_metadata"]["schema"]
    assert [one["key"] for one in plain] == ["name"]
    todo = bot.slackLists_create(name="a", todo_mode=True)["list_metadata"]["schema"]
    assert [one["key"] for one in todo][1:] == ["todo_completed", "todo_assignee", "todo_due_date"]


def test_it_copies_a_list(bot: Any, made: Json) -> None:
    task = {"column_id": columns_of(made)["task"], "rich_text": rich("Write")}
    bot.slackLists_items_create(list_id=made["list_id"], initial_fields=[task])
    copy = bot.slackLists_create(
        name="b", copy_from_list_id=made["list_id"], include_copied_list_records=True
    )
    (item,) = bot.slackLists_items_list(list_id=copy["list_id"])["items"]
    assert item["fields"][0]["column_id"] == columns_of(copy.data)["task"]


def test_it_is_downloaded_as_csv(modern: Workspace, bot: Any, made: Json) -> None:
    task = {"column_id": columns_of(made)["task"], "rich_text": rich("Write, soon")}
    bot.slackLists_items_create(list_id=made["list_id"], initial_fields=[task])
    job = bot.slackLists_download_start(list_id=made["list_id"])["job_id"]
    answer = bot.slackLists_download_get(list_id=made["list_id"], job_id=job)
    asked = {"Authorization": f"Bearer {modern.bot_token}"}
    found = requests.get(answer["download_url"], headers=asked, timeout=10)
    assert (answer["status"], found.text) == ("COMPLETED", 'Task,Done\r\n"Write, soon",\r\n')


def test_it_is_renamed(bot: Any, made: Json) -> None:
    bot.slackLists_update(id=made["list_id"], name="Chores", todo_mode=True)
    shown = bot.files_info(file=made["list_id"])["file"]
    assert (shown["title"], shown["mode"], shown["list_metadata"]["todo_mode"]) == (
        "Chores",
        "list",
        True,
    )


def test_it_refuses_what_does_not_fit(
    modern: Workspace, bot: Any, made: Json, error_of: ErrorOf
) -> None:
    where: Json = {"list_id": made["list_id"]}
    twice = [SCHEMA[0], SCHEMA[0]]
    assert error_of(bot.slackLists_create, name="a", schema=twice) == "invalid_schema"
    odd = [{"key": "a", "name": "a", "type": "color"}]
    assert error_of(bot.slackLists_create, name="a", schema=odd) == "invalid_schema"
    cell = {"column_id": "Col0", "rich_text": rich("a")}
    refused = error_of(bot.slackLists_items_create, **where, initial_fields=[cell])
    assert refused == "column_not_found"
    done: Json = {"row_id": "Rec0", "column_id": columns_of(made)["done"], "checkbox": True}
    assert error_of(bot.slackLists_items_update, **where, cells=[done]) == "record_not_found"
    assert error_of(bot.slackLists_items_list, list_id="F0") == "list_not_found"
    canvas = bot.canvases_create(title="a")["canvas_id"]
    assert error_of(bot.slackLists_items_list, list_id=canvas) == "list_not_found"
