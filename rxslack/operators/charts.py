"""From the numbers of a window to a message with a chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, cast, get_args

from rxslack.core.operator import check_item, mapper
from rxslack.errors import ConfigurationError
from rxslack.events.items import is_mapping
from rxslack.operators.answering import PostMessageArguments
from rxslack.operators.drawing import Numbers, as_number, bars_of_text, code_block, picture
from rxslack.web.chart_limits import CHART_CATEGORIES, CHART_LABEL, CHART_SERIES, CHART_TITLE

__all__ = ["ChartKind", "Data", "chart"]

ChartKind: TypeAlias = Literal["bar", "line", "area", "pie"]
ChartForm: TypeAlias = Literal["block", "text", "picture"]
Data: TypeAlias = Mapping[str, float] | Mapping[str, Mapping[str, float]]
"""Numbers by label; or several series of such, by their names."""


@mapper
def chart(
    kind: ChartKind,
    *,
    title: str,
    channel: str,
    x_label: str = "",
    y_label: str = "",
    form: ChartForm = "block",
    **fields: Any,
) -> Callable[[Data], PostMessageArguments]:
    """
    Map the numbers of a window to a message with a chart of Slack's own.

    >>> drawn = chart("bar", title="Messages", channel="C1")({"general": 4, "random": 2})
    >>> drawn["blocks"][0]["chart"]["axis_config"]["categories"]
    ['general', 'random']
    >>> print(drawn["text"])
    Messages
    ```
    general  ████████████████████  4
    random   ██████████            2
    ```

    It is a function for `ops.map`, and what it makes is an item for `post_message` and for
    `keep_posted`. The message's `text` has the same numbers in letters, for notifications, screen readers,
    and clients that do not know the block.

    Args:
        kind: "bar", "line", "area" or "pie".
        title: Above the chart, 50 characters at most.
        channel: Where it goes: an id.
        x_label: Of the axis below, 50 characters at most.
        y_label: Of the axis at the side, as well.
        form: "block": Slack's block `data_visualization`. "text": letters alone, where a workspace
            does not have the block yet (`invalid_blocks`). "picture": an SVG file, as an item for
            `upload_file`.
        fields: More arguments, the same for each message.

    Emits: a dict with channel, text and blocks. It takes numbers by label, ``{"general": 4}``, or several
        series of them, ``{"today": {"general": 4}, "yesterday": {…}}``; where a series lacks a
        label it is 0 there. Labels of more than 20 characters are cut short.
    Errors: ``ConfigurationError`` for what Slack would refuse: no numbers, or those that are not
        finite; more than 12 series or segments of a pie, or 20 labels; a pie with a part that is not
        above 0, or of several series; labels that are alike when they are cut short.
    Dispose: nothing to dispose.
    Source: docs.slack.dev/reference/block-kit/blocks/data-visualization-block.
    """
    if kind not in get_args(ChartKind) or form not in get_args(ChartForm):
        raise ConfigurationError(
            f'chart has kind {kind!r} and form {form!r}; kind is "bar", "line", "area" or "pie", '
            'form is "block", "text" or "picture"'
        )
    for name, text in (("title", title), ("x_label", x_label), ("y_label", y_label)):
        if len(text) > CHART_TITLE or not (text or name != "title"):
            raise ConfigurationError(
                f"{name} is {text!r}; Slack takes 1 to {CHART_TITLE} characters"
            )

    def draw(data: Any) -> Any:
        check_item("chart", data)
        numbers = numbers_of(data, y_label or title)
        check_size(kind, numbers)
        words = f"{title}\n{code_block(bars_of_text(numbers))}"
        common = {**fields, "channel": channel}
        if form == "picture":
            drawing = picture(title, numbers)
            return {
                "filename": "chart.svg",
                "title": title,
                "content": drawing,
                "alt_txt": words,
            } | common
        if form == "text":
            return {"text": words} | common
        block = {"type": "data_visualization", "title": title}
        return {
            "text": words,
            "blocks": [block | {"chart": chart_of(kind, numbers, x_label, y_label)}],
        } | common

    return draw


def chart_of(kind: ChartKind, numbers: Numbers, x_label: str, y_label: str) -> dict[str, Any]:
    """The chart in the block."""
    points = {
        name: [{"label": label, "value": value} for label, value in series.items()]
        for name, series in numbers.items()
    }
    if kind == "pie":
        (segments,) = points.values()
        return {"type": kind, "segments": segments}
    axes: dict[str, Any] = {"categories": [*next(iter(numbers.values()))]}
    axes |= {name: text for name, text in (("x_label", x_label), ("y_label", y_label)) if text}
    series = [{"name": name, "data": data} for name, data in points.items()]
    return {"type": kind, "series": series, "axis_config": axes}


def numbers_of(data: object, name: str) -> Numbers:
    """The series, each with all labels, as short as Slack takes them."""
    if not is_mapping(data) or not data:
        raise ConfigurationError(f"a chart is made of numbers by label, not of {data!r}")
    several = all(is_mapping(value) for value in data.values())
    given = cast("Mapping[object, Mapping[object, object]]", data if several else {name: data})
    labels = {label: None for series in given.values() for label in series}
    if not labels:
        raise ConfigurationError("a chart needs at least one number")
    short, names = shortened_all(labels, "labels"), shortened_all(given, "series")
    return {
        names[series]: {
            short[label]: as_number(values.get(label, 0), f"the number of {label!r}")
            for label in labels
        }
        for series, values in given.items()
    }


def shortened_all(texts: Mapping[object, object], what: str) -> dict[object, str]:
    """Each as short as Slack takes it, and all different."""
    short = {
        one: str(one) if len(str(one)) <= CHART_LABEL else str(one)[: CHART_LABEL - 1] + "…"
        for one in texts
    }
    if len(set(short.values())) < len(short) or not all(short.values()):
        raise ConfigurationError(
            f"the {what} of a chart are to be different texts in their first {CHART_LABEL - 1} characters"
        )
    return short


def check_size(kind: ChartKind, numbers: Numbers) -> None:
    """Refuse what Slack would refuse."""
    labels = len(next(iter(numbers.values())))
    most = CHART_SERIES if kind == "pie" else CHART_CATEGORIES
    if labels > most:
        raise ConfigurationError(
            f"a {kind} chart takes {most} labels, not {labels}; keep the largest, or the latest"
        )
    if len(numbers) > (1 if kind == "pie" else CHART_SERIES):
        raise ConfigurationError(f"{len(numbers)} series are too many for a {kind} chart")
    if kind == "pie" and not all(value > 0 for one in numbers.values() for value in one.values()):
        raise ConfigurationError("the parts of a pie are to be above 0")
