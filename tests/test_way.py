"""
How many files and functions of the package an event passes on its way.

A reader who wants to know what becomes of an event opens each of them. So their number is held, and
`pytest -s tests/test_way.py` prints them.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from reactivex import operators as ops

import rxslack
from rxslack.simulator import Limits, Workspace

ROOT = Path(rxslack.__file__).parent
NOT_THE_WAY = ("simulator", "web/serving.py")  # on Slack's side of it, here

GREETING = 29  # files, from the socket to chat.postMessage and back, with the echo of the post
GAP = 44  # files, from the end of a connection to the message that was said meanwhile; one of them on a busy machine only


class Way:
    """What was called, by file, while somebody wanted to know."""

    def __init__(self) -> None:
        self.passed: dict[str, set[str]] = {}
        self.recording = False

    def profile(self, frame: FrameType, event: str, _: Any) -> None:
        """Python calls this for each call in each thread."""
        if event != "call" or not self.recording:
            return
        path = Path(frame.f_code.co_filename)
        file = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""
        if file and not file.startswith(NOT_THE_WAY):
            self.passed.setdefault(file, set()).add(frame.f_code.co_qualname)

    @contextmanager
    def known(self) -> Generator[None]:
        """Let every thread that starts from here on say what it calls."""
        threading.setprofile(self.profile)
        sys.setprofile(self.profile)
        try:
            yield
        finally:
            threading.setprofile(None)
            sys.setprofile(None)

    def of(self, doing: Callable[[], object]) -> str:
        """Do it, and give the account of what was passed meanwhile."""
        self.recording = True
        doing()
        self.recording = False
        functions = sum(map(len, self.passed.values()))
        lines = [f"{len(self.passed)} files, {functions} functions"]
        for file, names in sorted(self.passed.items()):
            lines.append(f"  {file}: {', '.join(sorted(names))}")
        return "\n".join(lines)


def test_a_greeting_passes_few_files() -> None:
    way = Way()
    with way.known(), Workspace(limits=Limits.off()) as slack:
        answered: list[Any] = []
        greetings = rxslack.rtm(slack.web).pipe(
            rxslack.reconnect(),
            rxslack.of_type(rxslack.MessageEvent, lambda e: "Hello" in e["text"]),
            ops.map(rxslack.reply(lambda _: "Hi!")),
            rxslack.post_message(slack.web),
        )
        with greetings.subscribe(answered.append):
            slack.wait_until(lambda: slack.connections)

            def greet() -> None:
                before = len(answered)
                slack.say("general", "alice", "Hello")
                slack.wait_until(lambda: len(answered) > before)

            greet()  # what happens but once is over
            story = way.of(greet)
    print(story)  # noqa: T201 - shown by `pytest -s`
    assert len(way.passed) <= GREETING, story


def test_a_gap_passes_few_files() -> None:
    way = Way()
    with way.known(), Workspace(limits=Limits.off()) as slack:
        heard: list[Any] = []
        stream = rxslack.rtm(slack.web).pipe(
            rxslack.reconnect(lambda: rxslack.backoff(0.01, 0.01)),
            rxslack.backfill(slack.user_web, settle=0.05, margin=0.5),
        )
        with stream.subscribe(heard.append):
            slack.wait_until(lambda: slack.connections)

            def lose() -> None:
                before = len(filled(heard))
                slack.connections[0].hang_up()
                said = slack.say("general", "alice", f"while nobody listened {before}")
                slack.wait_until(lambda: len(filled(heard)) > before)
                assert said["ts"] in [item.get("ts") for item in heard]

            lose()
            story = way.of(lose)
    print(story)  # noqa: T201 - shown by `pytest -s`
    assert len(way.passed) <= GAP, story


def filled(heard: list[Any]) -> list[Any]:
    return [item for item in heard if item["type"] == "rxslack.backfilled"]


def test_the_names_at_the_head_of_the_package_are_there() -> None:
    """A reader who is told a place finds it."""
    told = re.findall(
        r"`([a-z_.]+)`(?: and `[a-z_.]+`)?: `(\w+)`",
        str(rxslack.__doc__).partition("Where things")[2],
    )
    assert len(told) > 3
    for module, name in told:
        path = ROOT.joinpath(*module.split("."))
        files = [path.with_suffix(".py")] if path.with_suffix(".py").exists() else path.glob("*.py")
        assert any(re.search(rf"(class|def) {name}\b", file.read_text()) for file in files), name
