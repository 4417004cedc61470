"""Text from outside made fit for a terminal, a log or a repr."""

from __future__ import annotations

from functools import cache
from typing import Final

__all__ = ["printable"]

# Control characters drive a terminal, and forge lines of a log. Those of bidirectional text show
# a line in another order than it has, and half of a surrogate pair has no bytes in UTF-8.
_RANGES: Final = (
    (0x00, 0x1F),  # C0
    (0x7F, 0x9F),  # DEL and C1
    (0x061C, 0x061C),  # bidirectional controls, as those below
    (0x200E, 0x200F),
    (0x2028, 0x202E),  # line and paragraph separator among them
    (0x2066, 0x2069),
    (0xD800, 0xDFFF),  # surrogates
)


def printable(text: str, *, lines: bool = False) -> str:
    r"""
    The text with each character that is no visible text as a backslash escape; JSON stays JSON.

    >>> print(printable("\x1b[2J\n\u202eabc\ud83d"))
    \u001b[2J\u000a\u202eabc\ud83d

    Args:
        text: from outside.
        lines: whether newlines stay, because they are rxslack's own.

    Source: ECMA-48 section 8 (control functions); unicode.org/reports/tr9 section 2 (bidirectional
        controls); RFC 8259 section 7 (the form of the escapes).
    """
    if text.isprintable():
        return text
    return text.translate(_escapes(lines))


@cache  # most programs never need the two thousand of them
def _escapes(lines: bool) -> dict[int, str]:
    codes = (code for first, last in _RANGES for code in range(first, last + 1))
    return {code: f"\\u{code:04x}" for code in codes if not (lines and code == ord("\n"))}
