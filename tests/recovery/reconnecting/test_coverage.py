"""What was said, and did we get it: each rule of the table at the head of `coverage.py`."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import pytest

from rxslack.recovery.reconnecting.coverage import Coverage, Gap, Span


class One:
    """A connection: whether Slack answers over it is the test's to say."""

    def __init__(self, coverage: Coverage, began: float, heard: float = 0.0) -> None:
        self.coverage = coverage
        self.questions: list[Callable[[], object]] = []
        self.span = Span(began, lambda: heard, self.questions.append)
        self.gap = coverage.stands(self.span)

    def answer(self, question: int = -1) -> None:
        self.questions[question]()

    def end(self, why: str = "cut") -> Gap | None:
        return self.coverage.ended(self.span, why)

    def join(self, before: One) -> Gap | None:
        return self.coverage.join(self.span, before.span, "no answer")

    @property
    def joined(self) -> bool:
        return self.span.joined


@pytest.fixture
def coverage() -> Coverage:
    return Coverage()


# A row of the table each


def test_the_first_hello_is_joined_and_says_no_gap(coverage: Coverage) -> None:
    first = One(coverage, 1.0)
    assert (first.joined, first.gap, first.questions) == (True, None, [])


def test_a_hello_after_a_loss_is_joined_and_says_the_gap(coverage: Coverage) -> None:
    assert One(coverage, 1.0, heard=5.0).end("cut off") is None
    second = One(coverage, 9.0)
    assert (second.joined, second.gap) == (True, Gap(5.0, 9.0, "cut off"))
    assert second.end() is None
    assert One(coverage, 11.0).gap == Gap(0.0, 11.0, "cut")


def test_a_hello_beside_others_is_not_joined_and_all_of_them_are_asked(coverage: Coverage) -> None:
    first, second = One(coverage, 1.0), One(coverage, 2.0)
    third = One(coverage, 3.0)
    assert [len(one.questions) for one in (first, second, third)] == [2, 1, 0]
    assert [one.joined for one in (first, second, third)] == [True, False, False]
    assert (second.gap, third.gap) == (None, None)


def test_an_answer_joins_those_whose_hello_came_before_the_question(coverage: Coverage) -> None:
    first, second = One(coverage, 1.0), One(coverage, 2.0)
    third = One(coverage, 3.0)
    first.answer(0)
    assert [one.joined for one in (first, second, third)] == [True, True, False]
    first.answer(1)
    assert third.joined


def test_a_late_answer_to_an_early_question_takes_nothing_back(coverage: Coverage) -> None:
    first, second = One(coverage, 1.0), One(coverage, 2.0)
    third = One(coverage, 3.0)
    first.answer(1)
    first.answer(0)
    assert second.joined
    assert third.joined


def test_an_answer_of_one_that_is_not_joined_counts_once_it_is(coverage: Coverage) -> None:
    first, second = One(coverage, 1.0), One(coverage, 2.0)
    third = One(coverage, 3.0)
    second.answer()
    assert not third.joined
    first.answer(0)
    assert third.joined


def test_an_end_beside_a_joined_one_says_nothing(coverage: Coverage) -> None:
    first, second = One(coverage, 1.0), One(coverage, 2.0)
    first.answer()
    assert first.end() is None
    assert second.end() is None
    assert One(coverage, 7.0).gap == Gap(0.0, 7.0, "cut")


def test_the_end_of_one_that_is_not_joined_says_nothing_beside_a_joined_one(
    coverage: Coverage,
) -> None:
    first, second = One(coverage, 1.0), One(coverage, 2.0)
    assert second.end() is None
    assert first.joined
    assert first.end() is None


def test_an_end_beside_those_that_are_not_joined_joins_the_eldest_and_says_the_gap(
    coverage: Coverage,
) -> None:
    first = One(coverage, 1.0, heard=1.5)
    second, third = One(coverage, 2.0, heard=2.5), One(coverage, 3.0)
    assert first.end("dead") == Gap(1.5, 2.0, "dead")
    assert (second.joined, third.joined) == (True, False)
    assert second.end("dead, too") == Gap(2.5, 3.0, "dead, too")


