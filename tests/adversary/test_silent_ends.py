"""Ends that nobody hears, all connections lost at once, and clocks that differ."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.adversary.client import SILENCE
from tests.adversary.slack import Connection, Manner
from tests.adversary.test_promises import announce, break_and, talk
from tests.adversary.world import World

Keeping = Callable[..., AbstractContextManager[World]]


DEATHS: dict[str, Callable[[Connection], object]] = {
    "without a word": lambda one: one.die_silently(),
    "and is heard late": lambda one: one.fin(0.5),
    "and is heard after it was given up": lambda one: one.fin(SILENCE),
}


@pytest.mark.parametrize("end", DEATHS.values(), ids=DEATHS)
def test_it_brings_what_was_said_after_a_goodbye_when_the_old_one_dies(
    end: Callable[[Connection], object], keeping: Keeping
) -> None:
    """The old one dies, people talk, and only then the new one stands."""
    with keeping() as world:
        with world.slack.speechless():
            old = announce(world)
            end(old)
            talk(world)
        world.wait(lambda: world.hellos() == 2)
        talk(world)


def test_it_brings_what_a_replacement_brought_before_it_died(keeping: Keeping) -> None:
    """What the new one brings waits for the old one, which is dead."""
    with keeping() as world:
        world.slack.manners.append(Manner(dies="after hello", dies_after=0.3))
        old = announce(world)
        world.wait(lambda: len(world.slack.standing()) == 2)
        old.die_silently()
        talk(world)
        world.wait(lambda: world.slack.connections[1].ended)
        world.wait(lambda: len(world.slack.connections) == 3)
        world.wait(world.slack.standing)
        talk(world)


def test_it_brings_what_was_said_while_all_connections_of_an_app_were_lost(
    keeping: Keeping,
) -> None:
    with keeping("socket_mode", connections=2) as world:
        talk(world)
        with world.slack.speechless():
            for one in world.slack.standing():
                one.rst()
            talk(world)
            world.wait(lambda: len(world.slack.connections) == 4)
            time.sleep(2.0)  # until Slack has given up
        world.wait(lambda: world.hellos() == 4)
        talk(world)


@pytest.mark.parametrize("ahead", [-3600.0, -5.0, 5.0, 3600.0])
@pytest.mark.parametrize("quiet", [True, False])
def test_it_fills_a_gap_when_the_clocks_differ(quiet: bool, ahead: float, keeping: Keeping) -> None:
    """Seconds by which Slack is ahead; nothing that was said long before comes as news."""
    with keeping(ahead=ahead) as world:
        for minutes in range(20, 180, 10):
            world.slack.remember("C1", f"{minutes} minutes ago", minutes * 60.0)
        if not quiet:
            world.arrives(world.say())
        break_and(lambda: talk(world), world)
        talk(world)
