"""What messages are sorted by: their `ts`, which as a float would lose its last digits."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["micros_of_all", "order"]


def order(ts: str) -> int:
    """
    A ts as whole microseconds.

    >>> order("1712345678.000200")
    1712345678000200

    Raises: ValueError for what is no time.
    """
    seconds, _, micros = ts.partition(".")
    if len(micros) == 6:
        return int(seconds or 0) * 1_000_000 + int(micros)
    return int(seconds or 0) * 1_000_000 + int(micros.ljust(6, "0")[:6] or 0)


def micros_of_all(texts: Sequence[str]) -> str:
    r"""
    What `order` makes of each of some texts, a line each, in much less time; "" where they are not all as Slack's are.

    >>> micros_of_all(["1712345678.000200", "1712345679.000100"])
    '1712345678000200\n1712345679000100'
    >>> micros_of_all(["7.1"])
    ''
    """
    count, lines = len(texts), "\n".join(texts)
    digits = lines.replace(".", "")
    if (
        len(lines) == 18 * count - 1
        and lines[10::18] == "." * count
        and lines[17::18] == digits[16::17] == "\n" * (count - 1)
        and lines.isascii()
        and digits.replace("\n", "").isdigit()
    ):
        return digits
    return ""
