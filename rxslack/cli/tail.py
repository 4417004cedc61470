"""`rxslack tail`: events as JSON lines."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from reactivex import operators as ops

from rxslack.masking import masked
from rxslack.operators import reconnect
from rxslack.run import run as run_until_end
from rxslack.simulator import Workspace
from rxslack.simulator.chatter import Chatter, small_talk
from rxslack.sources.rtm import rtm
from rxslack.web import WebClient

__all__ = ["add_to", "client", "tail"]

TOKEN = "SLACK_BOT_TOKEN"


def add_to(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "tail",
        help="print events as JSON lines",
        description="Prints what happens in a workspace, one JSON object a line. The token comes "
        f"from the environment variable {TOKEN}.",
    )
    parser.add_argument("--simulate", action="store_true", help="a simulated workspace; no token")
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
        events = rtm(web).pipe(
            reconnect(), ops.filter(wanted(arguments.type, arguments.match)), ops.map(as_line)
        )
        run_until_end(events, write)
    return 0


@contextmanager
def client(arguments: argparse.Namespace) -> Generator[WebClient]:
    """The workspace that is meant: a simulated one with people in it, or the token's."""
    if arguments.simulate:
        with Workspace() as slack, Chatter(slack, small_talk(), pace=0.5) as chatter:
            print(f"A Slack on this machine: {slack.base_url}", file=sys.stderr)
            chatter.start()
            yield slack.web
        return
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        print(
            f"rxslack: no token; set {TOKEN} to that of a classic app, or add --simulate",
            file=sys.stderr,
        )
        raise SystemExit(2)
    with WebClient(token) as web:
        yield web


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
