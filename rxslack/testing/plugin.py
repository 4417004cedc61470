"""
Fixtures for pytest: `pytest_plugins = ["rxslack.testing.plugin"]` in the top `conftest.py`.

- `marbles`: a fresh `rxslack.testing.Marbles`.
- `slack`: a running `rxslack.simulator.Workspace`, closed after the test.

When an `assert` finds marbles unequal, both are printed under each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeGuard

import pytest

from rxslack.testing.marbles import Marbles
from rxslack.testing.records import Seen, Subscription

if TYPE_CHECKING:
    from rxslack.simulator import Workspace

__all__ = ["marbles", "pytest_assertrepr_compare", "slack"]


@pytest.fixture
def marbles() -> Marbles:
    """A virtual clock and the marbles on it."""
    return Marbles()


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A Slack on this machine, for one test."""
    # Only tests that use it pay for starting the simulator's modules.
    from rxslack.simulator import Workspace

    with Workspace() as workspace:
        yield workspace


def pytest_assertrepr_compare(op: str, left: Any, right: Any) -> list[str] | None:
    """Print two unequal sides as marbles, one under the other."""
    if op != "==":
        return None
    if isinstance(left, Seen) and isinstance(right, Seen):
        return [
            "what was seen differs",
            *lines_of_seen("left:  ", left),
            *lines_of_seen("right: ", right),
        ]
    if is_subscriptions(left) and is_subscriptions(right) and (left or right):
        return ["subscriptions differ", "left:", *map(repr, left), "right:", *map(repr, right)]
    return None


def lines_of_seen(side: str, seen: Seen) -> list[str]:
    """The picture, and below it what its characters stand for."""
    return [
        side + seen.marbles,
        *(f"    {name} = {value!r}" for name, value in seen.legend.items()),
    ]


def is_subscriptions(value: Any) -> TypeGuard[list[Subscription]]:
    """Whether this is a list of subscriptions."""
    return isinstance(value, list) and all(isinstance(one, Subscription) for one in value)  # pyright: ignore[reportUnknownVariableType] - any list may be compared
