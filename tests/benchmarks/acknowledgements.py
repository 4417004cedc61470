"""
How fast a burst of envelopes is acknowledged, in each mode.

    python -m tests.benchmarks.acknowledgements            # prints
    python -m tests.benchmarks.acknowledgements --write    # acknowledgements.md and the guide, too

The simulated Slack runs in a process of its own and sends everything at once; it takes the times,
from the sending of an envelope to its acknowledgement.
"""

from __future__ import annotations

import argparse
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from reactivex import Subject

import rxslack
from rxslack.simulator import Limits, Workspace

__all__ = ["MODES", "Figures", "between_marks", "main", "measure", "write"]

_RESULTS: Final = Path(__file__).with_name("acknowledgements.md")
_GUIDE: Final = Path(__file__).parents[2] / "rxslack" / "guide" / "speed.py"
_MARKS: Final = (
    "<!-- acknowledgements: written by tests/benchmarks/acknowledgements.py -->\n",
    "<!-- end of acknowledgements -->\n",
)
_PATIENCE: Final = 120.0  # seconds

Json: TypeAlias = dict[str, Any]
Work: TypeAlias = Callable[[Json], None]


class Figures(NamedTuple):
    """
    What came of a burst.

    Args:
        acknowledged: how many envelopes were.
        again: how many came more than once, as Slack had not heard in time.
        seconds: from the first sending to the last acknowledgement.
        median: seconds from the sending of an envelope to its acknowledgement.
        slowest: the same.
        cpu: seconds of the client's process.
    """

    acknowledged: int
    again: int
    seconds: float
    median: float
    slowest: float
    cpu: float = 0.0


# --- Slack, in its own process --------------------------------------------------------------------


def serve(pipe: Connection, count: int) -> None:
    """Be Slack: send so many envelopes to whoever connects, and report."""
    with Workspace(limits=Limits.off(), keep=count * 2) as slack:
        pipe.send((slack.base_url, slack.app_token))
        slack.wait_until(lambda: slack.connections, _PATIENCE)
        for number in range(count):
            slack.socket_mode.send_event(_event(number))
        delivered = slack.socket_mode.delivered
        slack.wait_until(lambda: all(one.is_settled for one in delivered), _PATIENCE)
        times = [(one.sent_at[0], one.acknowledged_at) for one in delivered]
        waits = sorted(at - sent for sent, at in times if at is not None)
        pipe.send(
            Figures(
                acknowledged=len(waits),
                again=sum(len(one.sent_at) > 1 for one in delivered),
                seconds=max(at or 0.0 for _, at in times) - min(sent for sent, _ in times),
                median=waits[len(waits) // 2],
                slowest=waits[-1],
            )
        )
        pipe.poll(_PATIENCE)  # until the client has gone


def _event(number: int) -> Json:
    event = {
        "type": "message",
        "channel": "C0123456789",
        "user": "U0123456789",
        "text": f"Message {number}, which is neither very short nor very long",
        "ts": f"{1_700_000_000 + number}.000200",
    }
    return {"type": "event_callback", "event_id": f"Ev{number:010}", "event": event}


# --- the client -----------------------------------------------------------------------------------


def _idle(_answers: Subject[Json], _over: threading.Event) -> Work:
    def work(_: Json) -> None: ...

    return work


def _asleep(_answers: Subject[Json], over: threading.Event) -> Work:
    """Blocks the connection's own thread from the first envelope on."""

    def work(item: Json) -> None:
        if item["type"] == "events_api":
            over.wait(_PATIENCE)

    return work


def _by_hand(answers: Subject[Json], _over: threading.Event) -> Work:
    def work(item: Json) -> None:
        if item["type"] == "events_api":
            answers.on_next({"envelope_id": item["envelope_id"]})

    return work


MODES: Final[dict[str, tuple[Any, Callable[[Subject[Json], threading.Event], Work]]]] = {
    "on receipt": ("on_receipt", _idle),
    "on receipt, the subscriber asleep": ("on_receipt", _asleep),
    "when done": ("when_done", _idle),
    "by hand": ("by_hand", _by_hand),
}


def measure(name: str, count: int) -> Figures:
    """Let a burst of so many envelopes be acknowledged in a mode."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    slack = context.Process(target=serve, args=(theirs, count), daemon=True)
    slack.start()
    theirs.close()
    try:
        base_url, token = ours.recv()
        with_cpu = _answer(rxslack.WebClient(token, base_url=base_url), name, ours.recv)
    finally:
        ours.close()
        slack.join(_PATIENCE)
    return with_cpu


def _answer(app: rxslack.WebClient, name: str, report: Callable[[], Figures]) -> Figures:
    acknowledge, work = MODES[name]
    answers, over = Subject[Json](), threading.Event()
    stream = rxslack.socket_mode(app, acknowledge=acknowledge, answers=answers)
    begun = time.process_time()
    subscription = stream.subscribe(work(answers, over))
    try:
        figures = report()
        return figures._replace(cpu=time.process_time() - begun)
    finally:
        over.set()
        subscription.dispose()


# --- the table ------------------------------------------------------------------------------------


def _table(count: int) -> Iterator[str]:
    yield from (_MARKS[0].strip(), f"{count:,} envelopes at once, in each mode:", "")
    head = (
        "acknowledged",
        "how many",
        "envelopes a second",
        "CPU, µs an envelope",
        "median, s",
        "slowest, s",
        "delivered again",
    )
    yield f"| {' | '.join(head)} |"
    yield "|".join(["", *("---" for _ in head), ""])
    for name in MODES:
        yield f"| {' | '.join(_cells(name, measure(name, count), count))} |"
    yield _MARKS[1].strip()


def _cells(name: str, figures: Figures, count: int) -> list[str]:
    return [
        name,
        f"{figures.acknowledged:,}",
        f"{count / figures.seconds:,.0f}",
        f"{1e6 * figures.cpu / count:.0f}",
        f"{figures.median:.2f}",
        f"{figures.slowest:.2f}",
        f"{figures.again:,}",
    ]


def between_marks(text: str) -> str:
    """The part of a text that the guide quotes."""
    return text.partition(_MARKS[0])[2].partition(_MARKS[1])[0]


def write(text: str) -> None:
    """Keep the table, and quote it in the guide."""
    _RESULTS.write_text(text)
    before, mark, rest = _GUIDE.read_text().partition(_MARKS[0])
    if mark:
        after = rest.partition(_MARKS[1])[2]
        _GUIDE.write_text(f"{before}{mark}{between_marks(text)}{_MARKS[1]}{after}")


def main() -> None:
    """Measure what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="write the results and the guide")
    options.add_argument("--envelopes", type=int, default=10_000)
    given = options.parse_args()
    lines: list[str] = []
    for line in _table(given.envelopes):
        print(line, flush=True)  # noqa: T201 this is a command
        lines.append(line)
    if given.write:
        write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
