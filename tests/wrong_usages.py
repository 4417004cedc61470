"""
What is said to whoever uses rxslack wrongly: ``python -m tests.wrong_usages`` prints it, with the exit status.

Each usage is a program or a command of its own, run as users run it, with nothing in reach but this machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["COMMANDS", "PROGRAMS", "Outcome", "outcome_of_command", "outcome_of_program"]

PROGRAMS: Final = {
    "a token for a client": 'rxslack.rtm("xoxb-test")',
    "a word for a token": 'rxslack.WebClient("hello")',
    "a client for a stream": "rxslack.run(web, print)",
    "a misspelt attribute": "web.bas_url",
    "a misspelt name": "rxslack.post_mesage",
    "a bot's token for Socket Mode": "rxslack.socket_mode(web).run()",
    "an app's token for RTM": 'rxslack.rtm(rxslack.WebClient("xapp-test")).run()',
    "an operator without parentheses": "reactivex.never().pipe(rxslack.reconnect)",
    "a filter without parentheses": "reactivex.never().pipe(rxslack.distinct)",
    "a sink without its client": "reactivex.never().pipe(rxslack.post_message)",
    "a name for an event's class": 'rxslack.of_type("message")',
    "an event for a sink": "rxslack.run(reactivex.of(event), rxslack.post_message(web))",
    "a text for a sink": 'rxslack.run(reactivex.of("Hello"), rxslack.post_message(web))',
    "a coroutine function in ops.map": (
        "rxslack.run(reactivex.of(event).pipe(ops.map(work)), rxslack.post_message(web))"
    ),
    "a bug in ops.map": 'rxslack.run(reactivex.of(event).pipe(ops.map(lambda e: e["txt"])))',
}

COMMANDS: Final[dict[str, list[str]]] = {
    "no token": ["tail"],
    "a token that is none": ["SLACK_BOT_TOKEN=hello", "tail"],
    "each token in the other's place": [
        "SLACK_APP_TOKEN=xoxb-test",
        "SLACK_BOT_TOKEN=xapp-test",
        "tail",
    ],
    "a port that is none": ["simulate", "--port", "80000"],
    "a pattern that is none": ["tail", "--simulate", "--match", "("],
    "a file that is not there": ["replay", "nowhere"],
    "a file that is no recording": ["replay", "garbage"],
    "a misspelt command": ["taill"],
}

_PREAMBLE: Final = """\
import reactivex
from reactivex import operators as ops
import rxslack
web = rxslack.WebClient("xoxb-test", base_url="http://127.0.0.1:9/api/")
event = {"type": "message", "channel": "C1", "user": "U1", "ts": "1.000000", "text": "Hello"}
async def work(event): return {"channel": "C1", "text": "Hello"}
"""


class Outcome(NamedTuple):
    """The exit status, and the last line that is said."""

    status: int
    said: str


def outcome_of_program(program: str) -> Outcome:
    """Run one of `PROGRAMS`."""
    return _outcome(["-c", _PREAMBLE + program], {})


def outcome_of_command(words: list[str]) -> Outcome:
    """Run one of `COMMANDS`; what has a `=` in it is of the environment."""
    given = [word for word in words if "=" not in word]
    environment = dict(word.split("=") for word in words if "=" in word)
    program = "import sys; from rxslack.cli import main; sys.exit(main())"
    return _outcome(["-c", program, *given], environment)


def _outcome(arguments: list[str], added: dict[str, str]) -> Outcome:
    inherited = {name: value for name, value in os.environ.items() if "SLACK" not in name}
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**inherited, "PYTHONPATH": paths, **added}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "garbage").write_bytes(b"\x89PNG\r\n")
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env=environment,
            timeout=60,
        )
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return Outcome(done.returncode, lines[-1] if lines else "")


def main() -> None:
    """Print all."""
    rows = [(name, outcome_of_program(program)) for name, program in PROGRAMS.items()]
    rows += [(f"rxslack: {name}", outcome_of_command(words)) for name, words in COMMANDS.items()]
    for name, (status, said) in rows:
        sys.stdout.write(f"{name}\n  {status}  {said or 'nothing'}\n")


if __name__ == "__main__":
    main()
