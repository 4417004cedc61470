"""What users see of an operator: its options, and what a missing pair of parentheses is told as."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Observable, operators as ops

from rxslack.core.operator import check_item, composed, mapper, operator


@operator
def plus(source: Observable[int], more: int, *, times: int = 1) -> Observable[int]:
    def added(number: int) -> int:
        return number + more * times

    return source.pipe(ops.map(added))


@composed
def plus_two(times: int = 1) -> Callable[[Observable[int]], Observable[int]]:
    return plus(2, times=times)


@mapper
def added_to(more: int) -> Callable[[int], int]:
    return lambda number: number + more


MADE: list[Any] = [plus, plus_two, added_to]


def test_they_take_their_options_as_before() -> None:
    one = reactivex.of(1)
    assert one.pipe(plus(2, times=3)).run() == 7
    assert one.pipe(plus_two(times=3)).run() == 7
    assert one.pipe(ops.map(added_to(6))).run() == 7


def test_they_show_the_options_and_not_the_source() -> None:
    assert list(inspect.signature(plus).parameters) == ["more", "times"]
    assert list(inspect.signature(plus_two).parameters) == ["times"]
    assert list(inspect.signature(added_to).parameters) == ["more"]
    assert inspect.signature(plus).return_annotation is inspect.Signature.empty


@pytest.mark.parametrize("made", MADE)
def test_they_say_that_parentheses_are_missing(made: Any) -> None:
    right = "ops.map(added_to(…))" if made is added_to else f"{made.__name__}(…)"
    with pytest.raises(TypeError) as caught:
        reactivex.never().pipe(made)
    assert str(caught.value).endswith(f"given a stream for an option: in pipe, write {right}")


@pytest.mark.parametrize("made", [plus, plus_two])
def test_they_say_that_there_is_no_stream(made: Any) -> None:
    with pytest.raises(TypeError, match=r"works on a stream, not on list: write stream\.pipe"):
        made(1)([1, 2])


def test_what_is_for_an_item_says_that_it_got_a_stream() -> None:
    check_item("reply", {"type": "message"})
    with pytest.raises(
        TypeError, match=r"reply\(…\) works on an item, not on a stream: in pipe, write ops\.map"
    ):
        check_item("reply", reactivex.of(1))
