"""Counts by type in spans of time."""

from __future__ import annotations

from rxslack.notebook.rates import Rates


def test_it_keeps_a_minute_of_seconds() -> None:
    rates = Rates()
    for second in range(200):
        for kind in ("a", "b"):
            rates.add((second + 0.5, kind))
    rates.take_in()
    begin, series = rates.by_kind(199.9, ["a"])
    assert (begin, len(series["a"]), set(series["a"]), set(series[""])) == (140, 60, {1}, {1})
    assert rates.of_seconds(199.9, 3) == [2, 2, 2]
    assert len(rates.held) < 200


def test_it_widens_its_spans_over_a_replay_and_loses_nothing() -> None:
    rates = Rates()
    rates.slides = False
    for hour in range(24 * 30):
        for second in range(2):
            rates.add((3600.0 * hour + second, "a"))
    rates.take_in()
    begin, series = rates.by_kind(3600.0 * 24 * 30, ["a"])
    assert (begin, rates.width) == (0, 21600)
    assert sum(series["a"]) == 2 * 24 * 30
    assert len(series["a"]) <= 121
    assert rates.totals == {"a": 2 * 24 * 30}


def test_it_counts_only_so_many_types_one_by_one() -> None:
    rates = Rates()
    for number in range(3000):
        rates.add((1.0, f"{number:04}" * 200))
    rates.take_in()
    assert len(rates.totals) == 1001
    assert rates.totals["(further types)"] == 2000
    assert max(map(len, rates.totals)) == 100
