"""What users see of an operator: its options, and what a missing pair of parentheses is told as."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops

import rxslack
from rxslack.core.operator import operator


def test_it_shows_the_options_and_not_the_source() -> None:
    assert next(iter(inspect.signature(rxslack.distinct).parameters)) != "source"
    assert "source" not in inspect.signature(rxslack.concurrent).parameters
    assert inspect.signature(rxslack.by_thread).return_annotation is inspect.Signature.empty


def test_it_says_that_parentheses_are_missing() -> None:
    distinct: Any = rxslack.distinct  # a type checker would say so, too
    with pytest.raises(TypeError, match=r"distinct was given a stream .* write distinct\(…\)"):
        reactivex.never().pipe(distinct)


def test_it_takes_its_options_as_before() -> None:
    @operator
    def plus(
        source: reactivex.Observable[int], more: int, *, times: int = 1
    ) -> reactivex.Observable[int]:
        def added(number: int) -> int:
            return number + more * times

        return source.pipe(ops.map(added))

    assert reactivex.of(1).pipe(plus(2, times=3)).run() == 7
