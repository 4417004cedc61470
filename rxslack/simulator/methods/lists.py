"""slackLists.create, update, items.*, access.*, download.*."""

from __future__ import annotations

from typing import Any, Final, cast

from rxslack.simulator.methods.request import Method, Request, page_of
from rxslack.simulator.methods.shared_access import documents, give_access, take_access
from rxslack.simulator.team.access import Refused
from rxslack.simulator.team.file_objects import File, file_object
from rxslack.simulator.team.files import change, create
from rxslack.simulator.team.lists import (
    ROWS,
    as_csv,
    cells_of,
    new_columns,
    schema_of,
    with_cells,
)
from rxslack.simulator.team.text import Json, objects_in

READ: Final = ("lists:read",)
WRITE: Final = ("lists:write",)


@Method("slackLists.create", "tier2", WRITE)
def create_list(request: Request) -> Json:
    """A list of one's own. Source: docs.slack.dev/reference/methods/slackLists.create."""
    team, identity, name = request.team, request.team.identity, request.required("name")
    wanted = request.structure("schema", "invalid_schema")
    items = list[Json]()
    if request.text("copy_from_list_id"):
        original = documents(request, "copy_from_list_id", "list", "read").document
        wanted = [{n: v for n, v in c.items() if n != "id"} for c in original["schema"]]
        if request.flag("include_copied_list_records"):
            items = objects_in(original["items"])
    with team.lock:
        columns = new_columns(
            wanted, todo=request.flag("todo_mode"), new_id=lambda: identity.new("Col")
        )
        now = int(team.clock())
        made = File(identity.new("F"), identity.letters(40), name, 0, request.user_id, now)
        made.kind, made.title = "list", name
        execution = request.token.execution
        made.document = {
            "schema": columns,
            "items": list[Json](),
            "description": "",
            "description_blocks": _description(request),
            "todo_mode": request.flag("todo_mode"),
            "creation_source": {
                "type": "workflow" if execution else "api",
                "reference_id": "",
                "workflow_function_id": execution,
            },
        }
        ids = {c["key"]: c["id"] for c in columns}
        for item in items:
            cells = [{**c, "column_id": ids[c["key"]]} for c in objects_in(item["fields"])]
            _add_item(request, made, cells, "")
        create(team, request.state.files, made)
    return {"list_id": made.id, "list_metadata": schema_of(made.document)}


@Method("slackLists.update", "tier2", WRITE)
def update(request: Request) -> Json:
    """Another name or description. Source: docs.slack.dev/reference/methods/slackLists.update."""
    file = documents(request, "id", "list", "write")
    with request.team.lock:
        file.name = file.title = request.text("name") or file.name
        if request.arguments.get("description_blocks") is not None:
            file.document["description_blocks"] = _description(request)
        if request.arguments.get("todo_mode") is not None:
            file.document["todo_mode"] = request.flag("todo_mode")
        change(request.team, file, request.user_id)
    return {}


@Method("slackLists.items.create", "tier3", WRITE)
def create_item(request: Request) -> Json:
    """One more. Source: docs.slack.dev/reference/methods/slackLists.items.create."""
    file = _list(request, "write")
    cells = cells_of(
        file.document["schema"], request.structure("initial_fields", "invalid_arguments")
    )
    if copied := request.text("duplicated_item_id"):
        cells = with_cells(_item(file, copied)["fields"], cells)
    parent = request.text("parent_item_id")
    if parent:
        _item(file, parent)
    with request.team.lock:
        if len(file.document["items"]) >= ROWS:
            raise Refused("over_row_maximum")
        item = _add_item(request, file, cells, parent)
        change(request.team, file, request.user_id)
    return {"item": item}


@Method("slackLists.items.list", "tier2", READ)
def list_items(request: Request) -> Json:
    """All. Source: docs.slack.dev/reference/methods/slackLists.items.list."""
    file = _list(request, "read")
    wanted = request.flag("archived")
    items = [one for one in objects_in(file.document["items"]) if one["archived"] is wanted]
    page, metadata = page_of(request, items)
    return {"items": [*page]} | metadata


