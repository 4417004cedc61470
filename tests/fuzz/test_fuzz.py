"""The fuzzers, for a moment each: as many steps as take no time, always the same ones."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from random import Random

import pytest

from tests.fuzz import __main__ as command
from tests.fuzz.finding import Finding, Fuzzer, Step
from tests.fuzz.targets import TARGETS, fuzzer


@pytest.mark.parametrize("name", TARGETS)
def test_it_finds_nothing(name: str) -> None:
    with fuzzer(name)() as step:
        for number in range(TARGETS[name].quick):
            step(command.random_for(1, number))


@pytest.fixture
def clumsy(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of each target, one that trips over some of the numbers."""

    def step(random: Random) -> None:
        number = random.randrange(50)
        if number == 7:
            raise Finding("a seven", number)
        if number == 8:
            raise LookupError("an eight")

    @contextmanager
    def ready() -> Generator[Step]:
        yield step

    def found(name: str) -> Fuzzer:
        return ready

    monkeypatch.setattr(command, "fuzzer", found)


@pytest.mark.usefixtures("clumsy")
def test_it_shows_what_it_finds_and_finds_it_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["frames", "--seed", "3", "--steps", "1000"]) == 1
    found = capsys.readouterr().out.splitlines()
    assert found[0].startswith("frames: --seed 3 --step ")
    number = found[0].split()[4].rstrip(":")
    assert command.main(["frames", "--seed", "3", "--step", number]) == 1
    again = capsys.readouterr().out.splitlines()
    assert found[:-1] == again[:-1]


@pytest.mark.usefixtures("clumsy")
def test_it_counts_what_it_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["frames", "--seed", "3", "--steps", "2"]) == 0
    assert capsys.readouterr().out == "frames: 2 steps in 0 s, seed 3: no finding\n"
