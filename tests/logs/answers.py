"""A process that answers the events of a log, once, in a Slack of files."""

from __future__ import annotations

import logging
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from rxslack import concurrent, from_log, post_message, run
from tests.logs.file_slack import FileSlack


def main() -> int:
    where, folder, lease, *slow = sys.argv[1:]
    logging.basicConfig(level="INFO")
    answers = from_log(where, group="answers", lease=float(lease), attempts=100).pipe(
        concurrent(channel_of, partial(answer, float(slow[0]) if slow else 0.0)),
        post_message(
            FileSlack(Path(folder)),
            outbox=where,
            look_up=(0.3, 0.6),
            per_minute=float("inf"),
            workers=4,
        ),
    )
    return run(answers)


def channel_of(event: Any) -> str:
    return str(event["channel"])


def answer(seconds: float, event: Any) -> dict[str, Any]:
    if seconds:
        time.sleep(seconds)
    return {"channel": event["channel"], "text": event["text"]}


if __name__ == "__main__":
    sys.exit(main())
