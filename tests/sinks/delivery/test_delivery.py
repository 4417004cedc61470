"""One call step by step: what is asked of Slack, what the outbox is told, and what comes of it."""

from __future__ import annotations

import logging
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from rxslack.errors import (
    ApiError,
    ConfigurationError,
    RateLimited,
    ServerError,
    SlackError,
    TimedOut,
    TransportError,
)
from rxslack.events.items import failure
from rxslack.lanes.paces import Budget, Pace
from rxslack.sinks.delivery.calls import Job, PendingCall, Whole
from rxslack.sinks.delivery.delivery import DISK, Begun, Deliverer, Kept, NoOutbox
from rxslack.sinks.delivery.look_up import LookUp
from rxslack.sinks.delivery.rules import Rule

Item = dict[str, Any]

NOW = 1000.0
POST = PendingCall("chat.postMessage", "C1", {"channel": "C1", "text": "Hello"}, "mark")
REPLY = PendingCall("chat.postMessage", "C1", {"channel": "C1", "thread_ts": "1.0"}, "mark")
UNMARKED = PendingCall("chat.postMessage", "C1", {"channel": "C1", "text": "Hello"})
DONE = {"ok": True, "ts": "1.0"}
REFUSED = ApiError("chat.postMessage", "is_archived")
OFFLINE = TransportError("Slack", "refused")
LOST = TimedOut("chat.postMessage", 30.0, maybe_done=True)
HISTORY = "conversations.history"


