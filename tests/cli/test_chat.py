"""The simulated workspace in a terminal: what is shown, and what a typed line does."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import rxslack
from rxslack.cli.chat import Chat
from rxslack.simulator import Workspace
from tests.simulator.page.bots import blocks, button, greeter, orders


class Screen:
    """A chat, and the lines that it has shown."""

    def __init__(self, slack: Workspace) -> None:
        self.lines: list[str] = []
        self._slack = slack
        self.chat = Chat(slack, self.lines.append)
        self.chat.start()

    def take(self, *lines: str) -> None:
        for line in lines:
            self.chat.take(line)

    def reads(self, wanted: str) -> str:
        """The line that has it, once there is one."""
        return self._slack.wait_until(
            lambda: next((line for line in self.lines if wanted in line), ""), 30.0
        )


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace() as slack:
        yield slack


@pytest.fixture
def screen(slack: Workspace) -> Screen:
    return Screen(slack)


def test_a_bot_that_ignores_bots_answers_what_is_typed(slack: Workspace, screen: Screen) -> None:
    with greeter(slack):
        screen.take("Hello @bob")
        assert screen.reads("Hello @bob") == "#general 1 alice: Hello @bob"
        assert screen.reads("Hi @alice!") == "#general 2 (to 1) greeter (app): Hi @alice!"
    assert rxslack.is_from_person(slack.messages("general")[0])


def test_one_is_somebody_else_and_elsewhere(slack: Workspace, screen: Screen) -> None:
    screen.take(":as bob", ":in random", "hi all")
    assert screen.chat.prompt() == "bob #random> "
    screen.reads("#random 1 bob: hi all")
    screen.take(":dm alice", "psst")
    screen.reads("@alice 2 bob: psst")
    assert slack.messages("random")[0]["user"] == slack.user_id("bob")


def test_it_answers_reacts_edits_and_deletes_by_number(slack: Workspace, screen: Screen) -> None:
    screen.take("first")
    screen.reads("first")
    screen.take(":reply 1 second", ":react 1 tada", ":edit 1 *changed*")
    screen.reads("(to 1) alice: second")
    screen.reads("(changed) *changed* [:tada:1]")
    screen.take(":delete 2")
    screen.reads("2 was deleted")
    first = slack.messages("general")[0]
    assert (first["text"], first["reactions"][0]["name"]) == ("*changed*", "tada")


def test_a_button_is_pressed_by_its_number(slack: Workspace, screen: Screen) -> None:
    with orders(slack):
        slack.web.call(
            "chat.postMessage",
            channel=slack.channel_id("general"),
            text="x",
            blocks=blocks(slack.user_id("alice")),
        )
        line = screen.reads("Approve")
        number = line.partition("] Approve")[0].rpartition("[")[2]
        screen.take(f":{number}")
        screen.reads("approve was pressed")
    assert "[picture: load over time]" in "\n".join(screen.lines)
    assert "Service | Calls" in "\n".join(screen.lines)


def test_a_command_opens_a_dialog_that_is_filled_in_and_sent(
    slack: Workspace, screen: Screen
) -> None:
    with orders(slack):
        screen.take("/lunch please")
        screen.reads(":submit (Order)")
        numbers = {
            name: screen.reads(f"{name}:").partition("[")[2].partition("]")[0]
            for name in ("Dish", "Size", "Extras")
        }
        screen.take(f":{numbers['Dish']} stone", f":{numbers['Size']} large")
        screen.take(f":{numbers['Extras']} salt, bread", ":submit")
        screen.reads("! dish: That cannot be eaten")
        screen.take(f":{numbers['Dish']} soup", ":submit")
        screen.reads("Ordered: soup, large, salt bread")
        screen.reads("* the dialog is closed")


def test_it_shows_who_is_in_a_huddle(slack: Workspace, screen: Screen) -> None:
    slack.begin_huddle("general", "alice")
    screen.reads("Slackbot: in a huddle: alice".lower())
    slack.leave_huddle("general", "alice")
    screen.reads("the huddle has ended")


def test_it_shows_what_only_one_sees_and_presses_its_button(
    slack: Workspace, screen: Screen
) -> None:
    with orders(slack):
        slack.web.call(
            "chat.postEphemeral",
            channel=slack.channel_id("general"),
            user=slack.user_id("alice"),
            text="for you",
            blocks=[{"type": "actions", "elements": [button("secret", "Press")]}],
        )
        screen.reads("(only you see this) for you")
        number = screen.reads("] Press").partition("[")[2].partition("]")[0]
        screen.take(f":{number}")
        screen.reads("secret was pressed")


def test_it_shows_what_a_bot_did_wrong_and_switches_faults(
    slack: Workspace, screen: Screen
) -> None:
    with pytest.raises(rxslack.ApiError):
        slack.web.call("chat.postMessage", channel="nowhere", text="x")
    screen.reads("! chat.postMessage: channel_not_found")
    screen.take(":fault fail method=api.test error=fatal_error")
    screen.reads("* faults: fail")
    with pytest.raises(rxslack.ApiError, match="fatal_error"):
        slack.web.call("api.test")
    screen.take(":end 1")
    assert slack.web.call("api.test")["ok"]
    before = slack.clock()
    screen.take(":later 8h")
    assert slack.clock() >= before + 8 * 3600


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (":nope", "there is no :nope"),
        (":as mallory", "nobody is called 'mallory'"),
        (":in nowhere", "no channel is called 'nowhere'"),
        (":7", "no element has the number '7'"),
        (":reply 7 x", "no message has the number '7'"),
        (":later soon", "say how much later"),
        (":submit", "no dialog open"),
        ("/nobody", "the app did not"),  # respond, or acknowledge it: whichever is said first
    ],
)
def test_it_says_what_is_wrong_with_a_line(screen: Screen, line: str, why: str) -> None:
    screen.take(line)
    assert why in screen.reads("! ")


def test_it_shows_no_control_characters() -> None:
    done = typed("\x1b[2J said\n")
    assert "\x1b" not in done.stdout
    assert "\\u001b[2J said" in done.stdout


COMMAND = [sys.executable, "-m", "rxslack", "simulate", "--chat", "--port", "0"]


def typed(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        COMMAND, input=text, capture_output=True, text=True, timeout=60, check=False
    )


def test_it_ends_with_its_input() -> None:
    done = typed("Hello\n:quit\nnot said\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "#general 1 alice: Hello" in done.stdout
    assert "not said" not in done.stdout
    assert typed("").returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signals to other processes")
def test_it_ends_on_ctrl_c_with_status_0() -> None:
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while ":help" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a terminal to type into")
def test_it_keeps_what_is_typed_below_what_comes() -> None:
    pty: Any = pytest.importorskip("pty")
    mine, theirs = pty.openpty()
    with subprocess.Popen(COMMAND, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        seen = until(mine, b"alice #general> ")
        os.write(mine, b"Hello\n")
        seen += until(mine, b"#general 1 alice: Hello\r\nalice #general> ")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    os.close(mine)
    assert b"Traceback" not in seen


def until(terminal: int, wanted: bytes) -> bytes:
    """What comes out of a terminal, up to that."""
    seen = b""
    while wanted not in seen:
        ready, _, _ = select.select([terminal], [], [], 30)
        assert ready, seen
        seen += os.read(terminal, 4096)
    return seen


def test_it_is_subscribed_before_anything_is_typed(slack: Workspace) -> None:
    """What somebody types at once is shown."""
    for number in range(20):
        screen = Screen(slack)
        screen.take(f"number {number}")
        screen.reads(f"number {number}")
