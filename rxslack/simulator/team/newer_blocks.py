"""The blocks that came with agents, cards, tables and charts: what each needs, and how much it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from rxslack.simulator.team.elements import element_problems, list_problems, text_problems
from rxslack.simulator.team.text import Json, object_in, objects_in
from rxslack.web.chart_limits import CHART_CATEGORIES, CHART_LABEL, CHART_SERIES, CHART_TITLE

__all__ = ["NEWER_CHECKS"]

Problems: TypeAlias = Iterator[tuple[str, str]]

TABLE_ROWS, TABLE_COLUMNS, TABLE_CHARACTERS = 100, 20, 10_000  # the header of a data table beside
CARD_TITLE, CARD_BODY, CARDS = 150, 200, 10
_CELLS: Final = ("rich_text", "raw_text", "raw_number")
_LEVELS: Final = ("default", "info", "warning", "error", "success")
_STATES: Final = ("pending", "in_progress", "complete", "error")


def _one_of(block: Json, name: str, values: tuple[str, ...], where: str) -> Problems:
    if block.get(name) is not None and block[name] not in values:
        yield f"must be one of: {', '.join(values)}", f"{where}/{name}"


def _needed(block: Json, where: str, *names: str) -> Problems:
    for name in names:
        if not block.get(name):
            yield f"missing required field: {name}", where


def _at_most(text: Any, most: int, where: str) -> Problems:
    if len(str(text or "")) > most:
        yield f"must be less than {most + 1} characters", where


def _alert(block: Json, where: str) -> Problems:
    yield from text_problems(block.get("text"), f"{where}/text", most=3000)
    yield from _one_of(block, "level", _LEVELS, where)


def _card(block: Json, where: str) -> Problems:
    if not any(block.get(name) for name in ("hero_image", "title", "actions", "body")):
        yield "missing required field: hero_image, title, actions or body", where
    for name, most in (("title", CARD_TITLE), ("subtitle", CARD_TITLE), ("body", CARD_BODY)):
        if block.get(name) is not None:
            yield from text_problems(block[name], f"{where}/{name}", most=most)
    for name in ("hero_image", "icon"):
        if block.get(name) is not None:
            yield from _needed(object_in(block, name), f"{where}/{name}", "alt_text")
    for number, element in enumerate(objects_in(block.get("actions"))):
        yield from element_problems(element, f"{where}/actions/{number}", "actions")


def _carousel(block: Json, where: str) -> Problems:
    yield from list_problems(block.get("elements"), f"{where}/elements", most=CARDS)
    for number, card in enumerate(objects_in(block.get("elements"))):
        place = f"{where}/elements/{number}"
        if card.get("type") != "card":
            yield f"unsupported type: {card.get('type')}", f"{place}/type"
        else:
            yield from _card(card, place)


def _plan(block: Json, where: str) -> Problems:
    yield from _needed(block, where, "title")
    for number, task in enumerate(objects_in(block.get("tasks"))):
        yield from _task(task, f"{where}/tasks/{number}")


def _task(block: Json, where: str) -> Problems:
    yield from _needed(block, where, "task_id", "title")
    yield from _one_of(block, "status", _STATES, where)
    for name in ("details", "output"):
        found = object_in(block, name)
        if found and found.get("type") != "rich_text":
            yield f"unsupported type: {found.get('type')}", f"{where}/{name}/type"


def _context_actions(block: Json, where: str) -> Problems:
    yield from list_problems(block.get("elements"), f"{where}/elements", most=5)
    for number, element in enumerate(objects_in(block.get("elements"))):
        place = f"{where}/elements/{number}"
        if element.get("type") == "feedback_buttons":
            yield from _needed(element, place, "positive_button", "negative_button")
        elif element.get("type") == "icon_button":
            yield from _needed(element, place, "icon", "text")
        else:
            yield f"unsupported type: {element.get('type')}", f"{place}/type"


def _table(block: Json, where: str) -> Problems:
    yield from _rows(block, where, most=TABLE_ROWS)
    if len(_list(block.get("column_settings"))) > TABLE_COLUMNS:
        yield f"no more than {TABLE_COLUMNS} items allowed", f"{where}/column_settings"


def _data_table(block: Json, where: str) -> Problems:
    yield from _needed(block, where, "caption")
    yield from _rows(block, where, most=TABLE_ROWS + 1)
    rows = _lists_in(block.get("rows"))
    if len(rows) == 1:
        yield "must have at least 2 items", f"{where}/rows"
    header = objects_in(rows[0]) if rows else []
    for number, cell in enumerate(header):
        if cell.get("type") == "rich_text":
            yield "unsupported type: rich_text", f"{where}/rows/0/{number}/type"
    size = block.get("page_size")
    if size is not None and not (isinstance(size, int) and 1 <= size <= 100):
        yield "must be between 1 and 100", f"{where}/page_size"
    index = block.get("row_header_column_index")
    if index is not None and not (isinstance(index, int) and 0 <= index < max(1, len(header))):
        yield "must be the index of a column", f"{where}/row_header_column_index"


def _lists_in(found: Any) -> list[list[Any]]:
    return [_list(item) for item in _list(found) if isinstance(item, list)]


def _list(found: Any) -> list[Any]:
    return [*found] if isinstance(found, list) else []


def _rows(block: Json, where: str, *, most: int) -> Problems:
    """What is wrong with the rows of a table of either kind."""
    yield from list_problems(block.get("rows"), f"{where}/rows", most=most)
    rows, characters = _lists_in(block.get("rows")), 0
    for number, row in enumerate(rows):
        place = f"{where}/rows/{number}"
        if not row or len(row) > TABLE_COLUMNS:
            yield f"must have 1 to {TABLE_COLUMNS} items", place
        elif len(row) != len(rows[0]):
            yield "must have as many items as the first row", place
        for column, cell in enumerate(objects_in(row)):
            characters += len(str(cell.get("text") or cell.get("elements") or ""))
            if cell.get("type") not in _CELLS:
                yield f"unsupported type: {cell.get('type')}", f"{place}/{column}/type"
    if characters > TABLE_CHARACTERS:
        yield f"must be less than {TABLE_CHARACTERS + 1} characters", f"{where}/rows"


def _chart(block: Json, where: str) -> Problems:
    yield from _needed(block, where, "title")
    yield from _at_most(block.get("title"), CHART_TITLE, f"{where}/title")
    chart, place = object_in(block, "chart"), f"{where}/chart"
    kind = chart.get("type")
    if not chart:
        yield "missing required field: chart", where
    elif kind == "pie":
        yield from list_problems(chart.get("segments"), f"{place}/segments", most=CHART_SERIES)
        yield from _points(chart.get("segments"), f"{place}/segments", lowest=0.0)
    elif kind in ("bar", "line", "area"):
        yield from _series(chart, place)
    else:
        yield f"unsupported type: {kind}", f"{place}/type"


def _series(chart: Json, where: str) -> Problems:
    axes = object_in(chart, "axis_config")
    categories = _list(axes.get("categories"))
    place = f"{where}/axis_config"
    yield from list_problems(categories, f"{place}/categories", most=CHART_CATEGORIES)
    for number, label in enumerate(categories):
        yield from _at_most(label, CHART_LABEL, f"{place}/categories/{number}")
    for name in ("x_label", "y_label"):
        yield from _at_most(axes.get(name), CHART_TITLE, f"{place}/{name}")
    yield from list_problems(chart.get("series"), f"{where}/series", most=CHART_SERIES)
    for number, one in enumerate(objects_in(chart.get("series"))):
        at = f"{where}/series/{number}"
        yield from _needed(one, at, "name")
        yield from _at_most(one.get("name"), CHART_LABEL, f"{at}/name")
        yield from _points(one.get("data"), f"{at}/data")
        if [point.get("label") for point in objects_in(one.get("data"))] != categories:
            yield "must have a point for each category, in order", f"{at}/data"


def _points(points: Any, where: str, *, lowest: float | None = None) -> Problems:
    for number, point in enumerate(objects_in(points)):
        at, value = f"{where}/{number}", point.get("value")
        yield from _needed(point, at, "label")
        yield from _at_most(point.get("label"), CHART_LABEL, f"{at}/label")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield "must be a number", f"{at}/value"
        elif lowest is not None and value <= lowest:
            yield "must be more than 0", f"{at}/value"


def _video(block: Json, where: str) -> Problems:
    yield from _needed(block, where, "alt_text", "thumbnail_url", "video_url")
    yield from text_problems(block.get("title"), f"{where}/title", most=199, plain=True)
    yield from _at_most(block.get("author_name"), 49, f"{where}/author_name")


NEWER_CHECKS: Final[Mapping[str, Callable[[Json, str], Problems]]] = {
    "alert": _alert,
    "card": _card,
    "carousel": _carousel,
    "context_actions": _context_actions,
    "data_table": _data_table,
    "data_visualization": _chart,
    "plan": _plan,
    "table": _table,
    "task_card": _task,
    "video": _video,
}
"""
By type, what is wrong with a block, and where.

Source: the pages of docs.slack.dev/reference/block-kit/blocks, and slack_sdk 3.48 where they say nothing
of a limit; for charts `rxslack.web.chart_limits`. The words are those of older blocks' errors: of these
blocks none are known.
"""
