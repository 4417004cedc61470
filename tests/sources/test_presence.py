"""Presence subscriptions, which Slack forgets with each connection."""

from __future__ import annotations

from typing import Any

import pytest
from reactivex.subject import BehaviorSubject

import rxslack
from rxslack.errors import ConfigurationError
from rxslack.simulator import Workspace


def test_it_subscribes_again_after_each_hello(slack: Workspace) -> None:
    alice = slack.user_id("alice")
    seen: list[dict[str, Any]] = []
    stream = rxslack.rtm(slack.web, outgoing=rxslack.presence([alice]))
    subscription = stream.pipe(rxslack.reconnect(lambda: [0.0] * 9)).subscribe(seen.append)

    def told() -> list[str]:
        return [item["presence"] for item in seen if item["type"] == "presence_change"]

    slack.wait_until(lambda: len(told()) == 1)
    slack.connections[0].cut()
    slack.wait_until(lambda: len(told()) == 2)
    before = told()[-1]
    slack.set_presence("alice", "away" if before == "active" else "active")
    slack.wait_until(lambda: len(told()) == 3)
    assert told()[-1] != before
    subscription.dispose()


def test_it_takes_a_list_that_changes(slack: Workspace) -> None:
    wanted: BehaviorSubject[list[str]] = BehaviorSubject([slack.user_id("alice")])
    seen: list[dict[str, Any]] = []
    stream = rxslack.rtm(slack.web, outgoing=rxslack.presence(wanted))
    subscription = stream.subscribe(seen.append)

    def told() -> set[str]:
        return {item["user"] for item in seen if item["type"] == "presence_change"}

    slack.wait_until(lambda: told() == {slack.user_id("alice")})
    wanted.on_next([slack.user_id("alice"), slack.user_id("bob")])
    slack.wait_until(lambda: told() == {slack.user_id("alice"), slack.user_id("bob")})
    subscription.dispose()


def test_it_refuses_more_than_slack_takes() -> None:
    with pytest.raises(ConfigurationError, match="500"):
        rxslack.presence(f"U{n}" for n in range(501))
