"""A world that has to hold what it promises."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from tests.adversary.client import prompt
from tests.adversary.world import World


@contextmanager
def held(*args: Any, **options: Any) -> Generator[World]:
    """Everything said inside comes once and in order, and nothing is left of the client."""
    with World(*args, **{"made": prompt, **options}) as world:
        yield world
        verdict = world.calm()
        assert verdict.is_clean, world.story()
        assert world.errors == [], world.story()
    assert not world.leftover


@pytest.fixture
def keeping() -> Callable[..., AbstractContextManager[World]]:
    """Makes worlds; see `held`."""
    return held
