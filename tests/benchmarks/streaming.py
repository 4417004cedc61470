"""
Answers that grow, and calls from coroutines, beside slack_sdk's async client on the same local Slack.

    python -m tests.benchmarks.streaming

Each client runs in a process of its own, in turns; the simulated Slack, without limits, in another. It
prints for each the calls, the processor's time, and the time until the first word can be seen.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from multiprocessing.connection import Connection
from typing import Any, Final, TypeAlias

import reactivex

import rxslack
from rxslack.simulator import AGENT_SCOPES, Limits, Workspace

__all__ = ["CLIENTS", "main", "measure"]

ANSWERS: Final = 5  # at once; Slack lets no more begin at once, and rxslack keeps to that
WORDS: Final = 200  # of an answer
PAUSE: Final = 0.005  # seconds from one word to the next
CALLS: Final = 2000  # of `auth.test`, 32 at a time
AT_ONCE: Final = 32

Figures: TypeAlias = dict[str, float]
"""cpu: seconds; first: seconds from the first word until it was shown, the median of all answers."""

Work: TypeAlias = Callable[[dict[str, Any]], Coroutine[Any, Any, list[float]]]


async def words(begun: list[float]) -> AsyncIterator[str]:
    """What a model says, made up."""
    for number in range(WORDS):
        await asyncio.sleep(PAUSE)
        if not number:
            begun.append(time.monotonic())
        yield f"word {number} "


# --- the clients ----------------------------------------------------------------------------------


async def rxslack_streams(slack: dict[str, Any]) -> list[float]:
    web = rxslack.WebClient(slack["token"], base_url=slack["base_url"])
    begun: list[list[float]] = [[] for _ in slack["questions"]]
    first: dict[int, float] = {}

    def note(outcome: dict[str, Any] | rxslack.FailureEvent) -> None:
        if rxslack.is_failure(outcome):
            raise outcome["error"]
        event: Any = outcome
        if event["state"] == "started":
            number = event["item"]["number"]
            first[number] = time.monotonic() - begun[number][0]

    items = [
        {**rxslack.stream_reply(question, words(begun[number])), "number": number}
        for number, question in enumerate(slack["questions"])
    ]
    await rxslack.arun(reactivex.from_iterable(items).pipe(rxslack.stream_message(web)), note)
    return [*first.values()]


async def slack_sdk_streams(slack: dict[str, Any]) -> list[float]:
    from slack_sdk.web.async_client import AsyncWebClient

    web: Any = AsyncWebClient(slack["token"], base_url=slack["base_url"])

    async def answer(question: dict[str, Any]) -> float:
        begun, first = list[float](), 0.0
        streamer = await web.chat_stream(
            channel=question["channel"],
            thread_ts=question["ts"],
            recipient_user_id=question["user"],
            recipient_team_id=question["team"],
        )
        async for word in words(begun):
            if await streamer.append(markdown_text=word) is not None and not first:
                first = time.monotonic() - begun[0]
        await streamer.stop()
        return first

    return await asyncio.gather(*map(answer, slack["questions"]))


async def in_turns(call: Callable[[], Coroutine[Any, Any, object]]) -> list[float]:
    turns = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with turns:
            await call()

    await asyncio.gather(*(one() for _ in range(CALLS)))
    return []


async def rxslack_calls(slack: dict[str, Any]) -> list[float]:
    web = rxslack.WebClient(slack["token"], base_url=slack["base_url"])
    return await in_turns(lambda: web.acall("auth.test"))


async def slack_sdk_calls(slack: dict[str, Any]) -> list[float]:
    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    async with aiohttp.ClientSession() as session:  # else it opens one for each call
        web: Any = AsyncWebClient(slack["token"], base_url=slack["base_url"], session=session)
        return await in_turns(lambda: web.api_call("auth.test"))


CLIENTS: Final[dict[str, Work]] = {
    "rxslack, stream_message": rxslack_streams,
    "slack_sdk, chat_stream": slack_sdk_streams,
    "rxslack, acall": rxslack_calls,
    "slack_sdk, AsyncWebClient": slack_sdk_calls,
}


# --- measuring ------------------------------------------------------------------------------------


def serve(pipe: Connection) -> None:
    """Be Slack: ask questions, and count the calls, each time somebody says so."""
    with Workspace(bot_scopes=AGENT_SCOPES, limits=Limits.off(), keep=100_000) as slack:
        while pipe.recv():
            before = len(slack.calls())
            asked = [slack.say("general", "alice", f"Question {n}?") for n in range(ANSWERS)]
            questions = [{**question, "team": slack.team_id} for question in asked]
            told = {"base_url": slack.base_url, "token": slack.bot_token, "questions": questions}
            pipe.send(told)
            pipe.recv()
            texts = [stream.markdown for stream in slack.streams[-ANSWERS:]]
            pipe.send((len(slack.calls()) - before, texts))


def measure(name: str, slack: dict[str, Any]) -> Figures:
    """Run a client, in this process, which has done nothing yet."""
    cpu, began = time.process_time(), time.monotonic()
    first = asyncio.run(CLIENTS[name](slack))
    return {
        "cpu": time.process_time() - cpu,
        "seconds": time.monotonic() - began,
        "first": statistics.median(first) if first else 0.0,
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.streaming")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    here, there = multiprocessing.Pipe()
    multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True).start()
    found: dict[str, list[Figures]] = {name: [] for name in CLIENTS}
    for _ in range(options.rounds):
        for name, figures in found.items():
            here.send(True)
            command = [sys.executable, "-m", __spec__.name, "--measure", name]
            child = subprocess.run(
                command, input=json.dumps(here.recv()), capture_output=True, text=True, check=True
            )
            here.send(True)
            calls, texts = here.recv()
            if "stream" in name:
                assert texts == ["".join(f"word {n} " for n in range(WORDS))] * ANSWERS, name
            figures.append({**json.loads(child.stdout), "calls": calls})
    here.send(False)
    lines = ["client | calls | CPU seconds | calls a CPU second | first word after"]
    for name, figures in found.items():
        cpu = statistics.median(one["cpu"] for one in figures)
        calls = statistics.median(one["calls"] for one in figures)
        first = statistics.median(one["first"] for one in figures)
        shown = f"{first * 1000:.0f} ms" if first else ""
        lines.append(f"{name} | {calls:.0f} | {cpu:.2f} | {calls / cpu:.0f} | {shown}")
    print("\n".join(lines))  # noqa: T201 - a command prints


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], json.load(sys.stdin))))  # noqa: T201 - for `main`
    else:
        main()
