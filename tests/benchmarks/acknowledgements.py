"""
How fast a burst of envelopes is acknowledged, for each mode; run by hand::

    python tests/benchmarks/acknowledgements.py --envelopes 10000

The simulated Slack runs in the same process, so its own work is part of every figure.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from reactivex import Subject

import rxslack
from rxslack.simulator import Limits, Workspace

MODES: Any = ("on_receipt", "when_done", "by_hand")


def measure(mode: Any, count: int) -> str:
    """A line about one mode."""
    with Workspace(limits=Limits.off(), keep=count * 2) as slack:
        answers = Subject[Any]()
        stream = rxslack.socket_mode(slack.app, acknowledge=mode, answers=answers)

        def work(item: Any) -> None:
            if mode == "by_hand" and item["type"] == "events_api":
                answers.on_next({"envelope_id": item["envelope_id"]})

        subscription = stream.subscribe(work)
        slack.wait_until(lambda: slack.connections)
        begun = time.perf_counter()
        for number in range(count):
            slack.socket_mode.send_event(
                {
                    "event_id": f"Ev{number}",
                    "event": {"type": "message", "channel": "C1", "user": "U1", "text": "Hello"},
                }
            )
        told = time.perf_counter() - begun
        delivered = slack.socket_mode.delivered
        slack.wait_until(lambda: all(one.is_settled for one in delivered), 120.0)
        taken = time.perf_counter() - begun
        subscription.dispose()
        waits = sorted((one.acknowledged_at or 0.0) - one.sent_at[0] for one in delivered)
        again = sum(len(one.sent_at) > 1 for one in delivered)
    return (
        f"{mode:<11}{count / taken:>8,.0f} envelopes/s; told within {told:.2f} s, acknowledged "
        f"within {taken:.2f} s; the slowest after {waits[-1]:.3f} s, the median after "
        f"{waits[count // 2]:.3f} s; {again} delivered again"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Acknowledge a burst of envelopes in each mode.")
    parser.add_argument("--envelopes", type=int, default=10_000)
    count = parser.parse_args().envelopes
    for mode in MODES:
        print(measure(mode, count), flush=True)  # noqa: T201 - a command prints


if __name__ == "__main__":
    main()