def test_an_end_counts_once_and_only_of_one_that_stood(coverage: Coverage) -> None:
    first = One(coverage, 1.0, heard=1.5)
    assert first.end("at first") is None
    assert first.end("again") is None
    assert One(coverage, 2.0).gap == Gap(1.5, 2.0, "at first")


def test_what_is_emitted_without_proof_is_joined_and_says_the_gap_once(coverage: Coverage) -> None:
    first = One(coverage, 1.0, heard=1.5)
    second = One(coverage, 2.0)
    assert second.join(first) == Gap(1.5, 2.0, "no answer")
    assert second.join(first) is None
    assert first.end() is None


def test_what_is_emitted_with_proof_says_nothing(coverage: Coverage) -> None:
    first, second = One(coverage, 1.0), One(coverage, 2.0)
    first.answer()
    assert second.join(first) is None


def test_what_is_joined_by_a_gap_proves_as_much_as_any_other(coverage: Coverage) -> None:
    first, second = One(coverage, 1.0), One(coverage, 2.0)
    third, fourth = One(coverage, 3.0), One(coverage, 4.0)
    second.answer(0)
    assert not third.joined
    assert second.join(first) is not None
    assert (third.joined, fourth.joined) == (True, False)
    second.answer(1)
    assert fourth.joined


def test_a_source_that_cannot_be_asked_is_believed(coverage: Coverage) -> None:
    coverage.stands(Span(1.0, lambda: 0.0))
    assert One(coverage, 2.0).joined


def test_a_gap_never_ends_before_it_begins(coverage: Coverage) -> None:
    One(coverage, 1.0, heard=9.0).end()
    assert One(coverage, 2.0).gap == Gap(2.0, 2.0, "cut")


# All of them together


STEPS = ("hello", "answer", "end eldest", "end youngest", "die")


class Truth:
    """
    A model that knows it: a step takes a second, and something is said in each moment.

    A connection brings what is said from its hello until it dies, which is noticed at its end only.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.lives: list[list[float]] = []  # from, until
        self.gaps: list[Gap | None] = []
        self._coverage = Coverage()
        self._standing: list[tuple[One, list[float]]] = []

    def take(self, step: str) -> None:
        self.now += 1.0
        if step == "hello":
            self._open()
        elif step == "answer":
            self._answer()
        elif self._standing:
            if step == "die":
                self._die(self._standing[0][1])
            else:
                self._end(0 if step == "end eldest" else -1)

    def find_out_everything(self) -> None:
        while self._standing:
            self.take("end eldest")
        self.take("hello")

    def is_known_of(self, moment: float) -> bool:
        covered = any(since <= moment < until for since, until in self.lives)
        return covered or any(gap and gap.since <= moment < gap.until for gap in self.gaps)

    def _open(self) -> None:
        life = [self.now, math.inf]
        one = One(self._coverage, self.now)
        one.span.complete_to = lambda: min(life[1], self.now)
        self.lives.append(life)
        self._standing.append((one, life))
        self.gaps.append(one.gap)

    def _answer(self) -> None:
        for one, life in self._standing:
            if life[1] > self.now:
                for question in one.questions:
                    question()

    def _die(self, life: list[float]) -> None:
        life[1] = min(life[1], self.now)

    def _end(self, place: int) -> None:
        one, life = self._standing.pop(place)
        self._die(life)
        self.gaps.append(one.end())


@pytest.mark.parametrize("first", STEPS)
def test_it_never_keeps_silent_about_a_moment_that_no_connection_covered(first: str) -> None:
    for steps in product(STEPS, repeat=5):
        truth = Truth()
        for step in ("hello", first, *steps):
            truth.take(step)
        truth.find_out_everything()
        moments = [second + 0.5 for second in range(1, int(truth.now))]  # one between any two steps
        assert all(map(truth.is_known_of, moments)), (first, steps, truth.lives, truth.gaps)
