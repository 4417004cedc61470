"""Back and forth in a recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from reactivex import operators as ops

from rxslack import isolate
from rxslack.errors import ConfigurationError
from rxslack.notebook.travel import Travel, travel
from rxslack.past.recording_file import RecordingFile
from tests.odd import ODD


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """Ten messages, one in ten seconds, the first after ten; the seventh has no text."""
    now = [1000.0]
    tape = RecordingFile(tmp_path / "day.jsonl", clock=lambda: now[0])
    for number in range(10):
        now[0] += 10
        text = {} if number == 6 else {"text": f"message {number}"}
        tape.write(
            {"type": "message", "channel": "C1", "user": "U1", "ts": f"{now[0]:.6f}", **text}
        )
    tape.close()
    return tmp_path / "day.jsonl"


def longest(so_far: int, event: Any) -> int:
    return max(so_far, len(event["text"]))


def text(event: Any) -> str:
    return str(event["text"])


def total(so_far: int, _: Any) -> int:
    return so_far + 1


def test_it_has_the_state_as_of_each_event(day: Path) -> None:
    past = travel(day, ops.filter(lambda event: "text" in event), ops.scan(total, 0))
    assert [past.at(place).state for place in (1, 6, 7, 8, 10)] == [1, 6, 6, 7, 9]
    assert past.at(7).counts == [("filter", 6), ("scan", 6)]
    assert past.at(7).event["ts"] == "1070.000000"
    assert past.at(-5).place == 1
    assert past.at(500).place == 10


def test_it_has_the_state_as_of_a_time(day: Path) -> None:
    past = travel(day, ops.scan(total, 0))
    assert [past.at_time(at).state for at in (0.0, 1010.0, 1019.0, 1020.0, 2000.0)] == [
        1,
        1,
        1,
        2,
        10,
    ]


def test_it_runs_operators_in_recorded_time(day: Path) -> None:
    past = travel(day, ops.buffer_with_time(30.0), ops.map(len))
    assert [output.item for output in past.at(10).outputs] == [2, 3, 3, 2]


def test_it_goes_from_a_failure_to_the_events_before_it(day: Path) -> None:
    past = travel(day, isolate(ops.map(text)))
    [failure] = past.failures
    assert failure.place == 7
    assert [event["ts"] for event in past.before(failure, 3)] == [
        "1050.000000",
        "1060.000000",
        "1070.000000",
    ]
    assert past.news()["failures"] == [7]
    assert "1 failures" in repr(past)


def test_it_shows_where_an_error_ended_the_pipeline(day: Path) -> None:
    past = travel(day, ops.map(text))
    assert isinstance(past.error, KeyError)
    assert past.news()["moment"]["error"] == "KeyError: 'text'"
    assert past.at(past.total).event["ts"] == "1070.000000"


def test_it_keeps_only_so_much_and_counts_all(day: Path) -> None:
    past = travel(day, ops.scan(total, 0), max_remembered=3)
    assert (past.first, past.total, past.at(1).place, past.at(1).state) == (8, 10, 8, 8)
    assert past.at(9).counts == [("scan", 9)]


def test_it_answers_a_page(day: Path) -> None:
    past = travel(day, ops.scan(total, 0))
    moment: Any = past.answer({"at": 3})
    assert [row["n"] for row in moment["moment"]["events"]] == [1, 2, 3]
    assert [row["cells"][3] for row in moment["moment"]["outputs"]] == ["1", "2", "3"]
    assert past.answer({"at": "x"}) is None
    assert past.answer(None) is None


def test_it_shows_odd_events(tmp_path: Path) -> None:
    tape = RecordingFile(tmp_path / "odd.jsonl")
    for event in ODD.values():
        tape.write(event)
    tape.close()
    past = travel(tmp_path / "odd.jsonl", ops.scan(total, 0))
    json.dumps([past.answer({"at": place}) for place in range(1, past.total)]).encode()
    assert "text/html" in past._repr_mimebundle_()  # pyright: ignore[reportPrivateUsage] - what a cell gets


def test_it_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        travel(tmp_path / "nowhere.jsonl")
    RecordingFile(tmp_path / "empty.jsonl").close()
    with pytest.raises(ConfigurationError):
        travel(tmp_path / "empty.jsonl")


def test_it_needs_no_operator(day: Path) -> None:
    past: Travel = travel(day)
    assert past.at(4).state["text"] == "message 3"