class Box(NoOutbox):
    """An outbox that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.noted: list[tuple[int | None, Any]] = []
        self.full = False
        self.begun: Begun | None = None  # what another process has done

    def begin(self, row: int | None, now: float) -> Begun | None:
        if self.full:
            raise SlackError("the outbox cannot be written: disk full")
        self.told.append(("begin", row, now))
        begun, self.begun = self.begun, None
        return begun

    def note(self, row: int | None, reply: Any) -> None:
        self.noted.append((row, reply))

    def rest(self, row: int | None) -> None:
        self.told.append(("rest", row))

    def undo(self, row: int | None) -> None:
        self.told.append(("undo", row))

    def forget(self, row: int | None) -> None:
        self.told.append(("forget", row))


class Receiver:
    """A receiver that writes down what it is told."""

    def __init__(self) -> None:
        self.outcomes: list[Any] = []
        self.dropped: list[Any] = []
        self.skipped = 0

    def accept(self) -> None:
        raise AssertionError("it was accepted before")

    def settle(self, outcome: Any) -> None:
        self.outcomes.append(outcome)

    def skip(self) -> None:
        self.skipped += 1

    def drop(self, event: Any) -> None:
        self.dropped.append(event)


class History(LookUp):
    """A history in which what it is told to be found is found."""

    def __init__(self, found: Sequence[Item | Exception | None]) -> None:
        self.found = list(found)
        self.asked: list[tuple[PendingCall, float]] = []

    def find(self, call: PendingCall, since: float) -> Item | None:
        self.asked.append((call, since))
        found = self.found.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


class SharedBudget(Budget):
    """A budget that other processes share, as the test says, and that writes down what it is asked."""

    def __init__(self, *waits: float) -> None:
        super().__init__()
        self.limits: list[tuple[Any, ...]] = []
        self.held: list[tuple[Any, ...]] = []
        self._waits = list(waits)

    def reserve(self, *limits: tuple[tuple[Hashable, ...], float, int]) -> float:
        self.limits.append(limits)
        return self._waits.pop(0) if self._waits else 0.0

    def hold_elsewhere(
        self, key: tuple[Hashable, ...], rate: float, burst: int, seconds: float
    ) -> None:
        self.held.append((key, rate, burst, seconds))


@dataclass
class Bench:
    """A delivery with everything around it scripted."""

    answers: Sequence[Item | Exception] = ()
    found: Sequence[Item | Exception | None] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict[str, Rule])
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    lanes: bool = True
    budget: Budget = field(default_factory=Budget)

    def __post_init__(self) -> None:
        self.now = NOW
        self.box = Box()
        self.receiver = Receiver()
        self.history = History(self.found)
        self.held: list[tuple[Pace, float]] = []
        self.made: list[PendingCall] = []
        self._left = list(self.answers)
        options: dict[str, Any] = {
            "attempts": 10,
            "patience": 0.0,
            "looks": (2.0, 10.0),
            **self.options,
        }
        self.delivery = Deliverer(
            self._write,
            rule=lambda method: self.rules.get(method, Rule(rate=1.0, burst=1)),
            budget=self.budget,
            look_up=self.history,
            outbox=self.box,
            wall=lambda: self.now,
            logger=logging.getLogger("rxslack.test"),
            **options,
        )
        if self.lanes:
            self.delivery.hold = lambda pace, seconds: self.held.append((pace, seconds))

    def _write(self, call: PendingCall) -> Item:
        self.made.append(call)
        answer = self._left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def job(self, call: PendingCall = POST, **fields: Any) -> Job:
        fields = {"accepted": NOW, "row": 7, **fields}
        return Job({"text": "Hello"}, call, self.receiver, **fields)

    def steps(self, job: Job) -> list[float | None]:
        """The pauses between the steps of a job, which are kept, until it is over."""
        pauses: list[float | None] = []
        while not pauses or pauses[-1] is not None:
            pauses.append(self.delivery.work(job, len(pauses) + 1))
            self.now += pauses[-1] or 0.0
            assert len(pauses) < 50
        return pauses


def failed(error: Exception, *, uncertain: bool = False) -> Any:
    return failure({"text": "Hello"}, error, uncertain=uncertain)


# What goes well, and what is refused


def test_it_makes_a_call_and_hands_the_answer_on() -> None:
    bench = Bench([DONE])
    job = bench.job()
    assert bench.steps(job) == [None]
    assert bench.made == [POST]
    assert bench.receiver.outcomes == [DONE]
    assert bench.box.told == [("begin", 7, NOW), ("forget", 7)]
    assert bench.box.noted == [(7, DONE)]
    assert (job.tries, job.began, job.doubt) == (1, NOW, None)


def test_it_makes_a_refusal_a_failure_at_once() -> None:
    bench = Bench([REFUSED])
    assert bench.steps(bench.job()) == [None]
    assert bench.receiver.outcomes == [failed(REFUSED)]
    assert bench.box.told == [("begin", 7, NOW), ("undo", 7), ("forget", 7)]
    assert bench.box.noted == []


def test_it_makes_a_failure_of_whatever_a_call_raises() -> None:
    bug = KeyError("text")
    bench = Bench([bug])
    assert bench.steps(bench.job()) == [None]
    assert bench.receiver.outcomes == [failed(bug)]


@pytest.mark.parametrize(("answer", "spoilt"), [(DONE, False), (REFUSED, True)])
def test_it_spoils_the_parts_that_follow_one_that_failed(answer: Any, spoilt: bool) -> None:
    whole = Whole()
    bench = Bench([answer])
    bench.steps(bench.job(whole=whole))
    assert whole.failed is spoilt
    rest = bench.job(whole=whole, row=8)
    assert rest.void is spoilt


def test_it_skips_a_part_of_what_has_failed() -> None:
    bench = Bench()
    assert bench.steps(bench.job(whole=Whole(failed=True))) == [None]
    assert (bench.made, bench.receiver.outcomes, bench.receiver.skipped) == ([], [], 1)
    assert bench.box.told == [("forget", 7)]


def test_it_passes_a_failure_on_in_its_turn() -> None:
    bench = Bench()
    event = failed(REFUSED)
    assert bench.steps(bench.job(failed=event, whole=Whole(failed=True))) == [None]
    assert (bench.made, bench.receiver.outcomes, bench.receiver.skipped) == ([], [event], 0)
    assert bench.box.told == [("forget", 7)]


# What surely was not done


def test_it_tries_again_what_surely_was_not_done() -> None:
    bench = Bench([OFFLINE, ServerError("chat.postMessage", 503), OFFLINE, DONE])
    job = bench.job()
    assert bench.steps(job) == [0.5, 1.0, 2.0, None]
    assert bench.receiver.outcomes == [DONE]
    assert bench.box.told[:3] == [("begin", 7, NOW), ("undo", 7), ("begin", 7, NOW + 0.5)]
    assert (job.tries, job.began) == (4, NOW + 3.5)


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_it_gives_up_after_so_many_attempts(attempts: int) -> None:
    bench = Bench([OFFLINE] * 9, options={"attempts": attempts})
    assert bench.steps(bench.job()) == [*[0.5, 1.0][: attempts - 1], None]
    assert len(bench.made) == attempts
    assert bench.receiver.outcomes == [failed(OFFLINE)]


@pytest.mark.parametrize(
    ("row", "patience", "tries"),
    [(None, 9.0, 2), (7, 0.0, 2), (7, 3.4, 3), (7, 3.5, 4), (7, 9.0, 5)],
)
def test_it_goes_on_for_what_an_outbox_keeps(row: int | None, patience: float, tries: int) -> None:
    """Beyond its two attempts tries come 1.5, 3.5, 7.5 and 15.5 s after the call came in."""
    bench = Bench([OFFLINE] * 9, options={"attempts": 2, "patience": patience})
    bench.steps(bench.job(row=row))
    assert len(bench.made) == tries
    assert bench.receiver.outcomes == [failed(OFFLINE)]


@pytest.mark.parametrize(("lasts", "tries"), [(3.4, 3), (3.5, 4)])
def test_it_does_not_wait_until_it_is_too_late(lasts: float, tries: int) -> None:
    bench = Bench([OFFLINE] * 9, rules={POST.method: Rule(rate=1.0, burst=1, lasts=lasts)})
    bench.steps(bench.job())
    assert len(bench.made) == tries
    assert bench.receiver.outcomes == [failed(OFFLINE)]


def test_it_says_what_it_tries_again_and_not_what_it_says(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bench = Bench([OFFLINE] * 4 + [DONE], options={"attempts": 2, "patience": 99.0})
    bench.steps(bench.job())
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "C1: TransportError; attempt 2 of 2 follows in 0.5 s"),
        ("WARNING", "C1: TransportError, 2 times; the outbox keeps trying, again in 1 s"),
        ("INFO", "C1: TransportError, 3 times; the outbox keeps trying, again in 2 s"),
        ("INFO", "C1: TransportError, 4 times; the outbox keeps trying, again in 4 s"),
    ]


# What Slack limits


def test_it_waits_as_long_as_slack_asks() -> None:
    limits = [
        RateLimited(POST.method, 7.0),
        RateLimited(POST.method),
        RateLimited(POST.method, 0.0),
    ]
    bench = Bench([*limits, DONE])
    assert bench.steps(bench.job()) == [7.0, 30.0, 0.0, None]
    assert bench.receiver.outcomes == [DONE]


def test_it_gives_up_at_a_limit_with_its_error() -> None:
    limit = RateLimited(POST.method, 7.0)
    bench = Bench([limit], options={"attempts": 1})
    bench.steps(bench.job())
    assert bench.receiver.outcomes == [failed(limit)]
    assert bench.held == []


@pytest.mark.parametrize("limited", ["lane", "method"])
def test_it_holds_what_a_limit_is_about(limited: Any) -> None:
    rule = Rule(rate=5.0, burst=50, lane_rate=1.0, lane_burst=3, limited=limited)
    bench = Bench([RateLimited(POST.method, 7.0), DONE], rules={POST.method: rule})
    lane = bench.budget.pace(POST.method, "C1", rate=1.0, burst=3)
    shared = bench.budget.pace(POST.method, rate=5.0, burst=50, lasting=True)
    bench.steps(bench.job())
    assert bench.held == [(lane if limited == "lane" else shared, 7.0)]


SHARED = Rule(rate=5.0, burst=50, lane_rate=1.0, lane_burst=3)
LIMITS = (((POST.method, "C1"), 1.0, 3), ((POST.method,), 5.0, 50))


def test_it_waits_where_processes_share_a_pace() -> None:
    budget = SharedBudget(3.0)
    bench = Bench([DONE], rules={POST.method: SHARED}, budget=budget)
    job = bench.job()
    assert bench.steps(job) == [3.0, None]
    assert budget.limits == [LIMITS] * 2
    assert (job.tries, bench.box.told[0]) == (1, ("begin", 7, NOW + 3.0))


@pytest.mark.parametrize("limited", ["lane", "method"])
def test_it_holds_in_other_processes_what_a_limit_is_about(limited: Any) -> None:
    budget = SharedBudget()
    rule = SHARED._replace(limited=limited)
    bench = Bench([RateLimited(POST.method, 7.0), DONE], rules={POST.method: rule}, budget=budget)
    bench.steps(bench.job())
    assert budget.held == [(*LIMITS[limited == "method"], 7.0)]


def test_it_holds_nothing_where_there_is_nothing_to_hold() -> None:
    rule = Rule(rate=5.0, burst=50, limited="lane")
    bench = Bench([RateLimited(POST.method, 7.0), DONE], rules={POST.method: rule})
    assert bench.steps(bench.job()) == [7.0, None]
    assert bench.held == []


def test_it_holds_nothing_for_what_is_no_limit() -> None:
    bench = Bench([OFFLINE, DONE])
    bench.steps(bench.job())
    assert bench.held == []


def test_it_holds_and_hastens_nothing_before_there_are_lanes() -> None:
    bench = Bench([RateLimited(POST.method, 7.0), DONE], lanes=False)
    bench.delivery.hasten("C1")
    assert bench.steps(bench.job()) == [7.0, None]


def test_there_is_no_row_of_what_is_not_kept() -> None:
    assert NoOutbox().keep([POST, POST], NOW) == [None, None]


def test_it_keeps_to_the_paces_of_the_method_and_of_the_lane() -> None:
    rule = Rule(rate=5.0, burst=50, lane_rate=1.0, lane_burst=3)
    bench = Bench(rules={POST.method: rule})
    own, shared = bench.delivery.paces("C1", bench.job())
    assert own is bench.budget.pace(POST.method, "C1", rate=1.0, burst=3)
    assert shared is bench.budget.pace(POST.method, rate=5.0, burst=50, lasting=True)


def test_it_has_no_pace_in_a_lane_where_slack_has_none() -> None:
    bench = Bench(rules={POST.method: Rule(rate=5.0, burst=50)})
    own, _ = bench.delivery.paces("C1", bench.job())
    for _ in range(1000):
        own.take(NOW)
    assert own.due() <= NOW


def test_it_keeps_no_pace_with_what_is_not_called() -> None:
    bench = Bench()
    own, shared = bench.delivery.paces(None, bench.job(failed=failed(REFUSED)))
    assert own is shared
    for _ in range(1000):
        own.take(NOW)
    assert own.due() <= NOW


@pytest.mark.parametrize(
    ("call", "method"), [(POST, HISTORY), (REPLY, "conversations.replies"), (UNMARKED, POST.method)]
)
def test_it_keeps_to_the_pace_of_the_search_while_it_searches(
    call: PendingCall, method: str
) -> None:
    bench = Bench(rules={method: Rule(rate=0.5, burst=9)})
    _, shared = bench.delivery.paces("C1", bench.job(call, doubt=LOST))
    assert shared is bench.budget.pace(method, rate=0.5, burst=9, lasting=True)


# What perhaps was done


@pytest.mark.parametrize("options", [{"looks": ()}, {}], ids=["it may not look", "no mark"])
def test_it_reports_what_was_perhaps_done_where_it_cannot_look(options: Item) -> None:
    bench = Bench([LOST], options=options)
    assert bench.steps(bench.job(UNMARKED if not options else POST)) == [None]
    assert bench.receiver.outcomes == [failed(LOST, uncertain=True)]
    assert bench.box.told == [("begin", 7, NOW), ("rest", 7), ("forget", 7)]


def test_it_repeats_what_was_perhaps_done_where_that_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    pinned = PendingCall("pins.add", "C1")
    again = ApiError("pins.add", "already_pinned", {"ok": False, "error": "already_pinned"})
    rule = Rule(rate=1.0, burst=1, repeatable=True, already="already_pinned")
    bench = Bench([LOST, again], rules={"pins.add": rule})
    job = bench.job(pinned)
    assert bench.steps(job) == [0.5, None]
    assert bench.receiver.outcomes == [
        {"ok": True, "error": "already_pinned", "warning": "already_pinned"}
    ]
    assert job.began == NOW  # the first that was perhaps carried out
    assert caplog.messages == ["C1: TimedOut; attempt 2 of 10 follows in 0.5 s"]


def test_it_keeps_the_doubt_when_a_repetition_surely_was_not_done() -> None:
    rule = Rule(rate=1.0, burst=1, repeatable=True)
    bench = Bench([LOST, OFFLINE, DONE], rules={"pins.add": rule})
    job = bench.job(PendingCall("pins.add", "C1"))
    assert bench.steps(job) == [0.5, 1.0, None]
    assert ("undo", 7) not in bench.box.told
    assert job.began == NOW


def test_it_gives_up_repeating_what_was_perhaps_done_as_uncertain() -> None:
    rule = Rule(rate=1.0, burst=1, repeatable=True)
    bench = Bench([LOST, LOST], rules={"pins.add": rule}, options={"attempts": 2})
    bench.steps(bench.job(PendingCall("pins.add", "C1")))
    assert bench.receiver.outcomes == [failed(LOST, uncertain=True)]


def test_it_takes_having_been_done_before_for_a_failure_when_nothing_is_in_doubt() -> None:
    again = ApiError("pins.add", "already_pinned")
    rule = Rule(rate=1.0, burst=1, repeatable=True, already="already_pinned")
    bench = Bench([again], rules={"pins.add": rule})
    bench.steps(bench.job(PendingCall("pins.add", "C1")))
    assert bench.receiver.outcomes == [failed(again)]


def test_it_takes_another_refusal_for_a_failure_though_something_is_in_doubt() -> None:
    rule = Rule(rate=1.0, burst=1, repeatable=True, already="already_pinned")
    bench = Bench([LOST, REFUSED], rules={"pins.add": rule})
    bench.steps(bench.job(PendingCall("pins.add", "C1")))
    assert bench.receiver.outcomes == [failed(REFUSED)]


def test_it_finds_what_was_perhaps_done() -> None:
    bench = Bench([LOST], [None, DONE])
    assert bench.steps(bench.job()) == [2.0, 8.0, None]
    assert bench.made == [POST]
    assert bench.history.asked == [(POST, NOW), (POST, NOW)]
    assert bench.receiver.outcomes == [DONE]
    assert bench.box.told == [("begin", 7, NOW), ("rest", 7), ("forget", 7)]


def test_it_makes_a_call_again_that_history_does_not_have() -> None:
    bench = Bench([LOST, DONE], [None, None])
    job = bench.job()
    assert bench.steps(job) == [2.0, 8.0, 0.0, None]
    assert bench.made == [POST, POST]
    assert bench.receiver.outcomes == [DONE]
    assert bench.box.told[2:] == [("undo", 7), ("begin", 7, NOW + 10.0), ("forget", 7)]
    assert (job.doubt, job.began) == (None, NOW + 10.0)


def test_it_looks_anew_for_each_attempt_that_was_perhaps_carried_out() -> None:
    bench = Bench([LOST, LOST], [None, None, None, DONE])
    assert bench.steps(bench.job()) == [2.0, 8.0, 0.0, 2.0, 8.0, None]
    assert [since for _, since in bench.history.asked] == [NOW, NOW, NOW + 10.0, NOW + 10.0]


def test_it_gives_up_what_history_does_not_have_as_surely_not_done() -> None:
    bench = Bench([LOST], [None, None], options={"attempts": 1})
    assert bench.steps(bench.job()) == [2.0, 8.0, None]
    assert bench.receiver.outcomes == [failed(LOST)]


def test_it_tries_again_to_search() -> None:
    bench = Bench([LOST], [OFFLINE, ServerError(HISTORY, 500), DONE])
    assert bench.steps(bench.job()) == [2.0, 1.0, 2.0, None]
    assert bench.receiver.outcomes == [DONE]


def test_it_is_uncertain_of_what_it_cannot_search_for() -> None:
    lost = TimedOut(POST.method, 30.0, maybe_done=True)
    bench = Bench([lost], [ApiError(HISTORY, "missing_scope")])
    assert bench.steps(bench.job()) == [2.0, None]
    assert bench.receiver.outcomes == [failed(lost, uncertain=True)]
    assert lost.__notes__ == ["and history could not be searched: missing_scope"]


def test_it_counts_a_search_that_failed_as_an_attempt() -> None:
    lost = TimedOut(POST.method, 30.0, maybe_done=True)
    bench = Bench([lost], [OFFLINE] * 9, options={"attempts": 3})
    assert bench.steps(bench.job()) == [2.0, 1.0, None]
    assert bench.receiver.outcomes == [failed(lost, uncertain=True)]
    assert not hasattr(lost, "__notes__")  # it could have been, later


def test_it_holds_the_searches_of_others_when_slack_limits_its_own() -> None:
    rule = Rule(rate=0.5, burst=9)
    bench = Bench([LOST], [RateLimited(HISTORY, 7.0), DONE], rules={HISTORY: rule})
    assert bench.steps(bench.job()) == [2.0, 7.0, None]
    assert bench.held == [(bench.budget.pace(HISTORY, rate=0.5, burst=9, lasting=True), 7.0)]


def test_it_says_why_it_searches_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bench = Bench([LOST], [ServerError(HISTORY, 500), RateLimited(HISTORY, 7.0), DONE])
    bench.steps(bench.job())
    assert caplog.messages == [
        "C1: TimedOut; attempt 3 of 10 follows in 1 s",
        "C1: ratelimited; attempt 4 of 10 follows in 7 s",
    ]


# What an earlier process left behind


def kept(call: PendingCall = POST, began: float | None = None, damage: str = "") -> Kept:
    return Kept(3, call, 900.0, began, damage)


def test_it_sends_what_an_earlier_process_never_began() -> None:
    bench = Bench([DONE])
    job = bench.delivery.restored(kept(), bench.receiver)
    assert job.item == POST.arguments
    assert (job.row, job.accepted, job.doubt, job.void) == (3, 900.0, None, False)
    assert bench.steps(job) == [None]
    assert bench.made == [POST]
    assert bench.box.told == [("begin", 3, NOW), ("forget", 3)]


def test_it_looks_for_what_an_earlier_process_began_after_a_while() -> None:
    bench = Bench([], [DONE])
    job = bench.delivery.restored(kept(began=950.0), bench.receiver)
    assert bench.steps(job) == [2.0, None]
    assert bench.history.asked == [(POST, 950.0)]
    assert bench.receiver.outcomes == [DONE]


def test_it_looks_as_often_for_what_an_earlier_process_began() -> None:
    bench = Bench([DONE], [None, None])
    job = bench.delivery.restored(kept(began=950.0), bench.receiver)
    assert bench.steps(job) == [2.0, 8.0, 0.0, None]


LEFT_OPEN = "an earlier process ended before Slack had answered"


def test_it_reports_what_an_earlier_process_began_where_it_cannot_look() -> None:
    bench = Bench()
    job = bench.delivery.restored(kept(UNMARKED, began=950.0), bench.receiver)
    assert bench.steps(job) == [None]
    (outcome,) = bench.receiver.outcomes
    assert (outcome["item"], outcome["uncertain"]) == (UNMARKED.arguments, True)
    assert str(outcome["error"]) == LEFT_OPEN
    assert bench.made == []
    assert bench.box.told == [("forget", 3)]


def test_it_repeats_what_an_earlier_process_began_where_that_changes_nothing() -> None:
    pinned = PendingCall("pins.add", "C1")
    bench = Bench([DONE], rules={"pins.add": Rule(rate=1.0, burst=1, repeatable=True)})
    job = bench.delivery.restored(kept(pinned, began=950.0), bench.receiver)
    assert bench.steps(job) == [None]
    assert bench.made == [pinned]
    assert (job.began, str(job.doubt)) == (950.0, LEFT_OPEN)


def test_it_leaves_a_row_that_it_cannot_read_where_it_is() -> None:
    bench = Bench()
    job = bench.delivery.restored(kept(damage="no JSON"), bench.receiver)
    assert bench.steps(job) == [None]
    (outcome,) = bench.receiver.outcomes
    assert outcome["item"] == {"channel": "C1", "outbox_row": 3}
    assert str(outcome["error"]) == "row 3 of the outbox cannot be read: no JSON"
    assert "uncertain" not in outcome
    assert bench.box.told == [("forget", None)]


# What another process has done

ENDED = "another process ended before Slack had answered"


def test_it_hands_on_what_another_process_was_answered() -> None:
    bench = Bench()
    bench.box.begun = Begun(950.0, DONE)
    assert bench.steps(bench.job()) == [None]
    assert (bench.made, bench.receiver.outcomes) == ([], [DONE])


def test_it_looks_for_what_another_process_began_and_makes_it_when_it_is_not_there() -> None:
    bench = Bench([DONE], [None, None])
    bench.box.begun = Begun(950.0, None)
    job = bench.job()
    pause = bench.delivery.work(job, 1)
    assert (pause, job.began, str(job.doubt)) == (2.0, 950.0, ENDED)
    assert bench.steps(job) == [8.0, 0.0, None]
    assert bench.history.asked == [(POST, 950.0)] * 2
    assert (bench.made, bench.receiver.outcomes) == ([POST], [DONE])


def test_it_repeats_what_another_process_began_where_that_changes_nothing() -> None:
    pinned = PendingCall("pins.add", "C1")
    bench = Bench([DONE], rules={"pins.add": Rule(rate=1.0, burst=1, repeatable=True)})
    bench.box.begun = Begun(950.0, None)
    assert bench.steps(bench.job(pinned)) == [0.0, None]
    assert bench.made == [pinned]
    assert bench.box.told[1] == ("undo", 7)


def test_it_reports_what_another_process_began_where_it_cannot_look() -> None:
    bench = Bench()
    bench.box.begun = Begun(950.0, None)
    assert bench.steps(bench.job(UNMARKED)) == [None]
    (outcome,) = bench.receiver.outcomes
    assert (outcome["item"], outcome["uncertain"]) == ({"text": "Hello"}, True)
    assert str(outcome["error"]) == ENDED
    assert bench.made == []


# The outbox


def test_it_makes_no_call_that_the_outbox_cannot_note() -> None:
    bench = Bench([DONE])
    bench.box.full = True
    job = bench.job()
    assert [bench.delivery.work(job, 1), bench.delivery.work(job, 2)] == [DISK, DISK]
    assert (bench.made, job.began, bench.receiver.outcomes) == ([], None, [])
    bench.box.full = False
    assert bench.steps(job) == [None]
    assert bench.made == [POST]


@pytest.mark.parametrize("doubt", [None, LOST])
def test_it_gives_up_a_call_that_the_outbox_cannot_note(doubt: Exception | None) -> None:
    bench = Bench(options={"attempts": 3})
    bench.box.full = True
    assert bench.steps(bench.job(UNMARKED, doubt=doubt)) == [DISK, DISK, None]
    (outcome,) = bench.receiver.outcomes
    assert str(outcome["error"]) == str(doubt or "the outbox cannot be written: disk full")
    assert outcome.get("uncertain", False) is (doubt is not None)


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (7, "the sink was closed before this was sent; the outbox keeps it for the next start"),
        (None, "the sink was closed before this was sent"),
    ],
)
def test_it_says_what_becomes_of_what_a_close_drops(row: int | None, text: str) -> None:
    bench = Bench()
    bench.delivery.drop(bench.job(row=row))
    (event,) = bench.receiver.dropped
    assert (event["item"], str(event["error"])) == ({"text": "Hello"}, text)
    assert "uncertain" not in event
    assert bench.box.told == []


def test_it_drops_a_failure_as_it_is() -> None:
    bench = Bench()
    event = failed(REFUSED, uncertain=True)
    bench.delivery.drop(bench.job(failed=event))
    assert bench.receiver.dropped == [event]


# What is counted


@pytest.mark.parametrize(
    ("answers", "retries", "how"),
    [
        ([OFFLINE, DONE], [("retries", (POST.method, "TransportError"), 1)], "done"),
        ([REFUSED], [], "is_archived"),
        ([LOST], [], "uncertain"),
    ],
)
def test_it_counts_what_becomes_of_calls_and_measures_how_long_that_takes(
    numbers: list[Any], answers: list[Any], retries: list[Any], how: str
) -> None:
    bench = Bench(answers)
    bench.steps(bench.job(UNMARKED))
    assert numbers == [
        *retries,
        ("deliveries", (POST.method, how), 1),
        ("delivery", (POST.method,), 0.5 * len(retries)),
    ]


def test_it_measures_no_time_when_the_clock_was_set_back(numbers: list[Any]) -> None:
    bench = Bench([DONE])
    bench.steps(bench.job(accepted=NOW + 5.0))
    assert numbers[-1] == ("delivery", (POST.method,), 0.0)


# Options


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"attempts": 0}, "0 attempts send nothing; give 1 or more"),
        ({"patience": -0.1}, "patience is -0.1; give seconds, 0 or more"),
        ({"patience": math.nan}, "patience is nan; give seconds, 0 or more"),
    ],
)
def test_it_refuses_numbers_that_cannot_work(options: Item, text: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Bench(options=options)
    assert str(raised.value) == text
