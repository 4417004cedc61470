"""What several tests of the wire begin with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rxslack.wire import hub, read_loop
from tests.wire.rig import LONG, Make, Rig


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes read loops, which have ended, with all of their threads, when the test has."""
    monkeypatch.setattr(read_loop, "_CLOSE_WAIT", 0.05)  # most peers say nothing when they are left
    monkeypatch.setattr(hub, "_TICK", LONG)  # or it wakes by that where nobody has woken it
    made: list[Rig] = []

    def make(**options: Any) -> Rig:
        made.append(Rig(**options))
        return made[-1].start()

    yield make
    for one in made:
        one.read_loop.stop()
        one.peer.leave()
    for one in made:
        one.end()
