"""The calls for a gap, in virtual time: paced, repeated where that helps, and bounded."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

from rxslack.errors import ApiError, RateLimited, ServerError
from rxslack.web import calls as _calls
from rxslack.web.calls import MethodPaces, Missed, PatientCaller, Terms
from rxslack.web.dialing import Cancellation

Json = dict[str, Any]


class Hours:
    """The monotonic clock, a Slack that answers at once, and the event that ends a pause."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.asked: list[tuple[float, str, Json]] = []
        self.answers: list[Json | Exception] = []  # what comes next; else an empty page
        self.over = False
        self.ends = math.inf  # the instant at which it is over
        self.during: Callable[[], object] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def wait(self, timeout: float) -> bool:
        self.now = min(self.now + timeout, self.ends)
        self.over = self.over or self.now >= self.ends
        return self.over

    def is_set(self) -> bool:
        return self.over

    def call(self, method: str, /, **arguments: Any) -> Json:
        self.asked.append((self.now - 1000.0, method, arguments))
        self.during()
        answer = self.answers.pop(0) if self.answers else {"ok": True}
        if isinstance(answer, Exception):
            raise answer
        return answer

    def times(self) -> list[float]:
        return [round(instant, 6) for instant, _, _ in self.asked]


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    made = Hours()
    monkeypatch.setattr(_calls, "time", made)
    return made


def calls(
    hours: Hours,
    *pauses: float,
    page: int = 999,
    most: int = 1000,
    per_minute: float = 6e4,
    paces: MethodPaces | None = None,
    cancellation: Cancellation | None = None,
) -> PatientCaller:
    web: Any = hours
    stop: Any = hours
    terms = Terms(page=page, calls=most, pauses=lambda: pauses)
    return PatientCaller(
        web, terms, paces or MethodPaces(per_minute), cancellation or Cancellation(), stop
    )


def ask(made: PatientCaller, method: str = "a", times: int = 1) -> None:
    for _ in range(times):
        assert len([*made.pages(method)]) == 1


# --- pages ----------------------------------------------------------------------------------------


def test_it_asks_for_one_page_after_the_other(hours: Hours) -> None:
    hours.answers = [
        {"response_metadata": {"next_cursor": "two"}, "messages": [1]},
        {"messages": []},
    ]
    answers = [*hours.answers]
    made = calls(hours, page=7)
    assert [*made.pages("a", channel="C1", oldest="1.0")] == answers
    assert [arguments for _, _, arguments in hours.asked] == [
        {"channel": "C1", "oldest": "1.0", "limit": 7, "cursor": None},
        {"channel": "C1", "oldest": "1.0", "limit": 7, "cursor": "two"},
    ]
    assert (made.made, made.left) == (2, 998)


def test_it_asks_for_no_page_that_nobody_wants(hours: Hours) -> None:
    hours.answers = [{"response_metadata": {"next_cursor": "two"}}]
    next(calls(hours).pages("a"))
    assert len(hours.asked) == 1


def test_it_misses_what_is_behind_a_cursor_that_was_there_before(hours: Hours) -> None:
    hours.answers = [{"response_metadata": {"next_cursor": name}} for name in ("a", "b", "a")]
    pages = calls(hours).pages("users.list")
    with pytest.raises(Missed, match=r"users\.list: the next page"):
        _ = [*pages]
    assert len(hours.asked) == 3


# --- the pace -------------------------------------------------------------------------------------


def test_it_makes_as_many_at_once_as_a_minute_allows_and_then_one_by_one(hours: Hours) -> None:
    ask(calls(hours, per_minute=3.0), times=6)
    assert hours.times() == [0.0, 0.0, 0.0, 20.0, 40.0, 60.0]


def test_it_makes_one_at_once_where_a_minute_allows_less(hours: Hours) -> None:
    ask(calls(hours, per_minute=0.5), times=3)
    assert hours.times() == [0.0, 120.0, 240.0]


def test_it_makes_as_many_as_one_likes_without_a_limit(hours: Hours) -> None:
    ask(calls(hours, per_minute=math.inf), times=100)
    assert hours.times() == [0.0] * 100
    assert MethodPaces(math.inf).of("a").take(hours.now) == hours.now


def test_it_paces_each_method_by_itself(hours: Hours) -> None:
    made = calls(hours, per_minute=1.0)
    for method in ("a", "b", "a"):
        ask(made, method)
    assert hours.times() == [0.0, 0.0, 60.0]


def test_it_keeps_the_pace_from_one_gap_to_the_next(hours: Hours) -> None:
    paces = MethodPaces(1.0)
    for _ in range(2):
        ask(calls(hours, paces=paces))
    assert hours.times() == [0.0, 60.0]


def test_it_gains_what_it_did_not_use(hours: Hours) -> None:
    made = calls(hours, per_minute=2.0)
    ask(made, times=2)
    hours.now += 45.0
    ask(made, times=2)
    assert hours.times() == [0.0, 0.0, 45.0, 60.0]


# --- failures -------------------------------------------------------------------------------------


def broken() -> ServerError:
    return ServerError("a", 503)


def test_it_repeats_what_failed_after_each_of_the_pauses(hours: Hours) -> None:
    hours.answers = [broken(), broken()]
    made = calls(hours, 0.5, 2.0)
    ask(made)
    assert hours.times() == [0.0, 0.5, 2.5]
    assert made.made == 3


