"""A process that hears a Slack, over RTM or Socket Mode, and appends to a log; it touches a file at its hello."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from reactivex import operators as ops

import rxslack
from rxslack.log.where import MAX_ENTRIES


def main() -> int:
    where, mode, base_url, token, ready, *bounds = sys.argv[1:]
    most, most_bytes = map(int, bounds or (MAX_ENTRIES, 64 * 1024 * 1024))
    logging.basicConfig(level="INFO")
    client = rxslack.WebClient(token, base_url=base_url)

    def look(item: Any) -> None:
        if item["type"] == "hello":
            Path(ready).touch()

    stream = (
        rxslack.rtm(client, named=True, max_waiting_bytes=most_bytes)
        if mode == "rtm"
        else rxslack.socket_mode(client, acknowledge="when_done", deadline=None)
    )
    log = rxslack.to_log(where, max_entries=most)
    return rxslack.run(stream.pipe(rxslack.reconnect(), ops.do_action(look), log))


if __name__ == "__main__":
    sys.exit(main())
