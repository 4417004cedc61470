"""Messages as a DataFrame."""

from __future__ import annotations

import re
from typing import Any

import pytest
import reactivex

from rxslack.errors import ConnectionClosed
from rxslack.notebook import to_frame
from tests.odd import ODD

pd: Any = pytest.importorskip("pandas")

EVENTS: list[dict[str, Any]] = [
    {"type": "hello"},
    {"type": "message", "channel": "C1", "user": "U1", "text": "one", "ts": "1764000000.000100"},
    {"type": "message", "channel": "C2", "user": "U2", "text": "two", "ts": "1764000000.000100"},
    {"type": "message", "subtype": "bot_message", "channel": "C1", "bot_id": "B1", "text": "",
     "ts": "1764000001.000100", "thread_ts": "1764000000.000100"},
    {"type": "message", "subtype": "message_changed", "hidden": True, "channel": "C1",
     "ts": "1764000002.000100", "message": {"type": "message", "user": "U1", "text": "ONE",
     "ts": "1764000000.000100", "edited": {"user": "U1", "ts": "1764000002.000000"}}},
    {"type": "message", "subtype": "message_deleted", "hidden": True, "channel": "C2",
     "ts": "1764000003.000100", "deleted_ts": "1764000000.000100"},
    {"type": "reaction_added"},
]  # fmt: skip


def test_it_has_one_row_a_message() -> None:
    frame: Any = to_frame(EVENTS)
    assert frame["text"].tolist() == ["ONE", "two", ""]
    assert frame["user"].tolist() == ["U1", "U2", "B1"]
    assert frame["deleted"].tolist() == [False, True, False]
    assert frame["thread_ts"].tolist()[2] == "1764000000.000100"


def test_it_has_times_as_times() -> None:
    frame: Any = to_frame(EVENTS)
    assert frame["time"][0] == pd.Timestamp("2025-11-24 16:00:00.000100", tz="UTC")
    assert frame["edited"][0] == pd.Timestamp("2025-11-24 16:00:02", tz="UTC")
    assert frame["edited"].isna().tolist() == [False, True, True]


def test_it_takes_odd_messages() -> None:
    frame: Any = to_frame([*ODD.values(), *EVENTS])
    assert frame["text"].tolist()[-3:] == ["ONE", "two", ""]
    assert frame["text"].tolist()[0] == "\ufffd x"
    assert frame["time"].isna().sum() == 1  # "²"
    assert frame.to_csv().encode()
    assert set(map(type, frame["text"])) <= {str, float, type(None)}


def test_it_joins_the_halves_of_a_pair() -> None:
    frame: Any = to_frame([{"type": "message", "text": "\ud83c\udf89", "ts": "1.0"}])
    assert frame["text"].tolist() == ["🎉"]


def test_it_says_how_to_write_what_a_spreadsheet_takes_for_no_formula() -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "1=1", "so: =1"]
    frame: Any = to_frame(
        {"type": "message", "text": text, "ts": f"{number}.0"} for number, text in enumerate(texts)
    )
    recipe = re.search(r"``frame(\.replace\(.*?\))\.to_csv", str(to_frame.__doc__))
    assert recipe
    safe: Any = eval(f"frame{recipe[1]}", {"frame": frame})
    assert safe["text"].tolist() == [f"'{text}" for text in texts[:6]] + texts[6:]
    assert safe["time"].equals(frame["time"])


def test_it_takes_a_stream() -> None:
    frame: Any = to_frame(reactivex.from_iterable(EVENTS))
    assert frame.equals(to_frame(EVENTS))
    with pytest.raises(ConnectionClosed):
        to_frame(reactivex.throw(ConnectionClosed(1006)))


ODD_TIMES = ["1764000000.5", "1764000000.0001000", "176400000١.000100", "²", "17640000001000001"]


@pytest.mark.parametrize("ts", ODD_TIMES)
def test_it_has_the_same_row_beside_messages_that_are_not_as_slacks(ts: str) -> None:
    plain = EVENTS[1]
    alone: Any = to_frame([plain, EVENTS[2]])
    odd: Any = {**plain, "channel": "C3", "text": "Grüße \ud800", "ts": ts}
    beside: Any = to_frame([plain, EVENTS[2], odd])
    assert beside[:2].equals(alone)
    assert beside["text"][2] == "Grüße \ufffd"
    assert beside["ts"][2] == ts
    assert pd.isna(beside["time"][2]) == (not ts.startswith("1764000000."))


def test_it_has_its_columns_without_a_message() -> None:
    frame: Any = to_frame([])
    assert len(frame) == 0
    assert list(frame.columns)[:4] == ["time", "channel", "user", "text"]
    assert str(frame["time"].dtype) == "datetime64[us, UTC]"
