"""`chart` and `table`: messages with Slack's own blocks, and the same in letters."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
import reactivex
from reactivex import operators as ops

from rxslack.errors import ConfigurationError
from rxslack.operators.charts import chart
from rxslack.operators.tables import table
from rxslack.simulator import Workspace
from rxslack.sinks.keep_posted import keep_posted

COUNTS = {"general": 4, "random": 2}
DAYS = {"today": {"a": 1, "b": 2}, "yesterday": {"b": 3.5, "c": -1}}


def drawn(kind: Any, data: Any, **options: Any) -> Any:
    given: dict[str, Any] = {"title": "Messages", "channel": "C1", **options}
    return chart(kind, **given)(data)


def test_it_draws_one_series() -> None:
    message = drawn("bar", COUNTS, x_label="Channel")
    assert message["channel"] == "C1"
    assert message["blocks"] == [
        {
            "type": "data_visualization",
            "title": "Messages",
            "chart": {
                "type": "bar",
                "series": [
                    {
                        "name": "Messages",
                        "data": [{"label": "general", "value": 4}, {"label": "random", "value": 2}],
                    }
                ],
                "axis_config": {"categories": ["general", "random"], "x_label": "Channel"},
            },
        }
    ]


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_it_gives_all_series_all_labels(kind: str) -> None:
    drawing = drawn(kind, DAYS)["blocks"][0]["chart"]
    assert drawing["axis_config"] == {"categories": ["a", "b", "c"]}
    assert [(one["name"], [p["value"] for p in one["data"]]) for one in drawing["series"]] == [
        ("today", [1, 2, 0]),
        ("yesterday", [0, 3.5, -1]),
    ]


def test_it_draws_a_pie() -> None:
    drawing = drawn("pie", COUNTS)["blocks"][0]["chart"]
    segments = [{"label": "general", "value": 4}, {"label": "random", "value": 2}]
    assert drawing == {"type": "pie", "segments": segments}


def test_it_says_all_numbers_in_letters() -> None:
    text = drawn("line", DAYS, form="text")
    assert "blocks" not in text
    assert text["text"].splitlines()[:5] == [
        "Messages",
        "```",
        "a today      ██████                  1",
        "a yesterday                          0",
        "b today      ███████████             2",
    ]


def test_nothing_in_the_letters_ends_the_block_or_calls_anybody() -> None:
    text = drawn("bar", {"```<!channel>": 1})["text"]
    assert text.count("```") == 2
    assert "<!channel>" not in text


def test_it_draws_a_picture_for_upload_file() -> None:
    item = drawn("bar", {"<a&b>": 4, "c": 2}, form="picture", title='"T"')
    assert item["filename"] == "chart.svg"
    root = ElementTree.fromstring(item["content"])
    bars = root.findall("{*}rect")
    assert [float(bar.attrib["width"]) for bar in bars] == [360.0, 180.0]
    assert root.attrib["aria-label"] == '"T"'
    assert "<a&b>" in [text.text for text in root.findall("{*}text")]
    assert "4" in item["alt_txt"]


def test_it_cuts_labels_short() -> None:
    message = drawn("bar", {"x" * 30: 1, 2026: 2})
    assert message["blocks"][0]["chart"]["axis_config"]["categories"] == ["x" * 19 + "…", "2026"]


@pytest.mark.parametrize(
    ("kind", "data", "says"),
    [
        ("bar", {}, "numbers by label"),
        ("bar", [1, 2], "numbers by label"),
        ("bar", {"a": {}}, "at least one"),
        ("bar", {"a": "4"}, "finite number"),
        ("bar", {"a": True}, "finite number"),
        ("bar", {"a": float("nan")}, "finite number"),
        ("bar", {"": 1}, "different texts"),
        ("bar", {"x" * 20 + "a": 1, "x" * 20 + "b": 2}, "different texts"),
        ("bar", {f"{n}": n for n in range(21)}, "20 labels, not 21"),
        ("line", {f"{n}": {"a": n} for n in range(13)}, "13 series"),
        ("pie", {f"{n}": n for n in range(1, 14)}, "12 labels, not 13"),
        ("pie", {"a": 0}, "above 0"),
        ("pie", DAYS, "2 series"),
    ],
)
def test_it_refuses_what_slack_would(kind: str, data: Any, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        drawn(kind, data)


@pytest.mark.parametrize(
    "options", [{"title": ""}, {"title": "x" * 51}, {"y_label": "x" * 51}, {"form": "svg"}]
)
def test_it_refuses_options_that_slack_would(options: Any) -> None:
    with pytest.raises(ConfigurationError):
        drawn("bar", COUNTS, **options)


def test_it_refuses_another_kind() -> None:
    with pytest.raises(ConfigurationError, match="radar"):
        drawn("radar", COUNTS)


ROWS = [{"who": "alice", "n": 1234, "note": None}, {"who": "bob", "n": 0.5}]


def tabled(data: Any, *columns: str, **options: Any) -> Any:
    given: dict[str, Any] = {"title": "People", "channel": "C1", **options}
    return table(columns, **given)(data)


def test_it_makes_a_table_of_dicts() -> None:
    message = tabled(ROWS)
    (block,) = message["blocks"]
    assert (block["type"], block["caption"]) == ("data_table", "People")
    assert block["rows"] == [
        [{"type": "raw_text", "text": name} for name in ("who", "n", "note")],
        [
            {"type": "raw_text", "text": "alice"},
            {"type": "raw_number", "value": 1234, "text": "1,234"},
            {"type": "raw_text", "text": ""},
        ],
        [
            {"type": "raw_text", "text": "bob"},
            {"type": "raw_number", "value": 0.5, "text": "0.5"},
            {"type": "raw_text", "text": ""},
        ],
    ]
    assert message["text"].splitlines()[2:4] == ["who        n  note", "alice  1,234"]


def test_it_makes_a_table_of_lists_and_of_some_columns() -> None:
    assert tabled([("a", 1)], "x", "y")["blocks"][0]["rows"][1][1]["value"] == 1
    assert len(tabled(ROWS, "n")["blocks"][0]["rows"][0]) == 1
    assert "blocks" not in tabled(ROWS, form="text")


def test_it_says_the_first_rows_in_letters() -> None:
    text = tabled([{"n": n} for n in range(40)])["text"]
    assert text.endswith("… and 10 more\n```")
    assert len(text.splitlines()) == 35


@pytest.mark.parametrize(
    ("rows", "columns", "says"),
    [
        ([], ["a"], "1 to 100 rows"),
        ([("a",)] * 101, ["a"], "not 101"),
        ([("a",)], [], "20 columns, not 0"),
        ([range(21)], [f"{n}" for n in range(21)], "not 21"),
        ([("a",), ("b", "c")], ["a"], "2 values for 1"),
        ([("x" * 200,)] * 51, ["a"], "10201 characters"),
        ([(float("inf"),)], ["a"], "finite"),
    ],
)
def test_it_refuses_a_table_that_slack_would(rows: Any, columns: list[str], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        tabled(rows, *columns)


@pytest.mark.parametrize("options", [{"title": ""}, {"form": "picture"}])
def test_it_refuses_options_of_a_table(options: Any) -> None:
    with pytest.raises(ConfigurationError):
        tabled(ROWS, **options)


def test_it_takes_no_text_for_columns() -> None:
    with pytest.raises(ConfigurationError, match="list of names"):
        table("who", title="People", channel="C1")


def test_it_is_kept_posted(slack: Workspace) -> None:
    show = chart("bar", title="Messages", channel=slack.channel_id("general"))
    with keep_posted(slack.web, "chart") as sink:
        reactivex.of(COUNTS, {"general": 5}).pipe(ops.map(show)).subscribe(sink)
        assert sink.drain(30.0) == 0
    (message,) = slack.messages("general")
    assert message["blocks"][0]["chart"]["series"][0]["data"] == [{"label": "general", "value": 5}]
