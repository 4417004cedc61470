"""Whoever uses rxslack wrongly is told at once what to write."""

from __future__ import annotations

import pytest

from tests.wrong_usages import COMMANDS, PROGRAMS, outcome_of_command, outcome_of_program

pytestmark = pytest.mark.slow

SAID = {
    "a token for a client": (1, "write rtm(WebClient(…))"),
    "a word for a token": (1, "begins with xoxb-, xoxp- or xapp-"),
    "a client for a stream": (1, "give run a source such as rtm(web)"),
    "a misspelt attribute": (1, "no attribute 'bas_url'; did you mean 'base_url'?"),
    "a misspelt name": (1, "Did you mean: 'post_message'?"),
    "a bot's token for Socket Mode": (1, "takes the app's xapp- token, with the scope"),
    "an app's token for RTM": (1, "RTM takes the xoxb- or xoxp- token of a classic app"),
    "an operator without parentheses": (1, "in pipe, write reconnect(…)"),
    "a filter without parentheses": (1, "in pipe, write distinct(…)"),
    "a sink without its client": (1, "in pipe, write post_message(web)"),
    "a name for an event's class": (1, "give a TypedDict such as rxslack.MessageEvent"),
    # A bot goes on after an item that cannot be posted.
    "an event for a sink": (0, "write ops.map(rxslack.reply(…)) in front to answer it"),
    "a text for a sink": (0, "a dict of its arguments, not str; ops.map makes one"),
    "a coroutine function in ops.map": (0, "not coroutine; concurrent(key, work) awaits one"),
    "a bug in ops.map": (1, "KeyError: 'txt'"),
    "no token": (2, "set SLACK_APP_TOKEN, for Socket Mode, or SLACK_BOT_TOKEN"),
    "a token that is none": (1, "begins with xoxb-, xoxp- or xapp-"),
    "each token in the other's place": (2, "a bot's goes into SLACK_BOT_TOKEN"),
    "a port that is none": (2, "from 0 to 65535: 80000"),
    "a pattern that is none": (2, "not a regular expression: missing )"),
    "a file that is not there": (1, "No such file or directory: 'nowhere'"),
    "a file that is no recording": (1, "garbage is no recording: not one of its lines can be read"),
    "a misspelt command": (2, "invalid choice: 'taill'"),
}


@pytest.mark.parametrize("name", [*PROGRAMS, *COMMANDS])
def test_it_is_told_at_once_what_to_write(name: str) -> None:
    if name in PROGRAMS:
        outcome = outcome_of_program(PROGRAMS[name])
    else:
        outcome = outcome_of_command(COMMANDS[name])
    status, remedy = SAID[name]
    assert remedy in outcome.said
    assert outcome.status == status