def test_it_gives_up_when_there_is_no_pause_left(hours: Hours) -> None:
    last = broken()
    hours.answers = [broken(), last]
    with pytest.raises(Missed) as caught:
        ask(calls(hours, 1.0))
    assert (str(caught.value), caught.value.__cause__) == (str(last), last)
    assert hours.times() == [0.0, 1.0]


def test_it_has_all_the_pauses_for_each_page(hours: Hours) -> None:
    more = {"response_metadata": {"next_cursor": "two"}}
    hours.answers = [broken(), more, broken()]
    assert len([*calls(hours, 1.0).pages("a")]) == 2
    assert hours.times() == [0.0, 1.0, 1.0, 2.0]


def test_it_does_not_repeat_what_is_refused(hours: Hours) -> None:
    hours.answers = [ApiError("a", "missing_scope")]
    with pytest.raises(Missed, match="missing_scope"):
        ask(calls(hours, 1.0))
    assert hours.times() == [0.0]


@pytest.mark.parametrize(("pause", "again"), [(1.0, 5.0), (7.0, 7.0)])
def test_it_waits_for_as_long_as_slack_says_at_least(
    hours: Hours, pause: float, again: float
) -> None:
    hours.answers = [RateLimited("a", 5.0)]
    ask(calls(hours, pause))
    assert hours.times() == [0.0, again]


def test_it_lets_what_is_no_answer_through(hours: Hours) -> None:
    hours.answers = [KeyError("a defect")]
    with pytest.raises(KeyError):
        ask(calls(hours, 1.0))


# --- the bounds -----------------------------------------------------------------------------------


def test_it_makes_no_more_than_so_many_for_each_gap(hours: Hours) -> None:
    made = calls(hours, most=2)
    assert made.left == 2
    ask(made, times=2)
    with pytest.raises(Missed, match=r"^the bound of 2 calls is reached$"):
        ask(made)
    assert (len(hours.asked), made.left) == (2, 0)
    made.add_gap()
    assert made.left == 2
    ask(made, times=2)
    with pytest.raises(Missed, match=r"^the bound of 4 calls is reached$"):
        ask(made)


def test_it_makes_none_after_the_instant_by_which_it_has_to_hurry(hours: Hours) -> None:
    made = calls(hours)
    made.by = hours.now
    ask(made)
    hours.now += 0.5
    with pytest.raises(Missed, match=r"^there is no time left to hurry$"):
        ask(made)
    assert (len(hours.asked), made.made) == (1, 1)


def test_it_does_not_wait_for_its_pace_when_there_is_no_time(hours: Hours) -> None:
    made = calls(hours, per_minute=1.0)
    ask(made)
    made.by = hours.now + 59.0
    with pytest.raises(Missed, match="hurry"):
        ask(made)
    assert hours.now == 1000.0
    made.by = hours.now + 60.0
    ask(made)
    assert hours.times() == [0.0, 60.0]


def test_it_pauses_no_longer_than_there_is_time(hours: Hours) -> None:
    hours.answers = [broken()]
    made = calls(hours, 60.0)
    made.by = hours.now + 5.0
    ask(made)  # right at that instant it may be made
    assert hours.times() == [0.0, 5.0]


def test_it_does_not_pause_when_the_call_itself_took_the_time(hours: Hours) -> None:
    def take_long() -> None:
        hours.now += 8.0

    hours.answers = [broken()]
    hours.during = take_long
    made = calls(hours, 60.0)
    made.by = hours.now + 5.0
    with pytest.raises(Missed, match="hurry"):
        ask(made)
    assert hours.now == 1008.0


def test_it_knows_when_the_last_call_left(hours: Hours) -> None:
    made = calls(hours, 3.0)
    assert made.sent == -math.inf
    sent: list[float] = []

    def take_long() -> None:
        sent.append(made.sent)
        hours.now += 8.0

    hours.during = take_long
    hours.answers = [broken()]
    ask(made)
    assert sent == [1000.0, 1011.0]
    assert made.sent == 1011.0


# --- the end --------------------------------------------------------------------------------------


def test_it_makes_none_when_it_is_called_off(hours: Hours) -> None:
    hours.over = True
    made = calls(hours)
    with pytest.raises(Missed, match=r"^called off$"):
        ask(made)
    assert (hours.asked, made.made) == ([], 0)


def test_it_ends_a_pause_when_it_is_called_off(hours: Hours) -> None:
    hours.answers = [broken()]
    hours.ends = 1002.0
    with pytest.raises(Missed, match=r"^called off$"):
        ask(calls(hours, 60.0))
    assert (hours.now, hours.times()) == (1002.0, [0.0])


def test_it_makes_each_call_on_the_lifeline(hours: Hours) -> None:
    """So that none outlives what it is made for."""
    steps: list[str] = []

    class Spy(Cancellation):
        @contextmanager
        def held(self) -> Generator[None]:
            steps.append("held")
            with super().held():
                yield
            steps.append("let go")

    hours.during = lambda: steps.append("called")
    ask(calls(hours, cancellation=Spy()))
    assert steps == ["held", "called", "let go"]
