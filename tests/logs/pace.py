"""A process that posts in one channel as fast as it may, and writes down when."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from rxslack import post_message


class Web:
    """A Slack that notes the time; all of these processes have one token."""

    account = "0123456789abcdef"

    def __init__(self, path: Path) -> None:
        self._path = path

    def call(self, _: str, /, **arguments: Any) -> dict[str, Any]:
        with self._path.open("a") as file:
            file.write(f"{time.time()}\n")
        return {"ok": True, **arguments}


def main() -> None:
    where, path, seconds = sys.argv[1:]
    sink = post_message(Web(Path(path)), budget=where, per_minute=120.0, burst=5)
    for number in range(1000):
        sink.on_next({"channel": "C1", "text": str(number)})
    time.sleep(float(seconds))
    sink.close()


if __name__ == "__main__":
    main()
