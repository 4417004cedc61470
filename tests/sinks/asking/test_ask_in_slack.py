"""`ask` in a simulated workspace: over Socket Mode and HTTP, and with processes that are killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

import pytest
import reactivex
import requests
from reactivex import Subject

from rxslack.operators.unpacking import interactions
from rxslack.recovery.reconnect import reconnect
from rxslack.simulator import Limits, Workspace
from rxslack.simulator.team.text import Json
from rxslack.sinks.ask import ask
from rxslack.sources.http_events import http_events
from rxslack.sources.socket_mode import socket_mode
from rxslack.web.signatures import sign

KILLS = 3
CHANNELS = [f"room{number}" for number in range(10)]  # Slack takes one card a second in each
SECRET = "signing-secret-of-a-test"


def test_it_is_decided_by_a_click_over_socket_mode(slack: Workspace, tmp_path: Path) -> None:
    decisions: list[Any] = []
    questions = Subject[Any]()
    may = [slack.user_id("bob")]
    clicks = socket_mode(slack.app).pipe(reconnect(), interactions())
    asking = ask(slack.web, clicks, store=tmp_path / "asks.db", approvers=may)
    with questions.pipe(asking).subscribe(decisions.append):
        slack.wait_until(lambda: slack.connections)
        questions.on_next({"channel": slack.channel_id("general"), "text": "Deploy?"})
        slack.wait_until(lambda: slack.messages("general"))
        ts = slack.messages("general")[0]["ts"]
        for user in ("alice", "bob"):
            slack.interactions.click(user, "rxslack_ask.approve", channel="general", ts=ts).wait()
        slack.wait_until(lambda: shows(slack) and slack.ephemerals("alice"))
    assert [(one["decision"], one["user"]) for one in decisions] == [("approve", *may)]


def test_it_is_decided_by_a_click_over_http(slack: Workspace, tmp_path: Path) -> None:
    decisions: list[Any] = []
    events = http_events(SECRET)
    question = {"channel": slack.channel_id("general"), "text": "Deploy?", "id": "1.4"}
    asking = ask(slack.web, events.pipe(interactions()), store=tmp_path / "asks.db")
    # `never` keeps the clicks subscribed after the only question is decided: else U2 may get HTTP 503.
    questions = reactivex.concat(reactivex.of(question), reactivex.never())
    with (
        questions.pipe(asking).subscribe(decisions.append),
        events.server(0) as server,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        slack.wait_until(lambda: slack.messages("general"))
        for user in ("U1", "U2"):
            action = {"action_id": "rxslack_ask.approve", "value": "1.4"}
            press = {"type": "block_actions", "user": {"id": user}, "actions": [action]}
            body = urlencode({"payload": json.dumps(press)})
            now = str(int(time.time()))
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": now,
                "X-Slack-Signature": sign(SECRET, now, body.encode()),
            }
            url = f"http://127.0.0.1:{server.server_port}/"
            assert requests.post(url, data=body, headers=headers, timeout=60).status_code == 200
        slack.wait_until(lambda: shows(slack))
        server.shutdown()
    assert [(one["ask"], one["user"]) for one in decisions] == [("1.4", "U1")]


def shows(slack: Workspace) -> bool:
    """Whether the card says who decided."""
    return "Approve: <@" in slack.messages("general")[0]["text"]


# Asks one question for each id on the command line, in one channel after the other, and says each decision.
PROGRAM = """
import os
import sys
from itertools import cycle
from reactivex import from_iterable, never, operators as ops
import rxslack

url, bot, app, store, channels, *ids = sys.argv[1:]
web, app = rxslack.WebClient(bot, base_url=url), rxslack.WebClient(app, base_url=url)
clicks = rxslack.socket_mode(app, acknowledge="when_done").pipe(
    rxslack.reconnect(), rxslack.interactions()
)
places = cycle(channels.split(","))
questions = from_iterable({"channel": next(places), "text": one, "id": one} for one in ids)
decisions = questions.pipe(ops.concat(never()), rxslack.ask(web, clicks, store=store))
def say(one):
    os.write(1, f"{one['ask']} {one['decision']} {one['user']}\\n".encode())


