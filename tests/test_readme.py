"""The README, typed as it stands: its programs, its manifest and its commands."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Generator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import reactivex
from reactivex import Subject, operators as ops

import rxslack
import rxslack.cli
from rxslack.cli.doctor import USES
from rxslack.simulator import Workspace
from rxslack.web.client import WebClient

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
MOST = 9 * 1024  # bytes


@pytest.fixture
def readers(slack: Workspace, monkeypatch: pytest.MonkeyPatch) -> Generator[dict[str, Any]]:
    """The names that a reader's program has, with Slack's address pointing at the workspace."""
    clients: list[WebClient] = []
    acts = [lambda: greet(slack), lambda: ask_for_the_weather(slack), lambda: ask_a_model(slack)]

    def client(token: str, **options: Any) -> WebClient:
        clients.append(WebClient(token, base_url=slack.base_url, **options))
        return clients[-1]

    def run_for_an_act(stream: reactivex.Observable[Any], sink: Any = None) -> None:
        over = Subject[None]()
        person = Person(slack, acts.pop(0), over)
        person.start()
        run(stream.pipe(ops.take_until(over)), sink)
        person.join()
        assert person.error is None
        slack.wait_until(lambda: not slack.connections)

    run = rxslack.run
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
    monkeypatch.setattr(rxslack, "WebClient", client)
    monkeypatch.setattr(rxslack, "run", run_for_an_act)
    yield {"__name__": "readme"}
    assert not acts
    for each in clients:
        each.close()


class Person(Thread):
    """Does something in Slack once the bot listens, and then ends it."""

    def __init__(self, slack: Workspace, act: Callable[[], None], over: Subject[None]) -> None:
        super().__init__(daemon=True)
        self.error: AssertionError | None = None
        self._slack = slack
        self._act = act
        self._over = over

    def run(self) -> None:
        try:
            self._slack.wait_until(lambda: self._slack.connections)
            self._act()
        except AssertionError as error:
            self.error = error
        finally:
            self._over.on_next(None)


def greet(slack: Workspace) -> None:
    asked = slack.say("general", "alice", "Hello everybody")["ts"]
    slack.wait_until(lambda: len(slack.messages("general")) == 2)
    answer = slack.messages("general")[1]
    assert answer["text"] == f"Hi <@{slack.user_id('alice')}>!"
    assert answer["thread_ts"] == asked


def ask_for_the_weather(slack: Workspace) -> None:
    """A command, and the button in its answer."""
    slack.interactions.command("general", "bob", "/weather", "Bern").wait()
    slack.wait_until(lambda: slack.messages("general")[-1]["text"] == "It rains in Bern")
    ts = slack.messages("general")[-1]["ts"]
    slack.interactions.click("bob", "thanks", channel="general", ts=ts).wait()
    slack.wait_until(lambda: slack.messages("general")[-1]["text"] == "You are welcome")


def ask_a_model(slack: Workspace) -> None:
    slack.say("general", "alice", f"<@{slack.bot_user_id}> Well")
    slack.wait_until(lambda: slack.messages("general")[-1]["text"].rstrip().endswith("Well!"))


def test_it_runs_every_program_in_order(readers: dict[str, Any]) -> None:
    assert len(PROGRAMS) == 4
    for number, program in enumerate(PROGRAMS, 1):
        exec(compile(program, f"README.md, program {number}", "exec"), readers)


def test_it_can_be_read_at_one_sitting() -> None:
    assert len(README.encode()) <= MOST


def test_it_begins_with_the_commands_that_the_project_is_checked_by() -> None:
    """`.ci/run` takes the first line of the first two."""
    commands = re.findall(r"^```sh\n(.*?)\n```$", README, re.MULTILINE | re.DOTALL)
    assert commands[0].endswith("rxslack demo")
    assert commands[1].endswith("pytest -n 4")


def test_it_asks_for_the_scopes_that_the_doctor_looks_for() -> None:
    scopes = re.findall(r"bot: \[(.*?)\]", README)[0].split(", ")
    assert USES.keys() <= set(scopes)


def test_it_names_only_what_is_there() -> None:
    commands = re.findall(r"`rxslack (\w+)", README)
    known = rxslack.cli.parser().format_help()
    assert len(commands) > 3
    assert [name for name in commands if f" {name} " not in known] == []
    rooms = re.findall(r"`(rxslack\.\w+)`", README)
    for name in rooms:
        __import__(name)
    assert len(rooms) > 10


def test_its_links_work_where_it_lies_and_on_a_package_index() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    hook = project["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]
    indexed = README
    for each in hook["substitutions"]:
        indexed = re.sub(each["pattern"], each["replacement"], indexed)
    links = re.findall(r"\]\((.*?)\)", README)
    outside = [link for link in links if link.startswith("https://")]
    assert all((ROOT / link).is_file() for link in links if link not in outside)
    assert re.findall(r"\]\((.*?)\)", indexed) == outside
    assert len(links) > len(outside) > 1


@pytest.mark.slow
@pytest.mark.parametrize("checker", ["pyright", "mypy"])
def test_its_programs_pass_both_type_checkers_at_their_strictest(
    checker: str, tmp_path: Path
) -> None:
    (tmp_path / "bot.py").write_text("\n".join(PROGRAMS), encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    options = {
        "pyright": ["-p", ".", "--pythonpath", sys.executable],
        "mypy": ["--strict", "bot.py"],
    }
    command = [sys.executable, "-m", checker, *options[checker]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
