"""
A scripted Slack: it does what it is told, right or wrong.

It shares no code with rxslack: sockets, HTTP and websocket frames are written by hand, so that a
mistake cannot be on both sides. It has a clock of its own, which may be hours off this machine's.
"""

from __future__ import annotations

import itertools
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from tests.adversary.calls import Request, read_request, written
from tests.adversary.frames import CLOSE, PING, PONG, TEXT, Frames, accept, frame
from tests.adversary.loop import Loop, Peer
from tests.adversary.past import Past, Said

__all__ = ["BUSY", "Answer", "Connection", "Manner", "Mode", "Slack"]

Mode = Literal["rtm", "socket_mode"]
Answer = tuple[int, Any, dict[str, str]]
"""Status, body, headers."""

BUSY: Final[Answer] = (503, b"<html>busy</html>", {})

RETRIES: Final = (0.15, 0.4, 1.0)  # seconds; Slack's are none, one minute and five
_MOMENT: Final = 0.05  # seconds in which two messages may have the same time
_FAREWELL_TIME: Final = 2.0  # seconds in which a CLOSE is answered


@dataclass(frozen=True)
class Manner:
    """
    How a websocket is opened.

    refused: the upgrade is answered with 503.
    hello_after: seconds.
    dies: when the connection ends by itself, if it does.
    dies_after: seconds after that.
    behind: seconds by which events come later than over others.
    """

    refused: bool = False
    hello_after: float = 0.0
    dies: Literal["never", "before hello", "after hello"] = "never"
    dies_after: float = 0.0
    behind: float = 0.0


