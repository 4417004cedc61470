"""Streams and sinks describe themselves in a cell: `%load_ext rxslack`."""

from __future__ import annotations

from typing import Any, Final

from reactivex import Observable

from rxslack.notebook.paint import picture, quoted
from rxslack.notebook.stages import Stage, stages
from rxslack.sinks.delivery.sink import Sink

__all__ = ["describe", "load_ipython_extension", "unload_ipython_extension"]

STEP: Final = 16  # pixels from a marble to the next
LINE: Final = 30  # pixels from a stage to the next
LEFT: Final = 150  # pixels for the names
COLOURS: Final = {"h": "#8e8e8e", "m": "#4a90d9", "r": "#e2a33c", "F": "#b00020", "R": "#2e7d32"}


def describe(thing: Observable[Any] | Sink) -> str:
    """
    What a stream or a sink is, in words; nothing is subscribed to.

    >>> import reactivex
    >>> from reactivex import operators as ops
    >>> print(describe(reactivex.never().pipe(ops.map(str))))
    stream: never -> map
      never  --------------
      map    --x---x--x---x
    """
    if isinstance(thing, Sink):
        return f"sink: {thing.left} items under way"
    found = stages(thing)
    wide = max(len(stage.name) for stage in found)
    lines = [f"  {stage.name:<{wide}}  {stage.marbles}".rstrip() for stage in found]
    return "\n".join([f"stream: {' -> '.join(stage.name for stage in found)}", *lines])


def describe_in_html(thing: Observable[Any] | Sink) -> str:
    """The same with a picture."""
    if isinstance(thing, Sink):
        return f"<b>sink</b> {thing.left} items under way"
    found = stages(thing)
    words = " → ".join(quoted(stage.name) for stage in found)
    shapes = "".join(drawn(stage, place) for place, stage in enumerate(found))
    image = picture(LEFT + 18 * STEP, LINE * len(found), shapes, "its marbles")
    return f'<div style="font-family:sans-serif"><b>stream</b> {words}<br>{image}</div>'


def drawn(stage: Stage, place: int) -> str:
    """One stage as SVG: its name, a line in time, its marbles."""
    y = LINE * place + LINE // 2
    end = LEFT + 16 * STEP
    line = (
        f'<text x="0" y="{y + 4}" font-size="13" font-family="monospace" fill="#888">'
        f"{quoted(stage.name)[:20]}</text>"
        f'<path d="M{LEFT} {y}H{end}m-5 -4l5 4l-5 4" stroke="#999" fill="none"/>'
    )
    marbles = stage.marbles.replace("(", "").replace(")", "")
    return line + "".join(
        marble(character, LEFT + STEP + STEP * frame, y)
        for frame, character in enumerate(marbles)
        if character != "-"
    )


def marble(character: str, x: int, y: int) -> str:
    """An item, the end or the error, as it stands on its line."""
    if character == "|":
        return f'<path d="M{x} {y - 9}v18" stroke="#888" stroke-width="2"/>'
    if character == "#":
        return f'<path d="M{x - 6} {y - 6}l12 12m0 -12l-12 12" stroke="#b00020" stroke-width="2"/>'
    return (
        f'<circle cx="{x}" cy="{y}" r="9" fill="{COLOURS.get(character, "#7b61b8")}"/>'
        f'<text x="{x}" y="{y + 4}" font-size="11" font-family="sans-serif" fill="white" '
        f'text-anchor="middle">{quoted(character)}</text>'
    )


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext rxslack`: cells that end in a stream or a sink describe it."""
    formatters = shell.display_formatter.formatters
    for kind in (Observable, Sink):
        formatters["text/html"].for_type(kind, describe_in_html)
        formatters["text/plain"].for_type(kind, described_plainly)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext rxslack`."""
    formatters = shell.display_formatter.formatters
    for kind in (Observable, Sink):
        for form in ("text/html", "text/plain"):
            formatters[form].pop(kind, None)


def described_plainly(thing: Any, printer: Any, _: bool) -> None:
    """`describe` as IPython's printer wants it."""
    printer.text(describe(thing))
