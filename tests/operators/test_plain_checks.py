"""The quicker checks of plain messages say the same as those of anything."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from reactivex import Observable
from reactivex.disposable import Disposable

import rxslack
from rxslack.wire.bursts import Bursts, Sifted

ME = rxslack.Identity(user_id="U1", bot_id="B1")
OPERATORS: dict[str, Callable[[Observable[Any]], Observable[Any]]] = {
    "containing": rxslack.containing("Hello"),
    "containing, exact case": rxslack.containing("Hello", ignore_case=False),
    "matching": rxslack.matching(r"^hello|<@U1>"),
    "mentioning": rxslack.mentioning("U1", "U2"),
    "mentioning_me": rxslack.mentioning_me(ME),
    "from_user": rxslack.from_user("U1"),
    "in_channel": rxslack.in_channel("C1", "C2"),
    "in_thread": rxslack.in_thread(),
    "in_thread of one": rxslack.in_thread("7.1"),
    "not_from_bots": rxslack.not_from_bots(),
    "not_from_me": rxslack.not_from_me(ME),
    "of_type": rxslack.of_type(rxslack.MessageEvent),
}
INSIDE = {"user": "U1", "text": "Hello <@U1>", "ts": "7.1", "thread_ts": "7.0", "bot_id": "B1"}
VALUES: dict[str, list[Any]] = {
    "user": ["U1", "U2", "", None, 5, {"id": "U1"}, "USLACKBOT"],
    "channel": ["C1", "C9", "", None, {"id": "C1"}, ["C1"]],
    "channel_id": ["C1", None],
    "text": ["Hello", "hello <@U1>", "say <@U2|robin>", "", None, 5, "ＨELLO"],
    "ts": ["7.1", "7.2", None, 7.1],
    "thread_ts": ["7.1", "7.0", "", None],
    "deleted_ts": ["7.1", None],
    "bot_id": ["B1", None, ""],
    "bot_profile": [{"id": "B1"}, None, {}],
    "hidden": [True, False, None],
    "reply_to": [1, None],
    "message": [INSIDE, {}, None, "text", {**INSIDE, "user": "U2", "bot_id": None}],
    "comment": [{"user": "U1"}, {"user": "USLACKBOT"}, None],
    "item": [{"channel": "C1"}, None],
}


def plain_messages(count: int) -> list[dict[str, Any]]:
    random = Random(22)
    found: list[dict[str, Any]] = []
    for _ in range(count):
        keys = random.sample([*VALUES], random.randint(0, len(VALUES)))
        found.append({"type": "message", **{key: random.choice(VALUES[key]) for key in keys}})
    ordinary = {"type": "message", "channel": "C1", "user": "U1", "text": "Hello", "ts": "7.1"}
    usual = random.sample([*VALUES], len(VALUES))
    return found + [{**ordinary, key: value} for key in usual for value in VALUES[key]]


@pytest.mark.parametrize("name", OPERATORS)
def test_it_says_the_same_of_plain_messages(name: str) -> None:
    kept = OPERATORS[name](Bursts(lambda _, __: Disposable()))
    assert isinstance(kept, Sifted)
    [condition] = kept.conditions
    assert condition.of_plain is not None
    messages = plain_messages(4_000)
    answers = [condition.of_any(message) for message in messages]
    assert [condition.of_plain(message) for message in messages] == answers
    assert {*answers} == {True, False}
