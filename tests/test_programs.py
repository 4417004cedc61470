"""Programs as users write them, each run in a simulated workspace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from rxslack.simulator import Workspace
from rxslack.testing import Marbles
from tests.desk_storm import storm

HERE = Path(__file__).parent / "programs"
PROGRAMS = sorted(HERE.glob("*.py"))
MOST = 60  # lines
SHORTER = {"desk": 40}  # all of a service


def program(name: str) -> Any:
    spec = spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_it_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= SHORTER.get(path.stem, MOST)


def test_it_answers_questions_in_their_threads(slack: Workspace) -> None:
    with program("questions").answers(slack.app, slack.web).subscribe():
        slack.wait_until(lambda: slack.connections)
        slack.say("general", "alice", "Good morning")
        asked = slack.say("general", "alice", "What is the password of the wifi?")["ts"]
        slack.wait_until(lambda: len(slack.messages("general")) == 3)
    answer = slack.messages("general")[-1]
    assert (answer["text"], answer["thread_ts"]) == ("It is on the board in the kitchen.", asked)


def test_it_opens_a_dialog_by_a_button_and_tells_what_was_written(slack: Workspace) -> None:
    with program("on_call").on_call(slack.app, slack.web).subscribe():
        slack.wait_until(lambda: slack.connections)
        slack.interactions.command("general", "alice", "/page", "the site is down")
        slack.wait_until(lambda: slack.messages("general"))
        page = slack.messages("general")[0]
        slack.interactions.click("bob", "take", channel="general", ts=page["ts"])
        slack.wait_until(lambda: slack.interactions.view("bob"))
        slack.interactions.submit("bob", {"note": {"text": {"value": "A disk is full"}}})
        slack.wait_until(lambda: len(slack.messages("general")) == 2)
        slack.wait_until(lambda: slack.interactions.view("bob") is None)
    note = slack.messages("general")[1]
    assert note["text"] == f"<@{slack.user_id('bob')}>: A disk is full"
    assert note["thread_ts"] == page["ts"]


def test_it_writes_an_answer_while_it_grows(slack: Workspace) -> None:
    with program("streamed").answers(slack.app, slack.web).subscribe():
        slack.wait_until(lambda: slack.connections)
        slack.say("general", "alice", f"<@{slack.bot_user_id}> What is the time?")
        slack.wait_until(lambda: len(slack.messages("general")) == 2)
        slack.wait_until(lambda: "time?" in slack.messages("general")[1]["text"])
    asked, answer = slack.messages("general")
    assert answer["text"].startswith("You have asked:")
    assert answer["thread_ts"] == asked["ts"]


def test_it_draws_what_was_said_in_a_window() -> None:
    """One chart for each window in which somebody spoke."""
    marbles = Marbles()
    said: dict[str, Any] = {
        name: {"type": "message", "channel": channel, "user": "U1", "text": "Hi", "ts": ts}
        for name, channel, ts in (("a", "C1", "60.0"), ("b", "C1", "61.0"), ("c", "C2", "62.0"))
    }
    events = marbles.cold("-abc------|", **said)

    seen = marbles.run(program("analytics").summaries(events, "C9", 5.0))
    assert seen.marbles == "-----A----|"
    (upload,) = seen.items
    assert upload["channel"] == "C9"
    assert upload["content"].count("<rect") == 2
    assert 'width="8"' in upload["content"]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals to other processes")
def test_it_serves_until_sigterm_and_loses_nothing(slack: Workspace, tmp_path: Path) -> None:
    """What a first process accepts and cannot post, a second one does."""
    environment = {
        **os.environ,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_BASE_URL": slack.base_url,
        "STATE_DIRECTORY": str(tmp_path),
    }
    command = [sys.executable, str(HERE / "service.py")]

    def serving() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)

    with slack.faults.rate_limit("chat.postMessage", retry_after=60), serving() as process:
        slack.wait_until((tmp_path / "connected").exists)
        slack.say("general", "alice", f"<@{slack.bot_user_id}> Is anybody there?")
        slack.wait_until(lambda: slack.calls("chat.postMessage"))
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert not (tmp_path / "connected").exists()
    assert slack.bot_token.encode() not in said
    assert len(slack.messages("general")) == 1

    with serving() as process:
        slack.wait_until(lambda: len(slack.messages("general")) == 2)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert slack.messages("general")[1]["text"].endswith("Is anybody there?")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_it_agrees_with_the_simulator_however_often_it_is_killed() -> None:
    """`python -m tests.desk_storm` kills it a hundred times."""
    outcome = storm(kills=3)
    assert outcome.differences == []
