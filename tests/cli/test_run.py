"""`rxslack run`: a pipeline as a service, in a process of its own."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
import reactivex

from rxslack.cli import main
from rxslack.cli.run import pipeline
from rxslack.errors import ConfigurationError
from rxslack.simulator import Workspace
from rxslack.web.client import WebClient

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends no such signals")

BOT = """
import rxslack
from reactivex import operators as ops

def main(web, app, metrics):
    answers = rxslack.socket_mode(app).pipe(
        rxslack.reconnect(),
        rxslack.events_api(),
        rxslack.of_type(rxslack.MessageEvent, lambda e: "Hello" in e["text"]),
        ops.map(rxslack.reply("WORDS")),
    )
    return answers, rxslack.post_message(web)
"""

# Says how many make spans of what is done for an event.
TRACED = """
import reactivex, rxslack
from reactivex import operators as ops
from rxslack.metrics.tracing import SPANS

event = {"type": "message", "channel": "C1", "ts": "7.1", "text": "Hello"}
stream = reactivex.of(event).pipe(rxslack.traced(), ops.do_action(lambda _: print(len(SPANS))))
"""


class Service:
    """A process, and what it has said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        assert process.stderr is not None
        self._reader = threading.Thread(target=self._read, args=[process.stderr])
        self._reader.start()

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            self.lines.append(line)

    def said(self, pattern: str) -> re.Match[str] | None:
        return next((m for m in (re.search(pattern, line) for line in self.lines) if m), None)

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60.0)
        self._reader.join()
        return status


@contextmanager
def serving(folder: Path, *options: str, slack: Workspace | None = None) -> Generator[Service]:
    environment = {n: v for n, v in os.environ.items() if not n.startswith("SLACK_")}
    if slack is not None:
        environment |= {
            "SLACK_BASE_URL": slack.base_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
        }
    command = [sys.executable, "-m", "rxslack", "run", "bot:main", *options]
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment | {"PYTHONPATH": root},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        service = Service(process)
        try:
            yield service
        finally:
            process.kill()


def write(folder: Path, words: str) -> None:
    (folder / "bot.py").write_text(BOT.replace("WORDS", words))


def texts(slack: Workspace) -> list[str]:
    return [message["text"] for message in slack.messages("general")]


def metrics(address: str) -> str:
    with urllib.request.urlopen(f"{address}/metrics", timeout=60) as answer:
        text: str = answer.read().decode()
        return text


def test_it_serves_until_a_signal(slack: Workspace, tmp_path: Path) -> None:
    write(tmp_path, "Hi")
    options = ("--serve", "127.0.0.1:0", "--json-logs")
    with serving(tmp_path, *options, slack=slack) as service:
        slack.wait_until(lambda: slack.connections, timeout=60.0)
        slack.say("general", "alice", "Hello")
        slack.wait_until(lambda: "Hi" in texts(slack), timeout=60.0)
        found = slack.wait_until(lambda: service.said(r"on port (\d+)"), timeout=60.0)
        assert found is not None
        address = f"http://127.0.0.1:{found[1]}"
        with urllib.request.urlopen(f"{address}/ready", timeout=60) as answer:
            assert answer.status == 200
        # The bot may not have got the answer yet to what is in the channel already.
        posted = 'rxslack_deliveries_total{method="chat.postMessage"'
        slack.wait_until(lambda: posted in metrics(address), timeout=60.0)
        assert service.end() == 0
    assert all(line.startswith("{") for line in service.lines)
    assert not any(slack.bot_token in line or slack.app_token in line for line in service.lines)


def test_it_starts_anew_when_a_file_changes(slack: Workspace, tmp_path: Path) -> None:
    write(tmp_path, "One")
    with serving(tmp_path, "--reload", slack=slack) as service:
        slack.wait_until(lambda: slack.connections, timeout=60.0)
        slack.say("general", "alice", "Hello")
        slack.wait_until(lambda: "One" in texts(slack), timeout=60.0)
        (tmp_path / "bot.py").write_text("a mistake")
        slack.wait_until(lambda: service.said("SyntaxError"), timeout=60.0)
        slack.wait_until(lambda: not slack.connections, timeout=60.0)
        write(tmp_path, "Two")
        slack.wait_until(lambda: slack.connections, timeout=60.0)
        slack.say("general", "alice", "Hello")
        slack.wait_until(lambda: "Two" in texts(slack), timeout=60.0)
        assert service.end() == 0
    slack.wait_until(lambda: not slack.connections, timeout=60.0)


def test_it_runs_in_a_simulated_workspace_that_outlives_a_reload(tmp_path: Path) -> None:
    write(tmp_path, "One")
    with serving(tmp_path, "--simulate", "--reload", "--log-level", "debug") as service:
        clock = threading.Event()

        def until(pattern: str) -> re.Match[str]:
            for _ in range(600):
                if found := service.said(pattern):
                    return found
                clock.wait(0.1)
            raise TimeoutError(service.lines)

        url = until(r"on this machine: (\S+)")[1]
        until("stands")
        write(tmp_path, "Two")
        until("changed; starting anew")
        service.lines.clear()
        until("stands")
        with pytest.raises(Exception, match=r"invalid_auth|not_authed"):
            WebClient("xoxb-test", base_url=url).call("auth.test")
        assert service.end() == 0


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("bot", "MODULE:NAME"),
        ("nothing_here:main", "no module nothing_here"),
        ("bot:other", "has no other"),
        ("bot:number", "int; it has to be a stream"),
        ("bot:wants", "takes token; what can be given"),
    ],
)
def test_it_says_what_is_wrong_with_a_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, says: str
) -> None:
    (tmp_path / "bot.py").write_text("number = 7\ndef wants(token): pass\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "bot", raising=False)

    def given(name: str) -> object:
        raise ConfigurationError(f"{target} takes {name}; what can be given is nothing")

    with pytest.raises(ConfigurationError, match=says):
        pipeline(target, given)
    sys.modules.pop("bot", None)


def test_it_takes_a_stream_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bot2.py").write_text("import reactivex\nstream = reactivex.of(7)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    stream, sink = pipeline("bot2:stream", str)
    assert (isinstance(stream, reactivex.Observable), sink) == (True, None)
    sys.modules.pop("bot2", None)


def test_it_hands_spans_on_to_opentelemetry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bot3.py").write_text(TRACED)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    root = logging.getLogger()
    before, level = [*root.handlers], root.level
    try:
        for options in ([], ["--otel"]):
            assert main(["run", "bot3:stream", *options]) == 0
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        sys.modules.pop("bot3", None)
    assert capsys.readouterr().out.split() == ["0", "1"]


def test_it_names_the_token_that_is_missing(tmp_path: Path) -> None:
    write(tmp_path, "Hi")
    with serving(tmp_path) as service:
        assert service.process.wait(60.0) == 1
        assert service.process.stderr is not None
    assert "set SLACK_BOT_TOKEN" in "".join(service.lines)
