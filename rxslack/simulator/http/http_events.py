"""The Events API over HTTP: the simulated Slack calls the app's URL."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Container, Mapping
from http.client import HTTPConnection, HTTPException
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final
from urllib.parse import urlsplit

from rxslack.simulator.sockets.deliveries import Delivery
from rxslack.simulator.sockets.events_api import callback, events_of
from rxslack.simulator.sockets.socket_mode import SocketMode
from rxslack.simulator.team.clock import Timers
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json
from rxslack.web.signatures import sign

__all__ = ["HttpDeliveries"]

PATIENCE: Final = 3.0  # seconds. docs.slack.dev/apis/events-api/using-http-request-urls


class HttpDeliveries:
    """
    Events sent to a URL, signed, and again after a failure, with the pauses of Socket Mode.

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
        self._queue: SimpleQueue[Delivery | None] = SimpleQueue()
        self._thread: Thread | None = None

    def deliver_to(self, url: str) -> None:
        """
        Send events there from now on.

        Raises: ValueError when the URL does not answer the challenge.
        Source: docs.slack.dev/apis/events-api/using-http-request-urls.
        """
        challenge = self._team.identity.letters(40)
        payload = {"token": "simulated", "challenge": challenge, "type": "url_verification"}
        status, body = self._post(url, payload, {})
        if status != 200 or challenge not in body:
            raise ValueError(f"the URL does not answer the challenge, but with HTTP {status}")
        if self._thread is None:
            self._thread = Thread(target=self._run, name="simulated-slack-events", daemon=True)
            self._thread.start()
            self._team.feed.watch(self._hear)
        self._url = url

    def close(self) -> None:
        """Send nothing more."""
        self._url = ""
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join()

    def _hear(self, event: Mapping[str, Any], to: Container[str] | None) -> None:
        if self._url and not self._socket_mode.is_used:
            for told in events_of(self._team, event, to):
                delivery = Delivery("events_api", callback(self._team, told))
                self.delivered.append(delivery)
                self._queue.put(delivery)

    def _run(self) -> None:
        while delivery := self._queue.get():
            self._attempt(delivery)
            self._team.changes.notify()

    def _attempt(self, delivery: Delivery) -> None:
        number = delivery.attempts
        delivery.attempts += 1
        delivery.sent_at.append(self._team.clock())
        headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_error"}
        status, _ = self._post(self._url, delivery.payload, headers if number else {})
        if 200 <= status < 300:
            delivery.acknowledged_at = self._team.clock()
            return
        pauses = self._socket_mode.options.retry_pauses
        if number < len(pauses):
            self._timers.after(pauses[number], lambda: self._queue.put(delivery))
        else:
            delivery.lost = True

    def _post(self, url: str, payload: Json, more: Mapping[str, str]) -> tuple[int, str]:
        """The status and the body of the answer; 0 when there was none."""
        parts = urlsplit(url)
        body, timestamp = json.dumps(payload).encode(), str(int(self._team.clock()))
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.signing_secret, timestamp, body),
            **more,
        }
        connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=PATIENCE)
        try:
            connection.request("POST", parts.path or "/", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except (OSError, HTTPException):
            return 0, ""
        finally:
            connection.close()
