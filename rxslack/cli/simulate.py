"""`rxslack simulate`: a simulated workspace that stays up."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from contextlib import ExitStack, suppress
from typing import Any

import reactivex

from rxslack.cli.chat import chat
from rxslack.running.run import run as run_until_end
from rxslack.simulator import Workspace
from rxslack.simulator.chatter import Chatter, small_talk

__all__ = ["add_to", "open_page", "simulate"]

HIGHEST_PORT = 65_535


def add_to(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "simulate",
        help="keep a simulated workspace running",
        description="Runs a Slack on this machine until Ctrl-C, with tokens of its own each time.",
    )
    parser.add_argument("--port", type=port, default=8765, help="to listen on (8765); 0: any")
    parser.add_argument("--quiet", action="store_true", help="nobody talks there by themselves")
    parser.add_argument(
        "--seed", help="the same tokens and ids each time; who knows it can guess them"
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name besides localhost by which it may be called, and from whose web pages; repeat",
    )
    parser.add_argument("--open", action="store_true", help="show it in a browser")
    parser.add_argument(
        "--chat", action="store_true", help="show it in this terminal, and be somebody there"
    )
    parser.set_defaults(run=simulate)


def port(text: str) -> int:
    """A number of a port; argparse turns the error into one line."""
    if not (text.isdecimal() and int(text) <= HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"not a port, which is from 0 to {HIGHEST_PORT}: {text}")
    return int(text)


def simulate(arguments: argparse.Namespace) -> int:
    """Serve until a signal."""
    # Also when Ctrl-C comes before or after what handles it.
    with suppress(KeyboardInterrupt), ExitStack() as stack:
        try:
            slack = stack.enter_context(
                Workspace(port=arguments.port, seed=arguments.seed, hosts=arguments.allow_host)
            )
        except OSError as error:
            raise OSError(
                f"cannot listen on port {arguments.port}: {error.strerror}; try --port 0"
            ) from error
        print(directions(slack), flush=True)
        if arguments.open:
            open_page(slack)
        if not (arguments.quiet or arguments.chat):  # who chats would be talked over
            chatter = stack.enter_context(Chatter(slack, small_talk(), pace=2.0))
            chatter.start()
        if arguments.chat:
            chat(slack)
        else:
            run_until_end(reactivex.never())
    return 0


def open_page(slack: Workspace) -> None:
    """Show a workspace in the browser that this machine opens pages with, if there is one."""
    if not webbrowser.open(slack.page_url):
        print("No browser was found; open the page's address yourself.", file=sys.stderr)


def directions(slack: Workspace) -> str:
    """How to point a client at the workspace."""
    return f"""\
A Slack runs on this machine until Ctrl-C.

  page        {slack.page_url}
  base URL    {slack.base_url}
  bot token   {slack.bot_token}
  user token  {slack.user_token}
  app token   {slack.app_token}

rxslack:    WebClient("{slack.bot_token}", base_url="{slack.base_url}")
slack_sdk:  WebClient(token="{slack.bot_token}", base_url="{slack.base_url}")
curl:       curl -H "Authorization: Bearer {slack.bot_token}" {slack.base_url}conversations.list
"""
