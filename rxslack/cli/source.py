"""Which workspace a command is about, and how its events come: by the kind of the token."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from threading import Timer
from typing import Any, Final, NoReturn, TypeAlias

import reactivex
from reactivex import Observable, operators as ops

from rxslack.core.printable import printable
from rxslack.operators.unpacking import events_api
from rxslack.recovery.reconnect import reconnect
from rxslack.simulator import Workspace
from rxslack.simulator.chatter import Chatter, small_talk
from rxslack.sources.rtm import rtm
from rxslack.sources.socket_mode import socket_mode
from rxslack.web.client import WebClient

__all__ = [
    "APP",
    "BASE_URL",
    "BOT",
    "TOKENS",
    "add_base_url",
    "add_simulate",
    "client",
    "events_from",
    "say",
    "token_in",
]

Event: TypeAlias = dict[str, Any]

BOT, APP, BASE_URL = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_BASE_URL"
TOKENS = f"{APP}, for Socket Mode, or {BOT}, for the RTM of a classic app"
SLACK = "https://slack.com/api/"
SOON: Final = 1.0  # seconds in which a connection mostly stands


def add_simulate(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which workspace is meant, in the place of the token's own."""
    parser.add_argument("--simulate", action="store_true", help="a simulated workspace; no token")
    parser.add_argument(
        "--socket-mode", action="store_true", help="use Socket Mode in the simulated workspace"
    )
    add_base_url(parser)


def add_base_url(parser: argparse.ArgumentParser) -> None:
    """Add the option for a Slack that is elsewhere."""
    parser.add_argument(
        "--base-url",
        default=os.environ.get(BASE_URL) or SLACK,
        metavar="URL",
        help=f"where the Web API is, as `rxslack simulate` prints it; or {BASE_URL} ({SLACK})",
    )


def token_in(name: str) -> str:
    """A token from the environment; empty without one."""
    return os.environ.get(name, "").strip()


def events_from(web: WebClient) -> Observable[Event]:
    """The events of a workspace: over Socket Mode with an `xapp-` token, over RTM with another."""
    if web.token_kind == "xapp":
        return announced(web, socket_mode(web).pipe(reconnect(), events_api()))
    return announced(web, rtm(web).pipe(reconnect()))


def announced(web: WebClient, events: Observable[Event]) -> Observable[Event]:
    """The same events. Where nothing comes within a second, a line says what is waited for."""

    def subscribe(_: object) -> Observable[Event]:
        wait = Timer(SOON, say, [f"connecting to {web.base_url} …"])
        wait.daemon = True
        wait.start()
        return events.pipe(ops.do_action(lambda _: wait.cancel()), ops.finally_action(wait.cancel))

    return reactivex.defer(subscribe)


def say(sentence: str) -> None:
    """Tell whoever watches, beside what is printed for a pipe."""
    print(f"rxslack: {printable(sentence)}", file=sys.stderr, flush=True)


@contextmanager
def client(arguments: argparse.Namespace) -> Generator[WebClient]:
    """The workspace that is meant: a simulated one with people in it, or the token's."""
    if arguments.simulate or arguments.socket_mode:
        with Workspace() as slack, Chatter(slack, small_talk(), pace=0.5) as chatter:
            print(f"A Slack on this machine: {slack.base_url}", file=sys.stderr)
            chatter.start()
            yield slack.app if arguments.socket_mode else slack.web
        return
    with WebClient(token_given(), base_url=arguments.base_url) as web:
        yield web


def token_given() -> str:
    """The token of the environment; where both are set, the app opens Socket Mode with its own."""
    app, bot = token_in(APP), token_in(BOT)
    if app and not app.startswith("xapp-"):
        refuse(f"{APP} takes the app-level token, which begins with xapp-; a bot's goes into {BOT}")
    if bot.startswith("xapp-"):
        refuse(f"{BOT} takes the bot's token, which begins with xoxb-; this one goes into {APP}")
    if not (app or bot):
        refuse(f"no token; set {TOKENS}, or add --simulate; `rxslack doctor` says more")
    return app or bot


def refuse(sentence: str) -> NoReturn:
    """End the command as argparse does after wrong usage."""
    say(sentence)
    raise SystemExit(2)
