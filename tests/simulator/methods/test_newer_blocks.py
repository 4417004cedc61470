"""The blocks of 2026: what Slack takes, and what it refuses, with the place."""

from __future__ import annotations

from typing import Any

import pytest

from rxslack.errors import ApiError
from rxslack.simulator import Workspace

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def cell(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def rich(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def points(*labels: str) -> list[Json]:
    return [{"label": label, "value": 1} for label in labels]


def chart(**more: Any) -> Json:
    return {"type": "data_visualization", "title": "Load", "chart": more}


def bars(*labels: str, **more: Any) -> Json:
    series = {"name": "today", "data": points(*labels), **more}
    return chart(type="bar", series=[series], axis_config={"categories": [*labels]})


def table(*rows: list[Json], **more: Any) -> Json:
    return {"type": "data_table", "caption": "Load", "rows": [*rows], **more}


CARD: Json = {"type": "card", "title": plain("Soup"), "body": plain("Hot")}
BUTTON: Json = {"type": "button", "text": plain("Go"), "action_id": "go"}
TASK: Json = {"type": "task_card", "task_id": "1", "title": "Cook", "status": "complete"}
HEADER = [cell("a"), cell("b")]
GOOD: list[Json] = [
    CARD | {"actions": [BUTTON], "hero_image": {"image_url": "https://a.example", "alt_text": "a"}},
    {"type": "carousel", "elements": [CARD, CARD]},
    {"type": "plan", "title": "Lunch", "tasks": [TASK, TASK | {"details": rich("a")}]},
    TASK,
    {"type": "container", "title": plain("a"), "width": "wide", "child_blocks": [CARD, TASK]},
    {"type": "table", "rows": [HEADER, [cell("1"), rich("2")]]},
    table(HEADER, [{"type": "raw_number", "value": 1, "text": "1"}, rich("2")], page_size=10),
    bars("mon", "tue"),
    chart(type="pie", segments=points("mon", "tue")),
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "positive_button": {"text": plain("Good"), "value": "1"},
                "negative_button": {"text": plain("Bad"), "value": "0"},
            },
            {"type": "icon_button", "icon": "trash", "text": plain("Delete")},
        ],
    },
]


@pytest.mark.parametrize("block", GOOD, ids=[f"{n} {b['type']}" for n, b in enumerate(GOOD)])
def test_it_takes_what_is_good(slack: Workspace, block: Json) -> None:
    answer = slack.web.call("chat.postMessage", channel="general", text="a", blocks=[block])
    assert answer["message"]["blocks"][0]["type"] == block["type"]


def test_it_takes_an_alert_in_a_modal(slack: Workspace) -> None:
    alert = {"type": "alert", "text": plain("Careful"), "level": "warning"}
    view = {"type": "modal", "title": plain("a"), "blocks": [alert]}
    slack.web.call("views.open", trigger_id=slack.trigger("alice"), view=view)
    wrong = view | {"blocks": [alert | {"level": "loud"}]}
    with pytest.raises(ApiError) as raised:
        slack.web.call("views.open", trigger_id=slack.trigger("alice"), view=wrong)
    answer: Any = raised.value.response
    assert "must be one of: default, info" in answer["response_metadata"]["messages"][0]


