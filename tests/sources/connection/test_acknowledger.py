"""What nobody acknowledges is acknowledged at its deadline, and said."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

from rxslack import Status
from rxslack.sources.connection.acknowledger import Acknowledge, Acknowledger, Unanswered, modes_of


def wait_until(true: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


class Line:
    """A connection that writes down the ids that it acknowledges."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, *texts: bytes) -> None:
        self.sent.extend(json.loads(text) for text in texts)

    @property
    def ids(self) -> list[str]:
        return [one["envelope_id"] for one in self.sent]


def frame(envelope_id: str, kind: str = "slash_commands") -> bytes:
    fields = {"accepts_response_payload": True, "payload": {"command": "/weather"}}
    return json.dumps({"envelope_id": envelope_id, "type": kind, **fields}).encode()


class Office:
    """A acknowledger, and what it says."""

    def __init__(self, mode: Acknowledge, deadline: float) -> None:
        self.answered: list[Any] = []
        self.unanswered: list[str] = []
        self.acknowledger = Acknowledger(
            modes_of(mode),
            deadline=deadline,
            answered=self.answered.append,
            unanswered=self.unanswered.extend,
        )
        self.lines: list[Line] = []

    def open_line(self) -> Line:
        self.lines.append(Line())
        self.acknowledger.enter(self.lines[-1])
        return self.lines[-1]

    def close_lines(self) -> None:
        for line in self.lines:
            self.acknowledger.leave(line)


@contextmanager
def office(mode: Acknowledge, deadline: float) -> Generator[Office]:
    opened = Office(mode, deadline)
    yield opened
    opened.close_lines()
    wait_until(lambda: not keepers())


def keepers() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "rxslack-deadlines"]


def test_it_acknowledges_at_the_deadline_what_nobody_answered() -> None:
    with office("by_hand", 0.05) as here:
        line = here.open_line()
        here.acknowledger.received(line, [frame("a-1"), frame("a-2", "interactive")])
        assert here.acknowledger.set_key("a-1", "Ev1")
        wait_until(lambda: len(here.unanswered) == 2)

        assert line.sent == [{"envelope_id": "a-1"}, {"envelope_id": "a-2"}]
        assert here.unanswered == ["slash_commands", "interactive"]
        assert here.answered == ["Ev1"]  # what was not delivered has no name yet
        assert not here.acknowledger.set_key("a-2", "Ev2")


def test_it_says_that_an_answer_came_too_late() -> None:
    with office("by_hand", 0.05) as here:
        line = here.open_line()
        here.acknowledger.received(line, [frame("a-1")])
        wait_until(lambda: here.unanswered)
        with pytest.raises(ValueError, match=r"acknowledged without an answer 0\.05 s after"):
            here.acknowledger.text_for({"envelope_id": "a-1", "payload": {"text": "Sun"}})

        assert here.acknowledger.concerns(line, {"envelope_id": "a-1"})  # so somebody says it


def test_it_leaves_to_its_answer_what_is_answered_in_time() -> None:
    with office("by_hand", 2.0) as here:
        line = here.open_line()
        here.acknowledger.received(line, [frame("a-1")])
        here.acknowledger.set_key("a-1", "Ev1")
        text = here.acknowledger.text_for({"envelope_id": "a-1", "payload": {"text": "Sun"}})

        assert json.loads(text) == {"envelope_id": "a-1", "payload": {"text": "Sun"}}
        assert (line.sent, here.answered, here.unanswered) == ([], ["Ev1"], [])


def test_it_ends_its_thread_with_the_last_connection() -> None:
    with office("by_hand", 1000.0) as here:
        here.acknowledger.received(here.open_line(), [frame("a-1")])
        other = here.open_line()
        here.acknowledger.leave(here.lines[0])
        assert keepers()
        here.acknowledger.leave(other)
        wait_until(lambda: not keepers())


def test_it_acknowledges_by_the_next_connection_what_the_last_one_left() -> None:
    with office("by_hand", 0.1) as here:
        line = here.open_line()
        here.acknowledger.received(line, [frame("a-1")])
        here.acknowledger.leave(line)
        wait_until(lambda: not keepers())
        heir = here.open_line()
        wait_until(lambda: heir.ids)

        assert (line.ids, heir.ids) == ([], ["a-1"])


@pytest.mark.parametrize("mode", ["when_done", "by_hand"])
def test_it_keeps_the_deadline_of_each_of_very_many(mode: Acknowledge) -> None:
    """More than it remembers as answered."""
    with office(mode, 0.5) as here:
        line = here.open_line()
        ids = [f"a-{number}" for number in range(10_050)]
        here.acknowledger.received(line, [frame(one) for one in ids])
        wait_until(lambda: len(line.sent) == len(ids))

        assert line.ids == ids


def test_it_keeps_the_deadline_of_what_comes_later() -> None:
    """Its thread is awake for the first, and asleep when the second comes."""
    with office("when_done", 0.05) as here:
        line = here.open_line()
        here.acknowledger.received(line, [frame("a-1")])
        wait_until(lambda: line.ids)
        here.acknowledger.received(line, [frame("a-2")])
        wait_until(lambda: "a-2" in line.ids)

        assert len(keepers()) == 1


@pytest.mark.parametrize("mode", ["when_done", "by_hand"])
def test_it_never_acknowledges_what_was_abandoned(mode: Acknowledge) -> None:
    with office(mode, 0.05) as here:
        line = here.open_line()
        here.acknowledger.received(line, [frame("a-1"), frame("a-2")])
        here.acknowledger.abandon("a-1")
        wait_until(lambda: line.ids)

        assert line.ids == ["a-2"]


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_warns_at_once_then_once_a_minute_and_at_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, status = Clock(), Status()
    unanswered = Unanswered(2.5, logging.getLogger("rxslack.here"), status=status, clock=clock)
    unanswered.count(["interactive"])
    unanswered.count(["interactive"])
    clock.now += 59.9
    unanswered.count(["slash_commands", "interactive"])
    assert len(caplog.messages) == 1
    clock.now += 0.1
    unanswered.count(["interactive"])
    unanswered.count(["slash_commands"])
    unanswered.report()
    unanswered.report()

    said = [message.partition(": ")[2].partition(". ")[0] for message in caplog.messages]
    assert said == [
        "interactive (1); 1 so far",
        "interactive (3), slash_commands (1); 5 so far",
        "slash_commands (1); 6 so far",
    ]
    assert status.now.unanswered == 6
