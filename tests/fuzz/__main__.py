"""
Try random inputs for as long as there is time, and show the one that finds a defect.

    pip install -e '.[fuzz]'
    python -m tests.fuzz frames --seconds 600
    python -m tests.fuzz frames decoding --steps 10000 --seed 7
    python -m tests.fuzz frames --seed 7 --step 4711      # that one again

Each target is a module of this folder; without a name all are tried, one after the other. A step
depends on the seed and its own number only. The exit status is 1 after a finding.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
import traceback
from collections.abc import Iterable, Sequence
from random import Random, randrange

from tests.fuzz.finding import Finding, Step
from tests.fuzz.targets import TARGETS, fuzzer

__all__ = ["main", "random_for"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz what the command line names."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if unknown := {*options.targets} - {*TARGETS}:
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    seed = randrange(10**6) if options.seed is None else options.seed
    return max([_fuzz(name, seed, options) for name in options.targets or TARGETS])


def random_for(seed: int, number: int) -> Random:
    """The randomness of one step."""
    return Random(f"{seed}/{number}")


def _parser() -> argparse.ArgumentParser:
    listed = "; ".join(f"{name}: {target.says}" for name, target in TARGETS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("targets", nargs="*", help=listed)
    parser.add_argument("--seed", type=int, help="default: any")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target")
    parser.add_argument("--steps", type=int, help="so many, however long they take")
    parser.add_argument("--step", type=int, help="only the one with this number")
    return parser


def _fuzz(name: str, seed: int, options: argparse.Namespace) -> int:
    begun = time.monotonic()
    count = 0
    with fuzzer(name)() as step:
        for number in _numbers(options):
            count += 1
            if story := _story(step, seed, number):
                print(f"{name}: --seed {seed} --step {number}: {story}", flush=True)  # noqa: T201 a command prints
                break
        else:
            number = -1
    seconds = time.monotonic() - begun
    found = "a finding" if number >= 0 else "no finding"
    print(f"{name}: {count:,} steps in {seconds:.0f} s, seed {seed}: {found}", flush=True)  # noqa: T201
    return int(number >= 0)


def _numbers(options: argparse.Namespace) -> Iterable[int]:
    if options.step is not None:
        return [options.step]
    if options.steps is not None:
        return range(options.steps)
    deadline = time.monotonic() + options.seconds
    return itertools.takewhile(lambda _: time.monotonic() < deadline, itertools.count())


def _story(step: Step, seed: int, number: int) -> str:
    """What is wrong with a step; "" when nothing is."""
    try:
        step(random_for(seed, number))
    except Finding as finding:
        return str(finding)
    except Exception:  # noqa: BLE001 whatever else escapes is a finding, too
        return traceback.format_exc()
    return ""


if __name__ == "__main__":
    sys.exit(main())
