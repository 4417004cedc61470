"""Tables as pictures: a bar for each row, as SVG, which is readable on light pages and on dark ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Bars", "drawn"]

_LINE = 26  # pixels
_NAMES = 250
_BARS = 380
_OURS = "rxslack"
_STYLE = (
    "text { font: 13px sans-serif; fill: #333 } .ours { fill: #2a7de1 } .others { fill: #a8b0bb } "
    "@media (prefers-color-scheme: dark) { text { fill: #ddd } .others { fill: #6b7480 } }"
)


@dataclass(frozen=True)
class Bars:
    """
    How a table is drawn.

    Attributes:
        name: of the file.
        title: what the bars tell.
        value: the head of the column that they stand for.
        labels: the heads of the columns that tell whose they are.
        where: heads, and what has to stand below them.
        without: labels of bars that would make all others look like nothing.
    """

    name: str
    title: str
    value: str
    labels: tuple[str, ...] = ("client",)
    where: frozenset[tuple[str, str]] = frozenset()
    without: frozenset[str] = frozenset()


def drawn(bars: Bars, lines: Sequence[str]) -> str:
    """
    The picture of the tables among some lines that have such columns; "" where there is nothing to draw.

    >>> "width=" in drawn(Bars("a", "A", "ns"), ["| client | ns |", "|---|---|", "| rxslack | 1,500 |"])
    True
    """
    found: list[tuple[str, float, str]] = []
    head: list[str] = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line[:1] == "|" else []
        if not (cells and head):
            head = cells
            continue
        row = dict(zip(head, cells, strict=False))
        value = row.get(bars.value, "").replace(",", "")
        is_meant = row.keys() >= {*bars.labels} and bars.where <= row.items()
        if not (is_meant and value.replace(".", "").isdigit()):
            continue
        label = ", ".join(row[key] for key in bars.labels)
        if label not in bars.without:
            found.append((label, float(value), row[bars.value]))
    return _svg(bars.title, found) if found else ""


def _svg(title: str, rows: Sequence[tuple[str, float, str]]) -> str:
    most = max(value for _, value, _ in rows) or 1.0
    says_whose = any(label.startswith(_OURS) for label, _, _ in rows)
    width, height = _NAMES + _BARS + 100, _LINE * (len(rows) + 1) + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img"><title>{escape(title)}</title>',
        f"<style>{_STYLE}</style>",
        f'<text x="4" y="18" font-weight="bold">{escape(title)}</text>',
    ]
    for place, (label, value, text) in enumerate(rows, 1):
        y, length = place * _LINE + 4, max(value / most * _BARS, 1.0)
        kind = "ours" if label.startswith(_OURS) or not says_whose else "others"
        parts += [
            f'<text x="{_NAMES - 8}" y="{y + 16}" text-anchor="end">{escape(label)}</text>',
            f'<rect class="{kind}" x="{_NAMES}" y="{y + 3}" width="{length:.1f}" height="18"/>',
            f'<text x="{_NAMES + length + 6:.1f}" y="{y + 16}">{escape(text)}</text>',
        ]
    return "\n".join([*parts, "</svg>\n"])
