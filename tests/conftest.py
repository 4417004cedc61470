from __future__ import annotations

import signal
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from rxslack.core import telemetry

# How long an example takes tells of the machine, which may have other things to do, and not of the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

pytest_plugins = ["rxslack.testing.plugin"]


def pytest_configure() -> None:
    # A shell without job control starts what runs in its background with SIGINT ignored, and programs
    # that tests start would inherit that and never end at it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Numbers(telemetry.TelemetryListener):
    """What is counted and measured."""

    def __init__(self) -> None:
        self.told: list[tuple[str, tuple[str, ...], float]] = []

    def count(self, name: str, labels: tuple[str, ...], by: float) -> None:
        self.told.append((name, labels, by))

    def observe(self, name: str, labels: tuple[str, ...], value: float) -> None:
        self.told.append((name, labels, value))


@pytest.fixture
def numbers() -> Generator[list[tuple[str, tuple[str, ...], float]]]:
    """What is counted and measured meanwhile: names, labels, and how much."""
    listener = Numbers()
    telemetry.add(listener)
    yield listener.told
    telemetry.remove(listener)
