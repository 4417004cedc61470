"""
Lines in time as a figure: one to zoom into, and one for a file.

The one is Bokeh's, which a notebook loads in 1.3 MB, once; plotly's widget is 5 MB for each plot, and
Altair's comes over the network, or brings a browser. The other is matplotlib's, which needs no browser.
Both are imported when the first is made.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError
from rxslack.notebook.points import Line

__all__ = ["COLOURS", "bokeh_figure", "bokeh_library", "data_of", "needed", "png_of"]

COLOURS: Final = ("#4a90d9", "#e2a33c", "#4caf7d", "#b36ad6", "#d9655f", "#4bb8c4", "#8c6d46")
COLOURS_REST: Final = ("#9a9a9a", "#c2b93b")
GREY: Final = "#888888"  # to be read on white and on black
HIGH: Final = 280  # pixels

Gaps = Sequence[tuple[float, float]]


def colour_of(number: int) -> str:
    """The colour of a line."""
    colours = (*COLOURS, *COLOURS_REST)
    return colours[number % len(colours)]


def needed(name: str, for_what: str) -> Any:
    """A library of the extra `notebook`."""
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigurationError(
            f"{for_what} needs {name.partition('.')[0]}: pip install 'rxslack[notebook]'"
        ) from error


@cache
def bokeh_library() -> str:
    """What the page runs, from the installed package."""
    bokeh = needed("bokeh", "plot()")
    folder = Path(str(bokeh.__file__)).parent / "server" / "static" / "js"
    return (folder / "bokeh.min.js").read_text(encoding="utf-8")


def local(seconds: float) -> float:
    """Milliseconds, so that an axis of UTC shows the local time."""
    offset = datetime.fromtimestamp(seconds, UTC).astimezone().utcoffset()
    return 1000 * (seconds + (offset.total_seconds() if offset else 0.0))


def data_of(times: Sequence[float], lines: Sequence[Line], gaps: Gaps) -> dict[str, Any]:
    """The numbers, as JSON: a list of x; of each line its name and a list of y; and the gaps."""
    return {
        "x": [local(at) for at in times],
        "lines": [
            {"name": line.name, "y": [y if y == y else None for y in line.values]} for line in lines
        ],
        "gaps": [(local(since), local(until)) for since, until in gaps],
    }


def bokeh_figure(most: int, axis: str) -> str:
    """A figure with so many lines, which have no names and no numbers yet, as JSON for the page."""
    plotting, models = needed("bokeh.plotting", "plot()"), needed("bokeh.models", "plot()")
    figure = plotting.figure(
        height=HIGH,
        sizing_mode="stretch_width",
        x_axis_type="datetime",
        tools="xpan,xwheel_zoom,xbox_zoom,reset",
        active_scroll="xwheel_zoom",
        active_drag="xbox_zoom",
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
    )
    figure.toolbar.logo = None
    figure.y_range.start = 0
    for each in (*figure.axis, *figure.grid):
        for name in (
            "axis_line_color",
            "major_tick_line_color",
            "minor_tick_line_color",
            "grid_line_color",
        ):
            if hasattr(each, name):
                setattr(each, name, GREY)
        if hasattr(each, "major_label_text_color"):
            each.major_label_text_color = each.axis_label_text_color = GREY
        if hasattr(each, "grid_line_alpha"):
            each.grid_line_alpha = 0.25
    figure.yaxis.axis_label = axis
    gaps = models.ColumnDataSource(data={"left": [], "right": []}, name="gaps")
    figure.vstrip(
        x0="left", x1="right", source=gaps, fill_color="#d1344b", fill_alpha=0.2, line_color=None
    )
    items: list[Any] = []
    for number in range(most):
        source = models.ColumnDataSource(data={"x": [], "y": []}, name=f"line {number}")
        drawn = figure.line("x", "y", source=source, line_width=2, color=colour_of(number))
        items.append(
            models.LegendItem(label="", renderers=[drawn], name=f"item {number}", visible=False)
        )
        hover = models.HoverTool(
            name=f"hover {number}",
            renderers=[drawn],
            tooltips=[(axis, "@y{0.[00]}"), ("at", "@x{%F %T}")],
            formatters={"@x": "datetime"},
            mode="vline",
            visible=False,
        )
        figure.add_tools(hover)
    legend = models.Legend(
        name="legend",
        items=items,
        visible=False,
        click_policy="hide",
        location="top_left",
        label_text_color=GREY,
        background_fill_alpha=0.0,
        border_line_alpha=0.0,
    )
    figure.add_layout(legend)
    embed = needed("bokeh.embed", "plot()")
    return json.dumps(embed.json_item(figure))


def png_of(
    title: str, axis: str, times: Sequence[float], lines: Sequence[Line], gaps: Gaps
) -> bytes:
    """The same as a PNG, drawn by matplotlib without any screen."""
    figures, dates = needed("matplotlib.figure", "a PNG"), needed("matplotlib.dates", "a PNG")
    figure = figures.Figure(figsize=(9, 3), layout="constrained")
    axes = figure.subplots()
    moments = [datetime.fromtimestamp(at).astimezone() for at in times]
    for number, line in enumerate(lines):
        # A name with a dollar sign would be set as mathematics.
        name = printable(masked(line.name)).replace("$", r"\$") or None
        axes.plot(moments, line.values, label=name, color=colour_of(number), linewidth=1.6)
    for since, until in gaps:
        axes.axvspan(
            *(datetime.fromtimestamp(at).astimezone() for at in (since, until)),
            color="#d1344b",
            alpha=0.2,
        )
    axes.set(title=printable(title).replace("$", r"\$"), ylabel=axis)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.25)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if moments:
        locator = dates.AutoDateLocator(tz=moments[0].tzinfo)
        axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz=moments[0].tzinfo))
        axes.xaxis.set_major_locator(locator)
    if any(line.name for line in lines):
        axes.legend(loc="upper left", frameon=False, fontsize="small", ncols=2)
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=110)
    return written.getvalue()
