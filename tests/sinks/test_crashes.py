"""`kill -9` at any moment: with an outbox nothing is lost, nothing posted twice. Real processes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rxslack.simulator import Limits, Workspace

CHANNELS = 4  # of each series
SERIES = 5

# Says each number that was accepted; ends when told to send no more and all is over.
PROGRAM = """
import math, random, sys, time
from rxslack.sinks.post_message import post_message
from rxslack.web.client import WebClient

class FarAway(WebClient):
    def call(self, method, /, **arguments):
        time.sleep(random.uniform(0.0, 0.02))
        answer = super().call(method, **arguments)
        time.sleep(random.uniform(0.0, 0.02))
        return answer

url, token, outbox, channels, first, count = sys.argv[1:]
lanes = channels.split(",")
sink = post_message(
    FarAway(token, base_url=url), per_minute=math.inf, outbox=outbox, look_up=(0.1, 0.4), workers=4
)
print("ready", flush=True)
for number in range(int(first), int(first) + int(count)):
    sink.on_next({"channel": lanes[number % len(lanes)], "text": str(number)})
    print(number, flush=True)
    time.sleep(0.003)
print(sink.drain(20.0), flush=True)
"""


class Series:
    """Processes that follow each other on one outbox, each killed but the last."""

    def __init__(self, slack: Workspace, outbox: Path, run: int) -> None:
        self.accepted: list[int] = []
        self.unsaid: list[int] = []  # perhaps accepted: the process was killed before it said so
        self.channels = [slack.channel_id(f"{run}-{lane}") for lane in range(CHANNELS)]
        self._given = [slack.base_url, slack.bot_token, str(outbox), ",".join(self.channels)]
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
        given = [*self._given, str(self._next()), str(count)]
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


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_it_loses_nothing_and_posts_nothing_twice_over_50_kills(tmp_path: Path) -> None:
    names = [f"{run}-{lane}" for run in range(SERIES) for lane in range(CHANNELS)]
    with Workspace(channels=names, limits=Limits.off()) as slack:
        every = [Series(slack, tmp_path / f"{run}.db", run) for run in range(SERIES)]
        with ThreadPoolExecutor(SERIES) as pool:
            for done in [pool.submit(series.kill, 10) for series in every]:
                done.result()
        for series in every:
            assert len(series.accepted) > 100
            for lane, channel in enumerate(series.channels):
                posted = [int(message["text"]) for message in slack.messages(channel)]
                assert posted == sorted(set(posted))  # once, and in order
                accepted = {number for number in series.accepted if number % CHANNELS == lane}
                assert accepted - set(posted) == set()  # nothing lost
                assert set(posted) - accepted <= set(series.unsaid)
