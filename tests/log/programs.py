"""What tests of the log share: events, and watching who gets them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from reactivex import Observable

from rxslack import from_log, to_log

__all__ = ["Watcher", "append", "event", "in_order"]

Item = dict[str, Any]


def event(number: int, channel: str = "C1") -> Item:
    """A message, which says its number."""
    return {"type": "message", "channel": channel, "ts": f"{number}.000100", "text": str(number)}


def append(where: str, *items: Any, **options: Any) -> None:
    """Append, and wait until that is done."""
    with to_log(where, drain=60.0, **options) as log:
        for item in items:
            log.on_next(item)


class Watcher:
    """Subscribes, and keeps what comes."""

    def __init__(
        self,
        where: str,
        through: Callable[[Observable[Any]], Observable[Any]] = lambda stream: stream,
        *,
        group: str = "g",
        **options: Any,
    ) -> None:
        self.items: list[Any] = []
        self.errors: list[Exception] = []
        self._lock = threading.Lock()
        self.subscription = through(from_log(where, group=group, **options)).subscribe(
            self._take, self.errors.append
        )

    def _take(self, item: Any) -> None:
        with self._lock:
            self.items.append(item)

    @property
    def texts(self) -> list[str]:
        """Of the events that came."""
        return [item.get("text", item["type"]) for item in self.items]


def in_order(items: list[Item]) -> bool:
    """Whether those of each channel came in the order of their numbers, each once."""
    channels: defaultdict[str, list[int]] = defaultdict(list)
    for item in items:
        channels[item["channel"]].append(int(item["text"]))
    return all(numbers == sorted(set(numbers)) for numbers in channels.values())
