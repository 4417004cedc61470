"""The guide is the docstrings of the rooms: their examples run, against a simulated workspace."""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops

import rxslack
import rxslack.guide
from rxslack.simulator import SocketModeOptions, Workspace
from rxslack.web.client import WebClient

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROOMS = [
    one.name
    for packages in (rxslack, rxslack.guide)
    for one in pkgutil.iter_modules(packages.__path__, f"{packages.__name__}.")
    if not one.name.endswith("__main__")
]


def guide(name: str) -> str:
    return importlib.import_module(name).__doc__ or ""


WITH_EXAMPLES = [name for name in ROOMS if BLOCK.search(guide(name))]


@pytest.fixture
def slack() -> Generator[Workspace]:
    """
    One that waits longer than Slack for what an example has not answered.

    It is acknowledged after 2.5 s, and a busy machine may not keep within Slack's 3 s.
    """
    with Workspace(socket_mode=SocketModeOptions(ack_deadline=60.0)) as workspace:
        yield workspace


@pytest.fixture
def names(
    slack: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Generator[dict[str, Any]]:
    """What the guide takes as given, with Slack's address pointing at the workspace."""
    clients: list[WebClient] = []

    def client(token: str, **options: Any) -> WebClient:
        clients.append(WebClient(token, base_url=slack.base_url, **options))
        return clients[-1]

    def shared_while_used(stream: reactivex.Observable[Any], linger: float = 0.0) -> Any:
        del linger  # what lingers longer than the workspace would look for it in vain
        return shared(stream)

    shared = rxslack.shared
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
    monkeypatch.setattr(rxslack, "WebClient", client)
    monkeypatch.setattr(rxslack, "shared", shared_while_used)
    web = client(slack.bot_token)
    events = shared(rxslack.rtm(web).pipe(rxslack.reconnect()))
    names: dict[str, Any] = {
        "__name__": "guide",
        "app": client(slack.app_token),
        "events": events,
        "messages": events.pipe(rxslack.of_type(rxslack.MessageEvent)),
        "ops": ops,
        "os": os,
        "reactivex": reactivex,
        "rxslack": rxslack,
        "web": web,
    }
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    yield names
    root.handlers[:] = handlers  # or else what an example writes and counts goes on in other tests
    root.setLevel(level)
    for each in names.values():
        if isinstance(each, rxslack.Metrics):
            each.close()
    for web in clients:
        web.close()


def run_examples(room: str, names: dict[str, Any]) -> None:
    for number, block in enumerate(BLOCK.findall(guide(room)), 1):
        exec(compile(block, f"{room}, example {number}", "exec"), names)


@pytest.mark.parametrize("room", WITH_EXAMPLES)
def test_it_runs_every_example_of_a_room_in_order(room: str, names: dict[str, Any]) -> None:
    run_examples(room, names)


def test_it_has_examples_where_users_look_for_them() -> None:
    rooms = "sources recovery operators events sinks simulator testing compat notebook past web"
    assert {f"rxslack.{room}" for room in rooms.split()} <= set(WITH_EXAMPLES)


@pytest.mark.parametrize("room", ROOMS)
def test_it_says_of_each_room_what_it_is_in_one_sentence(room: str) -> None:
    first = guide(room).strip().partition("\n\n")[0]
    assert first.rstrip().endswith((".", ":", "`."))
    assert "\n" not in first
    assert len(first) <= 100


def test_it_names_only_what_is_there() -> None:
    table = guide("rxslack.guide").partition("| name | is |")[2]
    names = {name for name in re.findall(r"`([A-Za-z_]+)[`(]", table) if name not in {"C"}}
    assert len(names) > 50
    assert sorted(name for name in names if not hasattr(rxslack, name)) == []


def test_it_answers_the_command_and_acknowledges_the_button_of_its_example(
    names: dict[str, Any], slack: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, shared = reactivex.Subject[None](), rxslack.shared

    def shared_until_over(stream: reactivex.Observable[Any]) -> Any:
        return shared(stream.pipe(ops.take_until(over)))

    monkeypatch.setattr(rxslack, "shared", shared_until_over)
    run_examples("rxslack.sources", names)
    names["start"]()
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
