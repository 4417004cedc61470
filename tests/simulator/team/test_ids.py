"""Ids and tokens."""

from __future__ import annotations

from random import SystemRandom

import pytest

from rxslack.simulator.team.ids import IdMaker


def test_it_makes_tokens_and_tickets_that_follow_from_a_seed_and_else_from_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [IdMaker(seed).token("xoxb") for seed in (1, 1, "1", None, None)]
    assert made[0] == made[1]
    assert len({*made}) == 4

    def no_chance(_: SystemRandom) -> float:
        return 0.0

    monkeypatch.setattr(SystemRandom, "random", no_chance)  # what unseeded ones are made of
    assert IdMaker(None).letters(3) == "aaa"
