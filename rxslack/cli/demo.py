"""`rxslack demo`: the bot of the README answers in a simulated workspace."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from reactivex import Subject, operators as ops

from rxslack.cli.simulate import open_page
from rxslack.cli.source import events_from
from rxslack.core.printable import printable
from rxslack.events import MessageEvent
from rxslack.operators.answering import reply
from rxslack.operators.typed import of_type
from rxslack.running.run import run as run_until_end
from rxslack.simulator import Workspace
from rxslack.simulator.chatter import Chatter, morning
from rxslack.sinks.post_message import post_message

__all__ = ["Words", "add_to", "demo"]


class Words:
    """
    Tells events of a simulated workspace in a line each, with names in place of ids.

    Args:
        slack: knows the names.
    """

    def __init__(self, slack: Workspace) -> None:
        self._names = {slack.user_id(name): name for name in ("alice", "bob", "carol")}
        self._channels = {slack.channel_id(name): f"#{name}" for name in ("general", "random")}
        self._bot = slack.bot_user_id

    def event(self, event: Mapping[str, Any]) -> str:
        """
        What came.

        A subtype is named; a message without text, as an edit or a deletion, has only its name.
        """
        kind = ":".join(filter(None, (event["type"], event.get("subtype"))))
        who = self._names.get(event.get("user", ""), event.get("username", ""))
        item: Mapping[str, Any] = event.get("item") or {}
        where = self._channels.get(event.get("channel") or item.get("channel", ""), "")
        thread = "in a thread" if event.get("thread_ts", event.get("ts")) != event.get("ts") else ""
        what = event.get("text") or event.get("reaction") or ""
        return f"{kind:<24}{' '.join(filter(None, (where, who, thread)))}{what and f': {self.text(what)}'}"

    def answer(self, reply: Mapping[str, Any]) -> str:
        """What was posted, from Slack's reply or from a failure."""
        if reply.get("type") == "rxslack.failure":
            return f"{'not posted':<24}{reply['error']}"
        message = reply["message"]
        where = self._channels.get(reply["channel"], reply["channel"])
        return f"{'chat.postMessage':<24}{where} in the thread: {self.text(message['text'])}"

    def text(self, text: str) -> str:
        """A text with people's names in place of mentions."""
        for user, name in self._names.items():
            text = text.replace(f"<@{user}>", f"@{name}")
        return text


GREETINGS = 3  # in the scene that is played
PATIENCE = 10.0  # seconds for their answers, once it is over


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
    parser.add_argument(
        "--open", action="store_true", help="show it in a browser, and go on until Ctrl-C"
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

        def finish() -> None:
            if arguments.open:  # somebody goes on talking to the bot
                return
            with suppress(TimeoutError):  # a slow machine hears the last greeting late
                slack.wait_until(lambda: len(answers) >= GREETINGS, PATIENCE)
            over.on_next("played")

        chatter = Chatter(slack, morning(), pace=arguments.pace, done=finish)

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
        if arguments.open:
            say(f"Say Hello there yourself: {slack.page_url}\n")
            open_page(slack)
        with chatter:
            run_until_end(greetings.pipe(post_message(slack.web)), tell)
    answered = "1 greeting" if len(answers) == 1 else f"{len(answers)} greetings"
    print(f"\n{answered} answered, each in its thread.")
    print(
        "Next: `rxslack tail --simulate`; for a workspace of your own, `rxslack doctor`, with its"
    )
    print("tokens in the environment: SLACK_APP_TOKEN=xapp-… SLACK_BOT_TOKEN=xoxb-…")
    return 1 if ended and len(answers) < GREETINGS else 0
