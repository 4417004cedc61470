"""The account can be wrong with a client: one that cheats is found out, and nothing else excused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from reactivex import Observable, operators as ops

from tests.adversary.account import DISORDER, Account, Late, Lost, covers
from tests.adversary.client import Clients, pipeline
from tests.adversary.past import Said
from tests.adversary.slack import Slack
from tests.adversary.storm import KINDS, Plan, run
from tests.adversary.world import World

Item = dict[str, Any]
Cheat = Callable[[Item], list[Item]]


def cheating(cheat: Cheat) -> Callable[..., Observable[Item]]:
    """A client that hands on something else for the fifth message."""

    def made(slack: Slack, clients: Clients, connections: int) -> Observable[Item]:
        kept: list[Item] = []

        def spoilt(item: Item) -> list[Item]:
            if item["type"] != "message":
                return [item]
            kept.append(item)
            return cheat(item) if len(kept) == 5 else [item]

        honest = pipeline(slack, clients, connections)
        return honest.pipe(ops.flat_map(spoilt))

    return made


CHEATS: dict[str, tuple[Cheat, dict[str, int]]] = {
    "nothing": (lambda item: [item], {}),
    "a loss": (lambda _: [], {"lost": 1}),
    "a double": (lambda item: [item, item], {"doubled": 1}),
    "an alteration": (lambda item: [{**item, "text": "a lie"}], {"invented": 1}),
    "another place": (lambda item: [{**item, "channel": "C2"}], {"lost": 1, "invented": 1}),
}


@pytest.mark.parametrize(("cheat", "found"), CHEATS.values(), ids=CHEATS)
def test_it_finds(cheat: Cheat, found: dict[str, int]) -> None:
    with World(made=cheating(cheat)) as world:
        said = [world.say() for _ in range(8)]
        world.arrives(said[-1])
        assert findings(world.account) == found


def test_it_finds_disorder() -> None:
    kept: list[Item] = []

    def swap(item: Item) -> list[Item]:
        if item["type"] != "message":
            return [item]
        kept.append(item)
        if len(kept) == 4:
            return []
        return [item, kept[3]] if len(kept) == 5 else [item]

    def made(slack: Slack, clients: Clients, connections: int) -> Observable[Item]:
        return pipeline(slack, clients, connections).pipe(ops.flat_map(swap))

    with World(made=made) as world:
        said = [world.say() for _ in range(8)]
        world.arrives(said[-1])
        assert findings(world.account) == {"disordered": 1}


def findings(account: Account) -> dict[str, int]:
    verdict = account.verdict()
    found = {
        "lost": verdict.lost,
        "doubled": verdict.doubled,
        "disordered": verdict.disordered,
        "invented": verdict.invented,
    }
    return {name: len(sentences) for name, sentences in found.items() if sentences}


def test_a_storm_finds_a_loss_and_says_where() -> None:
    kept: list[Item] = []

    def cheat(item: Item) -> list[Item]:
        kept.append(item)
        return []

    outcome = run(
        Plan(
            seed=1,
            messages=30,
            faults=0,
            channels=1,
            patience=0.5,
            without=frozenset(KINDS),
            made=cheating(cheat),
        )
    )
    assert not outcome.is_clean
    assert "VIOLATED" in outcome.line()
    assert kept[0]["ts"] in outcome.story
    assert "connections that stood: 2" in outcome.story


# What is excused, and what is not

FRESH = Said("C1", "100.000100", "fresh", None, at=1.0, shown=1.0)
OLD = Said("C1", "1.000100", "old", None, at=0.0, shown=0.0)
ANSWER = replace(FRESH, thread_ts=OLD.ts)


@pytest.mark.parametrize(
    ("channel", "why", "lost", "excused"),
    [
        ("C1", "conversations.history: not_in_channel", Lost(FRESH, None, True), True),
        ("C2", "conversations.history: not_in_channel", Lost(FRESH, None, True), False),
        (None, "conversations.history: not_in_channel", Lost(FRESH, None, True), False),
        (None, "edits, deletions, reactions", Lost(FRESH, None, True), False),
        (None, "channels never seen: fatal_error", Lost(FRESH, None, False), True),
        (None, "channels never seen: fatal_error", Lost(FRESH, None, True), False),
        (None, "answers in threads that began long ago", Lost(ANSWER, OLD, True), True),
        ("C1", "answers in threads that began long ago", Lost(ANSWER, OLD, True), True),
        (None, "answers in threads that began long ago", Lost(FRESH, FRESH, True), False),
        ("C1", "answers in threads that began long ago", Lost(FRESH, None, True), False),
        ("C1", "answers in older threads: no calls left", Lost(ANSWER, OLD, True), True),
    ],
)
def test_it_excuses_only_what_a_gap_tells_of(
    channel: str | None, why: str, lost: Lost, excused: bool
) -> None:
    assert covers((channel, why), lost) is excused


@pytest.mark.parametrize(
    ("late", "excused"),
    [
        (Late(FRESH, backfilled=False, asked=False, denied=False), False),
        (Late(FRESH, backfilled=True, asked=False, denied=False), False),
        (Late(FRESH, backfilled=False, asked=True, denied=True), False),
        (Late(FRESH, backfilled=True, asked=True, denied=False), True),
        (Late(FRESH, backfilled=True, asked=False, denied=True), True),
        (Late(FRESH, backfilled=False, asked=False, denied=False, unnoticed=True), False),
        (Late(FRESH, backfilled=True, asked=False, denied=False, unnoticed=True), True),
        (Late(replace(FRESH, swapped=True), False, asked=False, denied=False), True),
        (Late(replace(FRESH, spread=True), False, asked=False, denied=False), True),
    ],
)
def test_it_excuses_only_what_could_not_come_in_order(late: Late, excused: bool) -> None:
    assert any(test(late) for _, test in DISORDER) is excused


def test_a_gap_excuses_only_what_was_said_around_it() -> None:
    with Slack() as slack:
        account = Account(slack)
        early = slack.say("C1", "said long before")
        early.at -= 60.0
        account.expect(early)
        for _ in range(3):
            account.hear({"type": "hello"})
        account.hear({"type": "hello"})
        within = slack.say("C1", "said in the gap")
        account.expect(within)
        account.hear({"type": "rxslack.gap"})
        assert account.is_open()
        missing = [{"channel": "C1", "why": "not_in_channel"}]
        account.hear({"type": "rxslack.backfilled", "missing": missing})
        after = slack.say("C1", "said later")
        account.expect(after)
        verdict = account.verdict()
    assert not account.is_open()
    assert [early.ts in verdict.lost[0], after.ts in verdict.lost[1]] == [True, True]
    assert verdict.excused == 1
