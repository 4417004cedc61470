"""
Try the log with processes and servers that are killed, and say what that left.

    python -m tests.logs speed
    python -m tests.logs storm --engine redis --seeds 1-5 --messages 50000 --channels 100 --rate 1000

One line for each; the exit status is 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import sys

from tests.logs.scenes import SCENES
from tests.logs.speed import speed
from tests.logs.storm import StormPlan, storm


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.logs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_storm(commands.add_parser("storm", help="messages, while all are killed"))
    add_speed(commands.add_parser("speed", help="what it costs, beside bare redis-py"))
    for name, (scene, size) in SCENES.items():
        one = commands.add_parser(name, help=scene_help(name))
        one.add_argument("--size", type=float, default=size)
        one.set_defaults(run=run_scene, scene=scene)
    options = parser.parse_args()
    held: bool = options.run(options)
    return 0 if held else 1


def add_storm(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--engine", choices=["redis", "sqlite"], default="redis")
    parser.add_argument("--seeds", default="1", help="one, or several: 1-5")
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--rate", type=float, default=400.0, help="messages a second")
    parser.add_argument("--kills", type=int, default=2, help="of each kind of process")
    parser.set_defaults(run=run_storms)


def scene_help(name: str) -> str:
    """What is tried."""
    return {
        "replies": "kill workers of all of rxslack while posts are held back",
        "ingest": "kill and deploy two that hear over RTM",
        "outage": "take the server away from Socket Mode",
        "full": "fill the log, and go on",
        "stopped": "stop a worker for longer than its lease",
        "handover": "end a worker by SIGTERM",
        "budget": "post from four processes",
        "leases": "spread workspaces without sockets",
        "spread": "spread workspaces, kill one process, add one",
    }[name]


def run_scene(options: argparse.Namespace) -> bool:
    line, held = options.scene(options.size)
    print(line, "" if held else "BROKEN", flush=True)  # noqa: T201 - a command prints
    return bool(held)


def run_speed(options: argparse.Namespace) -> bool:
    return speed(options.count, options.rounds, options.seconds)


def add_speed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.set_defaults(run=run_speed)


def run_storms(options: argparse.Namespace) -> bool:
    first, _, last = str(options.seeds).partition("-")
    held = True
    for seed in range(int(first), int(last or first) + 1):
        result = storm(
            StormPlan(
                engine=options.engine,
                seed=seed,
                messages=options.messages,
                channels=options.channels,
                workers=options.workers,
                rate=options.rate,
                kills=options.kills,
            )
        )
        print(result.line(), flush=True)  # noqa: T201 - a command prints
        if not result.is_clean:
            held = False
            print(result.story, flush=True)  # noqa: T201
    return held


if __name__ == "__main__":
    sys.exit(main())
