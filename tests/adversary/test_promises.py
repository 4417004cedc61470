"""What is hardest to keep: ends that nobody hears, clocks that differ, history that is late."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.adversary.client import pipeline, stepping
from tests.adversary.slack import Connection
from tests.adversary.world import World

Keeping = Callable[..., AbstractContextManager[World]]

LAG = 0.5  # seconds
OLD = 3 * 3600.0  # seconds


def talk(world: World, count: int = 5, **options: Any) -> None:
    for _ in range(count):
        world.say(**options)


def break_and(talking: Callable[[], object], world: World) -> None:
    """Break the connection, talk, and wait until another one stands."""
    number = len(world.slack.connections) + 1
    with world.slack.speechless():
        world.leader().rst()
        talking()
        world.wait(lambda: len(world.slack.connections) == number)
    world.wait(lambda: world.hellos() == number)


# Ends that were announced


def announce(world: World) -> Connection:
    """Say goodbye, and wait until the replacement has opened, whose hello is to come."""
    talk(world)
    old = world.leader()
    old.say_goodbye()
    number = len(world.slack.connections) + 1
    world.wait(lambda: len(world.slack.connections) == number)
    return old


def test_it_keeps_order_where_the_new_one_is_ahead(keeping: Keeping) -> None:
    """The old one brings late what the new one has brought already."""
    with keeping() as world:
        old = announce(world)
        world.wait(lambda: world.hellos() == 2)
        for _ in range(5):
            with world.slack.lock:
                said = [world.say(told=False) for _ in range(3)]
                for one in said:
                    world.slack.connections[1].send(one.as_event())
            time.sleep(0.02)
            for one in said:
                old.send(one.as_event())
        old.close()
        talk(world)


# Several at once


@pytest.mark.parametrize("number", [0, 1])
def test_it_loses_nothing_with_one_of_two_connections(number: int, keeping: Keeping) -> None:
    with keeping("socket_mode", connections=2) as world:
        talk(world)
        # A client that wants to know whether both of them live has asked.
        world.wait(lambda: any(one.pongs for one in world.slack.standing()))
        world.arrives(*(world.say() for _ in range(6)))  # and so has the answer, which came before
        world.slack.standing()[number].rst()
        talk(world)
        world.wait(lambda: world.hellos() == 3)
        talk(world)
    assert world.account.holes == []


# History


def test_it_brings_what_history_shows_late(keeping: Keeping) -> None:
    with keeping(made=pipeline) as world:
        world.slack.lag = lambda: LAG
        break_and(lambda: talk(world), world)
        talk(world)


def test_it_brings_what_history_counts_before_it_shows_it(keeping: Keeping) -> None:
    """A thread's `latest_reply` is later than the latest message beside it."""
    with keeping(made=pipeline) as world:
        root = world.say()
        world.slack.past.hasty_counts = True
        world.slack.lag = lambda: LAG

        def answer() -> None:
            talk(world)
            talk(world, thread_ts=root.ts)

        break_and(answer, world)
        break_and(answer, world)
        talk(world)


def test_it_brings_what_slack_was_to_tell_before_the_cut(keeping: Keeping) -> None:
    """What was said later had come already."""
    with keeping() as world:
        world.arrives(world.say())
        early = world.say(told=False)
        early.swapped = True
        world.arrives(world.say())
        break_and(lambda: talk(world), world)
        talk(world)


def test_it_says_that_answers_in_an_old_thread_may_be_missing(keeping: Keeping) -> None:
    with keeping() as world:
        root = world.slack.remember("C1", "long ago", OLD)
        world.arrives(world.say())
        break_and(lambda: talk(world, thread_ts=root.ts), world)
        talk(world)


# Clocks


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0])
def test_it_fills_a_gap_in_which_the_clock_steps(seconds: float, keeping: Keeping) -> None:
    with stepping() as step, keeping() as world:
        world.arrives(world.say())

        def talk_and_step() -> None:
            talk(world)
            step(seconds)
            talk(world)

        break_and(talk_and_step, world)
        talk(world)


def test_it_hands_over_while_the_clock_steps_back(keeping: Keeping) -> None:
    with stepping() as step, keeping() as world:
        old = announce(world)
        world.wait(lambda: world.hellos() == 2)
        step(-3600.0)
        with world.slack.lock:
            said = world.say(told=False)
            world.slack.connections[1].send(said.as_event())  # the old one is quiet now
        world.arrives(said)
        old.close()
        talk(world)
