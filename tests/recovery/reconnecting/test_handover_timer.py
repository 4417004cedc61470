"""One connection takes over from another: gaps, overlaps, and replacements that fail."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import formatdate
from itertools import pairwise, repeat
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest
import reactivex
from reactivex import Observable, abc, operators as ops
from reactivex.disposable import BooleanDisposable, Disposable
from reactivex.subject import Subject

from rxslack.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectionClosed,
    RateLimited,
)
from rxslack.recovery.reconnect import reconnect
from rxslack.recovery.reconnecting import handover_timer as _handover_timer
from rxslack.recovery.reconnecting.attempts import Attempt, Hello, Roles
from rxslack.recovery.reconnecting.coverage import Span
from rxslack.recovery.reconnecting.handover_timer import IDLE, PROOF, Handover, HandoverTimer
from rxslack.testing import Marbles
from rxslack.web.slack_clock import SlackClock

LOST = ConnectionClosed(1006)
FATAL = AuthenticationError("rtm.connect", "invalid_auth")
EVENTS: dict[str, Any] = {
    "h": {"type": "hello"},
    "g": {"type": "goodbye"},
    "t": {"type": "user_typing", "channel": "C1", "user": "U1"},
    "e": {"type": "rxslack.reply", "ok": True},
    "v": {"type": "events_api", "envelope_id": "v", "payload": {}},
    "w": {"type": "slash_commands", "envelope_id": "w", "payload": {}},
}
EVENTS.update(
    (name, {"type": "message", "channel": "C1", "user": "U1", "text": name, "ts": f"{n}.000100"})
    for n, name in enumerate("abcd", start=1)
)


class FakeConnection:
    """Answers questions when a test says so."""

    left_out = ""

    def __init__(self, heard: float = 0.0, slack: float = 0.0) -> None:
        self.clock = SlackClock(lambda: 0.0)
        self.clock.heard_date(formatdate(slack, usegmt=True), sent=0.0, received=0.0)
        self.questions: list[Callable[[], object]] = []
        self.retired = 0
        self._heard = heard

    def heard(self) -> float:
        return self._heard

    def last_ts(self) -> str:
        return self.left_out

    def probe(self, answered: Callable[[], object]) -> None:
        self.questions.append(answered)

    def retire(self) -> None:
        self.retired += 1


class Prompt(FakeConnection):
    """Answers at once."""

    def probe(self, answered: Callable[[], object]) -> None:
        answered()


def over(connection: FakeConnection) -> dict[str, Any]:
    """Events, with `H` for a hello that came over a connection."""
    return EVENTS | {"H": Hello(EVENTS["h"], connection)}


def in_turn(*sources: Observable[Any]) -> Observable[Any]:
    """The first subscription gets the first source, and so on; then nothing comes any more."""
    left = iter(sources)
    return reactivex.defer(lambda _: next(left, reactivex.never()))


def gap(since: float, until: float, last_ts: str | None = None) -> dict[str, Any]:
    return {
        "type": "rxslack.gap",
        "since": since,
        "until": until,
        "last_ts": last_ts,
        "reason": str(LOST),
    }


def every(seconds: float) -> Callable[[], Iterable[float]]:
    return lambda: repeat(seconds)


# --- gaps -----------------------------------------------------------------------------------------


def test_it_says_what_was_not_seen_right_after_the_next_hello(marbles: Marbles) -> None:
    source = in_turn(
        marbles.cold("-h-a--#    ", LOST, **EVENTS), marbles.cold("-(hb)", LOST, **EVENTS)
    )
    expected = marbles.seen("-h-a-----(hGb)", G=gap(3.0, 9.0, EVENTS["a"]["ts"]), **EVENTS)
    assert expected == marbles.run(source.pipe(reconnect(every(2.0))))


def test_it_says_it_once_for_several_attempts(marbles: Marbles) -> None:
    source = in_turn(
        marbles.cold("ha#", LOST, **EVENTS),
        marbles.cold("#", LOST),
        marbles.cold("-#", LOST),
        marbles.cold("h----h", **EVENTS),
    )
    expected = marbles.seen("ha----(hG)-h", G=gap(1.0, 6.0, EVENTS["a"]["ts"]), **EVENTS)
    assert expected == marbles.run(source.pipe(reconnect(every(1.0))))


def test_it_says_it_between_any_two_connections(marbles: Marbles) -> None:
    source = marbles.cold("h#", LOST, **EVENTS)
    seen = marbles.run(source.pipe(reconnect(lambda: [5.0, 5.0])), "^------------!")
    first, second = gap(0.0, 6.0), gap(6.0, 12.0)
    assert seen == marbles.seen("h-----(hG)--(hH)", G=first, H=second, **EVENTS)


def test_it_says_nothing_before_the_first_hello(marbles: Marbles) -> None:
    source = in_turn(marbles.cold("-#", LOST), marbles.cold("h", **EVENTS))
    assert marbles.run(source.pipe(reconnect(every(1.0)))) == marbles.seen("--h", **EVENTS)


def test_it_begins_a_gap_in_slacks_time_when_the_connection_was_last_heard_of(
    marbles: Marbles,
) -> None:
    """Not when its last item came: that may have waited for slow user code."""
    old, new = FakeConnection(heard=1.5, slack=1000.0), FakeConnection(slack=1060.0)
    source = in_turn(marbles.cold("H---a#", LOST, **over(old)), marbles.cold("H", **over(new)))
    seen = marbles.run(source.pipe(reconnect(every(1.0))))
    assert seen.moments[-1].value == gap(1001.5, 1061.0, EVENTS["a"]["ts"])


# --- overlaps -------------------------------------------------------------------------------------


@pytest.mark.parametrize("farewell", ["goodbye", "team_migration_started", "disconnect"])
def test_it_opens_the_next_connection_beside_one_that_will_end(
    marbles: Marbles, farewell: str
) -> None:
    events: dict[str, Any] = EVENTS | {"g": {"type": farewell}}
    old = marbles.cold("h----------ga-bc#", LOST, **events)
    new = marbles.cold("--hcd", **events)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    assert seen == marbles.seen("h----------gahbcd", **events)  # `c` and `d` waited for the old one
    assert old.subscriptions == marbles.opened("^---------------!")
    assert new.subscriptions[0].opened == 11


def test_it_lets_what_both_deliver_pass_once_whoever_is_ahead(marbles: Marbles) -> None:
    old = marbles.cold("h----------g--at-b#", LOST, **EVENTS)
    new = marbles.cold("-h-atbet", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    # Only the second `t` and what belongs to the new connection are news from the new one.
    assert [moment.value["type"] for moment in seen.moments] == [
        "hello",
        "goodbye",
        "hello",
        "message",
        "user_typing",
        "message",
        "rxslack.reply",
        "user_typing",
    ]


def test_it_overtakes_an_old_connection_that_has_fallen_quiet(marbles: Marbles) -> None:
    old = marbles.cold("h----------g-------------d#", LOST, **EVENTS)
    new = marbles.cold("-ha-b", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    assert seen == marbles.seen("h----------gha-b---------d", **EVENTS)


def test_it_reads_the_old_connection_for_thirty_seconds_at_the_most(marbles: Marbles) -> None:
    old = marbles.cold("h----------g", **EVENTS)
    new = marbles.cold("-h", **EVENTS)
    marbles.run(in_turn(old, new).pipe(reconnect()))
    assert old.subscriptions == marbles.opened("^" + "-" * 41 + "!")
    assert new.subscriptions[0].closed is None


def test_it_does_not_read_an_old_connection_for_ever_that_is_never_quiet(marbles: Marbles) -> None:
    old = marbles.cold("h----------g" + "e" * 100, **EVENTS)
    new = marbles.cold("-h", **EVENTS)
    marbles.run(in_turn(old, new).pipe(reconnect()))
    assert old.subscriptions == marbles.opened("^" + "-" * 41 + "!")
    assert new.subscriptions[0].closed is None


def test_it_lets_a_connection_that_is_retired_emit_what_it_has_read(marbles: Marbles) -> None:
    connection = Prompt()
    old = marbles.cold("H----------g" + "e" * 40 + "a#", LOST, **over(connection))
    new = marbles.cold("-h", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    assert connection.retired
    assert old.subscriptions == marbles.opened("^" + "-" * 52 + "!")
    assert [m.frame for m in seen.moments if m.value == EVENTS["a"]] == [52]
    assert all(m.value["type"] != "rxslack.gap" for m in seen.moments)


def test_it_retires_nobody_who_connects_again_by_himself(marbles: Marbles) -> None:
    connection = Prompt()
    old = marbles.cold("H----------gH" + "e" * 100, **over(connection))
    new = marbles.cold("-h", **EVENTS)
    marbles.run(in_turn(old, new).pipe(reconnect()))
    assert connection.retired == 0
    assert old.subscriptions == marbles.opened("^" + "-" * 41 + "!")


def test_it_holds_back_nothing_that_slack_gives_to_one_connection_only(marbles: Marbles) -> None:
    old = marbles.cold("h----------gv-a-#", LOST, **EVENTS)
    new = marbles.cold("-(hw)", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    kinds = [moment.value["type"] for moment in seen.moments if moment.frame == 12]
    assert sorted(kinds) == ["events_api", "hello", "slash_commands"]


@pytest.mark.parametrize("rest", ["a#", "e" * 60], ids=["closed by Slack", "read long enough"])
def test_it_says_no_gap_for_connections_that_overlapped(marbles: Marbles, rest: str) -> None:
    """Not even later: at a hello of a source that connects again by itself."""
    old = marbles.cold("h----------g-" + rest, LOST, **EVENTS)
    new = marbles.cold("-hab" + "-" * 60 + "h", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    kinds = [moment.value["type"] for moment in seen.moments]
    assert (kinds.count("hello"), kinds.count("rxslack.gap")) == (3, 0)


# --- replacements that fail -----------------------------------------------------------------------


def test_it_is_not_harmed_by_replacements_that_fail(marbles: Marbles) -> None:
    old = marbles.cold("h----------g-a-b-c-d#", LOST, **EVENTS)
    bad, worse = marbles.cold("-#", LOST), marbles.cold("#", LOST)
    new = marbles.cold("h", **EVENTS)
    seen = marbles.run(in_turn(old, bad, worse, new).pipe(reconnect(every(2.0))))
    assert seen == marbles.seen("h----------g-a-bhc-d", **EVENTS)
    assert old.subscriptions == marbles.opened("^-------------------!")
    assert new.subscriptions[0].opened == 16


def test_it_says_a_gap_when_the_old_connection_ends_before_the_replacement_stands(
    marbles: Marbles,
) -> None:
    old = marbles.cold("h----------ga#", LOST, **EVENTS)
    new = marbles.cold("----h", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    hole = gap(12.0, 15.0, EVENTS["a"]["ts"])
    assert seen == marbles.seen("h----------ga--(hG)", G=hole, **EVENTS)


def test_it_keeps_a_fatal_error_of_a_replacement_until_the_old_connection_ends(
    marbles: Marbles,
) -> None:
    old = marbles.cold("h----------g-a-#", LOST, **EVENTS)
    new = marbles.cold("-#", FATAL)
    seen = marbles.run(in_turn(old, new, marbles.cold("h", **EVENTS)).pipe(reconnect()))
    assert seen == marbles.seen("h----------g-a-#", FATAL, **EVENTS)


def test_it_returns_to_the_old_connection_when_the_new_one_dies_first(marbles: Marbles) -> None:
    old = marbles.cold("h----------g----a-b-#", LOST, **EVENTS)
    new = marbles.cold("-h--#", LOST, **EVENTS)
    third = marbles.cold("h-b-c", **EVENTS)
    seen = marbles.run(in_turn(old, new, third).pipe(reconnect(every(1.0))))
    messages = [m.value["text"] for m in seen.moments if m.value["type"] == "message"]
    assert messages == ["a", "b", "c"]
    assert [m.value["type"] for m in seen.moments].count("rxslack.gap") == 0


def test_it_takes_over_after_a_replacement_that_never_stood(marbles: Marbles) -> None:
    old = marbles.cold("h----------g", **EVENTS)
    new = marbles.cold("h-b", **EVENTS)
    source = in_turn(old, marbles.cold("-#", LOST), new)
    seen = marbles.run(source.pipe(reconnect(every(2.0))))
    assert seen == marbles.seen("h----------g--h-b", **EVENTS)


def test_it_reads_the_old_connection_for_as_long_when_another_replacement_comes_late(
    marbles: Marbles,
) -> None:
    old = marbles.cold("h----------g" + "e" * 100, **EVENTS)
    bad = marbles.cold("-h-#", LOST, **EVENTS)
    new = marbles.cold("h", **EVENTS)
    marbles.run(in_turn(old, bad, new).pipe(reconnect(every(40.0))))
    assert new.subscriptions[0].opened == 54.0
    assert old.subscriptions[0].closed == 54.0 + 30.0


def test_it_reads_the_old_connection_on_when_there_are_no_more_pauses(marbles: Marbles) -> None:
    old = marbles.cold("h----------g-a-#", LOST, **EVENTS)
    source = in_turn(old, marbles.cold("#", LOST))
    assert marbles.run(source.pipe(reconnect(list[float]))) == marbles.seen(
        "h----------g-a-#", LOST, **EVENTS
    )


def test_it_waits_as_long_as_slack_asks_before_it_tries_for_another_replacement(
    marbles: Marbles,
) -> None:
    old = marbles.cold("h----------g", **EVENTS)
    bad = marbles.cold("#", RateLimited("rtm.connect", 7.0))
    new = marbles.cold("h", **EVENTS)
    marbles.run(in_turn(old, bad, new).pipe(reconnect(every(1.0))))
    assert new.subscriptions[0].opened == 18.0


def logged(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.getMessage()) for record in caplog.records]


LEAVING = ("INFO", "Slack will close the connection; its replacement opens in 0.0 s")


def test_it_logs_that_it_tries_for_another_replacement(
    marbles: Marbles, caplog: pytest.LogCaptureFixture
) -> None:
    """There is a connection all the time."""
    caplog.set_level(logging.INFO, "rxslack.reconnect")
    old = marbles.cold("h----------g", **EVENTS)
    source = in_turn(old, marbles.cold("#", LOST), marbles.cold("h", **EVENTS))
    marbles.run(source.pipe(reconnect(every(2.0))))
    assert logged(caplog) == [
        ("INFO", "connected, at attempt 1"),
        LEAVING,
        ("INFO", f"attempt 2 in 2.0 s, after ConnectionClosed: {LOST}"),
        ("INFO", "connected, at attempt 2"),
    ]


def test_it_logs_that_no_replacement_comes(
    marbles: Marbles, caplog: pytest.LogCaptureFixture
) -> None:
    old = marbles.cold("h----------g", **EVENTS)
    marbles.run(in_turn(old, marbles.cold("#", FATAL)).pipe(reconnect()))
    assert logged(caplog) == [
        ("WARNING", f"no replacement: {FATAL}; the old connection is read until it ends")
    ]


def test_it_needs_no_pause_when_the_replacement_is_on_its_way(marbles: Marbles) -> None:
    old = marbles.cold("h----------ga#", LOST, **EVENTS)
    new = marbles.cold("----h", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect(list[float])))
    hole = gap(12.0, 15.0, EVENTS["a"]["ts"])
    assert seen == marbles.seen("h----------ga--(hG)", G=hole, **EVENTS)


def test_it_fails_when_the_pause_before_a_replacement_is_no_number_of_seconds(
    marbles: Marbles,
) -> None:
    source = marbles.cold("-(hg)", **EVENTS)
    seen = marbles.run(source.pipe(reconnect(every(-1.0))))
    assert seen == marbles.seen("-(hg#)", ConfigurationError, **EVENTS)
    assert source.subscriptions == marbles.opened("^!")


def test_it_replaces_nothing_for_a_subscriber_that_leaves_at_the_goodbye(
    marbles: Marbles, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "rxslack.reconnect")
    source = marbles.cold("h----------g", **EVENTS)
    marbles.run(source.pipe(reconnect(), ops.take(2)))
    assert logged(caplog) == [("INFO", "connected, at attempt 1")]


def test_it_tries_for_no_other_replacement_for_a_subscriber_that_left_at_the_first(
    marbles: Marbles, caplog: pytest.LogCaptureFixture
) -> None:
    """That emits, and fails, inside `subscribe`."""
    caplog.set_level(logging.INFO, "rxslack.reconnect")

    def subscribe(
        observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        observer.on_next(EVENTS["h"])
        observer.on_error(LOST)
        return Disposable()

    source = in_turn(marbles.cold("h----------g", **EVENTS), Observable(subscribe))
    marbles.run(source.pipe(reconnect(), ops.take(3)))
    assert [words for _, words in logged(caplog) if words.startswith("attempt")] == []


def test_it_takes_pauses_when_goodbyes_follow_each_other(marbles: Marbles) -> None:
    """A connection that has not proved itself is not replaced at once: no hot loop."""
    source = marbles.cold("(hg)", **EVENTS)
    marbles.run(source.pipe(reconnect(every(5.0))), "^" + "-" * 29 + "!")
    opened = [one.opened for one in source.subscriptions]
    assert all(later - earlier >= 5.0 for earlier, later in pairwise(opened))
    assert len(opened) > 3


def test_it_spreads_replacements_over_the_stagger(marbles: Marbles) -> None:
    source = marbles.cold("h----------g", **EVENTS)
    for _ in range(20):
        marbles.watch(source.pipe(reconnect(stagger=8.0)), "^" + "-" * 20 + "!")
    marbles.flush()
    opened = sorted(one.opened for one in source.subscriptions)[20:]
    assert len(set(opened)) == 20
    assert all(11.0 <= moment <= 19.0 for moment in opened)


def test_it_ends_both_connections_when_disposed(marbles: Marbles) -> None:
    old = marbles.cold("h----------g", **EVENTS)
    new = marbles.cold("-h", **EVENTS)
    marbles.run(in_turn(old, new).pipe(reconnect()), "^------------!")
    assert old.subscriptions == marbles.opened("^------------!")
    assert new.subscriptions == marbles.opened("           ^-!")


def test_it_ends_both_connections_when_the_subscriber_has_enough(marbles: Marbles) -> None:
    old = marbles.cold("h----------g-a", **EVENTS)
    new = marbles.cold("-h", **EVENTS)
    marbles.run(in_turn(old, new).pipe(reconnect(), ops.take(4)))
    assert old.subscriptions == marbles.opened("^------------!")
    assert new.subscriptions == marbles.opened("           ^-!")


# --- what proves an overlap -----------------------------------------------------------------------

UNPROVEN = "the old connection gave no answer after the new one's hello"


def kinds(seen: Any) -> list[str]:
    """What was emitted, messages by their text."""
    names = {"hello": "h", "goodbye": "g", "rxslack.gap": "G", "user_typing": "t"}
    return [m.value.get("text") or names[m.value["type"]] for m in seen.moments]


def test_it_says_a_gap_when_the_old_connection_ends_without_having_answered(
    marbles: Marbles,
) -> None:
    """It may have been dead for long when the new one said hello: nobody knows."""
    silent = FakeConnection(heard=11.0)
    old = marbles.cold("H----------g-#", LOST, **over(silent))
    new = marbles.cold("-hab", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    assert kinds(seen) == ["h", "g", "h", "G", "a", "b"]
    assert seen.moments[3].value == gap(11.0, 12.0)
    assert len(silent.questions) == 1


def test_it_says_why_it_leaves_an_old_connection_that_has_not_answered(marbles: Marbles) -> None:
    """One that is never quiet, and connects again by itself, so that it cannot be retired."""
    old = marbles.cold("H----------g-h" + "e" * 60, **over(FakeConnection()))
    new = marbles.cold("-h", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    (hole,) = [m.value for m in seen.moments if m.value["type"] == "rxslack.gap"]
    assert (hole["until"], hole["reason"]) == (12.0, "read long enough")


def test_it_says_no_gap_once_the_old_connection_has_answered(marbles: Marbles) -> None:
    old = marbles.cold("H----------g---#", LOST, **over(Prompt()))
    new = marbles.cold("-hab", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    assert kinds(seen) == ["h", "g", "h", "a", "b"]


def test_it_waits_a_moment_for_the_answer_before_it_takes_over(marbles: Marbles) -> None:
    """Then it says the gap, before everything that the new connection has brought."""
    silent = FakeConnection(heard=11.0)
    old = marbles.cold("H----------g", **over(silent))
    new = marbles.cold("-ha----b", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    hole = gap(11.0, 12.0) | {"reason": UNPROVEN}
    assert seen == marbles.seen("h----------gh-(Ga)b", G=hole, **EVENTS)


def test_it_says_a_gap_once_whatever_becomes_of_the_old_connection(marbles: Marbles) -> None:
    silent = FakeConnection(heard=11.0)
    old = marbles.cold("H----------g----------#", LOST, **over(silent))
    new = marbles.cold("-ha-b", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    assert kinds(seen).count("G") == 1


def test_it_keeps_what_a_replacement_brought_that_ended_before_the_old_connection(
    marbles: Marbles,
) -> None:
    """The old one was dead all the time: then nobody else has what the replacement brought."""
    silent = FakeConnection(heard=11.0)
    old = marbles.cold("H----------g----------#", LOST, **over(silent))
    bad = marbles.cold("-hab#", LOST, **EVENTS)
    new = marbles.cold("hd", **EVENTS)
    pauses = reconnect(every(12.0))
    seen = marbles.run(in_turn(old, bad, new).pipe(pauses))
    assert kinds(seen) == ["h", "g", "h", "G", "a", "b", "h", "G", "d"]
    first, second = (m.value for m in seen.moments if m.value["type"] == "rxslack.gap")
    assert (first["since"], first["until"]) == (11.0, 12.0)
    assert 11.0 <= second["since"] <= 14.0


def test_it_forgets_what_a_replacement_brought_that_the_old_connection_brings_as_well(
    marbles: Marbles,
) -> None:
    old = marbles.cold("H----------g---a-b-c----------#", LOST, **over(Prompt()))
    bad = marbles.cold("-hab#", LOST, **EVENTS)
    new = marbles.cold("h---d", **EVENTS)
    seen = marbles.run(in_turn(old, bad, new).pipe(reconnect(every(12.0))))
    assert kinds(seen) == ["h", "g", "h", "a", "b", "c", "h", "d"]


def test_it_takes_over_from_one_connection_to_the_next_while_the_first_still_stands(
    marbles: Marbles,
) -> None:
    """Three at once, as when Slack's gateways are restarted one after the other."""
    first = marbles.cold("H----------g---a-b-c", **over(Prompt()))
    second = marbles.cold("-H-a-b-----------g", **over(Prompt()))
    third = marbles.cold("h-d", **EVENTS)
    seen = marbles.run(in_turn(first, second, third).pipe(reconnect(every(1.0))))
    assert [kind for kind in kinds(seen) if kind not in "hg"] == ["a", "b", "c", "d"]
    assert first.subscriptions[0].closed is None  # retired, and of those that do not end by it


