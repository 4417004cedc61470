"""`rxslack record`: events into a file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Generator, Iterable
from typing import Any

import reactivex
from reactivex import Observable, operators as ops

from rxslack.cli.lines import ProgressLine
from rxslack.cli.source import TOKENS, add_simulate, client, events_from
from rxslack.past.record import record as record_into
from rxslack.running.run import run as run_until_end

__all__ = ["add_to", "record"]


def add_to(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "record",
        help="write events into a file, with their times",
        description="Writes what happens in a workspace into a file, for `rxslack replay`; secrets "
        f"are masked. The token comes from the environment variable {TOKENS}. Ctrl-C ends it.",
    )
    parser.add_argument("file", help="to append to; a name in .gz is compressed")
    parser.add_argument("--anew", action="store_true", help="begin the file anew")
    add_simulate(parser)
    parser.add_argument(
        "--stdin", action="store_true", help="events come as JSON lines from a pipe; no token"
    )
    parser.set_defaults(run=record)


def record(arguments: argparse.Namespace) -> int:
    """Record until Ctrl-C, the end of the pipe, or an error that no new connection mends."""
    if arguments.stdin:
        write(reactivex.from_iterable(events_of(sys.stdin)), arguments)
    else:
        with client(arguments) as web:
            write(events_from(web), arguments)
    return 0


def write(events: Observable[dict[str, Any]], arguments: argparse.Namespace) -> None:
    """The pipeline: record, and count."""
    with ProgressLine("recorded") as progress:
        recorded = events.pipe(
            record_into(arguments.file, append=not arguments.anew),
            ops.do_action(lambda _: progress.add()),
        )
        run_until_end(recorded)


def events_of(lines: Iterable[str]) -> Generator[dict[str, Any]]:
    """The events in JSON lines; what is none becomes an `rxslack.unreadable` one."""
    for line in lines:
        if not line.strip():
            continue
        try:
            event: Any = json.loads(line)
        except (ValueError, RecursionError) as error:
            event = str(error)
        if isinstance(event, dict):
            yield event
        else:
            reason = event if isinstance(event, str) else "not a JSON object"
            yield {"type": "rxslack.unreadable", "data": line, "error": reason}
