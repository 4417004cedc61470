"""What is in a list: columns, and items with a cell for some of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.text import Json, objects_in

__all__ = ["as_csv", "cells_of", "list_fields", "new_columns", "schema_of", "with_cells"]

_KINDS: Final = frozenset(
    [
        "attachment",
        "canvas",
        "channel",
        "checkbox",
        "created_by",
        "created_time",
        "date",
        "email",
        "last_edited_by",
        "last_edited_time",
        "link",
        "message",
        "multi_select",
        "number",
        "phone",
        "rating",
        "reference",
        "rich_text",
        "select",
        "text",
        "timestamp",
        "todo_assignee",
        "todo_completed",
        "todo_due_date",
        "user",
        "vote",
    ]
)
_NAME: Final = {"key": "name", "name": "Name", "type": "text", "is_primary_column": True}
_TODO: Final = (
    {"key": "todo_completed", "name": "Completed", "type": "todo_completed"},
    {"key": "todo_assignee", "name": "Assignee", "type": "todo_assignee"},
    {"key": "todo_due_date", "name": "Due Date", "type": "todo_due_date"},
)
ROWS, COLUMNS, VIEWS, ATTACHMENTS = 1000, 100, 20, 10
"""What a list holds; inferred, from `list_limits` that apps have shown."""


def new_columns(wanted: Any, *, todo: bool, new_id: Callable[[], str]) -> list[Json]:
    """
    The columns that a list is made with.

    Raises: Refused("invalid_schema") when one has no key, name or known type, or a key is there twice.
    Source: docs.slack.dev/reference/methods/slackLists.create, "Schema definition".
    """
    listed = objects_in(wanted) or [_NAME]
    for one in listed:
        if not one.get("key") or not one.get("name") or one.get("type") not in _KINDS:
            raise Refused("invalid_schema")
    keys = {str(one["key"]) for one in listed}
    primary = [one for one in listed if one.get("is_primary_column")]
    if len(keys) < len(listed) or len(listed) > COLUMNS or len(primary) > 1:
        raise Refused("invalid_schema")
    more = [one for one in _TODO if todo and one["key"] not in keys]
    return [
        {"id": new_id(), "is_primary_column": False, **one}
        for one in ({**c} for c in [*listed, *more])
    ]


def cells_of(columns: Iterable[Json], said: Any) -> list[Json]:
    """
    Cells as a call brings them, each with its column's key, and its value under "value" as well.

    Raises: Refused("column_not_found"), or "invalid_arguments" for a cell without a value.
    """
    by_id = {one["id"]: one for one in columns}
    cells = list[Json]()
    for one in objects_in(said):
        column = by_id.get(str(one.get("column_id")))
        if column is None:
            raise Refused("column_not_found")
        typed = {n: v for n, v in one.items() if n not in ("column_id", "row_id", "key")}
        typed.pop("row_id_to_create", None)
        if not typed:
            raise Refused("invalid_arguments")
        value: Any = next(iter(typed.values()))
        several: list[Any] = [*value] if isinstance(value, list) else [value]
        cell: Json = {"key": column["key"], "column_id": column["id"], **typed}
        cell["value"] = several[0] if len(several) == 1 else several
        if "rich_text" in typed:
            cell["text"] = cell["value"] = _words(typed["rich_text"])
        cells.append(cell)
    return cells


def _words(value: Any) -> str:
    """The text in rich text."""
    if isinstance(value, Mapping):
        inside: Any = [value[name] for name in ("elements", "text") if name in value]
        return _words(inside)
    if isinstance(value, list):
        items: list[Any] = [*value]
        return "".join(_words(item) for item in items)
    return value if isinstance(value, str) else ""


def with_cells(before: Iterable[Json], new: Iterable[Json]) -> list[Json]:
    """The cells of an item, some of which are new."""
    cells = {one["column_id"]: one for one in before}
    return [*(cells | {one["column_id"]: one for one in new}).values()]


def schema_of(document: Json) -> Json:
    """The columns, as answers show them."""
    return {"schema": document["schema"], "subtask_schema": document["schema"]}


def as_csv(document: Json) -> bytes:
    r"""
    The list as people download it.

    >>> as_csv({"schema": [{"id": "C1", "name": "Name"}], "items": [{"fields": [{"column_id": "C1", "value": "a"}]}]})
    b'Name\r\na\r\n'
    """
    out = io.StringIO()
    lines = csv.writer(out)
    columns = objects_in(document["schema"])
    lines.writerow([one["name"] for one in columns])
    for item in objects_in(document["items"]):
        values = {one["column_id"]: one.get("value") for one in objects_in(item["fields"])}
        lines.writerow([values.get(one["id"], "") for one in columns])
    return out.getvalue().encode()


def list_fields(document: Json, csv_url: str) -> Json:
    """
    What the object of a list's file has beside that of others.

    Source: slackapi/java-slack-sdk json-logs; docs.slack.dev/reference/methods/slackLists.items.info.
    """
    views = [{"id": "grid", "name": "All items", "type": "grid", "is_all_items_view": True}]
    rows, columns = len(document["items"]), len(document["schema"])
    return {
        "mode": "list",
        "list_metadata": {
            **schema_of(document),
            "views": views,
            "icon": "",
            "icon_url": "",
            "icon_team_id": "",
            "description": document["description"],
            "description_blocks": document["description_blocks"],
            "is_trial": False,
            "todo_mode": document["todo_mode"],
            "creation_source": document["creation_source"],
        },
        "list_limits": {
            "over_row_maximum": rows > ROWS,
            "row_count_limit": ROWS,
            "row_count": rows,
            "over_column_maximum": columns > COLUMNS,
            "column_count": columns,
            "column_count_limit": COLUMNS,
            "over_view_maximum": False,
            "view_count": len(views),
            "view_count_limit": VIEWS,
            "max_attachments_per_cell": ATTACHMENTS,
        },
        "list_csv_download_url": csv_url,
    }
