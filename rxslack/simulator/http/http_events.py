"""An app over HTTP: the simulated Slack calls its URL with events, commands and interactions."""

from __future__ import annotations

import json
import ssl
from collections import deque
from collections.abc import Callable, Container, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode, urlsplit

from rxslack.simulator.sockets.deliveries import Delivery, Settled
from rxslack.simulator.sockets.events_api import callback, events_of
from rxslack.simulator.sockets.socket_mode import SocketMode
from rxslack.simulator.team.clock import Timers
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json, read_object
from rxslack.web.signatures import sign

__all__ = ["HttpDeliveries"]

Job: TypeAlias = "Callable[[], object]"

PATIENCE: Final = 3.0  # seconds. docs.slack.dev/apis/events-api/using-http-request-urls


class HttpDeliveries:
    """
    What the app is told at a URL, signed; events again after a failure, with the pauses of Socket Mode.

    Once the app uses Socket Mode, nothing is sent here any more.

    Args:
        team: people, channels and messages.
        timers: of the workspace's clock.
        socket_mode: whose use ends them, and whose pauses they have.
        keep: how many deliveries are remembered, the newest.

    Attributes:
        signing_secret: by which the app knows Slack.
        delivered: what was, or is, on its way, oldest first.
    """

    def __init__(self, team: Team, timers: Timers, socket_mode: SocketMode, *, keep: int) -> None:
        self._team = team
        self._timers = timers
        self._socket_mode = socket_mode
        self.signing_secret = team.identity.letters(32, "0123456789abcdef")
        self.delivered = deque[Delivery](maxlen=keep)
        self._url = ""
        self._tls: ssl.SSLContext | None = None
        self._queue: SimpleQueue[Job | None] = SimpleQueue()  # events
        self._waited_for: SimpleQueue[Job | None] = SimpleQueue()  # what somebody waits for
        self._threads = list[Thread]()

    def deliver_to(self, url: str, *, tls: ssl.SSLContext | None = None) -> None:
        """
        Send events there from now on, and commands and what people do with the app.

        Args:
            url: of the app, one for all.
            tls: for https: by which authority its certificate is known. Default: the system's.

        Raises: ValueError when the URL does not answer the challenge.
        Source: docs.slack.dev/apis/events-api/using-http-request-urls.
        """
        self._tls = tls
        challenge = self._team.identity.letters(40)
        payload = {"token": "simulated", "challenge": challenge, "type": "url_verification"}
        status, body = self._post(url, *_as_json(payload), {})
        if status != 200 or challenge not in body:
            raise ValueError(f"the URL does not answer the challenge, but with HTTP {status}")
        if not self._threads:
            self._threads = [self._started(self._queue), self._started(self._waited_for)]
            self._team.feed.watch(self._hear)
        self._url = url

    @property
    def is_used(self) -> bool:
        """Whether the app is told here what happens."""
        return bool(self._url) and not self._socket_mode.is_used

    def start(self, delivery: Delivery, settled: Settled) -> None:
        """
        Send what somebody waits for, a command or an interaction: once, and for three seconds.

        It goes over Socket Mode when the app has no URL, or uses that.

        Args:
            delivery: what.
            settled: called once, when it was answered or is lost.

        Source: docs.slack.dev/interactivity/handling-user-interaction, "Acknowledgment response".
        """
        if not self.is_used:
            self._socket_mode.deliveries.start(delivery, settled)
            return
        self.delivered.append(delivery)
        self._waited_for.put(lambda: self._ask(delivery, settled))

    def close(self) -> None:
        """Send nothing more."""
        self._url = ""
        for queue in (self._queue, self._waited_for):
            queue.put(None)
        for thread in self._threads:
            thread.join()

    def _started(self, queue: SimpleQueue[Job | None]) -> Thread:
        thread = Thread(target=self._run, args=[queue], name="simulated-slack-events", daemon=True)
        thread.start()
        return thread

    def _hear(self, event: Mapping[str, Any], to: Container[str] | None) -> None:
        if self.is_used:
            for told in events_of(self._team, event, to):
                delivery = Delivery("events_api", callback(self._team, told))
                self.delivered.append(delivery)
                self._queue.put(self._attempting(delivery))

    def _run(self, queue: SimpleQueue[Job | None]) -> None:
        while job := queue.get():
            job()
            self._team.changes.notify()

    def _ask(self, delivery: Delivery, settled: Settled) -> None:
        delivery.attempts += 1
        delivery.sent_at.append(self._team.clock())
        status, answer = self._post(self._url, *_as_form(delivery), {})
        if 200 <= status < 300:
            delivery.response = _response(delivery, answer)
            delivery.acknowledged_at = self._team.clock()
        else:
            delivery.lost = True
        settled(delivery)

    def _attempting(self, delivery: Delivery) -> Job:
        return lambda: self._attempt(delivery)

    def _attempt(self, delivery: Delivery) -> None:
        number = delivery.attempts
        delivery.sent_at.append(self._team.clock())
        headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_error"}
        more = headers if number else {}
        status, _ = self._post(self._url, *_as_json(delivery.payload), more)
        pauses = self._socket_mode.options.retry_pauses
        if 200 <= status < 300:
            delivery.acknowledged_at = self._team.clock()
        elif number < len(pauses):
            again = self._attempting(delivery)
            self._timers.after(pauses[number], lambda: self._queue.put(again))
        else:
            delivery.lost = True
        delivery.attempts += 1  # not before: whoever sees it may advance the clock to the next one

    def _post(self, url: str, kind: str, body: bytes, more: Mapping[str, str]) -> tuple[int, str]:
        """The status and the body of the answer; 0 when there was none."""
        parts = urlsplit(url)
        timestamp = str(int(self._team.clock()))
        headers = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.signing_secret, timestamp, body),
            **more,
        }
        host, port = parts.hostname or "", parts.port
        made: HTTPConnection
        if parts.scheme == "https":
            made = HTTPSConnection(host, port or 443, timeout=PATIENCE, context=self._tls)
        else:
            made = HTTPConnection(host, port or 80, timeout=PATIENCE)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            made.request("POST", path, body, headers)
            answer = made.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except (OSError, HTTPException):
            return 0, ""
        finally:
            made.close()


def _as_json(payload: Json) -> tuple[str, bytes]:
    return "application/json", json.dumps(payload).encode()


def _as_form(delivery: Delivery) -> tuple[str, bytes]:
    """Commands are forms, and all else is JSON in a form."""
    command = delivery.kind == "slash_commands"
    fields = delivery.payload if command else {"payload": json.dumps(delivery.payload)}
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def _response(delivery: Delivery, answer: str) -> Json | None:
    """What the answer's body says: JSON, or the plain text that answers a command."""
    if not answer.strip():
        return None
    if answer.lstrip().startswith("{"):
        return read_object(answer)
    return {"text": answer} if delivery.kind == "slash_commands" else None
