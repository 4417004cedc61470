"""What was delivered is remembered for an hour and more, and in bounded memory."""

from __future__ import annotations

import threading

from rxslack.sources._seen import Seen

HOUR = 3600.0
AN_HOURS_EVENTS = 30_000  # at most, of one workspace


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_knows_each_of_an_hours_events_when_it_comes_again() -> None:
    clock = Clock()
    seen = Seen(7200.0, clock=clock)
    for number in range(AN_HOURS_EVENTS):
        clock.now = HOUR * number / AN_HOURS_EVENTS
        assert seen.admit(f"Ev{number}")

    clock.now = HOUR
    assert not any(seen.admit(f"Ev{number}") for number in range(AN_HOURS_EVENTS))
    assert len(seen) == AN_HOURS_EVENTS


def test_it_forgets_after_its_time() -> None:
    clock = Clock()
    seen = Seen(HOUR, clock=clock)
    seen.admit("Ev1")
    clock.now = HOUR - 0.001
    assert not seen.admit("Ev1")
    clock.now = HOUR

    assert seen.admit("Ev1")
    assert len(seen) == 1


def test_it_is_bounded_and_forgets_the_oldest_first() -> None:
    seen = Seen(HOUR, size=100)
    for number in range(150):
        seen.admit(f"Ev{number}")

    assert len(seen) == 100
    assert not seen.admit("Ev50")
    assert seen.admit("Ev49")


def test_it_takes_for_new_what_was_only_asked_for_or_forgotten() -> None:
    seen = Seen(HOUR)
    assert seen.admit("Ev1", remember=False)
    assert seen.admit("Ev1")
    seen.forget("Ev1")
    seen.forget("Ev2")

    assert seen.admit("Ev1")


def test_it_admits_keys_together_when_all_are_new() -> None:
    seen = Seen(HOUR)
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
    seen = Seen(HOUR, clock=clock)
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
    seen = Seen(HOUR, size=100)
    for number in range(0, 200, 4):
        seen.admit_all([number, number + 1, number + 2, number + 3])
        assert len(seen) <= 100
    assert len(seen) == 100
    for _ in range(500):
        seen.forget(199)
        seen.admit(199)

    assert len(seen) == 1
    assert not seen.admit(199)
    assert len(vars(seen)["_keys"]) == len(vars(seen)["_arrivals"]) <= 100


def test_it_admits_a_key_once_whoever_is_first() -> None:
    seen = Seen(HOUR)
    admitted: list[str] = []

    def admit() -> None:
        admitted.extend(key for key in map(str, range(2000)) if seen.admit(key))

    threads = [threading.Thread(target=admit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(admitted, key=int) == [*map(str, range(2000))]
