"""
What was seen, as text and as HTML.

The HTML has to live in notebooks that nobody trusts, where `<script>` and inline `<svg>` are taken
out; so pictures are images with their data inside. Every text from outside is escaped, set apart
from the direction of its neighbours, and kept from being read as mathematics.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import Final

from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.notebook.columns import Table
from rxslack.notebook.tally import Counted

__all__ = ["as_html", "as_text", "picture", "quoted", "sparkline"]

BARS: Final = " ▁▂▃▄▅▆▇█"
CELL: Final = (
    "text-align:left;vertical-align:top;padding:1px 10px 1px 0;white-space:pre-wrap;"
    "overflow-wrap:break-word;max-width:50em;unicode-bidi:isolate"
)


def as_html(title: str, seen: Counted, table: Table, trace: str = "") -> str:
    """The view of a stream; of one that failed with its traceback."""
    counts = " · ".join(f"{quoted(masked(kind))} {count}" for kind, count in seen.counts[:8])
    colour = "#b00020" if seen.error else "#777" if seen.over else "#2e7d32"
    state = quoted(f"{seen.state}{': ' if seen.error else ''}{seen.error}")
    return (
        # MathJax would set "$5 and $6" as a formula; these classes keep it away.
        '<div class="rxslack mathjax_ignore tex2jax_ignore" style="font-family:sans-serif">'
        f'<div><b>{quoted(title)}</b> <span style="color:{colour}">● {state}</span> '
        f"<span>{events(seen.total)}</span> {rate_picture(seen.rate)}</div>"
        f'<div style="color:#777">{counts}</div>'
        f"{html_trace(trace)}{html_table(table)}</div>"
    )


def html_trace(trace: str) -> str:
    """A traceback, if there is one."""
    style = "color:#b00020;white-space:pre-wrap;max-height:20em;overflow:auto"
    return f'<div style="{style}">{quoted(trace)}</div>' if trace else ""


def as_text(title: str, seen: Counted, table: Table, trace: str = "") -> str:
    """The same without HTML."""
    counts = ", ".join(f"{one_line(masked(kind))} {count}" for kind, count in seen.counts[:8])
    state = one_line(f"{seen.state}{seen.error and f': {seen.error}'}")
    head = f"{one_line(title)}: {state}; {events(seen.total)} {sparkline(seen.rate)}"
    titles, rows = table
    lines = ["  ".join(map(one_line, row)) for row in (titles, *rows) if titles]
    return "\n".join([head.rstrip(), counts, *lines, *trace.splitlines()])


def one_line(text: str) -> str:
    """A text without line breaks, and fit for a terminal."""
    return printable(" ".join(text.split()))


def events(count: int) -> str:
    """So many."""
    return f"{count} event{'' if count == 1 else 's'}"


def html_table(table: Table) -> str:
    """A table with every cell escaped."""
    titles, rows = table
    head = "".join(f'<th style="{CELL}">{quoted(title)}</th>' for title in titles)
    body = "".join(f"<tr>{''.join(map(html_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_cell(text: str) -> str:
    """A cell, in the direction of its own text."""
    return f'<td style="{CELL}" dir="auto">{quoted(text)}</td>'


def quoted(text: str) -> str:
    """A text as HTML that shows it, and nothing else."""
    # In an element of its own a "$" or a backslash begins no formula.
    return (
        escape(printable(text, lines=True))
        .replace("$", "<span>$</span>")
        .replace("\\", "<span>\\</span>")
    )


def sparkline(values: Sequence[int]) -> str:
    """
    Numbers as a line of bars.

    >>> sparkline([0, 1, 4, 8])
    ' ▁▄█'
    """
    highest = max(values, default=0) or 1
    return "".join(BARS[-(-value * (len(BARS) - 1) // highest)] for value in values)


def rate_picture(rate: Sequence[int]) -> str:
    """How many events in each of the last seconds, as an image."""
    highest, wide, high = max(rate, default=0) or 1, 3 * len(rate), 24
    bars = "".join(
        f'<rect x="{3 * place}" y="{high - high * count / highest:.1f}" width="2" '
        f'height="{high * count / highest:.1f}" fill="#4a90d9"/>'
        for place, count in enumerate(rate)
        if count
    )
    ground = f'<rect y="{high - 0.5}" width="{wide}" height="0.5" fill="#999"/>'
    image = picture(wide, high, bars + ground, f"events a second, {sparkline(rate).strip()}")
    return f"{image} <small>{rate[-2] if len(rate) > 1 else 0}/s, at most {max(rate)}/s</small>"


def picture(wide: int, high: int, shapes: str, words: str) -> str:
    """SVG shapes as an image that untrusted notebooks show, too."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}">{shapes}</svg>'
    )
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img alt="{escape(words)}" width="{wide}" height="{high}" '
        f'style="vertical-align:middle" src="data:image/svg+xml;base64,{data}">'
    )
