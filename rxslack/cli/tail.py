"""`rxslack tail`: events as JSON lines."""

from __future__ import annotations

import argparse
from typing import Any

from reactivex import operators as ops

from rxslack.cli.lines import add_choice, as_line, chosen, printer
from rxslack.cli.source import TOKENS, add_simulate, client, events_from
from rxslack.running.run import run as run_until_end

__all__ = ["add_to", "tail"]


def add_to(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "tail",
        help="print events as JSON lines",
        description="Prints what happens in a workspace, one JSON object a line. The token comes "
        f"from the environment variable {TOKENS}.",
    )
    add_simulate(parser)
    add_choice(parser)
    parser.set_defaults(run=tail)


def tail(arguments: argparse.Namespace) -> int:
    """Print events until Ctrl-C, or until an error that no new connection mends."""
    with client(arguments) as web:
        events = events_from(web).pipe(ops.filter(chosen(arguments)), ops.map(as_line))
        run_until_end(events, printer(flush=True))
    return 0
