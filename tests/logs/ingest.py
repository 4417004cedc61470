"""
A process that hears what is said from some moment on, and appends it to a log.

Killed and started again it goes on where it was, and somewhat before, as `backfill` does with its checkpoint.
"""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path
from typing import Any

from rxslack import to_log

MARGIN = 10.0  # seconds before what was heard last


def main() -> None:
    where, checkpoint, began, messages, channels, rate = sys.argv[1:]
    logging.basicConfig(level="INFO")
    say(where, Path(checkpoint), float(began), int(messages), int(channels), float(rate))


def say(
    where: str, checkpoint: Path, began: float, messages: int, channels: int, rate: float
) -> None:
    """Message n is said at `began` + n / rate."""
    lines = checkpoint.read_text().split("\n") if checkpoint.exists() else []
    heard = max((int(line) for line in lines[:-1]), default=0)
    first = max(heard - int(MARGIN * rate), 0)
    with to_log(where, drain=600.0) as log, checkpoint.open("a") as file:
        for number in range(first, messages):
            pause = began + number / rate - time.time()
            if pause > 0.002:
                time.sleep(pause)
            log.on_next(message(number, channels))
            if number % 50 == 0 and number > heard:
                file.write(f"{number}\n")
                file.flush()


def message(number: int, channels: int) -> dict[str, Any]:
    """The one of a number."""
    channel = f"C{number * 7919 % channels:03d}"
    return {"type": "message", "channel": channel, "ts": f"{number}.000100", "text": f"{number}"}


if __name__ == "__main__":
    main()
