from __future__ import annotations

from collections.abc import Generator

import pytest

from rxslack.core import telemetry
from tests.recovery.script import Told


@pytest.fixture(autouse=True)
def told_are_disposed() -> Generator[None]:
    yield
    while Told.subscribed:
        Told.subscribed.pop().dispose()


class Counts(telemetry.TelemetryListener):
    """What is counted."""

    def __init__(self) -> None:
        self.told: list[tuple[str, tuple[str, ...], float]] = []

    def count(self, name: str, labels: tuple[str, ...], by: float) -> None:
        self.told.append((name, labels, by))


@pytest.fixture
def counts() -> Generator[list[tuple[str, tuple[str, ...], float]]]:
    """What is counted: names, labels, and by how much."""
    listener = Counts()
    telemetry.add(listener)
    yield listener.told
    telemetry.remove(listener)
