"""What was delivered is remembered for a day, and in bounded memory."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Sequence

import pytest

from rxslack.sources.connection.delivery_memory import DeliveryMemory

HOUR = 3600.0
AN_HOURS_EVENTS = 30_000  # at most, of one workspace


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_knows_each_of_an_hours_events_when_it_comes_again() -> None:
    clock = Clock()
    seen = DeliveryMemory(7200.0, clock=clock)
    for number in range(AN_HOURS_EVENTS):
        clock.now = HOUR * number / AN_HOURS_EVENTS
        assert seen.admit(f"Ev{number}")

    clock.now = HOUR
    assert not any(seen.admit(f"Ev{number}") for number in range(AN_HOURS_EVENTS))
    assert len(seen) == AN_HOURS_EVENTS


def test_it_forgets_after_its_time() -> None:
    clock = Clock()
    seen = DeliveryMemory(HOUR, clock=clock)
    seen.admit("Ev1")
    clock.now = HOUR - 0.001
    assert not seen.admit("Ev1")
    clock.now = HOUR

    assert seen.admit("Ev1")
    assert len(seen) == 1


@pytest.mark.slow
def test_it_knows_each_of_a_days_events_when_it_comes_again_and_nothing_else() -> None:
    clock = Clock()
    seen = DeliveryMemory(24 * HOUR, clock=clock)
    batches = [[f"Ev{n + i}" for i in range(100)] for n in range(0, 24 * AN_HOURS_EVENTS, 100)]
    for number, batch in enumerate(batches):
        clock.now = 24 * HOUR * number / len(batches)
        assert seen.admit_all(batch)

    assert len(seen) == 24 * AN_HOURS_EVENTS
    again = [batch[7] for batch in batches[::3]]
    assert not any(seen.admit(key) for key in again)
    assert not any(seen.admit_all([key, f"{key} new"]) for key in again)
    assert all(seen.admit(f"{key} new", remember=False) for key in again)


def test_it_is_bounded_and_forgets_the_oldest_first() -> None:
    seen = DeliveryMemory(HOUR, size=800)
    for number in range(5000):
        assert seen.admit(f"Ev{number}")
        assert len(seen) <= 800

    assert len(seen) > 600
    known = [not seen.admit(f"Ev{number}", remember=False) for number in range(5000)]
    assert known == sorted(known)
    assert known.count(True) == len(seen)


def test_it_takes_little_memory() -> None:
    tracemalloc.start()
    seen = DeliveryMemory(24 * HOUR, size=100_000)
    for number in range(0, 100_000, 100):
        seen.admit_all([f"Ev{number + i:010}" for i in range(100)])
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert taken / len(seen) < 80


def test_it_takes_next_to_none_while_little_has_come() -> None:
    """Each stream has one, and few ever see a hundred thousand events."""
    tracemalloc.start()
    seen = DeliveryMemory(24 * HOUR)
    seen.admit_all([f"Ev{number}" for number in range(100)])
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert taken < 100_000


@pytest.mark.parametrize("later", [1, 40, 90, 190])
def test_it_forgets_after_its_time_and_on_demand_whatever_came_since(later: int) -> None:
    """Recent, packed with the first of many, and packed long ago."""
    clock = Clock()
    seen = DeliveryMemory(HOUR, size=400, clock=clock)
    seen.admit_all(["Ev1", "Ev2", "Ev3"])
    others = [f"other {number}" for number in range(later)]
    assert seen.admit_all(others)
    seen.forget("Ev1", "never seen")

    assert not seen.admit("Ev2")
    assert not seen.admit_all(["Ev1", "Ev2"])
    assert seen.admit_all(["Ev1"])
    clock.now = HOUR - 0.001
    assert not any(seen.admit(key) for key in ["Ev1", "Ev2", "Ev3", *others])
    clock.now = HOUR
    assert all(seen.admit(key, remember=False) for key in ["Ev1", "Ev2", "Ev3", *others])
    assert seen.admit("Ev2")
    assert not seen.admit("Ev2")


def test_it_knows_again_what_was_forgotten_and_came_again_however_long_ago() -> None:
    seen = DeliveryMemory(HOUR, size=400)
    seen.admit("Ev1")
    fill(seen, [f"first {number}" for number in range(120)])
    seen.forget("Ev1")
    assert seen.admit("Ev1")
    fill(seen, [f"second {number}" for number in range(120)])

    assert not seen.admit("Ev1")


def test_it_makes_use_of_each_mark_again() -> None:
    """More portions than there are marks in its sieve, and nothing that is known from before."""
    clock = Clock()
    seen = DeliveryMemory(HOUR, size=80, clock=clock)
    for number in range(6000):
        clock.now += 1.0
        assert seen.admit(number)
        assert not seen.admit(number)
        assert number < 40 or not seen.admit(number - 40)


def fill(seen: DeliveryMemory, keys: Sequence[str]) -> None:
    assert all(seen.admit(key) for key in keys)


def test_it_takes_for_new_what_was_only_asked_for_or_forgotten() -> None:
    seen = DeliveryMemory(HOUR)
    assert seen.admit("Ev1", remember=False)
    assert seen.admit("Ev1")
    seen.forget("Ev1")
    seen.forget("Ev2")

    assert seen.admit("Ev1")


def test_it_admits_keys_together_when_all_are_new() -> None:
    seen = DeliveryMemory(HOUR)
    assert seen.admit_all(["Ev1", "Ev2"])
    assert not seen.admit_all(["Ev3", "Ev2"])
    assert not seen.admit_all(["Ev3", "Ev3"])
    assert seen.admit_all(["Ev3"])
    assert not any(seen.admit(f"Ev{number}") for number in (1, 2, 3))
    seen.forget("Ev1", "Ev3")

    assert not seen.admit("Ev2")
    assert seen.admit_all(["Ev1", "Ev3"])


def test_it_forgets_those_that_came_together_after_their_time() -> None:
    clock = Clock()
    seen = DeliveryMemory(HOUR, clock=clock)
    seen.admit_all(["Ev1", "Ev2"])
    clock.now = 1.0
    seen.forget("Ev1")
    seen.admit("Ev1")
    clock.now = HOUR

    assert seen.admit("Ev2")
    assert not seen.admit("Ev1")
    clock.now = HOUR + 1.0
    assert seen.admit("Ev1")


def test_it_is_bounded_whatever_comes_together_and_is_forgotten() -> None:
    seen = DeliveryMemory(HOUR, size=100)
    for number in range(0, 400, 4):
        seen.admit_all([number, number + 1, number + 2, number + 3])
        assert len(seen) <= 100
    for _ in range(500):
        seen.forget(399)
        seen.admit(399)
        assert len(seen) <= 100

    assert not seen.admit(399)


def test_it_admits_a_key_once_whoever_is_first() -> None:
    seen = DeliveryMemory(HOUR)
    admitted: list[str] = []

    def admit() -> None:
        admitted.extend(key for key in map(str, range(2000)) if seen.admit(key))

    threads = [threading.Thread(target=admit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(admitted, key=int) == [*map(str, range(2000))]
