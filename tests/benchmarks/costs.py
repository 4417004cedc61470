"""
What rxslack's own work costs: a post, a sink, much at once, and each operator, beside others in the same run.

    pip install -e '.[speed,notebook,bench,test]'
    python -m tests.benchmarks.costs

All that is compared takes turns in one process, and the medians of its CPU time are told; a busy machine
makes all figures larger, and leaves their ratios. `--quick` takes less than a minute and is for seeing
that it works.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any

import rxslack
from tests.benchmarks.bulk import bulk
from tests.benchmarks.canned import POSTED, Canned
from tests.benchmarks.interleaved import Work, medians
from tests.benchmarks.operators import operators
from tests.benchmarks.sinks import sinks

__all__ = ["main", "posting", "tables"]

_CALLS = 30  # in a row


def main() -> None:
    """Measure what the command line asks for."""
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.costs", description=__doc__)
    options.add_argument("--quick", action="store_true", help="only see that it works")
    quick = options.parse_args().quick
    for line in tables(300 if quick else 10_000, 1 if quick else 7):
        print(line, flush=True)  # noqa: T201 this is a command


def tables(count: int, rounds: int) -> Iterator[str]:
    """All of it, with so many messages and so often."""
    yield from _head("who posts", "CPU, µs", "× rxslack")
    for table in posting(rounds):
        yield from _rows(table, 1e6)
    yield from _head(
        "who posts by a sink",
        "CPU, µs a post",
        "of it where it is emitted, µs",
        "writes to the disk",
    )
    for name, cost in sinks(rounds).items():
        yield f"| {name} | {1e6 * cost.cpu:.1f} | {1e6 * cost.emitting:.1f} | {cost.writes:.2f} |"
    for name, times in bulk(count, rounds):
        yield from _head(f"{name}, a message", "CPU, µs", "× rxslack")
        yield from _rows(times, 1e6)
    yield from _head("operator", "CPU, ns an event")
    for name, seconds in operators(count, rounds):
        yield f"| {name} | {1e9 * seconds:.0f} |"


def _head(*cells: str) -> Iterator[str]:
    yield from ("", f"| {' | '.join(cells)} |", "|".join(["", *("---" for _ in cells), ""]))


def _rows(times: Mapping[str, float], unit: float) -> Iterator[str]:
    ours = next(iter(times.values()), 0.0)
    for name, seconds in times.items():
        yield f"| {name} | {unit * seconds:.1f} | {seconds / ours:.2f} |"


def posting(rounds: int) -> Iterator[dict[str, float]]:
    """Seconds of CPU of a chat.postMessage in the clear, and by TLS; the server is another process."""
    message: dict[str, Any] = {
        "channel": "C0123456789",
        "text": "Hello everyone, the release is out",
    }
    with ExitStack() as stack:
        slack = stack.enter_context(Canned([POSTED]))
        for url in (slack.base_url, slack.secure_url):
            transport = rxslack.Transport(ssl_context=slack.context)
            web = stack.enter_context(
                rxslack.WebClient("xoxb-test", base_url=url, transport=transport)
            )
            works = {"rxslack": _calling(partial(web.call, "chat.postMessage", **message))}
            if url == slack.base_url:
                works["http.client and a decoder"] = slack.bare(_CALLS, **message)
            try:
                from slack_sdk import WebClient
            except ImportError:
                pass
            else:
                theirs: Any = WebClient("xoxb-test", base_url=url, ssl=slack.context)
                works["slack_sdk"] = _calling(partial(theirs.chat_postMessage, **message))
            how = "" if url == slack.base_url else ", by TLS"
            found = medians(works, rounds)
            yield {f"{name}{how}": seconds / _CALLS for name, seconds in found.items()}


def _calling(call: Callable[[], object]) -> Work:
    def work() -> None:
        for _ in range(_CALLS):
            call()

    return work


if __name__ == "__main__":
    main()