def test_it_returns_to_a_connection_that_was_overtaken_when_its_replacement_dies(
    marbles: Marbles,
) -> None:
    old = marbles.cold("H----------g--------ab-#", LOST, **over(Prompt()))
    new = marbles.cold("-H----#", LOST, **over(Prompt()))
    third = marbles.cold("-h-c", **EVENTS)
    seen = marbles.run(in_turn(old, new, third).pipe(reconnect(lambda: [0.0, 1.0, 1.0, 1.0])))
    assert sorted(kinds(seen)) == ["a", "b", "c", "g", "h", "h", "h"]


def test_it_lets_an_event_without_a_time_stamp_pass_long_after_a_handover(
    marbles: Marbles,
) -> None:
    """Also when the old connection ended before the new one's hello."""
    old = marbles.cold("H----------gt#", LOST, **over(FakeConnection()))
    new = marbles.cold("---h---------t", **EVENTS)
    seen = marbles.run(in_turn(old, new).pipe(reconnect()))
    assert kinds(seen) == ["h", "g", "t", "h", "G", "t"]


def test_it_does_not_hold_for_ever_what_a_failed_replacement_brought_beside_a_lively_leader(
    marbles: Marbles,
) -> None:
    """The current has long brought all that it was going to bring of it."""
    old = marbles.cold("H----------g" + "e" * 60, **over(Prompt()))
    bad = marbles.cold("-ha#", LOST, **EVENTS)
    seen = marbles.run(in_turn(old, bad).pipe(reconnect(lambda: [0.0, 100.0])))
    assert [m.frame for m in seen.moments if m.value == EVENTS["a"]] == [42]
    assert old.subscriptions[0].closed is None


