"""What both engines promise: append, take, done."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from rxslack.log.engine import Engine, GroupMissing, LogEntry, LogFull, Reader, TakenEntry
from rxslack.log.where import engine_at

Open = Callable[..., Engine]


def entry(text: str, partition: int = 1, key: str = "") -> LogEntry:
    return LogEntry(partition, key or text, 600.0, text.encode())


def reader(name: str = "r1", group: str = "g", lease: float = 30.0) -> Reader:
    return Reader(group, name, lease)


def texts(taken: list[TakenEntry]) -> str:
    return "".join(one.text.decode() for one in taken)


def joined(where: str, *readers: Reader) -> Engine:
    engine = engine_at(where)
    for one in readers or (reader(),):
        engine.join(one, None)
    return engine


def test_it_gives_entries_in_the_order_of_their_partition(where: str) -> None:
    engine = joined(where)
    assert engine.append([entry("a"), entry("b"), entry("x", 2), entry("c")]) == 4
    taken = engine.take(reader(), 10)
    assert texts([one for one in taken if one.partition == 1]) == "abc"
    assert [one.attempt for one in taken] == [1] * 4


def test_it_appends_a_key_once(where: str) -> None:
    engine = joined(where)
    assert engine.append([entry("a"), entry("b"), entry("a")]) == 2
    assert engine_at(where).append([entry("b"), entry("c")]) == 1
    assert texts(engine.take(reader(), 10)) == "abc"


def test_it_forgets_a_key_in_time(where: str) -> None:
    engine = joined(where)
    brief = LogEntry(1, "k", 0.05, b"a")
    assert engine.append([brief]) == 1
    time.sleep(0.1)
    assert engine.append([brief]) == 1


def test_a_partition_is_one_readers_at_a_time(where: str) -> None:
    one, other = reader("one"), reader("other")
    engine = joined(where)
    engine.append([entry("a"), entry("b")])
    first = engine.take(one, 1)
    assert (texts(first), engine.take(other, 10)) == ("a", [])
    engine.done(one, first, [], [1])
    assert texts(engine.take(other, 10)) == "b"


def test_who_holds_a_partition_may_have_more_of_it(where: str) -> None:
    engine = joined(where)
    engine.append([entry("a")])
    assert texts(engine.take(reader(), 10)) == "a"
    engine.append([entry("b")])
    assert texts(engine.take(reader(), 10)) == "b"


def test_but_not_for_ever(where: str) -> None:
    one = reader("one", lease=1.0)
    engine = joined(where)
    engine.append([entry("a")])
    first = engine.take(one, 10)
    time.sleep(1.1)
    engine.append([entry("b")])
    assert engine.take(one, 10) == []
    engine.done(one, first, [], [1])
    assert texts(engine.take(reader("other"), 10)) == "b"


def test_what_is_given_back_comes_first_again_and_does_not_count(where: str) -> None:
    one, other = reader("one"), reader("other")
    engine = joined(where)
    engine.append([entry("a"), entry("b"), entry("c")])
    a, b, c = engine.take(one, 10)
    engine.done(one, [b], [a, c], [1])
    again = engine.take(other, 10)
    assert (texts(again), [one.attempt for one in again]) == ("ac", [1, 1])


def test_what_a_reader_holds_that_is_gone_goes_to_another(where: str) -> None:
    gone, other = reader("gone", lease=1.0), reader("other", lease=1.0)
    engine, elsewhere = joined(where), engine_at(where)
    engine.append([entry("a"), entry("b"), entry("c")])
    held = engine.take(gone, 2)
    assert elsewhere.take(other, 10) == []
    time.sleep(1.3)
    again = elsewhere.take(other, 10)
    assert (texts(again), [one.attempt for one in again]) == ("ab", [2, 2])
    # What is left is taken when what was left behind is done.
    assert elsewhere.take(other, 10) == []
    elsewhere.done(other, again, [], [1])
    assert texts(elsewhere.take(other, 10)) == "c"
    assert engine.done(gone, held, [], [1]) == 0  # it is no longer its own


def test_a_lease_is_renewed_by_taking(where: str) -> None:
    one = reader("one", lease=1.0)
    engine, elsewhere = joined(where), engine_at(where)
    engine.append([entry("a")])
    engine.take(one, 10)
    for _ in range(8):
        time.sleep(0.2)
        engine.take(one, 0)
        assert elsewhere.take(reader("other"), 10) == []


def test_each_group_gets_all(where: str) -> None:
    one, other = reader(group="one"), reader(group="other")
    engine = joined(where, one, other)
    engine.append([entry("a")])
    assert (texts(engine.take(one, 10)), texts(engine.take(other, 10))) == ("a", "a")


def test_it_knows_a_group_that_has_joined(where: str) -> None:
    engine = engine_at(where)
    with pytest.raises(GroupMissing):
        engine.take(reader(), 10)
    engine.append([entry("a")])
    assert (engine.join(reader(), None), engine.join(reader(), None)) == (True, False)
    assert texts(engine.take(reader(), 10)) == "a"


def test_a_new_group_may_begin_later(where: str) -> None:
    engine = engine_at(where)
    engine.append([entry("a")])
    time.sleep(0.05)
    engine.join(reader(), time.time())
    time.sleep(0.05)
    engine.append([entry("b")])
    assert texts(engine.take(reader(), 10)) == "b"


def test_it_refuses_what_it_has_no_room_for_and_keeps_all_that_is_unread(where: str) -> None:
    engine = engine_at(where, max_entries=3)
    engine.join(reader(), None)
    engine.append([entry("a"), entry("b")])
    with pytest.raises(LogFull):
        engine.append([entry("c"), entry("d")])
    assert engine.tidy(0.0, needed=True) == 0
    taken = engine.take(reader(), 10)
    assert texts(taken) == "ab"
    assert engine.tidy(0.0, needed=True) == 0  # not done
    engine.done(reader(), taken, [], [1])
    assert engine.tidy(3600.0) == 0  # kept for a while
    assert engine.tidy(3600.0, needed=True) == 2
    assert engine.append([entry("c"), entry("d")]) == 2
    assert texts(engine.take(reader(), 10)) == "cd"


def test_it_forgets_nothing_before_there_is_a_group(where: str) -> None:
    engine = engine_at(where)
    engine.append([entry("a")])
    assert engine.tidy(0.0, needed=True) == 0


def test_it_takes_no_more_than_was_asked_for(where: str) -> None:
    engine = joined(where)
    engine.append([entry(str(number), number) for number in range(20)])
    assert len(engine.take(reader(), 7)) == 7
    assert len(engine.take(reader("other"), 100)) == 13
