"""A past, as tables and pictures."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops

from rxslack.errors import ConfigurationError, ConnectionClosed
from rxslack.notebook import explore, to_frame
from rxslack.notebook.explore import Explored
from rxslack.past.recording_file import RecordingFile
from tests.notebook.test_frame import EVENTS
from tests.odd import ODD

pd: Any = pytest.importorskip("pandas")
pa: Any = pytest.importorskip("pyarrow")

AT = 1764000000


def said(user: str, seconds: int, *, thread: int | None = None, channel: str = "C1") -> Any:
    event = {"type": "message", "channel": channel, "user": user, "text": "Hello"}
    stamp = {"ts": f"{AT + seconds}.000100"}
    return {**event, **stamp, **({} if thread is None else {"thread_ts": f"{AT + thread}.000100"})}


TALK: list[Any] = [
    {"type": "team_join", "user": {"id": "U1", "name": "alice"}},
    {"type": "channel_rename", "channel": {"id": "C1", "name": "lounge"}},
    said("U1", 0),
    said("U1", 10, thread=0),
    said("U2", 60, thread=0),
    said("U3", 70, thread=0),
    said("U2", 3600, channel="C2"),
    said("U1", 3700, thread=3600, channel="C2"),
    said("U2", 3700, thread=0),
]


@pytest.fixture
def talk() -> Explored:
    return explore(TALK)


@pytest.mark.parametrize(
    "events", [EVENTS, [*EVENTS, *EVENTS], [], TALK], ids=["edits", "twice", "none", "talk"]
)
def test_it_has_the_rows_of_to_frame(events: list[Any]) -> None:
    theirs, ours = to_frame(events), explore(events).frame
    if events is TALK:
        theirs = theirs.replace({"U1": "alice", "C1": "#lounge"})
    assert list(ours.columns) == list(theirs.columns)
    assert ours["deleted"].dtype == bool
    for name in theirs.columns:
        mine = ours[name].astype(object).where(ours[name].notna(), None).tolist()
        assert sorted(map(str, mine)) == sorted(
            map(str, theirs[name].astype(object).where(theirs[name].notna(), None).tolist())
        ), name


def test_it_takes_odd_events() -> None:
    found = explore([*ODD.values(), *EVENTS, None, 5])
    assert found.frame["text"].tolist()[-3:] == ["ONE", "two", ""]
    assert found.frame["text"][0] == "\ufffd x"
    assert found.png()
    assert "messages of" in repr(found)


def test_it_adds_a_message_of_which_only_an_edit_came() -> None:
    edit = {"type": "message", "subtype": "message_changed", "channel": "C1",
            "message": {"type": "message", "user": "U1", "text": "new", "ts": "1764000000.000100",
                        "edited": {"ts": "1764000009.000000"}}}  # fmt: skip
    frame: Any = explore([edit]).frame
    assert frame[["channel", "user", "text"]].to_numpy().tolist() == [["C1", "U1", "new"]]
    assert frame["edited"][0] == pd.Timestamp(AT + 9, unit="s", tz="UTC")


def test_it_takes_an_edit_that_says_no_time() -> None:
    edit = {"type": "message", "subtype": "message_changed", "channel": "C1",
            "message": {"type": "message", "user": "U1", "text": "new", "ts": "1764000000.000100"}}  # fmt: skip
    frame: Any = explore([edit]).frame
    assert frame["text"].tolist() == ["new"]
    assert pd.isna(frame["edited"][0])


def test_it_has_people_and_channels_by_name(talk: Explored) -> None:
    assert sorted(set(talk.frame["user"])) == ["U2", "U3", "alice"]
    assert sorted(set(talk.frame["channel"])) == ["#lounge", "C2"]


def test_it_tells_two_of_the_same_name_apart() -> None:
    joined = [{"type": "team_join", "user": {"id": one, "name": "alex"}} for one in ("U1", "U2")]
    found = explore([*joined, said("U1", 0), said("U2", 1)])
    assert found.frame["user"].tolist() == ["alex (U1)", "alex (U2)"]


def test_it_asks_slack_for_names() -> None:
    class Web:
        def call(self, method: str, /, **given: Any) -> Any:
            if method == "users.info":
                return {"user": {"profile": {"display_name": f"name of {given['user']}"}}}
            return {"channel": {"name": "general"}}

    frame: Any = explore([said("U9", 0)], web=Web()).frame
    assert frame[["channel", "user"]].to_numpy().tolist() == [["#general", "name of U9"]]


def test_it_measures_how_long_people_wait_for_an_answer_of_somebody_else(talk: Explored) -> None:
    times: Any = talk.response_times()
    rows = times[["channel", "asker", "answerer", "seconds"]].to_numpy().tolist()
    assert rows == [["#lounge", "alice", "U2", 60.0], ["C2", "U2", "alice", 100.0]]


def test_it_counts_who_answers_whom(talk: Explored) -> None:
    counts: Any = talk.who_answers_whom()
    assert counts.loc["alice", "U2"] == 2
    assert counts.loc["alice", "U3"] == counts.loc["U2", "alice"] == 1
    assert counts.loc["alice", "alice"] == 0


def test_it_counts_in_hours_of_the_day_where_people_live() -> None:
    hours: Any = explore(TALK).busiest_hours()
    assert (hours.loc[0, 16], hours.loc[0, 17], hours.to_numpy().sum()) == (4, 3, 7)
    assert explore(TALK, timezone="Asia/Tokyo").busiest_hours().loc[1, 1] == 4


def test_it_draws_a_timeline(talk: Explored) -> None:
    line: Any = talk.timeline("1h")
    assert line["#lounge"].tolist() == [4, 1]
    assert line["C2"].tolist() == [0, 2]
    assert talk.timeline("10min")["#lounge"].tolist() == [4, 0, 0, 0, 0, 0, 1]


def test_it_reads_a_recording_an_export_and_a_stream(tmp_path: Path) -> None:
    tape = RecordingFile(tmp_path / "day.jsonl.gz")
    for event in TALK:
        tape.write(event)
    tape.close()
    (tmp_path / "export" / "general").mkdir(parents=True)
    (tmp_path / "export" / "channels.json").write_text('[{"id": "C1", "name": "general"}]')
    users = [{"id": "U2", "name": "x", "profile": {"display_name": "bob"}}]
    (tmp_path / "export" / "users.json").write_text(json.dumps(users))
    day = [{**event, "channel": None} for event in TALK[2:6]]
    (tmp_path / "export" / "general" / "2025-11-24.json").write_text(json.dumps(day))
    assert explore(tmp_path / "day.jsonl.gz").frame.equals(explore(TALK).frame)
    assert explore(reactivex.from_iterable(TALK)).frame.equals(explore(TALK).frame)
    exported: Any = explore(tmp_path / "export").frame
    assert exported["channel"].tolist() == ["#general"] * 4
    assert exported["user"].tolist() == ["U1", "U1", "bob", "U3"]


def test_it_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Hello\nWorld\n")
    with pytest.raises(ConfigurationError, match="neither a recording nor an export"):
        explore(tmp_path / "notes.txt")
    with pytest.raises(FileNotFoundError):
        explore(tmp_path / "nowhere.jsonl")
    with pytest.raises(ConnectionClosed):
        explore(reactivex.throw(ConnectionClosed(1006)))


def test_it_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxslack.notebook.reading.EVERY", 0.0)
    told: list[int] = []
    explore(
        [said("U1", second) for second in range(12_000)],
        progress=lambda count, _: told.append(count),
    )
    assert told == [5000, 10_000, 12_000, 12_000, 12_000]


def test_it_says_how_far_a_stream_is_while_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxslack.notebook.reading.EVERY", 0.0)
    told: list[int] = []
    seen: list[list[int]] = []

    def look(event: Any) -> None:
        if event["ts"] == f"{AT + 119}.000100":
            seen.append([*told])

    stream = reactivex.from_iterable(said("U1", second) for second in range(120))
    found = explore(stream.pipe(ops.do_action(look)), progress=lambda count, _: told.append(count))
    assert seen == [[50, 100]]
    assert told[-1] == found.events == len(found) == 120


def test_it_shows_how_far_it_is_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Handle:
        def update(self, text: str) -> None:
            shown.append(text)

    monkeypatch.setattr("rxslack.notebook.reading.EVERY", 0.0)
    monkeypatch.setattr("rxslack.notebook.reading.notebook", lambda: "jupyter")
    display: Any = pytest.importorskip("IPython.display")

    def show(*_: object, **__: object) -> Handle:
        return Handle()

    monkeypatch.setattr(display, "display", show)
    explore(reactivex.from_iterable(said("U1", second) for second in range(60)))
    assert [line.split(" in ")[0] for line in shown] == ["50 events", "60 events", "60 events"]
    assert shown[-2].endswith(" a second …")
    assert shown[-1].endswith(" a second")


def test_it_tells_of_an_edit_that_does_not_say_when() -> None:
    edit = {"type": "message", "subtype": "message_changed", "channel": "C1", "message": {
        **said("U1", 0), "text": "new", "edited": {"user": "U1"}}}  # fmt: skip
    frame: Any = explore([said("U1", 0), edit]).frame
    assert frame["text"].tolist() == ["new"]
    assert frame["edited"].isna().all()


def test_it_is_a_table_for_others(talk: Explored) -> None:
    table = pa.table(talk)
    assert table.num_rows == len(talk) == 7
    assert table.column_names[:4] == ["time", "channel", "user", "text"]


def test_it_draws_a_day_in_four_pictures() -> None:
    pick = random.Random(3)
    people, talk = ["alice", "bob", "carol", "dave", "erin"], list[Any]()
    hours = sorted((number % 5, pick.betavariate(2, 3)) for number in range(3000))
    for number, (day, hour) in enumerate(hours):
        begun = pick.choice(talk[-40:])["ts"] if talk and pick.random() < 0.4 else None
        at = int(28800 + hour * 36000) + 86400 * day
        ts = f"{AT - 57600 + at}.{number:06d}"
        event = {"type": "message", "channel": pick.choice(["#general", "#help", "#random"])}
        talk.append({**event, "user": pick.choices(people, [5, 3, 2, 1, 1])[0], "text": "Hello", "ts": ts,
                     **({"thread_ts": begun} if begun else {})})  # fmt: skip
    png = explore(talk).png()
    assert png.startswith(b"\x89PNG")
    if folder := os.environ.get("RXSLACK_SCREENSHOTS"):  # for the guide
        (Path(folder) / "explore.png").write_bytes(png)


def test_it_shows_itself_in_a_cell(talk: Explored) -> None:
    html = talk._repr_html_()  # pyright: ignore[reportPrivateUsage] - what a cell gets
    assert "7 messages of 9 events, 2025-11-24 16:00 to 2025-11-24 17:01 UTC" in html
    assert "data:image/png;base64," in html
    assert "0 messages" in explore([])._repr_html_()  # pyright: ignore[reportPrivateUsage] - as above
