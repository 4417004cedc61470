"""Numbers as text and as a picture, for clients that lack Slack's blocks for them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from rxslack.errors import ConfigurationError

__all__ = [
    "Numbers",
    "as_number",
    "bars_of_text",
    "code_block",
    "columns_of_text",
    "picture",
    "shown",
]

Numbers = Mapping[str, Mapping[str, float]]
"""By the name of a series its values by label; all have the same labels."""

BAR: Final = 20  # characters of the longest
COLORS: Final = ("#2563eb", "#ea580c", "#16a34a", "#9333ea", "#db2777", "#0891b2", "#ca8a04")
ROW: Final = 20  # pixels
LEFT: Final = 180
WIDTH: Final = 640


def as_number(value: object, what: str) -> float:
    """
    A number that can be drawn.

    Errors: ``ConfigurationError`` for what is none, or is not finite.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ConfigurationError(f"{what} is {value!r}; a chart needs a finite number")
    return value


def shown(number: float) -> str:
    """
    A number as people read it.

    >>> shown(1234567), shown(0.25), shown(3.0)
    ('1,234,567', '0.25', '3')
    """
    return f"{number:,.0f}" if number == int(number) else f"{number:,.6g}"


def columns_of_text(rows: Sequence[Sequence[str]]) -> str:
    """
    Texts in columns, those of the first one to the left, all others to the right.

    >>> print(columns_of_text([["general", "12"], ["random", "3"]]))
    general  12
    random    3
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def code_block(text: str) -> str:
    """A text whose columns stay in line; nothing in it ends the block."""
    safe = (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("```", "'''")
    )
    return f"```\n{safe}\n```"


def bars_of_text(numbers: Numbers) -> str:
    """
    Bars made of letters.

    >>> print(bars_of_text({"Messages": {"general": 4, "random": 2}}))
    general  ████████████████████  4
    random   ██████████            2
    """
    most = max((abs(n) for series in numbers.values() for n in series.values()), default=0) or 1
    rows = [
        (
            f"{label} {name}" if len(numbers) > 1 else label,
            ("█" * round(abs(number) / most * BAR)).ljust(BAR),
            shown(number),
        )
        for label in next(iter(numbers.values()))
        for name, series in numbers.items()
        for number in (series[label],)
    ]
    widest = [max(len(row[column]) for row in rows) for column in (0, 2)]
    return "\n".join(f"{a.ljust(widest[0])}  {b}  {c.rjust(widest[1])}" for a, b, c in rows)


def picture(title: str, numbers: Numbers) -> str:
    """A drawing of bars, as SVG."""
    most = max((abs(n) for series in numbers.values() for n in series.values()), default=0) or 1
    lines, y = [f'<text x="8" y="18" font-weight="bold">{escape(title)}</text>'], 2 * ROW
    for label in next(iter(numbers.values())):
        lines.append(f'<text x="8" y="{y + 12}">{escape(label)}</text>')
        for place, (name, series) in enumerate(numbers.items()):
            width = abs(series[label]) / most * (WIDTH - LEFT - 100)
            lines.append(
                f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{ROW - 4}"'
                f' fill="{COLORS[place % len(COLORS)]}"><title>{escape(name)}</title></rect>'
                f'<text x="{LEFT + width + 6:.1f}" y="{y + 12}">{shown(series[label])}</text>'
            )
            y += ROW
    size = f'width="{WIDTH}" height="{y + ROW}" role="img" aria-label={quoteattr(title)}'
    style = 'font-family="sans-serif" font-size="13"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>{"".join(lines)}</svg>'
