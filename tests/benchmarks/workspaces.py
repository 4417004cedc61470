"""
Three hundred workspaces in a process, ten of them in trouble: what the others notice.

    python -m tests.benchmarks.workspaces

All share one simulated Slack, each with a token and a connection of its own. An event is sent over each quiet
connection, one after the other, and the time until it is emitted is taken: once in peace, and once while
of the ten two are revoked, two rotated, three flooded, and three rate-limited where they connect. The two are
measured in turns, several times.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from reactivex import Observable, Subject

from rxslack.recovery.reconnect import reconnect
from rxslack.simulator import Limits, Workspace
from rxslack.sources.rtm import rtm
from rxslack.sources.workspaces import workspaces
from rxslack.web.client import WebClient

__all__ = ["main", "measure"]

REVOKED, ROTATED, FLOODED, LIMITED = 2, 2, 3, 3


class Latency:
    """When each event was sent, and how long it took."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self.failures: list[str] = []
        self._sent: dict[str, float] = {}
        self._arrived = threading.Event()

    def on_next(self, item: dict[str, Any]) -> None:
        """An item of any workspace."""
        if item["type"] == "rxslack.failure":
            self.failures.append(item["rxslack_team"])
        sent = self._sent.pop(str(item.get("probe")), None)
        if sent is not None:
            self.took.append(time.perf_counter() - sent)
            self._arrived.set()

    def send(self, name: str, send: Callable[[dict[str, Any]], object]) -> None:
        """Send one, and wait for it."""
        self._arrived.clear()
        self._sent[name] = time.perf_counter()
        send({"type": "user_typing", "probe": name})
        if not self._arrived.wait(30.0):
            raise TimeoutError(f"{name} did not arrive")


def measure(count: int, rounds: int) -> list[tuple[list[float], list[float]]]:
    """The latencies in peace, and in trouble, of each round."""
    found: list[tuple[list[float], list[float]]] = []
    with Workspace(limits=Limits.off()) as slack:
        tokens = {f"T{number}": slack.new_token("xoxb") for number in range(count)}
        given, latency = Subject[dict[str, str]](), Latency()

        def client(token: str) -> WebClient:
            return WebClient(token, base_url=slack.base_url)

        def stream(web: WebClient) -> Observable[dict[str, Any]]:
            return rtm(web).pipe(reconnect())

        running = workspaces(given, stream, client=client, stagger=0.01)
        with running.subscribe(latency.on_next):
            given.on_next(tokens)
            slack.wait_until(lambda: len(slack.connections) == count, 300.0)
            connections = list(slack.connections)
            odd, quiet = connections[:10], connections[10:]
            for number in range(rounds):
                peace = probe(latency, quiet, f"peace {number}")
                over = threading.Event()
                flood = threading.Thread(target=disturb, args=[slack, odd, over])
                flood.start()
                if not number:
                    names = [*tokens]
                    for name in names[:REVOKED]:
                        slack.revoke(tokens[name])
                    for name in names[REVOKED : REVOKED + ROTATED]:
                        tokens[name] = slack.new_token("xoxb")
                    given.on_next(dict(tokens))
                trouble = probe(latency, quiet, f"trouble {number}")
                over.set()
                flood.join()
                found.append((peace, trouble))
    return found


def probe(latency: Latency, connections: list[Any], name: str) -> list[float]:
    """One event over each connection."""
    latency.took = []
    for number, connection in enumerate(connections):
        latency.send(f"{name} {number}", connection.send)
    return latency.took


def disturb(slack: Workspace, odd: list[Any], over: threading.Event) -> None:
    """Cut the revoked, flood some, and let some connect again where there is no address to be had."""
    with slack.faults.rate_limit("rtm.connect", retry_after=1, times=LIMITED * 3):
        for connection in odd[:REVOKED]:
            connection.cut()
        for connection in odd[-LIMITED:]:
            connection.cut()
        flooded = odd[REVOKED + ROTATED : REVOKED + ROTATED + FLOODED]
        message = {"type": "message", "channel": "C1", "user": "U1", "text": "x" * 300, "ts": "1.0"}
        while not over.wait(0.002):
            for connection in flooded:
                connection.send(message)


def main() -> None:
    """Measure, and print."""
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.workspaces")
    options.add_argument("--count", type=int, default=300)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    for number, (peace, trouble) in enumerate(measure(given.count, given.rounds)):
        for name, times in (("in peace", peace), ("in trouble", trouble)):
            worst = quantiles(times, n=100)[94]
            print(  # noqa: T201 a command
                f"round {number}, {name}: {len(times)} events, "
                f"median {median(times) * 1000:.2f} ms, 95 % {worst * 1000:.2f} ms"
            )


if __name__ == "__main__":
    main()
