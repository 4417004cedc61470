"""What `web.chat_postMessage(…)` and its like take, as an editor shows it, compared with slack_sdk's."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import slack_sdk

from rxslack.simulator import Workspace
from rxslack.web.methods import Methods

NAMES = [name for name in dir(Methods) if not name.startswith("_")]

# What slack_sdk takes and Slack's page of the method does not name.
THEIRS_ALONE = {"chat_postMessage": {"container_id"}}


def arguments_of(method: Callable[..., Any]) -> dict[str, bool]:
    """Each argument, and whether it is needed."""
    parameters = inspect.signature(method).parameters.values()
    kinds = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return {
        one.name: one.default is one.empty
        for one in parameters
        if one.kind in kinds and one.name != "self"
    }


def test_it_knows_those_that_bots_use_most() -> None:
    assert len(NAMES) >= 40
    assert {"chat_postMessage", "views_open", "conversations_history"} <= {*NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_it_takes_what_slack_sdk_takes(name: str) -> None:
    theirs = arguments_of(getattr(slack_sdk.WebClient, name))
    for left_out in THEIRS_ALONE.get(name, ()):
        del theirs[left_out]
    assert arguments_of(getattr(Methods, name)) == theirs


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_type_for_each_argument(name: str) -> None:
    parameters = [*inspect.signature(getattr(Methods, name)).parameters.values()][1:]
    assert [one.name for one in parameters if one.annotation is one.empty] == []
    assert {one.kind for one in parameters} <= {inspect.Parameter.KEYWORD_ONLY}


def test_it_costs_a_running_program_nothing() -> None:
    code = "import sys, rxslack; rxslack.WebClient; print('rxslack.web.methods' in sys.modules)"
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "False\n"


def test_it_leaves_the_call_to_the_client(slack: Workspace) -> None:
    answer = slack.web.chat_postMessage(channel="general", text="Hello")
    assert answer["ok"]
    assert answer.status == 200
