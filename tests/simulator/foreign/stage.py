"""
A bot, unmodified, and a simulated Slack at https://slack.com, in a network namespace of their own.

Run by test_frameworks.py as `unshare --net --mount python -m tests.simulator.foreign.stage SCOPES COMMAND…`; prints
what the bot did, as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rxslack.simulator import (
    BOT_SCOPES,
    MODERN_BOT_SCOPES,
    SLACK_NAMES,
    Limits,
    Workspace,
    local_authority,
)

PATIENCE = 60.0  # seconds
TRIES = 3
TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "WEBSOCKET_CLIENT_CA_BUNDLE")


def be_slack_com(folder: Path) -> None:
    """Let slack.com mean this machine, in this namespace alone."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    hosts = folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost {' '.join(SLACK_NAMES)}\n")
    subprocess.run(["mount", "--bind", str(hosts), "/etc/hosts"], check=True)


def play(slack: Workspace) -> list[str]:
    """What a person asks for, one after the other, and what came of it."""
    done = list[str]()
    slack.wait_until(lambda: slack.connections, PATIENCE)
    done.append("connect")

    def ask(word: str, fulfilled: Callable[[str], Any]) -> None:
        for _ in range(TRIES):  # a bot that connects twice hears nothing said in between
            ts = slack.say("general", "alice", word)["ts"]
            try:
                slack.wait_until(partial(fulfilled, ts), PATIENCE / TRIES)
            except TimeoutError:
                continue
            done.append(word)
            return

    def messages() -> list[dict[str, Any]]:
        return slack.messages("general")

    def mine(message: dict[str, Any]) -> bool:
        return slack.bot_user_id == message.get("user") or bool(message.get("bot_id"))

    ask("answer", lambda _: [m for m in messages() if mine(m) and m["text"] == "Hi"])
    ask("thread", lambda ts: [m for m in messages() if mine(m) and m.get("thread_ts") == ts])
    ask("reaction", lambda ts: [m for m in messages() if m["ts"] == ts and m.get("reactions")])
    ask("file", lambda _: [m for m in messages() if m.get("files")])
    return done


def main(scopes: str, command: list[str]) -> None:
    """Play, and print what was done."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        be_slack_com(folder)
        context = local_authority(folder, [*SLACK_NAMES, "127.0.0.1"])
        wanted = MODERN_BOT_SCOPES if scopes == "modern" else BOT_SCOPES
        with Workspace(
            host="slack.com",
            port=443,
            tls=context,
            hosts=SLACK_NAMES,
            bot_scopes=wanted,
            limits=Limits.off(),
        ) as slack:
            authority = str(folder / "authority.pem")
            environment = {
                **{k: v for k, v in os.environ.items() if "PROXY" not in k.upper()},
                **dict.fromkeys(TRUST, authority),
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "PYTHONPATH": "",
            }
            log = folder / "log"
            with log.open("w") as out:
                bot = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
            try:
                done = play(slack)
            except TimeoutError:
                done = []
            finally:
                bot.kill()
                bot.wait()
            print(json.dumps({"done": done, "log": log.read_text()[-3000:]}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
