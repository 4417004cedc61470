"""
The command `rxslack`: arguments, one pipeline, print.

| command | does |
|---|---|
| `rxslack demo` | shows a bot at work in a simulated workspace; `--open` in a browser |
| `rxslack doctor` | checks tokens, scopes, Socket Mode, clock, proxy and TLS, and says what to do next |
| `rxslack tail` | prints events as JSON lines; `--type`, `--match REGEX` |
| `rxslack record FILE` | writes events into a file, with their times; `--anew`, `--stdin` |
| `rxslack replay FILE` | prints a recording as JSON lines; `--speed`, `--type`, `--match REGEX` |
| `rxslack log WHERE` | says how a log of events fares; `--dead GROUP`, `--replay GROUP --since 2h`, `--forget GROUP` |
| `rxslack run MODULE:NAME` | runs a pipeline as a service; `--serve`, `--json-logs`, `--otel`, `--reload`, `--simulate` |
| `rxslack simulate` | keeps a simulated workspace running; `--open`, `--chat`, `--port`, `--quiet`, `--seed`, `--allow-host` |

`simulate` prints the address of a page that shows the workspace, which `--open` opens: one is somebody there, sees
what the bot says and what Slack hears of it, and switches faults on. `--chat` is the same in the terminal. See
`rxslack.simulator`.

`doctor`, `tail` and `record` take an app-level token from `SLACK_APP_TOKEN`, which opens Socket Mode, and a bot's from
`SLACK_BOT_TOKEN`, which alone opens the RTM of a classic app. `--simulate` runs them in a simulated workspace, and
`--base-url`, or `SLACK_BASE_URL`, beside a Slack that is elsewhere, such as `rxslack simulate`.

Exit status: 0, also after Ctrl-C or when the reader of a pipe has seen enough; 1 after an error, and when
`doctor` has found something; 2 for wrong usage, a missing token included. `python -m rxslack` is the same.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from rxslack import __version__
from rxslack.cli import demo, doctor, log, record, replay, run, simulate, tail
from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.errors import SlackError

__all__ = ["main"]

COMMANDS = (demo, doctor, tail, record, replay, log, run, simulate)


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run a subcommand.

    Args:
        arguments: of the command line. Default: those of this process.

    Returns: the exit status: 0, or 1 after an error. Wrong usage, a missing token included, raises
    `SystemExit(2)`, as argparse does.
    """
    take_any_text()
    chosen = parser().parse_args(arguments)
    try:
        status: int = chosen.run(chosen)
        sys.stdout.flush()
    except (SlackError, OSError) as error:
        return ended_by(error)
    except KeyboardInterrupt:  # the second one; the first ends a run cleanly
        return 130
    return status


def take_any_text() -> None:
    """
    Let no letter end a command that the terminal has no bytes for, or that stdin's bytes are not.

    Each becomes a backslash escape. JSON lines are UTF-8, whatever the terminal is.
    """
    ways = {"errors": "backslashreplace"}
    for stream, how in (
        (sys.stdout, ways),
        (sys.stderr, ways),
        (sys.stdin, {"encoding": "utf-8", **ways}),
    ):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # in a test it may be any other stream
            reconfigure(**how)


def ended_by(error: Exception) -> int:
    """Say what went wrong, in one line. A reader who has seen enough is no trouble."""
    if isinstance(error, BrokenPipeError):
        # Python flushes stdout once more at exit, into the pipe that is gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    print(f"rxslack: {printable(masked(str(error)))}", file=sys.stderr)
    return 1


def parser() -> argparse.ArgumentParser:
    """All subcommands and their options."""
    top = argparse.ArgumentParser(
        prog="rxslack",
        description="Slack's real-time websocket as a stream of events.",
    )
    top.add_argument("--version", action="version", version=f"rxslack {__version__}")
    subcommands = top.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(subcommands)
    return top
