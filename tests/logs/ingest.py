"""A process that hears what is said, from the moment at which it connects, and appends it to a log."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

from rxslack import to_log

BEFORE = 10.0  # seconds before it connects that it hears of all the same, as by `backfill`


def main() -> None:
    where, began, messages, channels, rate = sys.argv[1:]
    logging.basicConfig(level="INFO")
    say(where, float(began), int(messages), int(channels), float(rate))


def say(where: str, began: float, messages: int, channels: int, rate: float) -> None:
    """Message n is said at `began` + n / rate; a connection hears it if it stands by then."""
    first = max(int((time.time() - began - BEFORE) * rate), 0)
    with to_log(where, drain=600.0) as log:
        for number in range(first, messages):
            pause = began + number / rate - time.time()
            if pause > 0.002:
                time.sleep(pause)
            log.on_next(message(number, channels))


def message(number: int, channels: int) -> dict[str, Any]:
    """The one of a number."""
    channel = f"C{number * 7919 % channels:03d}"
    return {"type": "message", "channel": channel, "ts": f"{number}.000100", "text": f"{number}"}


if __name__ == "__main__":
    main()
