"""`rxslack demo`: the bot of the README answers in a simulated workspace."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from reactivex import Subject, operators as ops

from rxslack.cli.source import events_from
from rxslack.cli.words import Words
from rxslack.core.printable import printable
from rxslack.events import MessageEvent
from rxslack.operators.answering import reply
from rxslack.operators.typed import of_type
from rxslack.running.run import run as run_until_end
from rxslack.simulator import Workspace
from rxslack.simulator.chatter import Chatter, morning
from rxslack.sinks.post_message import post_message

__all__ = ["add_to", "demo"]

GREETINGS = 3  # in the scene that is played


def add_to(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "demo",
        help="watch a bot answer in a simulated workspace; no token, no network",
        description="Starts a Slack on this machine, lets its people talk, and runs the greeting "
        "bot of the README against it. Ends by itself, or on Ctrl-C.",
    )
    parser.add_argument(
        "--pace", type=float, default=0.5, metavar="SECONDS", help="between what people do (0.5)"
    )
    parser.add_argument(
        "--socket-mode", action="store_true", help="connect over Socket Mode in place of RTM"
    )
    parser.set_defaults(run=demo)


def greeting(event: MessageEvent) -> str:
    """What the bot says."""
    return f"Hi <@{event['user']}>!"


def say(line: str) -> None:
    """Print a line in one piece: events and answers come on threads of their own."""
    sys.stdout.write(printable(line, lines=True) + "\n")
    sys.stdout.flush()


def demo(arguments: argparse.Namespace) -> int:
    """Play the scene; status 1 when it came to its end and a greeting was left unanswered."""
    answers: list[Any] = []
    over = Subject[str]()
    ended: list[str] = []
    with Workspace() as slack:
        words = Words(slack)
        chatter = Chatter(
            slack, morning(), pace=arguments.pace, done=lambda: over.on_next("played")
        )

        def show(event: Mapping[str, Any]) -> None:
            say(f"  <- {words.event(event)}")
            if event["type"] == "hello":
                chatter.start()

        def tell(answer: Any) -> None:
            answers.append(answer)
            say(f"  -> {words.answer(answer)}")

        greetings = events_from(slack.app if arguments.socket_mode else slack.web).pipe(
            ops.do_action(show),
            ops.take_until(over.pipe(ops.do_action(ended.append))),
            of_type(MessageEvent, lambda e: "Hello" in e["text"]),
            ops.map(reply(greeting)),
        )
        say(f"A Slack on this machine: {slack.base_url}\n")
        with chatter:
            run_until_end(greetings.pipe(post_message(slack.web)), tell)
    print(f"\n{len(answers)} greetings answered, each in its thread.")
    print("Next: `rxslack tail --simulate`, or your own workspace: SLACK_BOT_TOKEN=… rxslack tail")
    return 1 if ended and len(answers) < GREETINGS else 0