rxslack.run(decisions, say)
"""


class Asker:
    """Processes that follow each other on one file."""

    def __init__(
        self, slack: Workspace, store: Path, *ids: str, channels: Iterable[str] = ("general",)
    ) -> None:
        where = ",".join(map(slack.channel_id, channels))
        given = [slack.base_url, slack.bot_token, slack.app_token, str(store), where]
        self._command = [sys.executable, "-c", PROGRAM, *given, *ids]
        self.said: list[str] = []
        self._slack = slack

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            assert line.endswith("\n"), line
            self.said.append(line)

    @contextmanager
    def run(self) -> Generator[None]:
        """A process that is killed at the end."""
        with subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            reader = threading.Thread(target=self._read, args=[process.stdout])
            reader.start()
            try:
                self._slack.wait_until(lambda: self._slack.connections, timeout=60.0)
                yield
            finally:
                process.send_signal(signal.SIGKILL)
                reader.join()
        self._slack.wait_until(lambda: not self._slack.connections, timeout=60.0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_process_decides_what_another_one_has_asked(slack: Workspace, tmp_path: Path) -> None:
    asker = Asker(slack, tmp_path / "asks.db", "a")
    with asker.run():
        slack.wait_until(lambda: slack.messages("general"), timeout=60.0)
    (card,) = slack.messages("general")
    with asker.run():
        slack.interactions.click("bob", "rxslack_ask.deny", channel="general", ts=card["ts"])
        slack.wait_until(lambda: "Deny: <@" in slack.messages("general")[0]["text"], timeout=60.0)
    assert asker.said == [f"a deny {slack.user_id('bob')}\n"]
    assert len(slack.messages("general")) == 1


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_it_decides_each_of_two_hundred_once_however_often_it_is_killed(tmp_path: Path) -> None:
    chance = random.Random(7)
    ids = [f"q{number}" for number in range(200)]
    with Workspace(limits=Limits.off(), channels=CHANNELS) as slack:
        asker = Asker(slack, tmp_path / "asks.db", *ids, channels=CHANNELS)

        def cards() -> list[tuple[str, Json]]:
            return [(channel, one) for channel in CHANNELS for one in slack.messages(channel)]

        for _ in range(KILLS):  # while the cards are posted
            with asker.run():
                threading.Event().wait(chance.uniform(0.0, 1.0))
        with asker.run():
            slack.wait_until(lambda: len(cards()) == len(ids), timeout=300.0)

        def open_cards() -> list[tuple[str, str]]:
            return [
                (channel, card["ts"])
                for channel, card in cards()
                if card["blocks"][-1]["type"] == "actions"
            ]

        def click(share: list[tuple[str, str]]) -> None:
            for channel, ts in share:
                for user in ("alice", "bob"):
                    try:
                        slack.interactions.click(
                            user, "rxslack_ask.approve", channel=channel, ts=ts
                        )
                    except LookupError:  # the button is gone
                        break

        for _ in range(KILLS):  # while they are decided
            with asker.run():
                left = open_cards()
                click(chance.sample(left, min(len(left), 25)))
                threading.Event().wait(chance.uniform(0.0, 0.5))
        with asker.run():
            click(open_cards())
            slack.wait_until(lambda: len({line.split()[0] for line in asker.said}) == 200, 300.0)
        texts = [card["text"].split("\n") for _, card in cards()]
    assert Counter(text[0] for text in texts) == Counter(ids)  # one card each
    told = [line.split() for line in asker.said]
    decided = {one: user for one, _, user in told}
    assert all(decided[one] == user for one, _, user in told)  # one decision each
    # Emitted again only where a process was killed while it was being emitted.
    assert len(told) - len(ids) <= 2 * KILLS + 1
    # At 50 a minute most cards are still to be rewritten; those that are say the same.
    shown = {text[0]: text[1].partition("@")[2].strip(">") for text in texts if text[1:]}
    assert shown
    assert shown.items() <= decided.items()
