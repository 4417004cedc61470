"""`rxslack simulate` in a process of its own: begun with a file, kept in one, as slack.com, with each bot."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

import pytest
import requests

from rxslack.simulator import AGENT_SCOPES, BOT_SCOPES, MODERN_BOT_SCOPES
from rxslack.web.client import WebClient
from tests.cli.test_cli import CLEAN, COMMAND

on_posix = pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals to other processes")


class Simulated(NamedTuple):
    """
    A workspace in a process of its own.

    Args:
        process: that it runs in.
        said: what it printed, by the first word of a line, or the name of a variable.
    """

    process: subprocess.Popen[str]
    said: dict[str, str]

    def web(self, token: str = "bot") -> WebClient:
        """A client with one of its tokens."""
        return WebClient(self.said[token], base_url=self.said["base"])


@contextmanager
def simulated(*arguments: str) -> Generator[Simulated]:
    """Run it until the end of the block, and then as Ctrl-C ends it."""
    command = [*COMMAND, "simulate", "--port", "0", "--quiet", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=CLEAN
    ) as process:
        try:
            assert process.stdout is not None
            said, last = dict[str, str](), "SLACK_BOT_TOKEN" if "--tls" in arguments else "curl:"
            while not any(last in name for name in said):
                line = process.stdout.readline()
                assert line, process.stderr and process.stderr.read()
                first, _, rest = line.strip().partition(" ")
                said[first] = rest.strip().removeprefix("URL").removeprefix("token").strip()
                if first == "export":
                    said |= dict(part.split("=", 1) for part in rest.split())
            yield Simulated(process, said)
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                assert process.wait(timeout=20) == 0, process.stderr and process.stderr.read()
        finally:
            process.kill()


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for what happens in another process."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, "it did not happen"
        sleep(0.02)


def texts(web: WebClient) -> list[str]:
    """What was said in #general, oldest first."""
    found = web.call("conversations.list")["channels"]
    (general,) = [one["id"] for one in found if one["name"] == "general"]
    return [
        m["text"] for m in reversed(web.call("conversations.history", channel=general)["messages"])
    ]


@on_posix
def test_it_begins_with_data(tmp_path: Path) -> None:
    said = {"user": "zoe", "text": "Here since yesterday"}
    beginning = {"users": ["zoe"], "channels": [{"name": "general", "messages": [said]}]}
    path = tmp_path / "workspace.json"
    path.write_text(json.dumps(beginning))
    with simulated("--data", str(path)) as slack, slack.web("user") as web:
        assert texts(web) == ["Here since yesterday"]
        assert web.call("auth.test")["user"] == "zoe"
    assert json.loads(path.read_text()) == beginning


def test_it_says_that_there_is_no_data(tmp_path: Path) -> None:
    command = [*COMMAND, "simulate", "--port", "0", "--data", str(tmp_path / "none.json")]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=30, env=CLEAN, check=False
    )
    assert done.returncode == 1
    assert "there is no file" in done.stderr


@on_posix
def test_it_keeps_the_workspace_for_tomorrow(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    with simulated("--keep", str(path), "--seed", "1") as slack, slack.web() as web:
        web.call("chat.postMessage", channel="general", text="First")
        token = slack.said["bot"]
    with simulated("--keep", str(path), "--seed", "1") as slack, slack.web() as web:
        web.call("chat.postMessage", channel="general", text="Second")
        assert (slack.said["bot"], texts(web)) == (token, ["First", "Second"])
    assert path.stat().st_mode & 0o077 == 0
    assert token not in path.read_text()


@on_posix
def test_it_keeps_the_workspace_when_it_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    with simulated("--keep", str(path)) as slack, slack.web() as web:
        web.call("chat.postMessage", channel="general", text="First")
        until(lambda: path.exists() and "First" in path.read_text())
        web.call("chat.postMessage", channel="general", text="Second")
        until(lambda: "Second" in path.read_text())
        slack.process.kill()
        slack.process.wait(timeout=20)
    with simulated("--keep", str(path)) as slack, slack.web() as web:
        assert texts(web) == ["First", "Second"]


@on_posix
@pytest.mark.parametrize(
    ("bot", "scopes", "rtm"),
    [
        ("classic", BOT_SCOPES, True),
        ("modern", MODERN_BOT_SCOPES, False),
        ("agent", AGENT_SCOPES, False),
    ],
)
def test_it_has_the_bot_that_is_asked_for(bot: str, scopes: tuple[str, ...], rtm: bool) -> None:
    with simulated("--bot", bot) as slack:
        asked = {"Authorization": f"Bearer {slack.said['bot']}"}
        answer = requests.post(slack.said["base"] + "auth.test", headers=asked, timeout=10)
        assert answer.headers["x-oauth-scopes"] == ",".join(scopes)
        found: Any = requests.post(
            slack.said["base"] + "rtm.connect", headers=asked, timeout=10
        ).json()
        assert found["ok"] is rtm


BOT = """
import os, requests
answer = requests.post(
    "https://slack.com/api/auth.test", timeout=20,
    headers={"Authorization": f"Bearer {os.environ['SLACK_BOT_TOKEN']}"},
)
print(answer.json()["team"])
"""


@on_posix
def test_it_is_slack_com_for_who_takes_no_base_url(tmp_path: Path) -> None:
    with simulated("--tls", str(tmp_path / "authority")) as slack:
        names = ("HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "SLACK_BOT_TOKEN")
        environment = CLEAN | {name: slack.said[name] for name in names}
        done = subprocess.run(
            [sys.executable, "-c", BOT],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
            check=False,
        )
        assert (done.stdout, done.returncode) == ("Simulated\n", 0), done.stderr
    assert (tmp_path / "authority" / "authority.pem").exists()
