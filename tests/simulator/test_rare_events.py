"""Events that Slack documents and nothing in the workspace causes."""

from __future__ import annotations

import pytest

import rxslack
from rxslack.simulator import RARE_EVENTS, Workspace


def test_it_says_each_of_them(slack: Workspace) -> None:
    heard = list[str]()
    with rxslack.rtm(slack.user_web).subscribe(lambda event: heard.append(event["type"])):
        slack.wait_until(lambda: slack.connections)
        said = [slack.emit_rare(name) for name in RARE_EVENTS]
        slack.wait_until(lambda: said[-1]["type"] in heard)
    types = [event["type"] for event in said]
    assert [kind for kind in heard if kind in types] == types


def test_it_is_about_the_workspace(slack: Workspace) -> None:
    event = slack.emit_rare("group_open", "random", "bob")
    assert (event["channel"], event["user"]) == (slack.channel_id("random"), slack.user_id("bob"))


def test_it_names_those_there_are(slack: Workspace) -> None:
    with pytest.raises(LookupError, match="scope_granted"):
        slack.emit_rare("scope_grnated")
