"""A process that answers the messages of a log in a Slack, with all of rxslack."""

from __future__ import annotations

import logging
import sys
from typing import Any

from reactivex import operators as ops

import rxslack


def main() -> int:
    where, base_url, token, reader_token = sys.argv[1:]
    logging.basicConfig(level="INFO")
    web = rxslack.WebClient(token, base_url=base_url)
    reader = rxslack.WebClient(reader_token, base_url=base_url)
    answers = rxslack.from_log(where, group="answers", lease=2.0, attempts=100).pipe(
        rxslack.of_type(rxslack.MessageEvent),
        rxslack.concurrent(channel_of, answer),
        rxslack.post_message(
            web, outbox=where, reader=reader, look_up=(0.5, 1.5), per_minute=6000.0, burst=50
        ),
        ops.ignore_elements(),
    )
    return rxslack.run(answers)


def channel_of(event: Any) -> str:
    return str(event["channel"])


def answer(event: Any) -> dict[str, Any]:
    return {"channel": event["channel"], "text": f"re {event['text']}"}


if __name__ == "__main__":
    sys.exit(main())
