"""`rxslack doctor`: whether everything is there to hear a workspace, and what to do next."""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from reactivex import operators as ops

from rxslack import __version__
from rxslack.cli.source import APP, BOT, add_base_url, token_in
from rxslack.core.masking import masked
from rxslack.core.printable import printable
from rxslack.errors import (
    ApiError,
    AuthenticationError,
    MissingScope,
    SlackError,
)
from rxslack.simulator import Workspace
from rxslack.sources.socket_mode import socket_mode
from rxslack.web.client import Response, WebClient

__all__ = ["Finding", "add_to", "doctor"]

SKEW: Final = 60.0  # seconds; from 300 on, Slack's signatures over HTTP are refused
HELLO: Final = 10.0  # seconds in which Slack has to say hello

CLASSIC: Final = "bot"
"""The scope that only a classic app has; for one Slack lists no others."""

USES: Final = {
    "chat:write": "to post",
    "channels:history": "to hear messages in public channels",
    "app_mentions:read": "to hear when somebody mentions the bot",
}
SETTINGS: Final = "https://api.slack.com/apps"


@dataclass(frozen=True)
class Finding:
    """
    What one check found.

    Args:
        what: was looked at.
        told: what was found.
        todo: what to do about it; empty when all is well.
        fatal: whether a bot cannot work as it is.
    """

    what: str
    told: str
    todo: str = ""
    fatal: bool = True

    def __str__(self) -> str:
        mark = "ok  " if not self.todo else "FAIL" if self.fatal else "note"
        line = f"{mark}  {self.what:<12}{printable(masked(self.told))}"
        return f"{line}\n      {'':<12}-> {printable(masked(self.todo))}" if self.todo else line


Findings = Generator[Finding]


def add_to(subcommands: Any) -> None:
    """Add the subcommand to the parser."""
    parser = subcommands.add_parser(
        "doctor",
        help="check tokens, scopes, Socket Mode, clock, proxy and TLS; say what to do next",
        description="Checks what a bot needs, one line each. The bot's token comes from the environment "
        f"variable {BOT}, the app-level token from {APP}; neither is printed. Nothing is posted. "
        "Exit status 1 when something has to be done.",
    )
    parser.add_argument("--simulate", action="store_true", help="a simulated workspace; no token")
    add_base_url(parser)
    parser.set_defaults(run=doctor)


def doctor(arguments: argparse.Namespace) -> int:
    """Print each finding as it is made; status 1 when a bot cannot work."""
    with ExitStack() as stack:
        if arguments.simulate:
            slack = stack.enter_context(Workspace())
            tokens, base_url = {BOT: slack.bot_token, APP: slack.app_token}, slack.base_url
        else:
            tokens, base_url = {BOT: token_in(BOT), APP: token_in(APP)}, arguments.base_url
        todo: list[Finding] = []
        for finding in examined(tokens, base_url):
            print(finding, flush=True)
            if finding.todo and finding.fatal:
                todo.append(finding)
    if todo:
        print(f"\nNext: {printable(masked(todo[0].todo))}")
        return 1
    print(
        "\nAll is well. Next: `rxslack tail`. If it shows no messages, subscribe the app to the event"
    )
    print(f"message.channels under Event Subscriptions ({SETTINGS}), and /invite the bot.")
    return 0


def examined(tokens: Mapping[str, str], base_url: str) -> Findings:
    """All checks; what cannot work without the one before is left out."""
    faster = "with orjson" if find_spec("orjson") else "without orjson"
    yield Finding("rxslack", f"{__version__}, Python {platform.python_version()}, {faster}")
    try:
        web = WebClient(tokens[BOT] or tokens[APP] or "xoxb-none", base_url=base_url)
    except SlackError as error:
        yield Finding("token", str(error), f"copy the token again from {SETTINGS}")
        return
    with web:
        reached = yield from network(web)
    if not reached:
        return
    classic = False
    if tokens[BOT]:
        with WebClient(tokens[BOT], base_url=base_url) as bot:
            classic = yield from bot_token(bot)
    else:
        yield Finding(
            "bot token",
            f"{BOT} is not set",
            f"set it to the Bot User OAuth Token (xoxb-) of your app, {SETTINGS}, OAuth & Permissions",
        )
    if tokens[APP]:
        with WebClient(tokens[APP], base_url=base_url) as app:
            yield from app_token(app)
    elif not classic:
        yield Finding(
            "app token",
            f"{APP} is not set",
            f"make one with connections:write, {SETTINGS}, Basic Information, App-Level Tokens",
        )


