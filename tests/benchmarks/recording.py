"""
How fast a recording is written and replayed: `python tests/benchmarks/recording.py [EVENTS]`.

Also how long `await first(stream)` takes from the emission on another thread.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import reactivex
from reactivex import Observable, Subject, operators as ops

from rxslack import MessageEvent, first, of_type, replay
from rxslack.past.recording_file import RecordingFile


def write(path: Path, events: int) -> None:
    tape = RecordingFile(path)
    for number in range(events):
        tape.write(
            {
                "client_msg_id": f"1af2c0de-{number:08d}",
                "type": "message",
                "channel": f"C{number % 50:07d}",
                "user": f"U{number % 500:07d}",
                "text": f"Hello number {number}",
                "ts": f"{1764000000 + number // 10}.{number % 10:06d}",
                "team": "T0001",
            }
        )
    tape.close()


def text_of(event: MessageEvent) -> str:
    return event["text"]


def greets(event: MessageEvent) -> bool:
    return "Hello" in event["text"]


def drain(stream: Observable[Any]) -> None:
    stream.subscribe()


def timed(name: str, events: int, work: Any) -> None:
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name:<28} {events / seconds:>10,.0f} events/s   peak {peak} MiB")  # noqa: T201 - a report


def latency() -> float:
    """Seconds from an emission to the return of `await first(…)`, the worst of fifty."""

    async def once() -> float:
        subject: Subject[float] = Subject()

        def emit() -> None:
            while not subject.observers:
                time.sleep(0.0005)
            subject.on_next(time.perf_counter())

        threading.Thread(target=emit).start()
        emitted = await first(subject)
        return time.perf_counter() - emitted

    return max(asyncio.run(once()) for _ in range(50))


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        day = Path(folder) / "day.jsonl.gz"
        timed("write, gzip", events, lambda: write(day, events))
        timed("replay", events, lambda: drain(replay(day)))
        pipeline = reactivex.compose(of_type(MessageEvent, greets), ops.map(text_of))
        timed("replay, of_type, map", events, lambda: drain(replay(day).pipe(pipeline)))
        timed("the same, in its own time", events, lambda: drain(replay(day, pipeline)))
        timed("debounce of a minute", events, lambda: drain(replay(day, ops.debounce(60.0))))
    print(f"await first(…): {1000 * latency():.1f} ms at most, of 50")  # noqa: T201 - a report


if __name__ == "__main__":
    main()
