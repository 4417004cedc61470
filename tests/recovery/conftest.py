from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.recovery.script import Told


@pytest.fixture(autouse=True)
def told_are_disposed() -> Generator[None]:
    yield
    while Told.subscribed:
        Told.subscribed.pop().dispose()
