"""Each fault by itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Literal

import pytest

from tests.adversary.slack import BUSY, Answer, Connection, Manner
from tests.adversary.world import World

Keeping = Callable[..., AbstractContextManager[World]]

MODES = ["rtm", "socket_mode"]
ENDS: dict[str, Callable[[Connection], object]] = {
    "FIN": lambda one: one.fin(),
    "FIN heard late": lambda one: one.fin(0.2),
    "RST": lambda one: one.rst(),
    "CLOSE": lambda one: one.close(),
    "CLOSE without a code": lambda one: one.close(None),
}
TROUBLES: dict[str, Answer] = {
    "429": (429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "0"}),
    "500": (500, b"<html>oops</html>", {}),
    "503": BUSY,
    "cut JSON": (200, b'{"ok": true, "mess', {}),
    "fatal_error": (200, {"ok": False, "error": "fatal_error"}, {}),
}


def talk(world: World, *channels: str, count: int = 3, **options: Any) -> None:
    for _ in range(count):
        for channel in channels or ("C1", "C2"):
            world.say(channel, **options)


def opened(world: World, number: int) -> None:
    """Wait until so many websockets have been opened, in all."""
    world.wait(lambda: len(world.slack.connections) >= number)


def greeted(world: World, number: int) -> None:
    """Wait until the client has had so many hellos."""
    world.wait(lambda: world.hellos() >= number)


def break_and_talk(
    world: World,
    end: Callable[[Connection], object] = ENDS["RST"],
    talking: Callable[[World], object] = talk,
) -> None:
    """Say something, end the connection, go on talking, and let another one stand."""
    world.arrives(world.say("C1"), world.say("C2"))
    number = len(world.slack.connections)
    with world.slack.speechless():
        end(world.leader())
        talking(world)
        opened(world, number + 1)
        talking(world)
    greeted(world, number + 1)
    talk(world)


# Ends


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("mode", MODES)
def test_it_brings_what_was_said_after(mode: str, end: Any, keeping: Keeping) -> None:
    with keeping(mode) as world:
        break_and_talk(world, end)
    assert len(world.account.holes) == 1


def test_it_brings_what_was_cut_at_any_byte(keeping: Keeping) -> None:
    hows: list[Literal["FIN", "RST"]] = ["FIN", "RST"]
    number, is_whole = 0, False
    with keeping() as world:
        while not is_whole:
            said = world.say(told=False)
            is_whole = world.leader().cut(said.as_event(), number, hows[number % 2])
            number += 1
            greeted(world, number + 1)
    assert number > 150


def test_it_brings_an_envelope_that_was_cut(keeping: Keeping) -> None:
    with keeping("socket_mode") as world:
        for number, size in enumerate([*range(8), *range(8, 200, 24)], start=2):
            world.leader().cut({"envelope_id": "half", "payload": "x" * 200}, size, "RST")
            world.say()
            greeted(world, number)


def test_it_finds_out_that_a_connection_is_dead(keeping: Keeping) -> None:
    with keeping() as world:
        break_and_talk(world, lambda one: one.die_silently())


def test_it_brings_what_slack_gave_to_a_dead_connection(keeping: Keeping) -> None:
    """Slack does not know that it is dead; the client finds out by itself."""
    with keeping("socket_mode") as world:
        break_and_talk(world, lambda one: one.fade())


# What is announced


@pytest.mark.parametrize("end", ["FIN", "RST", "CLOSE"])
@pytest.mark.parametrize("mode", MODES)
def test_it_hands_over_without_a_gap(mode: str, end: str, keeping: Keeping) -> None:
    with keeping(mode) as world:
        talk(world)
        old = world.leader()
        old.say_goodbye()
        talk(world)
        greeted(world, 2)
        world.wait(lambda: old.pongs)  # a client that wants to know whether it lives has asked
        world.arrives(*(world.say() for _ in range(6)))  # and so has the answer, which came before
        talk(world)
        ENDS[end](old)
        talk(world)
    assert world.account.holes == []


def test_it_brings_once_what_three_connections_bring(keeping: Keeping) -> None:
    """A gateway roll: each says goodbye as soon as it stands, and goes on."""
    with keeping() as world:
        talk(world)
        for number in (2, 3):
            world.slack.standing()[-1].say_goodbye()
            talk(world)
            greeted(world, number)
            talk(world)
        for one in world.slack.standing()[:2]:
            one.close()
            talk(world)


# Replacements


@pytest.mark.parametrize(
    "manner",
    [
        Manner(refused=True),
        Manner(hello_after=0.1),
        Manner(dies="before hello", dies_after=0.05),
        Manner(dies="after hello"),
        Manner(dies="after hello", dies_after=0.05),
    ],
    ids=["refused", "late", "dies before hello", "dies at hello", "dies after hello"],
)
def test_it_gets_over_a_replacement_that(manner: Manner, keeping: Keeping) -> None:
    with keeping() as world:
        talk(world)
        world.slack.manners.extend([manner] if manner.hello_after else [manner, manner])
        world.leader().rst()
        world.wait(lambda: not world.slack.manners)
        talk(world)


# Repetition and disorder


@pytest.mark.parametrize("mode", MODES)
def test_it_brings_once_what_slack_says_twice(mode: str, keeping: Keeping) -> None:
    with keeping(mode) as world:
        talk(world, twice=True)
        break_and_talk(world)


def test_it_brings_what_slack_tells_in_disorder(keeping: Keeping) -> None:
    with keeping() as world:
        for _ in range(5):
            world.say(late=0.02)
            world.say()


# History


def test_it_fills_a_gap_from_many_pages(keeping: Keeping) -> None:
    with keeping() as world:
        world.slack.past.page = 2
        break_and_talk(world)


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_it_asks_again_after(trouble: Answer, keeping: Keeping) -> None:
    def answer(world: World) -> None:
        world.say(thread_ts=root.ts)

    with keeping() as world:
        root = world.say()
        for method in ("rtm.connect", "conversations.history", "conversations.replies"):
            world.slack.troubles[method].extend([trouble, trouble])
        break_and_talk(world, talking=answer)
        world.calm()
        assert not any(world.slack.troubles.values())


@pytest.mark.parametrize("error", ["not_in_channel", "missing_scope"])
def test_it_names_a_channel_that_may_not_be_read(error: str, keeping: Keeping) -> None:
    with keeping() as world:
        world.slack.past.deny("C2", error)
        break_and_talk(world)
        world.calm()
        world.slack.past.allow()
    assert {channel for channel, _ in world.account.holes[0].missing} == {None, "C2"}


def test_it_finds_a_channel_that_was_made_in_the_gap(keeping: Keeping) -> None:
    with keeping() as world:
        break_and_talk(world, talking=lambda world: talk(world, "CNEW"))


@pytest.mark.parametrize("mode", MODES)
def test_it_brings_answers_in_a_fresh_thread(mode: str, keeping: Keeping) -> None:
    with keeping(mode) as world:
        root = world.say()
        world.say(thread_ts=root.ts)

        def answer(world: World) -> None:
            world.say(thread_ts=root.ts)
            fresh = world.say()
            world.say(thread_ts=fresh.ts)

        break_and_talk(world, talking=answer)
