"""What is accepted outlives the process; with real crashes it is met in the simulator's tests."""

import logging
import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops

from rxslack.errors import ApiError, ConfigurationError, RateLimited, TimedOut, TransportError
from rxslack.running.run import run
from rxslack.sinks.delivery.calls import PendingCall
from rxslack.sinks.delivery.delivery import Kept
from rxslack.sinks.delivery.outbox import Outbox, opened
from rxslack.sinks.delivery.sink import Sink
from rxslack.sinks.post_message import post_message
from rxslack.testing import Marbles

Item = dict[str, Any]
CALL = PendingCall("chat.postMessage", "C1", {"channel": "C1", "text": "Hello"}, "mark")
OTHER = PendingCall("chat.postMessage", "C2", {"channel": "C2", "text": "Hi", "blocks": [{}]}, "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


def reopened(path: Path) -> list[Kept]:
    """What the next process finds."""
    box = Outbox(path)
    try:
        return box.left_behind()
    finally:
        box.close()


def test_it_keeps_calls_in_order_until_they_are_over(path: Path) -> None:
    box = Outbox(path)
    one, other = box.keep([CALL, OTHER], 7.0)
    box.begin(one, 8.0)
    box.rest(one)
    box.begin(other, 9.0)
    box.undo(other)
    box.close()
    assert reopened(path) == [Kept(1, CALL, 7.0, 8.0), Kept(2, OTHER, 7.0, None)]


def test_it_forgets_what_is_over(path: Path) -> None:
    box = Outbox(path)
    one, _ = box.keep([CALL, OTHER], 7.0)
    box.begin(one, 8.0)
    box.forget(one)
    box.close()
    assert [kept.call for kept in reopened(path)] == [OTHER]


def test_it_remembers_the_first_attempt_that_may_have_been_carried_out(path: Path) -> None:
    box = Outbox(path)
    (row,) = box.keep([CALL], 7.0)
    box.begin(row, 8.0)
    box.begin(row, 9.0)
    box.forget(None)
    box.undo(None)
    assert [kept.began for kept in box.left_behind()] == [8.0]
    box.forget(row)
    box.close()


def test_it_stays_open_for_the_attempts_that_are_under_way(path: Path) -> None:
    box = Outbox(path)
    one, other = box.keep([CALL, OTHER], 7.0)
    box.begin(one, 8.0)
    box.close()
    box.forget(other)  # dropped by the close, so it stays for the next start
    with pytest.raises(ConfigurationError, match="a file of its own"):
        Outbox(path)
    box.forget(one)
    assert [kept.call for kept in reopened(path)] == [OTHER]


def test_it_belongs_to_one_process_at_a_time(path: Path) -> None:
    box = Outbox(path)
    program = f"from rxslack.sinks.delivery.outbox import Outbox; Outbox({os.fspath(path)!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "ConfigurationError: the outbox" in done.stderr
    assert "locked" in done.stderr
    box.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_it_is_readable_to_its_owner_only(path: Path) -> None:
    box = Outbox(path)
    box.keep([CALL], 7.0)
    modes = [stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()]
    assert set(modes) == {0o600}
    box.close()


def test_it_says_what_it_cannot_keep(path: Path) -> None:
    box = Outbox(path)
    with pytest.raises(ConfigurationError, match="holds JSON"):
        box.keep([CALL, PendingCall("chat.postMessage", "C1", {"text": object()})], 7.0)
    assert box.left_behind() == []
    box.close()
    with pytest.raises(ConfigurationError, match="closed"):
        box.keep([CALL], 7.0)


def test_it_writes_for_each_of_many_threads_what_that_one_gave(path: Path) -> None:
    """They share what is written at once; one whose call cannot be written harms no other."""
    box = Outbox(path)
    kept = dict[int, str]()
    refused = list[str]()

    def work(name: str) -> None:
        for number in range(20):
            lane = f"{name}{number}" if number != 7 else f"{name}\ud800"
            try:
                (row,) = box.keep([PendingCall("chat.postMessage", lane)], 7.0)
            except ValueError:
                refused.append(name)
                continue
            assert row is not None
            box.begin(row, 8.0)
            if number % 2:
                box.forget(row)
            else:
                box.undo(row)
                kept[row] = lane

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.row: one.call.lane for one in box.left_behind()} == kept
    assert [one.began for one in box.left_behind()] == [None] * 80
    assert sorted(refused) == [*"abcdefgh"]
    box.close()


