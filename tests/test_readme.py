"""The README's code, run as it stands against a simulated workspace."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import Subject, operators as ops

import rxslack
from rxslack.simulator import Workspace
from rxslack.web.client import WebClient

README = Path(__file__).parents[1] / "README.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def readers(slack: Workspace, monkeypatch: pytest.MonkeyPatch) -> Generator[dict[str, Any]]:
    """The names that a reader's program has, with Slack's address pointing at the workspace."""
    clients: list[WebClient] = []

    def client(token: str, **options: Any) -> WebClient:
        clients.append(WebClient(token, base_url=slack.base_url, **options))
        return clients[-1]

    def run_until_answered(stream: reactivex.Observable[Any], sink: Any) -> None:
        answered = reactivex.interval(0.02).pipe(ops.filter(lambda _: was_answered(slack)))
        connected = reactivex.interval(0.02).pipe(
            ops.filter(lambda _: bool(slack.connections)), ops.take(1)
        )

        def greet(_: int) -> None:
            slack.say("general", "alice", "Hello everybody")

        with connected.subscribe(greet):
            run(stream.pipe(ops.take_until(answered)), sink)

    def shared_while_used(stream: reactivex.Observable[Any], linger: float = 0.0) -> Any:
        del linger  # what lingers longer than the workspace would look for it in vain
        return shared(stream)

    run, shared = rxslack.run, rxslack.shared
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
    monkeypatch.setattr(rxslack, "WebClient", client)
    monkeypatch.setattr(rxslack, "run", run_until_answered)
    monkeypatch.setattr(rxslack, "shared", shared_while_used)
    yield {"__name__": "readme"}
    for each in clients:
        each.close()


def was_answered(slack: Workspace) -> bool:
    return any("Hi <@" in message["text"] for message in slack.messages("general"))


def test_it_runs_every_block_in_order(readers: dict[str, Any], slack: Workspace) -> None:
    assert len(BLOCKS) > 5
    for number, block in enumerate(BLOCKS, 1):
        exec(compile(block, f"README.md, block {number}", "exec"), readers)
    question, answer = slack.messages("general")[:2]
    assert answer["text"] == f"Hi <@{question['user']}>!"
    assert answer["thread_ts"] == question["ts"]


def test_it_answers_the_command_and_acknowledges_the_button_of_its_example(
    readers: dict[str, Any], slack: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, shared = Subject[None](), rxslack.shared

    def shared_until_over(stream: reactivex.Observable[Any]) -> Any:
        return shared(stream.pipe(ops.take_until(over)))

    monkeypatch.setattr(rxslack, "shared", shared_until_over)
    readers |= {"os": os, "rxslack": rxslack}
    for block in BLOCKS:
        if "socket_mode(app" in block:
            exec(compile(block, "README.md, Socket Mode", "exec"), readers)
    readers["start"]()
    slack.wait_until(lambda: slack.connections)
    button = {"type": "button", "action_id": "press", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "block_id": "buttons", "elements": [button]}]
    posted = slack.web.call("chat.postMessage", channel="general", text="Press", blocks=blocks)
    command = slack.interactions.command("general", "bob", "/weather", "Bern")
    pressed = slack.interactions.click("bob", "press", channel="general", ts=posted["ts"])
    other = slack.interactions.command("general", "bob", "/other")

    assert command.wait() == {"text": "It rains in Bern"}
    assert pressed.wait() is None
    assert other.wait() is None  # nobody answers it: it is acknowledged all the same
    slack.wait_until(lambda: slack.messages("general")[-1]["text"] == "Pressed")
    over.on_next(None)


def test_it_names_only_what_is_there() -> None:
    table = README.read_text().partition("## Names")[2].partition("\n## ")[0]
    names = {name for name in re.findall(r"`([A-Za-z_]+)[`(]", table) if name not in {"C"}}
    assert len(names) > 10
    assert sorted(name for name in names if not hasattr(rxslack, name)) == []
