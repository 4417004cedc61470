"""The guide on moving over: each callback and its pipeline do the same in a workspace."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops

import rxslack
import rxslack.compat
from rxslack.compat.rtm_v2 import RTMClient
from rxslack.simulator import Limits, Workspace

PAGE = (rxslack.compat.__doc__ or "").partition("\n## ")[0]
ROW = re.compile(r"^\*\*\d+\. (.*?)\*\*\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROWS: dict[str, str] = dict(ROW.findall(PAGE))
TS = re.compile(r"\d{10}\.\d{6}")

SAID = {
    "Echo": "Anybody?",
    "Commands": "!roll a die",
    "Threads": "I need help",
    "Mentions": "Are you there, <@U0123ABCD>?",
    "Files": "!report",
    "Scheduled posts": "!remind",
    "Reactions": "Look at this",
    "State": "One more",
}
NAMES = {
    "Echo": ("echo", "echoes"),
    "Commands": ("roll", "rolls"),
    "Threads": ("help_in_thread", "helps"),
    "Mentions": ("mentioned", "mentions"),
    "Files": ("report", "reports"),
    "Scheduled posts": ("remind", "reminders"),
    "Reactions": ("looked", "looks"),
}
NOT_COMPARED = {"ts", "post_at", "upload_url", "file", "files", "upload_id"}


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(seed=1, limits=Limits.off()) as workspace:
        yield workspace


def names_for(slack: Workspace) -> dict[str, Any]:
    """What the page takes as given."""
    bot = RTMClient(token=slack.bot_token, base_url=slack.base_url, concurrency=1)
    events = rxslack.shared(rxslack.rtm(slack.web).pipe(rxslack.reconnect()))
    return {
        "RTMClient": RTMClient,
        "bot": bot,
        "events": events,
        "messages": events.pipe(rxslack.of_type(rxslack.MessageEvent)),
        "ops": ops,
        "os": os,
        "reactivex": reactivex,
        "rxslack": rxslack,
        "web": slack.web,
        "Workspace": Workspace,
    }


def calls(slack: Workspace) -> list[Any]:
    """What the bot has asked Slack for, without what differs from one time to the next."""
    return [
        (
            one.method,
            {
                k: TS.sub("(a ts)", str(v))
                for k, v in one.arguments.items()
                if k not in NOT_COMPARED
            },
        )
        for one in slack.calls()
        if not one.method.startswith(("rtm.", "auth."))
    ]


def as_callback(code: str, said: str) -> list[Any]:
    with Workspace(seed=1, limits=Limits.off()) as slack:
        names = names_for(slack)
        exec(code, names)
        names["bot"].connect()
        slack.say("general", "alice", said)
        slack.wait_until(lambda: is_done(slack))
        names["bot"].close()
        names["bot"].message_workers.shutdown()  # its last call is still being answered
        return calls(slack)


def as_pipeline(code: str, said: str, name: str) -> list[Any]:
    with Workspace(seed=1, limits=Limits.off()) as slack:
        names = names_for(slack)
        exec(code, names)
        names["bot"].close()
        replies: list[Any] = []
        with names[name].subscribe(replies.append):
            slack.wait_until(lambda: slack.connections)
            slack.say("general", "alice", said)
            slack.wait_until(lambda: replies)
            return calls(slack)


def is_done(slack: Workspace) -> bool:
    """Whether the one call has been made, and of an upload the last."""
    made = [method for method, _ in calls(slack)]
    return bool(made) and made[-1] != "files.getUploadURLExternal"


@pytest.mark.parametrize("title", NAMES)
def test_it_does_the_same_as_a_callback_and_as_a_pipeline(title: str) -> None:
    callback, pipeline = NAMES[title]
    assert f"def {callback}(" in ROWS[title]
    told = as_callback(ROWS[title], SAID[title])
    assert told == as_pipeline(ROWS[title], SAID[title], pipeline)
    assert told


def test_it_keeps_the_same_state_as_a_callback_and_as_a_pipeline(slack: Workspace) -> None:
    names = names_for(slack)
    seen: list[Any] = []
    exec(ROWS["State"], names)
    names["bot"].connect()
    with names["countings"].subscribe(seen.append):
        slack.wait_until(lambda: len(slack.connections) == 2)
        slack.say("general", "alice", "One more")
        slack.wait_until(lambda: names["counts"] and seen)
    names["bot"].close()
    assert seen == [names["counts"]] == [{slack.user_id("alice"): 1}]


def test_it_has_ten_rows() -> None:
    assert [*ROWS] == [*SAID, "Several workspaces", "Tests"]
