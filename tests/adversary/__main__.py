"""
Run large storms, and say what they left.

    python -m tests.adversary --seconds 600
    python -m tests.adversary --seeds 1-10
    python -m tests.adversary --seed 7 --messages 5000 --faults 100 --mode socket_mode

One line for each, and what happened where a promise was broken; then the exit status is 1.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from collections.abc import Iterable, Iterator

from tests.adversary.slack import Mode
from tests.adversary.storm import KINDS, Plan, run

SETUPS: list[tuple[Mode, int]] = [("rtm", 1), ("socket_mode", 1), ("socket_mode", 2)]


def main() -> int:
    options = arguments().parse_args()
    deadline = time.monotonic() + options.seconds if options.seconds else None
    held = True
    for plan in plans(options):
        if deadline is not None and time.monotonic() > deadline:
            break
        outcome = run(plan)
        print(outcome.line(), flush=True)  # noqa: T201 - a command prints
        if not outcome.is_clean:
            held = False
            print(outcome.story, flush=True)  # noqa: T201
    return 0 if held else 1


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.adversary",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    seeds = parser.add_mutually_exclusive_group()
    seeds.add_argument("--seed", type=int, help="one storm")
    seeds.add_argument("--seeds", help="several: 1-10")
    seeds.add_argument("--seconds", type=float, help="storms with random seeds, for so long")
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--faults", type=int, help="default: one for each 30 messages")
    parser.add_argument("--channels", type=int, default=5)
    parser.add_argument("--pace", type=float, default=400.0, help="messages a second, about")
    parser.add_argument("--mode", choices=["rtm", "socket_mode"], help="default: each in turn")
    parser.add_argument("--connections", type=int, default=1, help="of Socket Mode")
    parser.add_argument(
        "--without",
        default="",
        help="kinds of trouble that do not happen, with commas between them: "
        + "; ".join(f"{kind}: {what}" for kind, what in KINDS.items()),
    )
    return parser


def plans(options: argparse.Namespace) -> Iterator[Plan]:
    setups = [(options.mode, options.connections)] if options.mode else SETUPS
    named: str = options.without
    without = frozenset(one for one in named.split(",") if one)
    if not without <= KINDS.keys():
        sys.exit(f"no such kind of trouble: {', '.join(sorted(without - KINDS.keys()))}")
    for number, seed in enumerate(seeds(options)):
        # The endless ones take the setups in turn, the others each seed with all of them.
        for mode, connections in [setups[number % len(setups)]] if options.seconds else setups:
            yield Plan(
                seed=seed,
                mode=mode,
                connections=connections,
                messages=options.messages,
                faults=options.messages // 30 if options.faults is None else options.faults,
                channels=options.channels,
                pace=options.pace,
                without=without,
            )


def seeds(options: argparse.Namespace) -> Iterable[int]:
    if options.seeds:
        first, _, last = options.seeds.partition("-")
        return range(int(first), int(last or first) + 1)
    if options.seconds:
        return (random.randrange(10**6) for _ in itertools.count())
    return [1 if options.seed is None else options.seed]


if __name__ == "__main__":
    sys.exit(main())