class Connection:
    """
    A websocket.

    Attributes:
        number: counts them, from 1.
        greeted: when hello was sent, by this machine's monotonic clock; None: not yet.
        ended: when Slack took it for ended; None: not yet.
        end: what ended it.
        is_leaving: whether its end was announced.
        is_mute: whether it answers no ping.
        pongs: how many it has answered.
        behind: seconds by which events come later than over others.
    """

    def __init__(self, slack: Slack, peer: Peer, number: int, manner: Manner) -> None:
        self.number = number
        self.manner = manner
        self.greeted: float | None = None
        self.ended: float | None = None
        self.end = ""
        self.is_leaving = False
        self.is_mute = False
        self.pongs = 0
        self.behind = manner.behind
        self._slack = slack
        self._peer = peer
        self._frames = Frames()
        peer.on_bytes = self._on_bytes
        peer.on_end = lambda: self._over("the client ended it")

    @property
    def stands(self) -> bool:
        """Whether Slack gives it events."""
        return self.greeted is not None and self.ended is None

    def greet(self) -> None:
        """Say hello, and what comes behind it."""
        with self._slack.lock:
            if self.ended is None and self.greeted is None:
                self.greeted = time.monotonic()
                self._slack.is_patient = True
                self.send(self._slack.hello())
                if self.manner.dies == "after hello":
                    self._slack.later(self.manner.dies_after, self.rst)

    def tell(self, event: Any) -> None:
        """Send an event when its time has come."""
        self._slack.later(self.behind, lambda: self.send(event))

    def send(self, event: Any) -> None:
        self.send_bytes(frame(json.dumps(event).encode()))

    def send_bytes(self, data: bytes) -> None:
        with self._slack.lock:
            if self.ended is None:
                self._peer.send(data)

    def say_goodbye(self) -> None:
        """Announce the end: `goodbye` on RTM, `disconnect` in Socket Mode."""
        with self._slack.lock:
            self.is_leaving = True
            rtm = self._slack.mode == "rtm"
            reason = "warning" if self.number % 2 else "refresh_requested"
            away = {"type": "disconnect", "reason": reason, "debug_info": {"host": "h"}}
            self.send({"type": "goodbye"} if rtm else away)

    def die_silently(self) -> None:
        """Be half-open: nothing is read, answered or sent any more, and nobody is told."""
        with self._slack.lock:
            self._over("it died silently")
            self._peer.deafen()

    def fade(self) -> None:
        """The same, but Slack goes on thinking that it gives it events."""
        with self._slack.lock:
            self._peer.deafen()

    def fin(self, after: float = 0.0) -> None:
        """End; the client hears of it some seconds later."""
        with self._slack.lock:
            if after:
                self.die_silently()
            self._over("FIN")
            self._slack.later(after, self._peer.fin)

    def rst(self) -> None:
        with self._slack.lock:
            self._over("RST")
            self._peer.rst()

    def close(self, code: int | None = 1000) -> None:
        """Send CLOSE, and FIN when the client has answered."""
        with self._slack.lock:
            payload = b"" if code is None else code.to_bytes(2, "big")
            self._peer.send(frame(payload, CLOSE))
            self._over(f"CLOSE {code}")
            self._slack.later(_FAREWELL_TIME, self._peer.fin)

    def cut(self, event: Any, size: int, how: Literal["FIN", "RST"]) -> bool:
        """Send the first bytes of an event's frame, and no more; whether that is all of it."""
        with self._slack.lock:
            whole = frame(json.dumps(event).encode())
            self._peer.send(whole[:size])
            self._over(f"{how} after {size} bytes of a frame")
            (self._peer.fin if how == "FIN" else self._peer.rst)()
        return size >= len(whole)

    def _over(self, how: str) -> None:
        if self.ended is None:
            self.ended, self.end = time.monotonic(), how

    def _on_bytes(self, data: bytes) -> None:
        for kind, payload in self._frames.feed(data):
            if kind == PING:
                self._answer(frame(payload, PONG))
            elif kind == CLOSE:
                if self.ended is None:
                    self._peer.send(frame(payload, CLOSE))
                self._over("the client closed it")
                self._peer.fin()
                return
            elif kind == TEXT:
                self._on_text(json.loads(payload))

    def _answer(self, pong: bytes) -> None:
        """Answer a ping, behind the events that come before it."""

        def answer() -> None:
            self.send_bytes(pong)
            self.pongs += 1

        if not self.is_mute:
            self._slack.later(self.behind, answer)

    def _on_text(self, message: dict[str, Any]) -> None:
        if message.get("type") == "ping":
            pong = {**message, "type": "pong", "reply_to": message.get("id")}
            self._answer(frame(json.dumps(pong).encode()))
        elif "envelope_id" in message:
            self._slack.unanswered.pop(message["envelope_id"], None)
        else:
            self._slack.told.append(message)


