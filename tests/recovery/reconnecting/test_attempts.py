"""Who leads: a row of attempts, and who may join it."""

from __future__ import annotations

import pickle
from typing import Any, cast

import pytest

from rxslack.recovery.reconnecting.attempts import Attempt, Hello, Roles
from rxslack.recovery.reconnecting.coverage import Span


@pytest.fixture
def roles() -> Roles[str]:
    return Roles()


def opened(roles: Roles[str]) -> Attempt[str]:
    attempt = Attempt[str](0.0)
    assert roles.add(attempt)
    return attempt


def greeted(attempt: Attempt[str]) -> Attempt[str]:
    attempt.span = Span(0.0, lambda: 0.0)
    return attempt


def test_a_hello_in_another_process_is_what_slack_said() -> None:
    said = {"type": "hello", "num_connections": 1}
    copied = pickle.loads(pickle.dumps(Hello(said, cast("Any", object()))))
    assert (type(copied), copied) == (dict, said)


def test_it_lets_the_first_lead(roles: Roles[str]) -> None:
    assert (roles.current(), roles.lacks_replacement()) == (None, False)
    first = opened(roles)
    assert (roles.current(), roles.lacks_replacement(), roles.has_several_open()) == (
        first,
        True,
        False,
    )


def test_it_admits_nobody_beside_a_leader_that_will_not_end(roles: Roles[str]) -> None:
    """Two timers may be due when a connection and its replacement die together."""
    opened(roles)
    assert not roles.add(Attempt[str](0.0))


def test_it_admits_one_beside_a_leader_that_will_end(roles: Roles[str]) -> None:
    first = opened(roles)
    first.closing = True
    second = opened(roles)
    assert not roles.add(Attempt[str](0.0))
    assert (roles.current(), roles.lacks_replacement(), roles.has_several_open()) == (
        first,
        False,
        True,
    )
    assert (roles.is_replacement(first), roles.is_replacement(second)) == (False, True)


def test_it_admits_another_when_the_one_that_followed_has_ended(roles: Roles[str]) -> None:
    first = opened(roles)
    first.closing = True
    opened(roles).end_reason = "cut"
    assert roles.lacks_replacement()
    third = opened(roles)
    assert roles.is_replacement(third)


def test_it_names_the_next_once_it_stands(roles: Roles[str]) -> None:
    first = opened(roles)
    first.closing = True
    second = opened(roles)
    assert roles.replacement() is None
    greeted(second)
    assert roles.replacement() is second
    roles.make_current(second)
    assert (roles.current(), roles.replacement()) == (second, None)


def test_it_knows_who_said_hello_before_one_that_stands(roles: Roles[str]) -> None:
    first = greeted(opened(roles))
    first.closing = True
    assert roles.superseded() == []
    second = opened(roles)
    assert roles.superseded() == []
    greeted(second)
    assert roles.superseded() == [first]
    second.end_reason = "cut"
    assert roles.superseded() == []


def test_it_lets_the_next_lead_when_the_leader_is_gone(roles: Roles[str]) -> None:
    first = opened(roles)
    first.closing = True
    second = opened(roles)
    roles.remove(first)
    assert roles.current() is second
    roles.remove(first)
    assert roles.current() is second
    roles.remove(second)
    assert roles.current() is None


def test_it_lets_the_last_that_faded_lead_again(roles: Roles[str]) -> None:
    row = [greeted(opened(roles))]
    for _ in range(2):
        row[-1].closing = True
        row.append(greeted(opened(roles)))
        roles.make_current(row[-1])
    row[2].closing = True
    follower = opened(roles)
    roles.remove(row[2])
    assert roles.current() is row[1]
    assert roles.is_replacement(follower)
    row[1].end_reason = "cut"
    roles.remove(row[1])
    assert roles.current() is row[0]
    roles.remove(row[0])
    assert roles.current() is follower


def test_it_does_not_let_one_lead_that_has_ended(roles: Roles[str]) -> None:
    first = greeted(opened(roles))
    first.closing = True
    greeted(opened(roles)).end_reason = "cut"
    roles.remove(first)
    assert roles.current() is None


def test_it_does_something_if_none_open(roles: Roles[str]) -> None:
    done: list[str] = []
    assert roles.if_none_open(lambda: done.append("none"))
    first = opened(roles)
    assert roles.if_none_open(lambda: done.append("no hello"))
    greeted(first)
    assert not roles.if_none_open(lambda: done.append("one"))
    first.end_reason = "cut"
    assert roles.if_none_open(lambda: done.append("ended"))
    assert done == ["none", "no hello", "ended"]
