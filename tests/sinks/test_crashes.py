"""`kill -9` at any moment: with an outbox nothing is lost, nothing posted twice. Real processes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

Item = dict[str, Any]

# Says each number that was accepted; ends when told to send no more and all is over.
PROGRAM = """
import math, os, sys, time
from rxslack.sinks.post_message import post_message
from rxslack.web import WebClient

url, outbox, run, first, count = sys.argv[1:]
sink = post_message(
    WebClient("xoxb-test", base_url=url), rate=math.inf, outbox=outbox, look_up=(0.1, 0.4), workers=4
)
print("ready", flush=True)
for number in range(int(first), int(first) + int(count)):
    sink.on_next({"channel": f"C{run}-{number % 4}", "text": str(number)})
    print(number, flush=True)
    time.sleep(0.003)
print(sink.drain(20.0), flush=True)
"""


class Slack(BaseHTTPRequestHandler):
    """Stores what is posted, some time after it came and some time before it answers."""

    channels: defaultdict[str, list[Item]]
    lock: threading.Lock
    random: random.Random
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        arguments = {name: values[0] for name, values in form.items()}
        if self.path.endswith("chat.postMessage"):
            self._answer(self._posted(arguments))
        else:
            with self.lock:
                found = list(reversed(self.channels[arguments["channel"]]))
            self._answer({"ok": True, "messages": found})

    def _posted(self, arguments: Item) -> Item:
        time.sleep(self.random.uniform(0.0, 0.02))
        with self.lock:
            found = self.channels[arguments["channel"]]
            message = {
                "text": arguments["text"],
                "ts": f"{time.time():.6f}",
                "metadata": json.loads(arguments["metadata"]),
            }
            found.append(message)
        time.sleep(self.random.uniform(0.0, 0.02))
        return {"ok": True, "channel": arguments["channel"], "ts": message["ts"]}

    def _answer(self, body: Item) -> None:
        data = json.dumps(body).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.close_connection = True  # the process that asked was killed

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that was killed while it sent is no error here."""


@pytest.fixture
def slack() -> Iterator[tuple[str, defaultdict[str, list[Item]]]]:
    channels = defaultdict[str, list[Item]](list)
    state = {"channels": channels, "lock": threading.Lock(), "random": random.Random(1)}
    server = Server(("127.0.0.1", 0), type("OneSlack", (Slack,), state))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/", channels
    server.shutdown()
    thread.join()
    server.server_close()


class Series:
    """Processes that follow each other on one outbox, each killed but the last."""

    def __init__(self, url: str, outbox: Path, run: int) -> None:
        self.accepted: list[int] = []
        self.unsaid: list[int] = []  # perhaps accepted: the process was killed before it said so
        self._url = url
        self._outbox = outbox
        self._run = run
        self._random = random.Random(run)

    def kill(self, times: int) -> None:
        for _ in range(times):
            process = self._start(count=1000)
            time.sleep(self._random.uniform(0.0, 0.5))
            os.kill(process.pid, signal.SIGKILL)
            self._heard(process)
            self.unsaid.append(self._next())
        process = self._start(count=20)
        self._heard(process)
        assert process.returncode == 0

    def _start(self, count: int) -> subprocess.Popen[str]:
        given = [self._url, str(self._outbox), str(self._run), str(self._next()), str(count)]
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *given], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    def _next(self) -> int:
        return max([*self.accepted, *self.unsaid], default=-1) + 1

    def _heard(self, process: subprocess.Popen[str]) -> None:
        with process:
            assert process.stdout is not None
            numbers = [int(line) for line in process.stdout]
        if process.returncode == 0:
            assert numbers.pop() == 0  # what was left at its end
        self.accepted.extend(numbers)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_it_loses_nothing_and_posts_nothing_twice_over_50_kills(
    slack: tuple[str, defaultdict[str, list[Item]]], tmp_path: Path
) -> None:
    url, channels = slack
    runs = [Series(url, tmp_path / f"{run}.db", run) for run in range(5)]
    with ThreadPoolExecutor(5) as pool:
        for done in [pool.submit(series.kill, 10) for series in runs]:
            done.result()
    for run, series in enumerate(runs):
        assert len(series.accepted) > 100
        for lane in range(4):
            posted = [int(message["text"]) for message in channels[f"C{run}-{lane}"]]
            assert posted == sorted(set(posted))  # once, and in order
            accepted = {number for number in series.accepted if number % 4 == lane}
            assert accepted - set(posted) == set()  # nothing lost
            assert set(posted) - accepted <= set(series.unsaid)
