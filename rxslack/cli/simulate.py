"""`rxslack simulate`: a simulated workspace that stays up."""

from __future__ import annotations

import argparse
import signal
import sys
import webbrowser
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import reactivex

from rxslack.cli.chat import chat
from rxslack.running.run import run as run_until_end
from rxslack.simulator import (
    AGENT_SCOPES,
    BOT_SCOPES,
    MODERN_BOT_SCOPES,
    SLACK_NAMES,
    Workspace,
    local_authority,
)
from rxslack.simulator.chatter import Chatter, small_talk

__all__ = ["add_to", "open_page", "simulate", "terminable"]

HIGHEST_PORT = 65_535
SCOPES = {"classic": BOT_SCOPES, "modern": MODERN_BOT_SCOPES, "agent": AGENT_SCOPES}


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
    parser.add_argument(
        "--data",
        metavar="FILE",
        help="begin with it: JSON of people, channels and messages, or Slack's export (a zip)",
    )
    parser.add_argument(
        "--keep",
        metavar="FILE",
        help="go on with it where it is there, and keep the workspace in it, after each change",
    )
    parser.add_argument(
        "--bot",
        choices=[*SCOPES],
        default="classic",
        help="whose token it is: classic (RTM), modern (granular scopes), or agent (streams, too)",
    )
    parser.add_argument(
        "--tls",
        metavar="FOLDER",
        help="be an HTTPS proxy that is slack.com, for bots that take no base URL; the authority to"
        " trust is written there",
    )
    parser.set_defaults(run=simulate)


def port(text: str) -> int:
    """A number of a port; argparse turns the error into one line."""
    if not (text.isdecimal() and int(text) <= HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"not a port, which is from 0 to {HIGHEST_PORT}: {text}")
    return int(text)


def simulate(arguments: argparse.Namespace) -> int:
    """Serve until a signal."""
    # Also when one comes before or after what handles both.
    with suppress(KeyboardInterrupt), terminable(), ExitStack() as stack:
        slack = stack.enter_context(workspace(arguments))
        if arguments.keep:
            slack.autosave(arguments.keep)
        print(directions(slack), flush=True)
        if arguments.tls:
            print(as_proxy(slack, Path(arguments.tls)), flush=True)
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


@contextmanager
def terminable() -> Generator[None]:
    """Let SIGTERM raise KeyboardInterrupt, as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


def open_page(slack: Workspace) -> None:
    """Show a workspace in the browser that this machine opens pages with, if there is one."""
    if not webbrowser.open(slack.page_url):
        print("No browser was found; open the page's address yourself.", file=sys.stderr)


def workspace(arguments: argparse.Namespace) -> Workspace:
    """The workspace as the arguments want it."""
    kept = arguments.keep and Path(arguments.keep).exists()
    hosts, proxy = [*arguments.allow_host], None
    if arguments.tls:
        hosts += SLACK_NAMES
        proxy = local_authority(Path(arguments.tls), [*hosts, "localhost", "127.0.0.1"])
    data = arguments.keep if kept else arguments.data
    if data and not Path(data).exists():
        raise FileNotFoundError(f"there is no file {data}")
    try:
        return Workspace(
            port=arguments.port,
            seed=arguments.seed,
            hosts=hosts,
            bot_scopes=SCOPES[arguments.bot],
            data=data,
            as_proxy=proxy,
        )
    except OSError as error:
        raise OSError(
            f"cannot listen on port {arguments.port}: {error.strerror}; try --port 0"
        ) from error


def as_proxy(slack: Workspace, folder: Path) -> str:
    """The environment in which a bot that takes no base URL finds the workspace at slack.com."""
    origin = slack.base_url.removesuffix("/api/")
    authority = (folder / "authority.pem").resolve()
    trust = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE")
    return "\n".join(
        [
            "For a bot in any language that takes no base URL:",
            "",
            f"export HTTPS_PROXY={origin} https_proxy={origin}",
            "export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost NODE_USE_ENV_PROXY=1",
            *(f"export {name}={authority}" for name in trust),
            f"export SLACK_BOT_TOKEN={slack.bot_token} SLACK_APP_TOKEN={slack.app_token}",
            "",
        ]
    )


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
