"""Which emoji there are, by Slack's names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from rxslack.simulator.team.text import Json

__all__ = ["categories", "is_emoji", "unicode_of"]


@cache
def _code_points() -> dict[str, str]:
    """
    The code points of each name, in hexadecimal and with hyphens, as Slack has them in rich text.

    Source: emoji.txt has them a line each, as the package emoji-datasource 16 does, whose names are
    Slack's.
    """
    table = files("rxslack.simulator.team").joinpath("emoji.txt").read_text(encoding="ascii")
    rows = (line.split() for line in table.splitlines())
    return {name: points for points, *names in rows for name in names}


def categories() -> list[Json]:
    """All emoji, as emoji.list tells them; here, in one category."""
    return [{"name": "All", "emoji_names": [*_code_points()]}]


def unicode_of(name: str) -> str:
    """
    The code points of an emoji; "" for a name that Slack does not know.

    >>> unicode_of("wave"), unicode_of("wave::skin-tone-3"), unicode_of("30")
    ('1f44b', '1f44b-1f3fc', '')
    """
    base, _, tone = name.partition("::skin-tone-")
    points = _code_points().get(base, "")
    if not points or not tone:
        return points
    return f"{points}-{_TONES[tone]}" if tone in _TONES else ""


_TONES = {"2": "1f3fb", "3": "1f3fc", "4": "1f3fd", "5": "1f3fe", "6": "1f3ff"}


def is_emoji(name: str) -> bool:
    """Whether Slack knows an emoji of that name, which stands without colons."""
    return bool(unicode_of(name))