LONG = "x" * 10_001
REFUSED: list[tuple[Json, str, str]] = [
    ({"type": "card"}, "missing required field: hero_image, title, actions or body", ""),
    (CARD | {"title": plain("x" * 151)}, "must be less than 151 characters", "/title/text"),
    (CARD | {"body": plain("x" * 201)}, "must be less than 201 characters", "/body/text"),
    (CARD | {"actions": [{"type": "nonsense"}]}, "unsupported type: nonsense", "/actions/0/type"),
    (CARD | {"icon": {"image_url": "a"}}, "missing required field: alt_text", "/icon"),
    ({"type": "carousel", "elements": [CARD] * 11}, "no more than 10 items allowed", "/elements"),
    ({"type": "carousel", "elements": [TASK]}, "unsupported type: task_card", "/elements/0/type"),
    ({"type": "carousel"}, "missing required field: elements", ""),
    ({"type": "plan"}, "missing required field: title", ""),
    (TASK | {"status": "done"}, "must be one of: pending, in_progress, complete, error", "/status"),
    (TASK | {"output": plain("a")}, "unsupported type: plain_text", "/output/type"),
    ({"type": "container", "child_blocks": [CARD]}, "title or rich_text_title", ""),
    (GOOD[4] | {"child_blocks": [TASK] * 11}, "no more than 10 items allowed", "/child_blocks"),
    (GOOD[4] | {"child_blocks": [GOOD[4]]}, "unsupported type: container", "/child_blocks/0/type"),
    (GOOD[4] | {"child_blocks": [{"type": "card"}]}, "missing required", "/child_blocks/0"),
    (GOOD[4] | {"width": "huge"}, "must be one of: narrow", "/width"),
    (GOOD[4] | {"default_collapsed": True}, "requires is_collapsible", "/default_collapsed"),
    ({"type": "table", "rows": [[cell("a")]] * 101}, "no more than 100 items allowed", "/rows"),
    ({"type": "table", "rows": [[cell("a")] * 21]}, "must have 1 to 20 items", "/rows/0"),
    ({"type": "table", "rows": [[plain("a")]]}, "unsupported type: plain_text", "/rows/0/0/type"),
    ({"type": "table", "rows": [[cell(LONG)]]}, "must be less than 10001 characters", "/rows"),
    (table(HEADER), "must have at least 2 items", "/rows"),
    (table(HEADER, [cell("a")]), "must have as many items as the first row", "/rows/1"),
    (table([rich("a")], [cell("a")]), "unsupported type: rich_text", "/rows/0/0/type"),
    (table(HEADER, HEADER, page_size=101), "must be between 1 and 100", "/page_size"),
    (
        table(HEADER, HEADER, row_header_column_index=2),
        "index of a column",
        "/row_header_column_index",
    ),
    (table(HEADER, HEADER, caption=""), "missing required field: caption", ""),
    (bars("a") | {"title": "x" * 51}, "must be less than 51 characters", "/title"),
    ({"type": "data_visualization", "title": "a"}, "missing required field: chart", ""),
    (chart(type="donut"), "unsupported type: donut", "/chart/type"),
    (chart(type="pie", segments=points(*"abcdefghijklm")), "no more than 12", "/chart/segments"),
    (
        chart(type="pie", segments=[{"label": "a", "value": 0}]),
        "must be more than 0",
        "/chart/segments/0/value",
    ),
    (bars(*(str(n) for n in range(21))), "no more than 20", "/chart/axis_config/categories"),
    (bars("a", name="x" * 21), "must be less than 21 characters", "/chart/series/0/name"),
    (bars("a", data=points("b")), "a point for each category", "/chart/series/0/data"),
    (bars("a", data=[{"label": "a", "value": "1"}]), "a number", "/chart/series/0/data/0/value"),
    (
        {"type": "context_actions", "elements": [BUTTON]},
        "unsupported type: button",
        "/elements/0/type",
    ),
    ({"type": "video", "title": plain("a")}, "missing required field: alt_text", ""),
]


@pytest.mark.parametrize(
    ("block", "what", "where"),
    REFUSED,
    ids=[f"{n} {b['type']}" for n, (b, _, _) in enumerate(REFUSED)],
)
def test_it_says_what_is_wrong(slack: Workspace, block: Json, what: str, where: str) -> None:
    with pytest.raises(ApiError, match="invalid_blocks") as raised:
        slack.web.call("chat.postMessage", channel="general", text="a", blocks=[block])
    answer: Any = raised.value.response
    assert what in answer["errors"][0]
    assert answer["errors"][0].endswith(f"[json-pointer:/blocks/0{where}]")
    assert slack.messages("general") == []


@pytest.mark.parametrize("outer", ["carousel", "container"])
def test_it_has_buttons_inside_of_blocks_inside_of_blocks(slack: Workspace, outer: str) -> None:
    card = CARD | {"block_id": "card", "actions": [{"type": "button", "text": plain("Go")}]}
    inside = "elements" if outer == "carousel" else "child_blocks"
    block: Json = {"type": outer, "title": plain("a"), inside: [card, CARD]}
    answer = slack.web.call("chat.postMessage", channel="general", text="a", blocks=[block])
    first, second = answer["message"]["blocks"][0][inside]
    assert second["block_id"] not in ("", "card")
    action = first["actions"][0]["action_id"]
    used = slack.interactions.click("alice", action, channel="general", ts=answer["ts"])
    assert used.payload["actions"][0]["block_id"] == "card"


def test_it_takes_two_charts_a_message(slack: Workspace) -> None:
    said: Json = {"channel": "general", "text": "a"}
    slack.web.call("chat.postMessage", **said, blocks=[bars("a"), bars("a")])
    with pytest.raises(ApiError) as raised:
        slack.web.call("chat.postMessage", **said, blocks=[bars("a")] * 3)
    answer: Any = raised.value.response
    assert answer["errors"][0] == (
        "no more than 2 items of type data_visualization allowed [json-pointer:/blocks]"
    )
