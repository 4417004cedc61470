"""A process that takes its share of many workspaces, and writes down whose connection stands."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import reactivex
from reactivex import Observable, operators as ops

from rxslack import WebClient, reconnect, rtm, workspaces


def main() -> None:
    where, path, tokens, base_url, lease = sys.argv[1:]
    logging.basicConfig(level="WARNING")
    options: dict[str, Any] = {"base_url": base_url} if base_url else {}
    webs = [WebClient(token, **options) for token in Path(tokens).read_text().split()]
    with Path(path).open("a", buffering=1) as file:
        stream = partial(events, file, connect if base_url else greet)
        workspaces(webs, stream, spread=where, lease=float(lease)).subscribe()
        time.sleep(600.0)


def connect(web: WebClient) -> Observable[dict[str, Any]]:
    """A socket."""
    return rtm(web).pipe(reconnect())


def greet(_: WebClient) -> Observable[dict[str, Any]]:
    """What looks like one, and costs nothing."""
    hello: dict[str, Any] = {"type": "hello"}
    return reactivex.concat(reactivex.of(hello), reactivex.never())


def events(
    file: TextIO, stream: Callable[[WebClient], Observable[dict[str, Any]]], web: WebClient
) -> Observable[dict[str, Any]]:
    """Those of one workspace; a line when it is connected, and one when it is left."""

    def look(item: dict[str, Any]) -> None:
        if item["type"] == "hello":
            file.write(f"+ {web.account}\n")

    def leave() -> None:
        file.write(f"- {web.account}\n")

    return stream(web).pipe(ops.do_action(look), ops.finally_action(leave))


if __name__ == "__main__":
    main()
