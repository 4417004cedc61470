"""Counts by type in spans of time."""

from __future__ import annotations

from rxslack.notebook.rates import Rates


def test_it_keeps_a_minute_of_seconds() -> None:
    rates = Rates()
    for second in range(200):
        rates.add([second + 0.5] * 2, ["a", "b"], sliding=True)
    begin, series = rates.by_kind(199.9, ["a"])
    assert (begin, len(series["a"]), set(series["a"]), set(series[""])) == (139, 61, {1}, {1})
    assert rates.of_seconds(199.9, 3) == [2, 2, 2]


def test_it_widens_its_spans_over_a_replay_and_loses_nothing() -> None:
    rates = Rates()
    for hour in range(24 * 30):
        rates.add([3600.0 * hour, 3600.0 * hour + 1], ["a", "a"], sliding=False)
    begin, series = rates.by_kind(3600.0 * 24 * 30, ["a"])
    assert (begin, rates.width) == (0, 21600)
    assert sum(series["a"]) == 2 * 24 * 30
    assert len(series["a"]) <= 121
