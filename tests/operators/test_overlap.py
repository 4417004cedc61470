"""What two connections both deliver, counted by the thread of each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from threading import Thread

import pytest

from rxslack.operators._overlap import Overlap


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as Python lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_it_ends_on_one_thread_while_another_counts_on() -> None:
    overlap = Overlap()
    for number in range(2_000):
        overlap.passes({"type": "message", "channel": "C1", "ts": f"{number}.1"}, old=True)

    def count_on() -> None:
        for number in range(2_000):
            overlap.passes({"type": "user_typing", "user": f"U{number}"}, old=False)

    counting = Thread(target=count_on)
    counting.start()
    while counting.is_alive():
        overlap.end(7.0)
    counting.join()
    overlap.end(7.0)
    assert overlap.passes({"type": "user_typing", "user": "U1"}, old=True)
    assert not overlap.passes({"type": "message", "channel": "C1", "ts": "1.1"}, old=False)
