"""What somebody did with the app, and what came back."""

from __future__ import annotations

import time
from typing import Any

import pytest
from reactivex import Subject, operators as ops

from rxslack.operators import acknowledgement, slash_commands
from rxslack.simulator import Workspace
from rxslack.simulator.http.replies import show_reply
from rxslack.sources import socket_mode


def test_it_is_waited_for_until_the_answer_can_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def show_late(*arguments: Any) -> Any:
        time.sleep(0.2)  # on purpose: that is how late it is
        return show_reply(*arguments)

    monkeypatch.setattr("rxslack.simulator.interactions.sender.show_reply", show_late)
    with Workspace() as slack:
        answers = Subject[Any]()
        stream = socket_mode(slack.app, acknowledge={"slash_commands": "by_hand"}, answers=answers)
        answer = stream.pipe(slash_commands(), ops.map(acknowledgement("Sunny")))
        with answer.subscribe(answers.on_next):
            slack.wait_until(lambda: slack.connections)
            command = slack.interactions.command("general", "alice", "/weather")
            assert command.wait() == {"text": "Sunny"}
            assert command.replies == [{"text": "Sunny"}]
