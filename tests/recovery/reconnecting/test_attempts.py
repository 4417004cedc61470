"""Who leads: a row of attempts, and who may join it."""

from __future__ import annotations

import pytest

from rxslack.recovery.reconnecting.attempts import Attempt, Roles
from rxslack.recovery.reconnecting.coverage import Span


@pytest.fixture
def roles() -> Roles[str]:
    return Roles()


def opened(roles: Roles[str]) -> Attempt[str]:
    attempt = Attempt[str](0.0)
    assert roles.admit(attempt)
    return attempt


def greeted(attempt: Attempt[str]) -> Attempt[str]:
    attempt.span = Span(0.0, lambda: 0.0)
    return attempt


def test_it_lets_the_first_lead(roles: Roles[str]) -> None:
    assert (roles.leader(), roles.is_single()) == (None, False)
    first = opened(roles)
    assert (roles.leader(), roles.is_single(), roles.is_overlap()) == (first, True, False)


def test_it_admits_nobody_beside_a_leader_that_will_not_end(roles: Roles[str]) -> None:
    """Two timers may be due when a connection and its replacement die together."""
    opened(roles)
    assert not roles.admit(Attempt[str](0.0))


def test_it_admits_one_beside_a_leader_that_will_end(roles: Roles[str]) -> None:
    first = opened(roles)
    first.leaving = True
    second = opened(roles)
    assert not roles.admit(Attempt[str](0.0))
    assert (roles.leader(), roles.is_single(), roles.is_overlap()) == (first, False, True)
    assert (roles.follows(first), roles.follows(second)) == (False, True)


def test_it_admits_another_when_the_one_that_followed_has_ended(roles: Roles[str]) -> None:
    first = opened(roles)
    first.leaving = True
    opened(roles).ending = "cut"
    assert roles.is_single()
    third = opened(roles)
    assert roles.follows(third)


def test_it_names_the_next_once_it_stands(roles: Roles[str]) -> None:
    first = opened(roles)
    first.leaving = True
    second = opened(roles)
    assert roles.next() is None
    greeted(second)
    assert roles.next() is second
    roles.lead(second)
    assert (roles.leader(), roles.next()) == (second, None)


def test_it_knows_who_said_hello_before_one_that_stands(roles: Roles[str]) -> None:
    first = greeted(opened(roles))
    first.leaving = True
    assert roles.old() == []
    second = opened(roles)
    assert roles.old() == []
    greeted(second)
    assert roles.old() == [first]
    second.ending = "cut"
    assert roles.old() == []


def test_it_lets_the_next_lead_when_the_leader_is_gone(roles: Roles[str]) -> None:
    first = opened(roles)
    first.leaving = True
    second = opened(roles)
    roles.remove(first)
    assert roles.leader() is second
    roles.remove(first)
    assert roles.leader() is second
    roles.remove(second)
    assert roles.leader() is None


def test_it_lets_the_last_that_faded_lead_again(roles: Roles[str]) -> None:
    row = [greeted(opened(roles))]
    for _ in range(2):
        row[-1].leaving = True
        row.append(greeted(opened(roles)))
        roles.lead(row[-1])
    row[2].leaving = True
    follower = opened(roles)
    roles.remove(row[2])
    assert roles.leader() is row[1]
    assert roles.follows(follower)
    row[1].ending = "cut"
    roles.remove(row[1])
    assert roles.leader() is row[0]
    roles.remove(row[0])
    assert roles.leader() is follower


def test_it_does_not_let_one_lead_that_has_ended(roles: Roles[str]) -> None:
    first = greeted(opened(roles))
    first.leaving = True
    greeted(opened(roles)).ending = "cut"
    roles.remove(first)
    assert roles.leader() is None


def test_it_does_something_unless_one_stands(roles: Roles[str]) -> None:
    done: list[str] = []
    assert roles.unless_one_stands(lambda: done.append("none"))
    first = opened(roles)
    assert roles.unless_one_stands(lambda: done.append("no hello"))
    greeted(first)
    assert not roles.unless_one_stands(lambda: done.append("one"))
    first.ending = "cut"
    assert roles.unless_one_stands(lambda: done.append("ended"))
    assert done == ["none", "no hello", "ended"]
