"""A process that takes its share of many workspaces, and writes down whose connection stands."""

from __future__ import annotations

import logging
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from reactivex import Observable, operators as ops

from rxslack import WebClient, reconnect, rtm, workspaces


def main() -> None:
    where, path, tokens, base_url, lease = sys.argv[1:]
    logging.basicConfig(level="WARNING")
    webs = [WebClient(token, base_url=base_url) for token in Path(tokens).read_text().split()]
    with Path(path).open("a", buffering=1) as file:
        stream = partial(events, file)
        workspaces(webs, stream, spread=where, lease=float(lease)).subscribe()
        time.sleep(600.0)


def events(file: TextIO, web: WebClient) -> Observable[dict[str, Any]]:
    """Those of one workspace; a line when it is connected, and one when it is left."""

    def look(item: dict[str, Any]) -> None:
        if item["type"] == "hello":
            file.write(f"+ {web.account}\n")

    def leave() -> None:
        file.write(f"- {web.account}\n")

    return rtm(web).pipe(reconnect(), ops.do_action(look), ops.finally_action(leave))


if __name__ == "__main__":
    main()
