"""A stream behind `backfill` for which a test speaks, and what a test says."""

from __future__ import annotations

import threading
import time
from typing import Any

from reactivex.subject import Subject

import rxslack
from rxslack.simulator import Workspace

QUICK: dict[str, Any] = {"pauses": lambda: [0.01] * 3, "settle": 0.0, "margin": 0.0}


def texts(items: list[dict[str, Any]]) -> list[str]:
    return [item["text"] for item in items if item["type"] == "message" and "text" in item]


def lacks(summary: dict[str, Any]) -> dict[str | None, str]:
    """What a summary says is missing, and not what always is, by channel."""
    always = ("edits, deletions", "answers in threads that began")
    return {
        part["channel"]: part["why"]
        for part in summary["missing"]
        if not part["why"].startswith(always)
    }


def ended(slack: Workspace) -> bool:
    """Whether nobody is connected, and what was delivered last is remembered."""
    return not slack.connections and {"rxslack-rtm", "rxslack-opener", "rxslack-hub"}.isdisjoint(
        t.name for t in threading.enumerate()
    )


def gap(slack: Workspace, last_ts: str | None = None, since: float | None = None) -> dict[str, Any]:
    """After a message, or a moment; a while ago, so that Slack's clock is surely behind it."""
    slack.clock.advance(2.0)
    now = slack.clock()
    if since is None:
        since = now - 3.0 if last_ts is None else float(last_ts)
    return {
        "type": "rxslack.gap",
        "since": since,
        "until": now,
        "last_ts": last_ts,
        "reason": "a test",
    }


def live(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "event_ts": message["ts"]}


class Source:
    """A stream that a test speaks for, behind `backfill`."""

    def __init__(self, slack: Workspace, **options: Any) -> None:
        self.slack = slack
        self.subject: Subject[dict[str, Any]] = Subject()
        self.items: list[dict[str, Any]] = []
        self.errors: list[Exception] = []
        self.completed = threading.Event()
        web = options.pop("web", slack.user_web)
        self.subscription = self.subject.pipe(
            rxslack.backfill(web, **{**QUICK, **options})
        ).subscribe(self.items.append, self.errors.append, self.completed.set)

    def say(self, item: dict[str, Any]) -> None:
        self.subject.on_next(item)

    def filled(self, times: int = 1) -> dict[str, Any]:
        deadline = time.monotonic() + 10.0
        while ((found := self.summaries()) and len(found) < times) or not found:
            assert time.monotonic() < deadline, self.items
            time.sleep(0.002)
        return found[-1]

    def summaries(self) -> list[dict[str, Any]]:
        return [item for item in self.items if item["type"] == "rxslack.backfilled"]
