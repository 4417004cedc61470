from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Subject

from rxslack import ConfigurationError, hold, is_failure, run, to_log
from rxslack.lanes.tracking import current
from tests.background import until
from tests.log.programs import Watcher, append, event
from tests.log.servers import Server
from tests.tracked import Tracked


def test_two_that_hear_the_same_append_each_event_once(where: str) -> None:
    events = [event(number, f"C{number % 3}") for number in range(300)]
    others = [threading.Thread(target=append, args=(where, *events)) for _ in range(3)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    watcher = Watcher(where)
    until(lambda: len(watcher.items) >= 300)
    watcher.subscription.dispose()
    assert sorted(map(int, watcher.texts)) == list(range(300))


REACTION = {
    "type": "reaction_added",
    "user": "U1",
    "reaction": "eyes",
    "item": {"type": "message", "channel": "C1", "ts": "1.1"},
    "event_ts": "9.000100",
}
RENAME = {"type": "channel_rename", "channel": {"id": "C1", "name": "a"}, "event_ts": "9.000200"}
TIMELESS = {"type": "emoji_changed", "subtype": "add", "names": ["a"]}
ENVELOPE = {
    "type": "events_api",
    "envelope_id": "e-1",
    "payload": {"event_id": "Ev1", "team_id": "T1", "event": {"type": "message", "channel": "C1"}},
}
COMMAND = {
    "type": "slash_commands",
    "envelope_id": "e-2",
    "payload": {"trigger_id": "7.8", "channel_id": "C1", "command": "/a"},
}


@pytest.mark.parametrize("item", [REACTION, RENAME, TIMELESS, ENVELOPE, COMMAND])
def test_every_event_has_a_key(where: str, item: dict[str, Any]) -> None:
    named = {**item, "rxslack_team": "T1", "rxslack_connection": 1}
    append(where, named, {**named, "rxslack_connection": 2}, event(1))
    watcher = Watcher(where)
    until(lambda: len(watcher.items) == 2)
    watcher.subscription.dispose()


@pytest.mark.parametrize(
    "other",
    [
        {**REACTION, "reaction": "tada"},
        {**REACTION, "user": "U2"},
        {**REACTION, "type": "reaction_removed"},
        {**REACTION, "event_ts": "9.000101"},
        {**REACTION, "item": {"type": "message", "channel": "C1", "ts": "1.2"}},
    ],
)
def test_different_events_have_different_keys(where: str, other: dict[str, Any]) -> None:
    append(where, REACTION, other)
    watcher = Watcher(where)
    until(lambda: len(watcher.items) == 2)
    watcher.subscription.dispose()


def test_what_belongs_to_a_connection_or_to_the_moment_is_not_appended(where: str) -> None:
    passing = ["hello", "goodbye", "pong", "user_typing", "presence_change", "rxslack.gap"]
    seen: list[Any] = []
    items = [*({"type": kind} for kind in passing), event(1)]
    run(reactivex.from_iterable(items).pipe(to_log(where)), seen.append)
    watcher = Watcher(where)
    until(lambda: watcher.items)
    watcher.subscription.dispose()
    assert (watcher.texts, seen) == (["1"], items)


def test_as_an_operator_it_emits_what_is_in_the_log(where: str) -> None:
    watcher, seen = Watcher(where), list[str]()
    status = run(
        reactivex.of(event(1), event(2)).pipe(to_log(where)), lambda e: seen.append(e["text"])
    )
    until(lambda: watcher.texts == ["1", "2"])
    watcher.subscription.dispose()
    assert (status, seen) == (0, ["1", "2"])


def test_what_is_no_json_is_a_failure(where: str, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Any] = []
    odd = {**event(1), "text": object()}
    run(reactivex.of(odd, event(2)).pipe(to_log(where)), seen.append)
    assert is_failure(seen[0])
    assert seen[1:] == [event(2)]
    append(where, odd)
    assert "is no JSON" in caplog.text


@pytest.mark.parametrize("text", ["\ud800", "\0", "𝄞 ü", ""])
def test_any_text_goes_through(where: str, text: str) -> None:
    item = {**event(1), "text": text, "big": 2**70}
    append(where, item)
    watcher = Watcher(where)
    until(lambda: watcher.items)
    watcher.subscription.dispose()
    assert watcher.items == [item]


def test_a_tracked_item_is_done_when_it_is_in_the_log_and_its_subscriber_has_let_go(
    where: str,
) -> None:
    source, holds, tracked = Subject[Any](), list[Any](), Tracked()
    source.pipe(to_log(where)).subscribe(lambda _: holds.append(hold()))
    with current(tracked):
        source.on_next(event(1))
    tracked.let_go()
    until(lambda: holds)
    assert tracked.ends == []
    holds[0].let_go()
    until(lambda: tracked.ends)
    assert tracked.ends == [True]


def test_while_the_log_is_full_it_waits_and_nothing_is_trimmed(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    log = to_log(where, max_entries=5, max_waiting=3, keep=0.0)
    given: list[int] = []

    def give() -> None:
        for number in range(20):
            log.on_next(event(number))
            given.append(number)

    giving = threading.Thread(target=give)
    giving.start()
    until(lambda: "max_entries" in caplog.text)
    assert len(given) <= 5 + 3 + 3  # in the log, waiting, in the batch that is refused
    watcher = Watcher(where)
    until(lambda: len(watcher.items) == 20)
    giving.join(20.0)
    watcher.subscription.dispose()
    assert (log.drain(20.0), watcher.texts) == (0, [str(number) for number in range(20)])


def test_what_is_not_in_the_log_when_it_is_closed_is_left_undone(own_server: Server) -> None:
    source, tracked = Subject[Any](), Tracked()
    log = to_log(own_server.url)
    source.subscribe(log)
    own_server.kill()
    with current(tracked):
        source.on_next(event(1))
    tracked.let_go()
    assert log.drain(0.3) == 1
    log.close()
    until(lambda: tracked.ends)
    assert tracked.ends == [False]


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE a (b)")
    file.close()
    with pytest.raises(ConfigurationError, match="no log but another database"):
        to_log(path)


def test_a_url_of_something_else_is_refused_without_its_password() -> None:
    with pytest.raises(ConfigurationError) as caught:
        to_log("nats://me:canary@host:4222")
    assert "canary" not in str(caught.value)
    assert "redis://" in str(caught.value)


@pytest.mark.parametrize(
    "options", [{"remember": 0.0}, {"max_waiting": 0}, {"max_entries": 0}, {"keep": -1.0}]
)
def test_numbers_that_cannot_work_are_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        to_log(tmp_path / "events.db", **options)