def test_it_looks_often_enough_to_close_an_old_connection_on_time(marbles: Marbles) -> None:
    old = marbles.cold("h----------g", **EVENTS)
    new = marbles.cold("-h" + "-" * 5 + "g", **EVENTS)
    third = marbles.cold("-h", **EVENTS)
    marbles.run(in_turn(old, new, third).pipe(reconnect(every(0.5))))
    assert old.subscriptions[0].closed == 42.0
    assert new.subscriptions[0].closed == pytest.approx(third.subscriptions[0].opened + 31.0)


# --- the timer ------------------------------------------------------------------------------------


class Timers:
    """A clock that notes what it was asked for, and does it when a test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, BooleanDisposable, Callable[..., object]]] = []
        self.now = datetime.fromtimestamp(0.0, UTC)

    def schedule_relative(
        self, seconds: float, action: Callable[..., object]
    ) -> abc.DisposableBase:
        self.asked.append((seconds, BooleanDisposable(), action))
        return self.asked[-1][1]

    @property
    def disposed(self) -> list[bool]:
        return [timer.is_disposed for _, timer, _ in self.asked]


class Refusing:
    """An emitter whose subscriber raises what nobody takes."""

    def overtake(self, longest_idle: object) -> None:
        raise LookupError(f"a bug, {longest_idle}")


class Interrupted:
    """An emitter that has to emit a hello before it can overtake anybody."""

    def __init__(self, hello: Callable[[], object]) -> None:
        self._hello = hello
        self.longest: list[float | None] = []

    def overtake(self, longest_idle: Callable[[], float | None]) -> None:
        self._hello()
        self.longest.append(longest_idle())


def pair() -> Roles[Any]:
    """Two that stand."""
    roles = Roles[Any]()
    for _ in range(2):
        attempt = Attempt[Any](0.0)
        assert roles.add(attempt)
        attempt.span = Span(0.0, lambda: 0.0)
        attempt.span.joined = attempt.closing = True
    return roles


def timer_of(roles: Roles[Any], timers: Timers) -> HandoverTimer[Any]:
    emitter, clock = cast("Any", Refusing()), cast("Any", timers)
    return HandoverTimer(roles, emitter, clock, lambda: 0.0, lambda _: None)


def test_it_has_one_timer_at_the_most() -> None:
    timers = Timers()
    looking = timer_of(pair(), timers)
    looking.begin()
    assert timers.disposed == [False]
    looking.begin()
    assert timers.disposed == [True, False]
    looking.timer.dispose()
    assert timers.disposed == [True, True]


def test_it_has_no_timer_for_one_connection() -> None:
    timers, roles = Timers(), Roles[Any]()
    assert roles.add(Attempt[Any](0.0))
    timer_of(roles, timers).begin()
    assert timers.asked == []


def test_it_gives_a_replacement_time_for_its_proof_when_its_hello_comes_as_it_looks() -> None:
    """The time for the proof of the one before it is over then, and says nothing of this one."""
    timers, roles, now = Timers(), pair(), [0.0]
    ended, newest = cast("Any", roles.replacement()), Attempt[Any](0.0)

    def hello() -> None:
        if ended.end_reason is None:
            ended.end_reason = "cut off"
            roles.remove(ended)
            assert roles.add(newest)
            newest.span = Span(0.0, lambda: 0.0)
            looking.begin()

    emitter = Interrupted(hello)
    looking = HandoverTimer(
        roles, cast("Any", emitter), cast("Any", timers), lambda: now[0], lambda _: None
    )
    looking.begin()
    for now[0] in (10.0, 11.9, 12.1):
        timers.asked[-1][2](None)
    assert emitter.longest == [None, None, IDLE]


def test_it_reads_on_when_the_replacement_fails_just_before_the_old_connection_is_closed() -> None:
    timers, old, seen = Timers(), Subject[Any](), list[Any]()

    def subscribe(
        observer: abc.ObserverBase[Any], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        observer.on_next(EVENTS["h"])
        look = timers.asked[-1][2]
        timers.now = datetime.fromtimestamp(31.0, UTC)
        old.on_next(EVENTS["a"])  # it is not idle, so it is not overtaken
        # Both wait until this is done, for nothing is opened or closed meanwhile.
        observer.on_error(LOST)
        look(None)
        return Disposable()

    source = in_turn(old, Observable(subscribe))
    clock = cast("Any", timers)
    source.pipe(reconnect(every(5.0), scheduler=clock)).subscribe(seen.append)
    for name in "hg":
        old.on_next(EVENTS[name])
    timers.asked[-1][2](None)  # the replacement is opened
    old.on_next(EVENTS["b"])
    assert seen == [EVENTS[name] for name in "hghab"]


def test_it_logs_what_nobody_takes_when_it_takes_over(caplog: pytest.LogCaptureFixture) -> None:
    timers = Timers()
    timer_of(pair(), timers).begin()
    thread = Thread(target=timers.asked[0][2], args=(None,))
    thread.start()
    thread.join(5.0)
    assert [(record.name, record.levelname) for record in caplog.records] == [
        ("rxslack.reconnect", "ERROR")
    ]
    assert "a bug" in caplog.text


def test_a_handover_lasts_for_a_while_after_its_last_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(_handover_timer, "time", SimpleNamespace(monotonic=lambda: now[0]))
    handover = Handover()
    assert not handover.is_on()
    # A hello behind the goodbye: what was said in between may be late.
    for now[0] in (100.0, 102.0):
        handover.note()
        assert (handover.began, handover.ends) == (100.0, now[0] + PROOF + IDLE)
        assert handover.is_on()
    now[0] = handover.ends
    assert not handover.is_on()
    handover.note()
    assert handover.began == now[0]
