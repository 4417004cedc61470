"""A stream against a local Slack, and what it brought."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from reactivex import Observable, abc

import rxslack
from rxslack.simulator import Limits, Workspace


class Stream:
    """
    A subscription, and what came of it.

    Args:
        slack: where it is connected to.
        observable: what is subscribed.
    """

    def __init__(self, slack: Workspace, observable: Observable[Any]) -> None:
        self.slack = slack
        self.items: list[dict[str, Any]] = []
        self.errors: list[Exception] = []
        self.subscription: abc.DisposableBase = observable.subscribe(
            self.items.append, self.errors.append
        )

    def kinds(self) -> list[str]:
        return [
            item["type"] for item in self.items if item["type"] not in ("pong", "reconnect_url")
        ]

    def texts(self) -> list[str]:
        return [i["text"] for i in self.items if i["type"] == "message" and not i.get("hidden")]

    def wait_for(self, condition: Callable[[], Any], within: float = 10.0) -> None:
        deadline = time.monotonic() + within
        while not condition():
            assert time.monotonic() < deadline, (self.kinds(), self.errors)
            time.sleep(0.002)

    def hellos(self, number: int) -> None:
        """Wait for the hello of so many connections."""
        self.wait_for(lambda: self.kinds().count("hello") >= number)

    def say(self, text: str) -> None:
        """Somebody says something, and it arrives."""
        self.slack.say("general", "alice", text)
        self.wait_for(lambda: text in self.texts())


Connect = Callable[..., Stream]


@pytest.fixture
def listen(unlimited: Workspace) -> Iterator[Connect]:
    """Subscribe to any observable; disposed after the test."""
    streams: list[Stream] = []

    def made(observable: Observable[Any]) -> Stream:
        streams.append(Stream(unlimited, observable))
        return streams[-1]

    yield made
    for stream in streams:
        stream.subscription.dispose()


@pytest.fixture
def unlimited() -> Iterator[Workspace]:
    """A Slack that may be called as often as one likes."""
    with Workspace(limits=Limits.off()) as workspace:
        yield workspace


@pytest.fixture
def connect(unlimited: Workspace, listen: Connect) -> Connect:
    """Subscribe to `rtm`, with `reconnect` unless told otherwise; disposed after the test."""

    def made(*operators: Any, reconnecting: bool = True, **options: Any) -> Stream:
        budget = rxslack.UrlBudget(burst=10_000, per_minute=60_000.0)
        stream = rxslack.rtm(unlimited.web, budget=budget, **options)
        if reconnecting:
            stream = stream.pipe(rxslack.reconnect(lambda: rxslack.backoff(0.01, 0.01)))
        return listen(stream.pipe(*operators))

    return made