def network(web: WebClient) -> Generator[Finding, None, bool]:
    """The way to Slack; whether it answers."""
    address: SplitResult | None = None
    try:
        proxy = web.transport.proxy_for(web.base_url)
        address = urlsplit(proxy) if proxy else None
        told = "none"
        if address:  # without its password
            told = f"{address.scheme}://{address.hostname}:{address.port}"
        yield Finding("proxy", told)
        web.call("api.test")
    except SlackError as error:
        if not isinstance(error, ApiError):
            yield Finding("Slack", str(error), advice(str(error), by_proxy=address is not None))
            return False
    if web.base_url.startswith("https:"):
        yield Finding("TLS", f"the certificate of {urlsplit(web.base_url).hostname} is trusted")
    else:
        yield Finding("TLS", f"none: {web.base_url} is this machine")
    ahead = web.clock.now() - time.time()
    told = f"within {SKEW:g} s of Slack's"
    if abs(ahead) > SKEW:
        told = f"{abs(ahead):,.0f} s {'behind' if ahead > 0 else 'ahead of'} Slack's"
        yield Finding("clock", told, "set this machine's clock, best by NTP")
    else:
        yield Finding("clock", told)
    return True


def advice(reason: str, *, by_proxy: bool) -> str:
    """What to do about an address that cannot be reached."""
    if "certificate" in reason:
        return "name the file of your network's authority in SSL_CERT_FILE"
    if by_proxy:
        return "look whether that proxy is up; HTTPS_PROXY and NO_PROXY say when it is used"
    return "look at network and firewall; behind a proxy, set HTTPS_PROXY"


def asked(
    what: str, ask: Callable[[], Response], remedies: Mapping[str, str]
) -> Generator[Finding, None, Response | None]:
    """Slack's answer; what stands in its way is a finding."""
    try:
        return ask()
    except MissingScope as error:
        yield Finding(what, str(error), remedies.get("missing_scope", ""))
    except AuthenticationError as error:
        code = error.error
        copied = f"copy the token again from {SETTINGS}; it was revoked, or is another app's"
        yield Finding(what, f"Slack says {code}", remedies.get(code, copied))
    except SlackError as error:
        yield Finding(what, str(error), "try again in a minute")
    return None


def bot_token(bot: WebClient) -> Generator[Finding, None, bool]:
    """The token and its scopes; whether it is a classic app's, which uses RTM."""
    if bot.token_kind == "xapp":
        yield Finding(
            "bot token",
            f"{BOT} holds an app-level token",
            f"put it into {APP}, and the xoxb- token of OAuth & Permissions into {BOT}",
        )
        return False
    answer = yield from asked("bot token", lambda: bot.call("auth.test"), {})
    if answer is None:
        return False
    yield Finding("bot token", f"of {answer.get('user')} in {answer.get('team')}")
    scopes = [one.strip() for one in answer.headers.get("x-oauth-scopes", "").split(",")]
    if CLASSIC in scopes:
        yield from classic_app(bot)
        return True
    yield Finding("scopes", ", ".join(scopes))
    for scope, use in USES.items():
        if scope not in scopes:
            yield Finding(
                "scopes",
                f"{scope} is missing, {use}",
                f"add it under OAuth & Permissions ({SETTINGS}) and install the app again",
                fatal=scope == "chat:write",
            )
    return False


def classic_app(bot: WebClient) -> Findings:
    """Whether RTM is to be had."""
    yield Finding("scopes", "a classic app's")
    remedies = {"not_allowed_token_type": f"use Socket Mode: set {APP}"}
    if (yield from asked("RTM", lambda: bot.call("rtm.connect"), remedies)):
        yield Finding("RTM", "open to this token")


def app_token(app: WebClient) -> Findings:
    """Whether Slack says hello over Socket Mode."""
    if app.token_kind != "xapp":
        yield Finding(
            "app token",
            f"{APP} holds an {app.token_kind}- token",
            f"set it to the app-level token (xapp-), {SETTINGS}, Basic Information",
        )
        return
    # Nothing is acknowledged: what Slack sends in this moment it sends again, to the bot that is meant.
    envelopes = socket_mode(app, acknowledge="by_hand", ping_after=HELLO / 2, silence=HELLO)
    hello_of = envelopes.pipe(ops.take(1))  # the first item is hello
    remedies = {
        "missing_scope": f"give the token connections:write, {SETTINGS}, Basic Information",
        "not_allowed_token_type": f"switch Socket Mode on, {SETTINGS}, Socket Mode",
    }
    hello = yield from asked("Socket Mode", lambda: Response(hello_of.run()), remedies)
    if hello is None:
        return
    others = int(hello.get("num_connections", 1)) - 1
    yield Finding("Socket Mode", "says hello")
    if others:
        yield Finding(
            "Socket Mode",
            f"{others} other connections of this app are open, and get their share of the events",
            "end the other processes, if you did not mean to run them",
            fatal=False,
        )
