"""Marbles: strings, virtual time, subscriptions, pictures."""

from __future__ import annotations

import subprocess
import sys

import pytest
import reactivex
from reactivex import Observable, abc, operators as ops

from rxslack.errors import ConfigurationError, ConnectionClosed
from rxslack.testing import Marbles, Subscription, diagram
from rxslack.testing.notation import draw, parse
from rxslack.testing.plugin import pytest_assertrepr_compare

LOST = ConnectionClosed(1006)


@pytest.mark.parametrize(
    ("marbles", "meaning"),
    [
        ("", []),
        ("---", []),
        ("a-|", [(0, "a"), (2, "|")]),
        ("  a #", [(2, "a"), (4, "#")]),
        ("-(ab|)", [(1, "a"), (1, "b"), (1, "|")]),
        ("(a)b", [(0, "a"), (3, "b")]),
        ("^--!", [(0, "^"), (3, "!")]),
    ],
)
def test_it_reads_a_character_as_a_frame(marbles: str, meaning: list[tuple[int, str]]) -> None:
    assert parse(marbles) == meaning


@pytest.mark.parametrize("marbles", ["(a", "a)", "((a))", "-|a", "(#a)", "-#-|"])
def test_it_refuses_strings_that_cannot_be_meant(marbles: str) -> None:
    with pytest.raises(ValueError, match=r"paren|end|follow"):
        parse(marbles)


@pytest.mark.parametrize("marbles", ["", "-a-b-|", "-a-(b|)", "(ab)-#"])
def test_it_draws_what_it_reads(marbles: str) -> None:
    assert draw([(float(frame), name) for frame, name in parse(marbles)]) == marbles


@pytest.mark.parametrize("pairs", [[(0.5, "a")], [(0.0, "a"), (0.0, "b"), (1.0, "c")]])
def test_it_draws_times_where_frames_do_not_suffice(pairs: list[tuple[float, str]]) -> None:
    assert "@" in draw(pairs)


def test_it_plays_a_cold_stream_from_its_beginning_for_each_subscriber(marbles: Marbles) -> None:
    source = marbles.cold("a-b-|")
    first = marbles.watch(source, "^")
    second = marbles.watch(source, " ^  !")
    marbles.flush()

    assert first == marbles.seen("a-b-|")
    assert second == marbles.seen(" a-b")
    assert source.subscriptions == marbles.opened("^---!", " ^--!")


def test_it_plays_a_hot_stream_once(marbles: Marbles) -> None:
    source = marbles.hot("a-b-c-|")
    early = marbles.watch(source)
    late = marbles.watch(source, "   ^-!")
    marbles.flush()

    assert early == marbles.seen("a-b-c-|")
    assert late == marbles.seen("    c")
    assert source.subscriptions == marbles.opened("^-----!", "   ^-!")


def test_it_ends_by_itself_where_a_stream_does_not(marbles: Marbles) -> None:
    source = marbles.cold("-a-")
    seen = marbles.run(reactivex.merge(source, reactivex.interval(1.0).pipe(ops.ignore_elements())))

    assert seen == marbles.seen("-a")
    assert source.subscriptions == marbles.opened("^")


def test_it_passes_the_virtual_scheduler_at_subscribe(marbles: Marbles) -> None:
    assert marbles.run(reactivex.timer(2.0)).marbles == "--(A|)"


def test_it_plays_frame_zero_inside_subscribe(marbles: Marbles) -> None:
    seen: list[str] = []
    marbles.cold("(ab)-c").subscribe(seen.append, scheduler=marbles.scheduler)
    assert seen == ["a", "b"]


def test_it_keeps_the_subscription_of_a_source_that_fails_at_once(marbles: Marbles) -> None:
    source = marbles.cold("#", LOST)
    assert marbles.run(source) == marbles.seen("#", LOST)
    assert source.subscriptions == marbles.opened("(^!)")


def test_it_gives_characters_a_value_that_they_keep(marbles: Marbles) -> None:
    source = marbles.cold("-a-b-|", a={"n": 1})
    assert marbles.run(source) == marbles.seen("-a-b-|")
    assert marbles.seen("-a").items == [{"n": 1}]


def test_it_compares_errors_by_class_and_arguments(marbles: Marbles) -> None:
    seen = marbles.run(marbles.cold("#", LOST))
    assert seen == marbles.seen("#", ConnectionClosed(1006))
    assert seen == marbles.seen("#", ConnectionClosed)
    assert seen != marbles.seen("#", ConnectionClosed(1000))
    assert seen != marbles.seen("#", ConfigurationError)
    assert seen.error is LOST


@pytest.mark.parametrize("other", ["a-|", "-a--|", "-b-|", "-a-#", "-a-", "-(ab)|"])
def test_it_tells_streams_apart(other: str) -> None:
    marbles = Marbles()
    assert marbles.run(marbles.cold("-a-|")) != marbles.seen(other)


def test_it_prints_as_marbles_with_a_legend(marbles: Marbles) -> None:
    seen = marbles.run(marbles.cold("-a-x-b-#", LOST, a=7).pipe(ops.map(lambda v: [v])))
    assert repr(seen) == f"<seen -A-B-C-#  A=[7], B=['x'], C=['b'], #={ConnectionClosed(1006)!r}>"
    assert repr(marbles.opened("  ^--!", "^")) == "['  ^--!', '^']"


@pytest.mark.parametrize("marbles", ["", "--!", "^-^", "!-^", "^-!-!", "a"])
def test_it_refuses_what_is_no_subscription(marbles: str) -> None:
    with pytest.raises(ValueError, match="subscription"):
        Subscription.parse(marbles)


def test_it_runs_once(marbles: Marbles) -> None:
    marbles.run(marbles.cold("|"))
    with pytest.raises(RuntimeError, match="watch"):
        marbles.run(marbles.cold("|"))


def test_it_lets_through_what_a_stream_raises(marbles: Marbles) -> None:
    def boom(_item: object) -> None:
        raise KeyError("boom")

    def subscribe(
        observer: abc.ObserverBase[object], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        return marbles.cold("-a").subscribe(boom, observer.on_error, scheduler=scheduler)

    with pytest.raises(KeyError, match="boom"):
        marbles.run(Observable(subscribe))


def test_it_does_not_move_the_clock_for_many_actions_in_one_frame(marbles: Marbles) -> None:
    many = reactivex.merge(*[reactivex.timer(1.0) for _ in range(300)])
    seen = marbles.run(many)
    assert {moment.frame for moment in seen.moments} == {1.0}


def test_it_draws_a_diagram() -> None:
    assert diagram("-a-b-|", ops.skip(1)) == "---b-|"
    assert diagram("-a-", ops.timeout(5.0)) == "-a----#"


def test_it_explains_a_failed_comparison(marbles: Marbles) -> None:
    left, right = marbles.seen("-a-|", a={"n": 1}), marbles.seen("--a|")
    assert pytest_assertrepr_compare("==", left, right) == [
        "what was seen differs",
        "left:  -a-|",
        "    a = {'n': 1}",
        "right: --a|",
        "    a = {'n': 1}",
    ]
    one, other = marbles.opened("^-!"), marbles.opened()
    assert pytest_assertrepr_compare("==", one, other) == [
        "subscriptions differ",
        "left:",
        "'^-!'",
        "right:",
    ]
    assert pytest_assertrepr_compare("==", [1], [2]) is None
    assert pytest_assertrepr_compare("!=", left, right) is None


def test_it_needs_no_pytest() -> None:
    program = "import sys, rxslack.testing; sys.exit('pytest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
