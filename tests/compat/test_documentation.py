"""
The two programs of slack_sdk's page on RTM, as they stand there but for the import line.

Source: docs.slack.dev/tools/python-slack-sdk/rtm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from rxslack.compat.rtm import RTMClient as LegacyClient
from rxslack.compat.rtm_v2 import RTMClient
from rxslack.simulator import Workspace

IMPORTS = {
    "from slack_sdk.rtm_v2 import RTMClient": "from rxslack.compat.rtm_v2 import RTMClient",
    "from slack_sdk.rtm import RTMClient": "from rxslack.compat.rtm import RTMClient",
}

PROGRAM = """\
import os
from slack_sdk.rtm_v2 import RTMClient

rtm = RTMClient(token=os.environ["SLACK_BOT_TOKEN"])

@rtm.on("message")
def handle(client: RTMClient, event: dict):
    if 'Hello' in event['text']:
        channel_id = event['channel']
        thread_ts = event['ts']
        user = event['user'] # This is not username but user ID (the format is either U*** or W***)

        client.web_client.chat_postMessage(
            channel=channel_id,
            text=f"Hi <@{user}>!",
            thread_ts=thread_ts
        )

rtm.start()
"""

LEGACY_PROGRAM = """\
import os
from slack_sdk.rtm import RTMClient

@RTMClient.run_on(event="message")
def say_hello(**payload):
    data = payload['data']
    web_client = payload['web_client']

    if 'Hello' in data['text']:
        channel_id = data['channel']
        thread_ts = data['ts']
        user = data['user'] # This is not username but user ID (the format is either U*** or W***)

        web_client.chat_postMessage(
            channel=channel_id,
            text=f"Hi <@{user}>!",
            thread_ts=thread_ts
        )

slack_token = os.environ["SLACK_BOT_TOKEN"]
rtm_client = RTMClient(token=slack_token)
rtm_client.start()
"""


@pytest.fixture
def readers(slack: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A program's namespace, where the default address is the workspace's."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
    for client in (RTMClient, LegacyClient):
        defaults = client.__init__.__kwdefaults__ or {}
        monkeypatch.setitem(defaults, "base_url", slack.base_url)
    vars(LegacyClient)["_callbacks"].clear()
    yield {"__name__": "program"}
    vars(LegacyClient)["_callbacks"].clear()
    asyncio.set_event_loop(None)
    loop.close()


def with_our_import(program: str) -> str:
    for theirs, ours in IMPORTS.items():
        program = program.replace(theirs, ours)
    return program


def greet(slack: Workspace, end: Any) -> None:
    """What happens in the workspace while the program runs."""
    try:
        slack.wait_until(lambda: slack.connections)
        slack.say("general", "alice", "Hello everybody")
        slack.say("general", "bob", "Lunch?")
        slack.wait_until(lambda: len(slack.messages("general")) == 3)
    finally:
        end()


ENDS = {"rtm_v2": (PROGRAM, "rtm", "close"), "rtm": (LEGACY_PROGRAM, "rtm_client", "stop")}


@pytest.mark.parametrize(("program", "client", "end"), ENDS.values(), ids=ENDS)
def test_it_answers_when_only_the_import_has_changed(
    slack: Workspace, readers: dict[str, Any], program: str, client: str, end: str
) -> None:
    people = Thread(target=greet, args=(slack, lambda: getattr(readers[client], end)()))
    people.start()
    exec(compile(with_our_import(program), "program.py", "exec"), readers)
    people.join()
    question, _, answer = slack.messages("general")
    assert answer["text"] == f"Hi <@{question['user']}>!"
    assert answer["thread_ts"] == question["ts"]
    slack.wait_until(lambda: not slack.connections)


def test_it_changes_one_line_only() -> None:
    for program in (PROGRAM, LEGACY_PROGRAM):
        lines = zip(program.splitlines(), with_our_import(program).splitlines(), strict=True)
        assert [before for before, after in lines if before != after] == [program.splitlines()[1]]