class Slack:
    """
    The workspace.

    Args:
        mode: what its websockets speak.
        ahead: seconds by which its clock is ahead of this machine's.

    Attributes:
        past: what was said.
        connections: all websockets, oldest first.
        manners: of the websockets that are opened next.
        troubles: by method, answers to be given before right ones.
        calls: of each method, how many.
        told: what clients sent over websockets, but for pings and acknowledgements.
        is_patient: whether what finds no connection is tried again later; else Slack has given it
            up, as after an outage of ten minutes, until somebody is connected again.
        unanswered: envelopes that wait for their acknowledgement.
        lag: called for each message; seconds until history has it.
    """

    made = itertools.count(1)

    def __init__(self, mode: Mode = "rtm", ahead: float = 0.0) -> None:
        number = next(self.made)
        self.mode: Mode = mode
        self.token = f"xoxb-test-adversary-{number}"  # budgets are kept by token
        self.app_token = f"xapp-test-adversary-{number}"
        self.past = Past()
        self.connections: list[Connection] = []
        self.manners: deque[Manner] = deque()
        self.troubles: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self.calls: defaultdict[str, int] = defaultdict(int)
        self.told: list[dict[str, Any]] = []
        self.unanswered: dict[str, Said] = {}
        self.is_patient = True
        self.lag: Callable[[], float] = float
        self._born = time.time() + ahead - time.monotonic()
        self._last_ts = 0
        self._latest = ""
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self._greeting = True
        self._loop = Loop(self._welcome)
        self.lock, self.later = self._loop.lock, self._loop.later
        self.descriptors = self._loop.descriptors

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._loop.port}/api/"

    def __enter__(self) -> Slack:
        self._loop.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.close()

    def now(self) -> float:
        """Unix seconds, as Slack has them."""
        return self._born + time.monotonic()

    def standing(self) -> list[Connection]:
        """The websockets that get events."""
        with self.lock:
            return [one for one in self.connections if one.stands]

    @contextmanager
    def speechless(self) -> Generator[None]:
        """No hello is said meanwhile; websockets that were opened get theirs at the end."""
        with self.lock:
            self._greeting = False
        try:
            yield
        finally:
            with self.lock:
                self._greeting = True
                for one in self.connections:
                    one.greet()

    # What people do

    def say(
        self,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        late: float = 0.0,
        twice: bool = False,
        same: bool = False,
        told: bool = True,
    ) -> Said:
        """
        Somebody says something.

        Args:
            channel: its id; it is made, if there is none.
            text: which nobody else may say.
            thread_ts: of the beginning of a thread.
            late: seconds until the websockets are told; what is said meanwhile comes first.
            twice: whether they are told again.
            same: whether it has the `ts` of the latest message of another channel.
            told: whether they are told at all.
        """
        with self.lock:
            now = time.monotonic()
            shown = max(now + self.lag(), self.past.shown(channel, thread_ts))
            said = Said(channel, self._ts(channel, same), text, thread_ts, now, shown)
            said.swapped = late > 0
            said.open = tuple(one.number for one in self.connections if one.stands)
            self.past.add(said)
            for _ in range(told + (told and twice)):
                self.later(late, lambda: self._tell(said))
        return said

    def remember(self, channel: str, text: str, ago: float) -> Said:
        """Something was said so many seconds ago, before anybody listened."""
        with self.lock:
            said = Said(channel, f"{self.now() - ago:.6f}", text, None, 0.0, 0.0)
            self.past.add(said)
        return said

    def _ts(self, channel: str, same: bool) -> str:
        free = self._latest and self.past.find(channel, self._latest) is None
        if not (same and free and self.now() - float(self._latest) < _MOMENT):
            self._latest = self._next_ts()
        return self._latest

    def _next_ts(self) -> str:
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1e4))
        return f"{self._last_ts // 10_000}.{self._last_ts % 10_000:04d}00"

    def _tell(self, said: Said) -> None:
        if self.mode == "rtm":
            event = said.as_event()
            for one in self.connections:
                if one.stands:
                    one.tell(event)
        else:
            self._deliver(said, f"Ev{next(self._numbers)}", 0, ())

    def _deliver(self, said: Said, event_id: str, attempt: int, tried: tuple[int, ...]) -> None:
        """Give an envelope to one connection, and look later whether it was acknowledged."""
        standing = [one for one in self.connections if one.stands and not one.is_leaving]
        standing = standing or [one for one in self.connections if one.stands]
        envelope_id = f"{event_id}-{attempt}"
        said.spread = said.spread or attempt > 0 or len(self.standing()) > 1
        if not (standing or self.is_patient):
            return
        if standing:
            fresh = [one for one in standing if one.number not in tried] or standing
            chosen = fresh[next(self._numbers) % len(fresh)]
            tried = (*tried, chosen.number)
            # One that will be left soon may bring it behind what its replacement brings.
            said.spread = said.spread or chosen.is_leaving or chosen.behind > 0
            self.unanswered[envelope_id] = said
            chosen.tell(_envelope(envelope_id, event_id, said.as_event(), attempt))

        def look() -> None:
            if not standing or self.unanswered.pop(envelope_id, None) is not None:
                self._deliver(said, event_id, attempt + 1, tried)

        if attempt < len(RETRIES):
            self.later(RETRIES[attempt], look)
        else:
            self.later(RETRIES[-1], lambda: self.unanswered.pop(envelope_id, None))

    # What clients ask

    def _welcome(self, peer: Peer) -> Callable[[bytes], object]:
        received = b""

        def on_bytes(data: bytes) -> None:
            nonlocal received
            request, received = read_request(received + data)
            while request is not None:
                if "sec-websocket-key" in request.headers:
                    self._open(peer, request)
                    return
                status, body, headers = self._answer(request)
                peer.send(written(status, body, self.now(), headers))
                request, received = read_request(received)

        return on_bytes

    def _answer(self, request: Request) -> Answer:
        method = request.method
        self.calls[method] += 1
        if self.troubles[method]:
            return self.troubles[method].popleft()
        return 200, self._right_answer(method, request), {}

    def _right_answer(self, method: str, request: Request) -> dict[str, Any]:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = token or request.arguments.get("token", "")
        wanted = self.app_token if method == "apps.connections.open" else self.token
        if token != wanted:
            return {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        if method in ("rtm.connect", "apps.connections.open"):
            return {"ok": True, "url": self._url(method), **_WHO}
        if method == "auth.test":
            return _TESTED
        answer = self.past.answers().get(method)
        return answer(request.arguments) if answer else {"ok": False, "error": "unknown_method"}

    def _url(self, method: str) -> str:
        ticket = f"ticket{next(self._numbers)}"
        self._tickets.add(ticket)
        place = f"ws://127.0.0.1:{self._loop.port}"
        if method == "rtm.connect":
            return f"{place}/websocket/{ticket}"
        return f"{place}/link/?ticket={ticket}&app_id=A1"

    def _open(self, peer: Peer, request: Request) -> None:
        ticket = request.arguments.get("ticket") or request.method
        manner = self.manners.popleft() if self.manners else Manner()
        if manner.refused or ticket not in self._tickets:
            peer.send(written(503 if manner.refused else 404, b"", self.now()))
            peer.fin()
            return
        self._tickets.remove(ticket)  # each is good once
        connection = Connection(self, peer, len(self.connections) + 1, manner)
        self.connections.append(connection)
        fields = [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept(request.headers['sec-websocket-key'])}",
        ]
        peer.send("\r\n".join([*fields, "", ""]).encode())
        if manner.dies == "before hello":
            self.later(manner.dies_after, connection.rst)
        elif self._greeting:
            self.later(manner.hello_after, lambda: self._greet(connection))

    def _greet(self, connection: Connection) -> None:
        if self._greeting:  # else it gets its hello later
            connection.greet()

    def hello(self) -> dict[str, Any]:
        """The first event of a connection."""
        if self.mode == "rtm":
            return {"type": "hello", "fast_reconnect": False, "start": True, "host_id": "h"}
        return {
            "type": "hello",
            "num_connections": 1,
            "debug_info": {"host": "h", "approximate_connection_time": 18060},
            "connection_info": {"app_id": "A1"},
        }


def _envelope(
    envelope_id: str, event_id: str, event: dict[str, Any], attempt: int
) -> dict[str, Any]:
    return {
        "envelope_id": envelope_id,
        "type": "events_api",
        "accepts_response_payload": False,
        "retry_attempt": attempt,
        "retry_reason": "timeout" if attempt else "",
        "payload": {
            "type": "event_callback",
            "team_id": "T1",
            "api_app_id": "A1",
            "event": event,
            "event_id": event_id,
            "event_time": int(float(event["ts"])),
        },
    }


_WHO: Final = {
    "self": {"id": "UBOT", "name": "bot"},
    "team": {"id": "T1", "name": "team", "domain": "team"},
}
_TESTED: Final = {
    "ok": True,
    "url": "https://team.slack.com/",
    "team": "team",
    "user": "bot",
    "team_id": "T1",
    "user_id": "UBOT",
    "bot_id": "BBOT",
    "is_enterprise_install": False,
}
