"""What `explore` found, in four pictures."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any, Final

from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.notebook.figures import COLOURS, COLOURS_REST, needed

if TYPE_CHECKING:
    import pandas

__all__ = ["explored_png"]

PEOPLE: Final = 14  # in the graph
LINES: Final = 7  # channels that are told apart
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def explored_png(
    timeline: pandas.DataFrame,
    hours: pandas.DataFrame,
    responses: pandas.DataFrame,
    answers: pandas.DataFrame,
) -> bytes:
    """The pictures, drawn without a screen."""
    figure = needed("matplotlib.figure", "a PNG").Figure(figsize=(11, 6.5), layout="constrained")
    (first, second), (third, fourth) = figure.subplots(2, 2)
    draw_timeline(first, timeline)
    draw_hours(second, hours)
    draw_responses(third, responses)
    draw_answers(fourth, answers)
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=100)
    return written.getvalue()


def label(name: object) -> str:
    """A name that is shown as it is, and not set as mathematics."""
    return printable(masked(str(name)))[:30].replace("$", r"\$")


def draw_timeline(axes: Any, timeline: Any) -> None:
    """Messages in time, by channel."""
    axes.set(title="messages in time")
    if not len(timeline):
        return
    most = timeline.sum().nlargest(LINES).index
    shown = timeline[most].copy()
    rest = timeline.drop(columns=most).sum(axis=1)
    if rest.sum():
        shown["others"] = rest
    times = shown.index.tz_localize(None).to_numpy()
    colours = (*COLOURS, *COLOURS_REST)
    axes.stackplot(
        times,
        *(shown[name] for name in shown),
        labels=[label(name) for name in shown],
        colors=colours,
    )
    axes.legend(loc="upper left", fontsize="x-small", frameon=False)
    dates = needed("matplotlib.dates", "a PNG")
    locator = dates.AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))


def draw_hours(axes: Any, hours: Any) -> None:
    """The busiest hours of the week."""
    axes.imshow(hours.to_numpy(), aspect="auto", cmap="Blues")
    axes.set(title="busiest hours", xticks=range(0, 24, 3), yticks=range(7), yticklabels=DAYS)


def draw_responses(axes: Any, responses: Any) -> None:
    """How long people wait for the first answer, in bins that double."""
    axes.set(title="until the first answer", ylabel="threads", xscale="log")
    seconds = responses["seconds"][responses["seconds"] > 0].to_numpy()
    if len(seconds):
        edges = [2.0**power for power in range(22)]
        axes.hist(seconds, bins=edges, color=COLOURS[1])
        median = responses["seconds"].median()
        axes.axvline(median, color=COLOURS[4])
        axes.set_title(f"until the first answer; half within {spoken(median)}")
        ticks = {
            1: "1 s",
            10: "10 s",
            60: "1 min",
            600: "10 min",
            3600: "1 h",
            36000: "10 h",
            604800: "1 week",
        }
        axes.set_xticks(list(ticks), list(ticks.values()))
        axes.minorticks_off()
        axes.set_xlim(1, max(120.0, float(seconds.max()) * 1.5))


def spoken(seconds: float) -> str:
    """A time in words."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def draw_answers(axes: Any, answers: Any) -> None:
    """Who answers whom, as a graph: the wider an arrow, the more answers."""
    axes.set(title="who answers whom", xlim=(-1.5, 1.5), ylim=(-1.3, 1.3), aspect="equal")
    axes.axis("off")
    weight = answers.sum(axis=0).add(answers.sum(axis=1), fill_value=0)
    people = list(weight.nlargest(PEOPLE).index)
    if not people:
        return
    turns = [2 * math.pi * number / len(people) for number in range(len(people))]
    at = {name: (math.cos(turn), math.sin(turn)) for name, turn in zip(people, turns, strict=True)}
    most = max(1, int(answers.loc[people, people].to_numpy().max()))
    for asker in people:
        for answerer in people:
            count = int(answers.loc[asker, answerer])
            if count:
                style = {
                    "arrowstyle": "-|>",
                    "connectionstyle": "arc3,rad=0.12",
                    "linewidth": 0.3 + 4 * count / most,
                    "alpha": 0.25 + 0.6 * count / most,
                    "color": COLOURS[0],
                    "shrinkA": 12,
                    "shrinkB": 12,
                }
                axes.annotate("", xy=at[asker], xytext=at[answerer], arrowprops=style)
    for name, (x, y) in at.items():
        axes.text(1.12 * x, 1.12 * y, label(name), ha="center", va="center", fontsize="small")
