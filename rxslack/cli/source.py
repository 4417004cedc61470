"""Which workspace a command is about, and how its events come: by the kind of the token."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from reactivex import Observable

from rxslack.operators.unpacking import events_api
from rxslack.recovery.reconnect import reconnect
from rxslack.simulator import Workspace
from rxslack.simulator.chatter import Chatter, small_talk
from rxslack.sources.rtm import rtm
from rxslack.sources.socket_mode import socket_mode
from rxslack.web.client import WebClient

__all__ = ["TOKENS", "add_simulate", "client", "events_from"]

BOT, APP = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"
TOKENS = f"{BOT}, or {APP} for an app that uses Socket Mode"


def add_simulate(parser: argparse.ArgumentParser) -> None:
    """Add the options that put a simulated workspace in the place of the token's."""
    parser.add_argument("--simulate", action="store_true", help="a simulated workspace; no token")
    parser.add_argument(
        "--socket-mode", action="store_true", help="use Socket Mode in the simulated workspace"
    )


def events_from(web: WebClient) -> Observable[dict[str, Any]]:
    """The events of a workspace: over Socket Mode with an `xapp-` token, over RTM with another."""
    if web.token_kind == "xapp":
        return socket_mode(web).pipe(reconnect(), events_api())
    return rtm(web).pipe(reconnect())


@contextmanager
def client(arguments: argparse.Namespace) -> Generator[WebClient]:
    """The workspace that is meant: a simulated one with people in it, or the token's."""
    if arguments.simulate or arguments.socket_mode:
        with Workspace() as slack, Chatter(slack, small_talk(), pace=0.5) as chatter:
            print(f"A Slack on this machine: {slack.base_url}", file=sys.stderr)
            chatter.start()
            yield slack.app if arguments.socket_mode else slack.web
        return
    token = next((os.environ[name].strip() for name in (BOT, APP) if os.environ.get(name)), "")
    if not token:
        print(
            f"rxslack: no token; set {BOT} to that of a classic app, or {APP} to an app-level one, "
            "or add --simulate",
            file=sys.stderr,
        )
        raise SystemExit(2)
    with WebClient(token) as web:
        yield web
