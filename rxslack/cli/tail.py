"""`rxslack tail`: events as JSON lines."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from reactivex import operators as ops

from rxslack.cli.source import TOKENS, add_simulate, client, events_from
from rxslack.masking import masked
from rxslack.run import run as run_until_end

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
    parser.add_argument(
        "--type", action="append", metavar="TYPE", help="only events of this type; may be repeated"
    )
    parser.add_argument(
        "--match", type=pattern, metavar="REGEX", help="only events whose text has this in it"
    )
    parser.set_defaults(run=tail)


def pattern(text: str) -> re.Pattern[str]:
    """A regular expression; argparse turns the error into one line."""
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"not a regular expression: {error}") from error


def tail(arguments: argparse.Namespace) -> int:
    """Print events until Ctrl-C, or until an error that no new connection mends."""
    with client(arguments) as web:
        events = events_from(web).pipe(
            ops.filter(wanted(arguments.type, arguments.match)), ops.map(as_line)
        )
        run_until_end(events, write)
    return 0


def wanted(
    types: list[str] | None, text: re.Pattern[str] | None
) -> Callable[[Mapping[str, Any]], bool]:
    """Whether an event is to be printed."""

    def check(event: Mapping[str, Any]) -> bool:
        said = event.get("text")
        return (types is None or event["type"] in types) and (
            text is None or (isinstance(said, str) and text.search(said) is not None)
        )

    return check


def as_line(event: Mapping[str, Any]) -> str:
    r"""
    An event as a line of JSON, with stars for the secrets in it.

    >>> as_line({"type": "reconnect_url", "url": "wss://example.com/secret"})
    '{"type": "reconnect_url", "url": "wss://***"}\n'
    """
    return masked(json.dumps(event, ensure_ascii=False)) + "\n"


def write(line: str) -> None:
    """Print a line at once, so that a pipe's reader sees it when it happens."""
    sys.stdout.write(line)
    sys.stdout.flush()
