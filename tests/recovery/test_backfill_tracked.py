"""Who waits for an item to be done waits for one that a gap holds back as well."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from rxslack.lanes.tracking import ItemHold, current, hold
from tests.background import until
from tests.recovery.script import Call, Json, ScriptedSlack, Told, at, gap
from tests.tracked import Tracked

GENERAL = "C1"


class OpenGap:
    """A gap whose past comes when the test lets it; until then live events wait."""

    def __init__(self) -> None:
        self.slack = ScriptedSlack(GENERAL)
        self._asked, self._go = threading.Event(), threading.Event()
        self.slack.before = self._wait
        self.told = Told(self.slack)
        self.told.tell(gap())
        assert self._asked.wait(10.0)

    def _wait(self, _: Call) -> None:
        self._asked.set()
        assert self._go.wait(10.0)

    def tell(self, text: str) -> Tracked:
        """Somebody says something, and a source wants to know when that is done."""
        tracked = Tracked()
        with current(tracked):
            self.told.tell(self.slack.say(GENERAL, at(0.0), text))
        tracked.let_go()
        return tracked

    def close(self) -> None:
        """The past comes."""
        self._go.set()


@pytest.fixture
def opened() -> Any:
    gap_now = OpenGap()
    yield gap_now
    gap_now.close()


def test_it_is_not_done_while_it_waits(opened: OpenGap) -> None:
    waits = opened.tell("waits")
    assert waits.ends == []
    opened.close()
    opened.told.filled()
    assert (opened.told.texts(), waits.ends) == (["waits"], [True])


def test_it_is_held_by_who_takes_it_then(opened: OpenGap) -> None:
    holds: list[ItemHold] = []

    def take(item: Json) -> None:
        if item["type"] == "message":
            holds.append(hold())

    opened.told.also = take
    waits, other = opened.tell("waits"), opened.tell("waits, too")
    opened.close()
    opened.told.filled()
    assert (waits.ends, other.ends) == ([], [])
    holds[1].let_go()
    assert (waits.ends, other.ends) == ([], [True])


def test_it_is_left_undone_when_the_stream_is_disposed(opened: OpenGap) -> None:
    waits = opened.tell("waits")
    opened.told.subscription.dispose()
    assert waits.ends == [False]


def test_it_is_done_when_the_stream_fails_for_it_goes_out_before_that(opened: OpenGap) -> None:
    waits = opened.tell("waits")
    opened.told.fail(LookupError("the source"))
    assert (opened.told.texts(), waits.ends) == (["waits"], [True])


def test_it_is_left_undone_when_its_subscriber_fails_and_so_is_what_waits_behind_it(
    opened: OpenGap,
) -> None:
    def fail(item: Json) -> None:
        if item.get("text") == "second":
            raise LookupError("a bug")

    opened.told.also = fail
    waiting = [opened.tell(text) for text in ("first", "second", "third")]
    opened.close()
    until(lambda: opened.told.errors)
    until(lambda: all(one.ends for one in waiting))
    assert [one.ends for one in waiting] == [[True], [False], [False]]


def test_it_is_left_undone_when_its_subscriber_disposes_at_it(opened: OpenGap) -> None:
    def end(_: Json) -> None:
        opened.told.subscription.dispose()

    opened.told.also = end
    waiting = [opened.tell(text) for text in ("first", "second")]
    opened.close()
    until(lambda: all(one.ends for one in waiting))
    assert [one.ends for one in waiting] == [[False], [False]]
    assert opened.told.texts() == ["first"]


def test_it_is_left_undone_when_its_subscriber_fails_at_once() -> None:
    """Though the source hears nothing of it, for the error goes down the stream."""
    told = Told(ScriptedSlack(GENERAL))

    def fail(_: Json) -> None:
        raise LookupError("a bug")

    told.also = fail
    tracked = Tracked()
    with current(tracked):
        told.tell({"type": "message", "channel": GENERAL, "ts": at(0.0), "text": "live"})
    tracked.let_go()
    assert len(told.errors) == 1
    assert tracked.ends == [False]


def test_without_a_gap_it_is_done_when_the_subscriber_is_through_with_it() -> None:
    told, tracked = Told(ScriptedSlack(GENERAL)), Tracked()
    with current(tracked):
        told.tell({"type": "message", "channel": GENERAL, "ts": at(0.0), "text": "live"})
    tracked.let_go()
    assert tracked.ends == [True]
