"""The command as people type it: in a process of its own."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
import reactivex

from rxslack import __version__
from rxslack.cli import ended_by, main
from rxslack.cli.simulate import terminable
from rxslack.core.printable import printable
from rxslack.simulator import Workspace
from rxslack.web.client import WebClient
from tests.odd import HOSTILE, ODD

COMMAND = [sys.executable, "-m", "rxslack"]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}

on_posix = pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals to other processes")


def rxslack(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        env=CLEAN | environment,
        check=False,
    )


@contextmanager
def running(*arguments: str, **environment: str) -> Generator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=CLEAN | environment,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_answers_every_greeting_of_the_demo() -> None:
    done = rxslack("demo", "--pace", "0.02")
    assert (done.returncode, done.stderr) == (0, "")
    answers = [line.split(": ")[1] for line in done.stdout.splitlines() if "->" in line]
    assert sorted(answers) == ["Hi @alice!", "Hi @bob!", "Hi @carol!"]
    assert "#general alice: Hello everybody" in done.stdout
    assert "Coffee is ready" in done.stdout
    assert "3 greetings answered" in done.stdout


@on_posix
def test_it_ends_the_demo_on_ctrl_c_with_status_0() -> None:
    with running("demo", "--pace", "5") as process:
        assert process.stdout is not None
        while "hello" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=10)
        assert (process.returncode, errors) == (0, "")
        assert "0 greetings answered" in out


@on_posix
@pytest.mark.parametrize("command", ["demo", "simulate"])
def test_it_opens_its_page_and_stays_until_ctrl_c(tmp_path: Path, command: str) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    browser.chmod(0o700)
    options = ["--pace", "0.02"] if command == "demo" else ["--port", "0", "--quiet"]
    with running(command, "--open", *options, BROWSER=f"{browser} %s") as process:
        assert process.stdout is not None
        lines: list[str] = []
        last = "Hi @bob!" if command == "demo" else "curl:"
        while not (lines and last in lines[-1]):
            lines.append(process.stdout.readline())
            assert lines[-1], lines
        while not opened.exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, "")
    (address,) = re.findall(r"http://127\.0\.0\.1:\d+/#\w+", "".join(lines))
    assert opened.read_text() == address


@on_posix
def test_it_prints_events_of_a_type_as_json_lines() -> None:
    with running("tail", "--simulate", "--type", "message", "--match", "^Hello") as process:
        assert process.stdout is not None
        events = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
        assert process.returncode == 0
    assert [(e["type"], e["text"][:5]) for e in events] == [("message", "Hello")] * 2


@on_posix
def test_it_uses_socket_mode_for_an_app_token() -> None:
    with running("tail", "--socket-mode", "--type", "hello") as process:
        assert process.stdout is not None
        hello = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
        assert process.returncode == 0
    assert hello["num_connections"] == 1


def test_it_answers_every_greeting_of_the_demo_over_socket_mode() -> None:
    done = rxslack("demo", "--socket-mode", "--pace", "0.05")
    assert done.returncode == 0
    assert "3 greetings answered" in done.stdout


def test_it_ends_quietly_when_the_reader_has_seen_enough() -> None:
    with running("tail", "--simulate") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=20) == 0
        assert "Error" not in process.stderr.read()


def test_it_says_in_one_line_that_a_token_is_needed() -> None:
    done = rxslack("tail")
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(
        r"rxslack: .*SLACK_BOT_TOKEN.*--simulate; `rxslack doctor` .*\n", done.stderr
    )


def test_it_says_its_version() -> None:
    done = rxslack("--version")
    assert (done.returncode, done.stdout) == (0, f"rxslack {__version__}\n")


@pytest.mark.parametrize(
    ("name", "token", "begins"),
    [
        ("SLACK_APP_TOKEN", "xoxb-canary", "SLACK_APP_TOKEN takes the app-level token"),
        ("SLACK_BOT_TOKEN", "xapp-canary", "SLACK_BOT_TOKEN takes the bot's token"),
    ],
)
def test_it_says_where_a_token_belongs(name: str, token: str, begins: str) -> None:
    done = rxslack("tail", **{name: token})
    assert done.returncode == 2
    assert done.stderr.startswith(f"rxslack: {begins}")
    assert "canary" not in done.stderr
    assert done.stderr.count("\n") == 1


@on_posix
@pytest.mark.parametrize("by", ["option", "environment"])
def test_it_listens_where_it_is_told(slack: Workspace, by: str) -> None:
    """Over Socket Mode, where both tokens are set."""
    options = ["--base-url", slack.base_url] if by == "option" else []
    where = {"SLACK_BASE_URL": slack.base_url} if by == "environment" else {}
    tokens = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}
    with running("tail", "--type", "hello", *options, **tokens, **where) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["num_connections"] == 1
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
        assert process.returncode == 0


@on_posix
def test_it_says_what_it_waits_for_when_that_takes_longer_than_a_second(slack: Workspace) -> None:
    with (
        slack.faults.hold_hello(),
        running("tail", "--base-url", slack.base_url, SLACK_BOT_TOKEN=slack.bot_token) as process,
    ):
        assert process.stderr is not None
        assert process.stderr.readline() == f"rxslack: connecting to {slack.base_url} …\n"


@pytest.mark.parametrize("port", ["80000", "-1", "x"])
def test_it_says_that_a_port_is_none(port: str) -> None:
    done = rxslack("simulate", f"--port={port}")
    assert done.returncode == 2
    assert "not a port, which is from 0 to 65535" in done.stderr


def test_it_names_a_wrong_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["tail", "--simulate", "--match", "("])
    assert "not a regular expression" in capsys.readouterr().err


def test_it_says_what_is_wrong_with_a_token_and_not_the_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb- canary")
    assert main(["tail"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("rxslack: the token has characters that no token has; ")
    assert "canary" not in said
    assert said.count("\n") == 1


@on_posix
@pytest.mark.parametrize("seed", ["rxslack", ""])
def test_it_keeps_a_workspace_running_and_says_how_to_reach_it(seed: str) -> None:
    """With tokens that nobody can guess who does not know the seed; without one, nobody at all."""
    with Workspace(seed="rxslack") as other:
        guessed = other.bot_token
    with running(
        "simulate", "--port", "0", "--quiet", *(["--seed", seed] if seed else [])
    ) as process:
        assert process.stdout is not None
        text = ""
        while "slack_sdk" not in text:
            text += process.stdout.readline()
        base_url = re.findall(r"base URL +(\S+)", text)[0]
        token = re.findall(r"bot token +(\S+)", text)[0]
        assert (token == guessed) is bool(seed)
        with WebClient(token, base_url=base_url) as web:
            assert web.call("auth.test")["user"] == "greeter"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
        assert process.returncode == 0


@on_posix
def test_it_ends_by_sigterm_as_by_ctrl_c_before_anything_else_is_there() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), terminable():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


def test_it_may_be_called_by_more_names(monkeypatch: pytest.MonkeyPatch) -> None:
    made = dict[str, Any]()

    def workspace(**options: Any) -> Workspace:
        made.update(options)
        return Workspace()

    def ended(_: object) -> None:
        """As after a signal."""

    monkeypatch.setattr("rxslack.cli.simulate.run_until_end", ended)
    monkeypatch.setattr("rxslack.cli.simulate.Workspace", workspace)
    arguments = ["--allow-host", "slack.test", "--allow-host", "10.0.0.1"]
    assert main(["simulate", "--port", "0", "--quiet", *arguments]) == 0
    assert made["hosts"] == ["slack.test", "10.0.0.1"]


def test_it_says_that_a_port_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with Workspace() as slack:
        port = slack.base_url.split(":")[2].split("/")[0]
        assert main(["simulate", "--port", port]) == 1
    assert f"cannot listen on port {port}" in capsys.readouterr().err


@pytest.fixture
def odd_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    """One in which odd things happen, then an ordinary one."""
    events = [*ODD.values(), {"type": "message", "text": "after 🎉"}]
    monkeypatch.setattr("rxslack.cli.tail.client", nullcontext)

    def events_from(_: object) -> reactivex.Observable[Any]:
        return reactivex.from_iterable(events)

    monkeypatch.setattr("rxslack.cli.tail.events_from", events_from)


@pytest.mark.usefixtures("odd_workspace")
def test_it_prints_odd_events_in_a_line_each_that_drives_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["tail"]) == 0
    out = capsys.readouterr().out
    assert printable(out, lines=True) == out
    lines = [json.loads(line) for line in out.split("\n")[:-1]]
    assert len(lines) == len(ODD) + 1
    assert lines[0] == ODD["half of a surrogate pair"]
    assert lines[1] == ODD["control characters"]
    assert "after 🎉" in out


@pytest.mark.usefixtures("odd_workspace")
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_it_prints_json_where_the_terminal_is_not_in_utf_8(
    monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding))
    assert main(["tail", "--match", "after"]) == 0
    assert json.loads(raw.getvalue().decode("ascii")) == {"type": "message", "text": "after 🎉"}


def test_it_plays_the_demo_where_the_terminal_is_not_in_utf_8() -> None:
    done = rxslack("demo", "--pace", "0.02", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "SLACK_BOT_TOKEN=xoxb-\\u2026" in done.stdout


def test_it_says_in_one_line_what_an_error_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended_by(OSError(f"xoxb-test {HOSTILE}")) == 1
    err = capsys.readouterr().err
    assert printable(err, lines=True) == err
    assert err.count("\n") == 1
    assert "xoxb-test" not in err
