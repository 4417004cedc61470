"""`rxslack replay`: a recording as JSON lines."""

from __future__ import annotations

import argparse
import math
import sys
from typing import Any

from reactivex import operators as ops

from rxslack.cli.lines import ProgressLine, add_choice, as_line, chosen, printer
from rxslack.past.replay import replay as replay_from
from rxslack.running.run import run as run_until_end

__all__ = ["add_to", "replay"]


def add_to(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "replay",
        help="print the events of a recording",
        description="Prints what `rxslack record` wrote, one JSON object a line, at once or as fast "
        "as it happened.",
    )
    parser.add_argument("file", help="a recording, compressed or not")
    parser.add_argument(
        "--speed", type=factor, default=math.inf, help="1: as it happened; 100: a hundred times"
    )
    add_choice(parser)
    parser.set_defaults(run=replay)


def factor(text: str) -> float:
    """A speed; argparse turns the error into one line."""
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not speed > 0:
        raise argparse.ArgumentTypeError(f"not a number above 0: {text}")
    return speed


def replay(arguments: argparse.Namespace) -> int:
    """Print the recording."""
    # At infinite speed `replay` plays before `subscribe` returns, deaf to Ctrl-C and to a closed pipe.
    speed = min(arguments.speed, sys.float_info.max)
    with ProgressLine("replayed") as progress:
        events = replay_from(arguments.file, speed=speed).pipe(
            ops.do_action(lambda _: progress.add()),
            ops.filter(chosen(arguments)),
            ops.map(as_line),
        )
        run_until_end(events, printer(flush=math.isfinite(arguments.speed)))
    return 0
