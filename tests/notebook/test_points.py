"""The numbers of a plot."""

from __future__ import annotations

import math
from typing import Any

import pytest

from rxslack.notebook.points import Points
from rxslack.notebook.tally import kind_of

AT = 1764000000.0


def points(what: Any, window: float = 1.0, key: Any = None) -> Points:
    return Points(what, key, window)


def take(found: Points, at: float, *items: Any) -> None:
    put = found.taker(lambda item: (at, kind_of(item)), failed)
    for item in items:
        put(item)


def failed(error: Exception) -> None:
    """No key here does."""
    raise error


def values(found: Points, now: float) -> dict[str, list[float]]:
    return {line.name: line.values for line in found.lines(now)[1]}


def test_it_counts_in_a_window_that_moves() -> None:
    found = points("count", window=2.0)
    for second in (0, 0, 1, 3):
        take(found, AT + second, {})
    assert values(found, AT + 5) == {"": [2, 3, 1, 1, 1, 0]}


def test_it_says_how_many_a_second() -> None:
    found = points("rate", window=4.0)
    for second in (0, 0, 1, 3):
        take(found, AT + second, {})
    assert values(found, AT + 3) == {"": [0.5, 0.75, 0.75, 1.0]}


def test_it_adds_up() -> None:
    found = points("total", key="channel")
    for second, channel in ((0, "C1"), (1, "C2"), (2, "C1")):
        take(found, AT + second, {"type": "message", "channel": channel})
    assert values(found, AT + 2) == {"C1": [1, 1, 2], "C2": [0, 1, 1]}


def test_it_says_how_late_items_come() -> None:
    found = points("lag", window=2.0)
    take(found, AT + 2, {"type": "message", "ts": f"{AT + 1:.6f}"})
    take(found, AT + 3, {"type": "message", "ts": f"{AT:.6f}"})
    take(found, AT + 3, {"type": "hello"})
    assert values(found, AT + 3) == {"": [1.0, pytest.approx(4 / 3)]}
    assert math.isnan(values(found, AT + 6)[""][-1])


def test_it_tells_the_most_frequent_keys_apart_and_no_others() -> None:
    def of(number: int) -> int:
        return number % 20 if number % 20 < 8 else number

    found = points("count", key=of)
    for number in range(3000):
        take(found, AT, number)
    lines = found.lines(AT)[1]
    assert [line.name for line in lines] == [*map(str, range(8)), "others"]
    assert sum(sum(line.values) for line in lines) == 3000


def test_it_does_not_grow_with_the_stream() -> None:
    found = points("total")
    for hour in range(5000):
        take(found, AT + 3600 * hour, {})
    times, [line] = found.lines(AT + 3600 * 4999)
    assert len(times) <= 601
    assert line.values[-1] == 5000
    assert times == sorted(times)


def test_it_knows_when_nobody_was_connected() -> None:
    found = points("rate")
    for gap in ({"since": AT, "until": AT + 2}, {"since": "x"}, {"since": 10**400, "until": 1}):
        take(found, AT, {"type": "rxslack.gap", **gap})
    assert list(found.gaps) == [(AT, AT + 2)]