def test_it_waits_for_the_disk_once_for_all_that_threads_give_it_meanwhile(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = list[str]()

    def opening(where: Path) -> sqlite3.Connection:
        file = opened(where)
        file.set_trace_callback(written.append)
        return file

    monkeypatch.setattr("rxslack.sinks.delivery.outbox.opened", opening)
    box = Outbox(path)
    rows = list[int | None]()
    threads = [
        threading.Thread(target=lambda: rows.extend(box.keep([CALL], 7.0))) for _ in range(8)
    ]
    with box._lock:  # pyright: ignore[reportPrivateUsage] - as while one of them waits for the disk
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 10.0
        while len(box._queue) < len(threads):  # pyright: ignore[reportPrivateUsage] - as above
            assert time.monotonic() < deadline
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert len({*rows}) == len(threads)
    assert [line for line in written if line in ("BEGIN", "COMMIT")] == ["BEGIN", "COMMIT"]
    box.close()


def test_it_says_what_is_wrong_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database, but long enough to look at it twice" * 99)
    for path in (tmp_path / "text", tmp_path / "missing" / "outbox.db", tmp_path):
        with pytest.raises(ConfigurationError, match="cannot be used"):
            Outbox(path)


class Web:
    """A Slack that writes down what it is called with, and meets what it is told to."""

    def __init__(self, *troubles: Exception, stored: list[Item] | None = None) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.stored = stored or []
        self.troubles = troubles
        self.stores = False  # also what then is not answered

    def call(self, method: str, /, **arguments: Any) -> Item:
        self.calls.append((method, arguments.get("text")))
        if method != "chat.postMessage":
            return {"ok": True, "messages": self.stored}
        first, self.troubles = self.troubles[:1], self.troubles[1:]
        if self.stores or not first:
            self.stored.append({**arguments, "ts": "0.000100"})
        for trouble in first:
            raise trouble
        return {"ok": True, "channel": arguments["channel"], "ts": "0.000100"}


LOST = TimedOut("chat.postMessage", 30.0, maybe_done=True)
Make = Callable[..., Sink]


@pytest.fixture
def start(path: Path) -> Iterator[Make]:
    """Starts the sink anew on a clock of its own, as the next process would."""
    with ExitStack() as at_the_end:

        def make(web: Web, marbles: Marbles, **options: Any) -> Sink:
            sink = post_message(web, outbox=path, scheduler=marbles.scheduler, **options)
            at_the_end.callback(sink.close)
            return sink

        yield make


def test_it_sends_what_an_earlier_process_never_began(start: Make) -> None:
    first, then = Web(), Web()
    sink = start(first, Marbles())
    for text in "abc":
        sink.on_next({"channel": "C1", "text": text})
    sink.close()  # its clock never ran
    later = Marbles()
    sink = start(then, later)
    sink.on_next({"channel": "C1", "text": "d"})
    later.flush()
    assert (first.calls, sink.left) == ([], 0)
    assert then.calls == [("chat.postMessage", text) for text in "abcd"]
    sink.close()


def left_behind(start: Make, texts: str) -> None:
    """A process that accepts messages and ends before it posts them."""
    with_nothing_posted = start(Web(), Marbles())
    for text in texts:
        with_nothing_posted.on_next({"channel": "C1", "text": text})
    with_nothing_posted.close()


@pytest.mark.parametrize("early", [True, False], ids=["before the stream", "with the stream"])
def test_it_emits_what_becomes_of_what_an_earlier_process_left(start: Make, early: bool) -> None:
    left_behind(start, "abc")
    marbles, web = Marbles(), Web(ApiError("chat.postMessage", "is_archived"))
    sink = start(web, marbles)
    if early:
        marbles.scheduler.run_until(0.5)
        assert len(web.calls) == 3
    letters = list[Any]()
    sink.failures.subscribe(letters.append)
    seen = marbles.watch(reactivex.just({"channel": "C1", "text": "d"}).pipe(sink))
    other = marbles.watch(reactivex.empty().pipe(sink))
    marbles.flush()
    assert [item.get("error") and item["item"]["text"] for item in seen.items] == [
        "a",
        None,
        None,
        None,
    ]
    assert "|" in seen.marbles
    assert other.items == []
    assert len(letters) == (0 if early else 1)  # else it was written when it happened
    sink.close()


def test_it_logs_the_failures_of_an_earlier_process_s_calls_when_it_is_an_observer(
    start: Make, caplog: pytest.LogCaptureFixture
) -> None:
    left_behind(start, "ab")
    marbles = Marbles()
    sink = start(Web(ApiError("chat.postMessage", "is_archived")), marbles)
    sink.on_next({"channel": "C1", "text": "c"})
    marbles.flush()
    assert caplog.messages == ["C1: failed: is_archived"]
    assert marbles.watch(reactivex.empty().pipe(sink)).items == []
    sink.close()


def test_its_end_counts_what_an_earlier_process_left(
    start: Make, caplog: pytest.LogCaptureFixture
) -> None:
    left_behind(start, "ab")
    sink = start(Web(), Marbles())  # whose clock never runs
    with pytest.raises(TimedOut):
        run(reactivex.never().pipe(sink, ops.merge(reactivex.throw(LOST))), drain=0.0)
    assert caplog.messages == ["2 items were not sent within 0 s and are abandoned"]


@pytest.mark.parametrize("stores", [True, False])
def test_it_looks_for_what_an_earlier_process_began(start: Make, stores: bool) -> None:
    first = Web(LOST)
    first.stores = stores
    marbles = Marbles(horizon=1.0)  # the process ends before it has looked
    sink = start(first, marbles)
    sink.on_next({"channel": "C1", "text": "a"})
    marbles.flush()
    sink.close()

    later, then = Marbles(), Web(stored=first.stored)
    sink = start(then, later)
    later.flush()
    assert sink.left == 0
    assert [message["text"] for message in then.stored] == ["a"]
    looked = [method for method, _ in then.calls]
    history, post = "conversations.history", "chat.postMessage"
    assert looked == ([history] if stores else [history, history, post])
    sink.close()


def test_it_does_not_look_for_what_surely_was_not_posted(start: Make) -> None:
    marbles = Marbles(horizon=1.0)
    sink = start(Web(RateLimited("chat.postMessage", 30.0)), marbles)
    sink.on_next({"channel": "C1", "text": "a"})
    marbles.flush()
    sink.close()

    later, then = Marbles(), Web()
    sink = start(then, later)
    later.flush()
    assert then.calls == [("chat.postMessage", "a")]
    sink.close()


def test_it_reports_what_no_history_has(
    start: Make, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    box = Outbox(path)
    psst = {"channel": "C1", "user": "U1", "text": "psst"}
    (row,) = box.keep([PendingCall("chat.postEphemeral", "C1", psst)], 7.0)
    box.begin(row, 8.0)
    box.rest(row)
    box.close()

    later, then = Marbles(), Web()
    start(then, later)
    later.flush()
    assert then.calls == []
    assert caplog.messages == [
        "C1: perhaps done: an earlier process ended before Slack had answered"
    ]


def test_it_forgets_what_slack_refuses(start: Make, path: Path) -> None:
    marbles = Marbles()
    sink = start(Web(ApiError("chat.postMessage", "is_archived")), marbles)
    sink.on_next({"channel": "C1", "text": "a"})
    marbles.flush()
    sink.close()
    assert reopened(path) == []


def test_it_keeps_each_part_of_a_long_message(start: Make, path: Path) -> None:
    sink = start(Web(), Marbles(), max_length=3)
    sink.on_next({"channel": "C1", "text": "one two"})
    sink.close()
    assert [kept.call.arguments["text"] for kept in reopened(path)] == ["one", "two"]


def test_it_tells_the_operator_that_the_file_keeps_what_a_close_drops(
    start: Make, path: Path
) -> None:
    marbles = Marbles()
    sink = start(Web(), marbles)
    seen = marbles.watch(reactivex.just({"channel": "C1", "text": "a"}).pipe(sink))
    marbles.scheduler.run_until(0.5)
    events = list[Any]()
    sink.on_next({"channel": "C1", "text": "b"})
    sink.failures.subscribe(events.append)
    sink.close()
    assert (len(seen.items), len(reopened(path))) == (1, 1)
    assert str(events[0]["error"]).endswith("the outbox keeps it for the next start")


def test_it_keeps_nothing_of_an_item_that_finds_no_room(start: Make, path: Path) -> None:
    sink = start(Web(), Marbles(), max_waiting=1)
    for text in "ab":
        sink.on_next({"channel": "C1", "text": text})
    sink.close()
    assert [kept.call.arguments["text"] for kept in reopened(path)] == ["a"]


def test_it_makes_an_item_that_json_cannot_hold_a_failure(
    start: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    marbles = Marbles()
    sink = start(Web(), marbles)
    sink.on_next({"channel": "C1", "text": "a", "blocks": [object()]})
    marbles.flush()
    assert "holds JSON" in caplog.messages[0]
    sink.close()


def test_it_lets_the_file_go_when_an_option_cannot_work(start: Make, path: Path) -> None:
    with pytest.raises(ConfigurationError):
        start(Web(), Marbles(), attempts=0)
    assert reopened(path) == []


# Files that are not what they should be


def written(path: Path, *statements: str) -> None:
    """What somebody else has done to the file."""
    with closing(sqlite3.connect(path)) as file, file:
        for statement in statements:
            file.execute(statement)


def test_it_says_that_the_file_is_of_another_version(path: Path) -> None:
    written(path, "CREATE TABLE calls (row INTEGER PRIMARY KEY, method TEXT, arguments TEXT)")
    with pytest.raises(ConfigurationError, match=r"no such column: .*of another version"):
        Outbox(path)


def test_it_says_when_the_file_cannot_be_read(path: Path) -> None:
    box = Outbox(path)
    box.close()
    with pytest.raises(ConfigurationError, match="the outbox cannot be read: "):
        box.left_behind()


@pytest.mark.parametrize(
    ("text", "damage"),
    [('{"channel": "C1", "te', "JSONDecodeError: no JSON"), ("[1]", "no object")],
)
def test_it_sends_what_stands_behind_a_row_that_it_cannot_read(
    start: Make, path: Path, text: str, damage: str
) -> None:
    left_behind(start, "ab")
    written(path, f"UPDATE calls SET arguments = '{text}' WHERE row = 1")
    marbles, web = Marbles(), Web()
    sink = start(web, marbles)
    seen = marbles.watch(reactivex.empty().pipe(sink))
    marbles.flush()
    sink.close()
    assert web.calls == [("chat.postMessage", "b")]
    failed, posted = seen.items
    assert (str(failed["error"]), posted["ok"]) == (
        f"row 1 of the outbox cannot be read: {damage}",
        True,
    )
    assert [kept.row for kept in reopened(path)] == [1]  # somebody may want to look at it


# A disk that is full


class Disk:
    """The connection to the file, and whether anything can be written there."""

    def __init__(self, path: Path) -> None:
        self.full = False
        self._file = opened(path)

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        if self.full and not statement.startswith("SELECT"):
            raise sqlite3.OperationalError("database or disk is full")
        return self._file.execute(statement, values)

    def __enter__(self) -> None:
        self._file.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._file.__exit__(*error)

    def close(self) -> None:
        self._file.close()


@pytest.fixture
def disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(path)

    def opening(_: object) -> Disk:
        return disk

    monkeypatch.setattr("rxslack.sinks.delivery.outbox.opened", opening)
    return disk


def begun(path: Path) -> list[bool]:
    """Of each call in the file, whether it was begun."""
    with closing(sqlite3.connect(path)) as file:
        return [began is not None for (began,) in file.execute("SELECT began FROM calls")]


FULL = "the outbox cannot be written: database or disk is full"


def test_it_takes_nothing_that_it_cannot_keep(disk: Disk, start: Make) -> None:
    sink, failures = start(Web(), Marbles()), list[Any]()
    sink.failures.subscribe(failures.append)
    disk.full = True
    sink.on_next({"channel": "C1", "text": "a"})
    disk.full = False
    sink.close()
    assert [str(event["error"]) for event in failures] == [FULL]


def test_it_begins_nothing_that_it_cannot_note_and_goes_on_when_it_can(
    disk: Disk, start: Make, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    marbles, web = Marbles(), Web()
    sink = start(web, marbles)
    items = [{"channel": "C1", "text": text} for text in "ab"]
    seen = marbles.watch(reactivex.from_iterable(items).pipe(sink))
    marbles.scheduler.run_until(0.0)
    web.calls.clear()
    sink.on_next({"channel": "C1", "text": "c"})
    disk.full = True
    marbles.scheduler.run_until(100.0)
    assert (web.calls, sink.left) == ([], 1)
    assert caplog.messages[0] == f"{FULL}; nothing new is sent until it can be"
    disk.full = False
    marbles.flush()
    assert web.calls == [("chat.postMessage", "c")]
    assert len(seen.items) == 2
    sink.close()
    assert begun(path) == []


def test_it_tells_the_outcome_of_a_call_though_it_cannot_note_it(
    disk: Disk, start: Make, path: Path
) -> None:
    class Filling(Web):
        def call(self, method: str, /, **arguments: Any) -> Item:
            disk.full = True
            return super().call(method, **arguments)

    marbles, web = Marbles(), Filling()
    sink = start(web, marbles)
    items = [{"channel": "C1", "text": text} for text in "ab"]
    seen = marbles.watch(reactivex.from_iterable(items).pipe(sink))
    marbles.scheduler.run_until(1.0)
    assert [reply["ok"] for reply in seen.items] == [True]
    disk.full = False
    marbles.flush()
    assert web.calls == [("chat.postMessage", text) for text in "ab"]
    disk.full = False
    sink.close()
    assert begun(path) == []


def test_it_looks_at_the_next_start_for_what_it_could_not_note(
    disk: Disk, start: Make, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Filling(Web):
        def call(self, method: str, /, **arguments: Any) -> Item:
            disk.full = True
            return super().call(method, **arguments)

    marbles, web = Marbles(), Filling()
    sink = start(web, marbles)
    sink.on_next({"channel": "C1", "text": "a"})
    marbles.flush()
    sink.close()
    assert "could not note how 1 calls ended" in caplog.messages[-1]
    assert begun(path) == [True]


# A long outage


OFFLINE = TransportError("chat.postMessage", "connection refused")


@pytest.mark.slow
def test_it_keeps_trying_for_a_day(start: Make, caplog: pytest.LogCaptureFixture) -> None:
    marbles, web = Marbles(horizon=200_000.0), Web(*[OFFLINE] * 1000)
    sink = start(web, marbles)
    sink.on_next({"channel": "C1", "text": "a"})
    marbles.flush()
    assert (sink.left, len(web.calls)) == (0, 1001)
    assert caplog.messages == [
        "C1: TransportError, 10 times; the outbox keeps trying, again in 30 s"
    ]
    sink.close()


@pytest.mark.parametrize(("patience", "tried"), [(0.0, 3), (20.0, 6), (21.0, 6), (32.0, 7)])
def test_it_gives_up_when_its_patience_is_at_an_end(
    start: Make, path: Path, patience: float, tried: int
) -> None:
    """Tries come after 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s."""
    marbles, web = Marbles(horizon=1000.0), Web(*[OFFLINE] * 100)
    sink, failures = start(web, marbles, attempts=3, patience=patience), list[Any]()
    sink.failures.subscribe(failures.append)
    sink.on_next({"channel": "C1", "text": "a"})
    marbles.flush()
    assert (len(web.calls), [event["error"] for event in failures]) == (tried, [OFFLINE])
    sink.close()
    assert reopened(path) == []


def test_it_keeps_searching_for_a_day_too(start: Make) -> None:
    """A message that was perhaps posted is not given up because history cannot be read yet."""

    class Offline(Web):
        def call(self, method: str, /, **arguments: Any) -> Item:
            answer = super().call(method, **arguments)
            if method == "conversations.history" and len(self.calls) < 100:
                raise OFFLINE
            return answer

    web, marbles = Offline(LOST), Marbles(horizon=200_000.0)
    web.stores = True
    sink = start(web, marbles)
    seen = marbles.watch(reactivex.just({"channel": "C1", "text": "a"}).pipe(sink))
    marbles.flush()
    assert [reply["ok"] for reply in seen.items] == [True]
    assert len(web.stored) == 1
    sink.close()


def test_it_tries_no_more_than_told_without_an_outbox() -> None:
    web, marbles = Web(*[OFFLINE] * 100), Marbles(horizon=1000.0)
    sink = post_message(web, scheduler=marbles.scheduler)
    sink.on_next({"channel": "C1", "text": "a"})
    marbles.flush()
    assert len(web.calls) == 10
    sink.close()


@pytest.mark.parametrize("patience", [-1.0, float("nan")])
def test_it_refuses_a_patience_that_is_none(start: Make, path: Path, patience: float) -> None:
    with pytest.raises(ConfigurationError, match="patience"):
        start(Web(), Marbles(), patience=patience)
    assert reopened(path) == []