@Method("slackLists.items.info", "tier2", READ)
def item_info(request: Request) -> Json:
    """One, and the list. Source: docs.slack.dev/reference/methods/slackLists.items.info."""
    file = _list(request, "read")
    record = dict(_item(file, request.required("id")))
    if request.flag("include_is_subscribed"):
        record["is_subscribed"] = False
    inside = [one for one in file.document["items"] if one["parent_record_id"] == record["id"]]
    return {"list": file_object(file, request.team), "record": record, "subtasks": inside}


@Method("slackLists.items.update", "tier3", WRITE)
def update_items(request: Request) -> Json:
    """Cells of some. Source: docs.slack.dev/reference/methods/slackLists.items.update."""
    file = _list(request, "write")
    cells = objects_in(request.structure("cells", "invalid_arguments"))
    if not cells:
        raise Refused("invalid_arguments")
    with request.team.lock:
        for cell in cells:
            new = cells_of(file.document["schema"], [cell])
            if cell.get("row_id_to_create"):
                _add_item(request, file, new, "")
                continue
            item = _item(file, str(cell.get("row_id")))
            item |= {
                "fields": with_cells(item["fields"], new),
                "updated_by": request.user_id,
                "updated_timestamp": str(int(request.team.clock())),
            }
        change(request.team, file, request.user_id)
    return {}


@Method("slackLists.items.delete", "tier3", WRITE)
def delete_item(request: Request) -> Json:
    """One less. Source: docs.slack.dev/reference/methods/slackLists.items.delete."""
    return _delete(request, [request.required("id")])


@Method("slackLists.items.deleteMultiple", "tier3", WRITE)
def delete_items(request: Request) -> Json:
    """Several. Source: docs.slack.dev/reference/methods/slackLists.items.deleteMultiple."""
    return _delete(request, request.ids("ids"))


@Method("slackLists.access.set", "tier3", WRITE)
def set_access(request: Request) -> Json:
    """Let others read or write. Source: docs.slack.dev/reference/methods/slackLists.access.set."""
    return give_access(request, _list(request, "write"))


@Method("slackLists.access.delete", "tier3", WRITE)
def delete_access(request: Request) -> Json:
    """Let them no more. Source: docs.slack.dev/reference/methods/slackLists.access.delete."""
    return take_access(request, _list(request, "write"))


@Method("slackLists.download.start", "tier2", READ)
def start_download(request: Request) -> Json:
    """
    Make a CSV of it; here it is there at once.

    Source: docs.slack.dev/reference/methods/slackLists.download.start.
    """
    file = _list(request, "read")
    file.content = as_csv(file.document)
    return {"job_id": f"Le{file.id}"}


@Method("slackLists.download.get", "tier4", READ)
def get_download(request: Request) -> Json:
    """Where it is. Source: docs.slack.dev/reference/methods/slackLists.download.get."""
    file = _list(request, "read")
    if request.required("job_id") != f"Le{file.id}" or file.content is None:
        raise Refused("job_not_found")
    url = file_object(file, request.team)["list_csv_download_url"]
    return {"status": "COMPLETED", "download_url": url}


def _list(request: Request, wanted: str) -> File:
    return documents(request, "list_id", "list", wanted)


def _description(request: Request) -> list[Json]:
    found: Any = request.structure("description_blocks", "invalid_arguments")
    return [cast("Json", found)] if isinstance(found, dict) else objects_in(found)


def _item(file: File, wanted: str) -> Json:
    found = next((one for one in file.document["items"] if one["id"] == wanted), None)
    if found is None:
        raise Refused("record_not_found")
    return cast("Json", found)


def _add_item(request: Request, file: File, cells: list[Json], parent: str) -> Json:
    now = int(request.team.clock())
    item: Json = {
        "id": request.team.identity.new("Rec"),
        "list_id": file.id,
        "date_created": now,
        "created_by": request.user_id,
        "updated_by": request.user_id,
        "updated_timestamp": str(now),
        "parent_record_id": parent,
        "archived": False,
        "fields": cells,
    }
    file.document["items"].append(item)
    return item


def _delete(request: Request, ids: list[str]) -> Json:
    file = _list(request, "write")
    gone = {_item(file, one)["id"] for one in ids}
    if not gone:
        raise Refused("invalid_arguments")
    with request.team.lock:
        kept = [
            one
            for one in file.document["items"]
            if one["id"] not in gone and one["parent_record_id"] not in gone
        ]
        file.document["items"] = kept
        change(request.team, file, request.user_id)
    return {}
