"""A Slack whose every answer a test writes, behind `backfill`."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from reactivex import Observable, abc
from reactivex.disposable import Disposable
from reactivex.subject import Subject

import rxslack
from rxslack.errors import ApiError
from rxslack.web.slack_clock import SlackClock
from rxslack.wire.bursts import BurstObserver, Bursts

Json = dict[str, Any]


def at(seconds: float) -> str:
    """The `ts` of so many seconds from now."""
    return f"{time.time() + seconds:.6f}"


def message(ts: str, text: str, thread: str | None = None) -> Json:
    threaded = {} if thread is None else {"thread_ts": thread}
    return {"type": "message", "user": "U1", "text": text, "ts": ts, **threaded}


def gap(since: float = -2.0, until: float = 0.0) -> Json:
    """A gap item, in seconds from now."""
    now = time.time()
    return {
        "type": "rxslack.gap",
        "since": now + since,
        "until": now + until,
        "last_ts": None,
        "reason": "a test",
    }


@dataclass(frozen=True)
class Call:
    """One call, and the instant at which it was made."""

    method: str
    arguments: Json
    instant: float


class ScriptedSlack:
    """
    Stands in for a `WebClient`.

    Attributes:
        clock: of Slack.
        calls: what was asked.
        before: called with each call before it is answered.
        refused: channels, or methods, and the error.
    """

    def __init__(self, *channels: str, clock: SlackClock | None = None) -> None:
        self.clock = clock or SlackClock()
        if clock is None:
            self.clock.heard_ts(at(0.0))  # it is exact
        self.calls: list[Call] = []
        self.before: Callable[[Call], Json | None] = lambda _: None
        self.refused: dict[str, str] = {}
        self._said: dict[str, list[Json]] = defaultdict(list)
        for channel in channels:
            self._said[channel] = []

    def say(self, channel: str, ts: str, text: str, thread: str | None = None) -> Json:
        """Somebody says something; returns it as it comes live."""
        said = message(ts, text, thread)
        self._said[channel].append(said)
        return {**said, "channel": channel, "event_ts": ts}

    def asked(
        self, method: str = "conversations.history", channel: str | None = None
    ) -> list[Call]:
        return [
            call
            for call in self.calls
            if call.method == method and channel in (None, call.arguments.get("channel"))
        ]

    def call(self, method: str, /, **arguments: Any) -> Json:
        call = Call(method, arguments, time.monotonic())
        self.calls.append(call)
        if (answer := self.before(call)) is not None:
            return answer
        for name in (method, arguments.get("channel", "")):
            if name in self.refused:
                raise ApiError(method, self.refused[name])
        if method == "users.conversations":
            return {"ok": True, "channels": [{"id": channel} for channel in self._said]}
        return self.messages(**arguments, answers=method == "conversations.replies")

    def messages(
        self, *, channel: str, oldest: str, answers: bool, ts: str = "", **_: object
    ) -> Json:
        """Pages of history, newest first, or of a thread, oldest first; all on one page."""
        said = self._said[channel]
        found = [one for one in said if one["ts"] > oldest]
        if answers:
            found = [one for one in found if one.get("thread_ts") == ts]
            return {"ok": True, "messages": sorted(found, key=lambda one: one["ts"])}
        roots = [self._with_answers(one, said) for one in found if "thread_ts" not in one]
        return {"ok": True, "messages": sorted(roots, key=lambda one: one["ts"], reverse=True)}

    def _with_answers(self, root: Json, said: list[Json]) -> Json:
        answers = [one["ts"] for one in said if one.get("thread_ts") == root["ts"]]
        if not answers:
            return root
        return {**root, "reply_count": len(answers), "latest_reply": max(answers)}


class Speaker(Bursts[Json]):
    """A stream that says together what is said together."""

    def __init__(self) -> None:
        super().__init__(self._follow)
        self._observers: list[BurstObserver] = []

    def _follow(self, observer: BurstObserver, _: Any) -> abc.DisposableBase:
        self._observers.append(observer)
        return Disposable(lambda: self._observers.remove(observer))

    def say(self, items: Sequence[Any]) -> None:
        """All at once."""
        plain = all(one["type"] == "message" and "subtype" not in one for one in items)
        for observer in [*self._observers]:
            observer.on_items(items, plain)


class Told:
    """
    What comes out of `backfill`, behind a stream for which a test speaks.

    Args:
        slack: whom it asks.
        speaker: where live items come from, if they come in bursts.
        options: of `backfill`.

    Attributes:
        subscribed: the subscriptions of the test that runs; disposed after it, which closes their files.
    """

    subscribed: ClassVar[list[abc.DisposableBase]] = []

    def __init__(
        self, slack: ScriptedSlack, speaker: Speaker | None = None, **options: Any
    ) -> None:
        self.items: list[Json] = []
        self.errors: list[Exception] = []
        self.also: Callable[[Json], object] = lambda _: None  # what a subscriber does
        self._changed = threading.Condition()
        self._source: Subject[Json] = Subject()
        self._speaker = speaker
        source: Observable[Json] = self._source if speaker is None else speaker
        options = {"settle": 0.0, "margin": 0.0, "pauses": lambda: [0.0], **options}
        web: Any = slack  # all that `backfill` asks of a client is `call` and `clock`
        self.subscription = source.pipe(rxslack.backfill(web, **options)).subscribe(
            self._hear, self.errors.append
        )
        self.subscribed.append(self.subscription)

    def tell(self, *items: Json) -> None:
        """Items come live."""
        if self._speaker is not None:
            self._speaker.say(items)
            return
        for item in items:
            self._source.on_next(item)

    def fail(self, error: Exception) -> None:
        """The source fails."""
        self._source.on_error(error)

    def filled(self, times: int = 1) -> Json:
        """Wait for the summary of a gap."""
        self.wait_for(lambda: len(self.summaries()) >= times)
        return self.summaries()[times - 1]

    def wait_for(self, condition: Callable[[], object]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, 10.0), (self.items, self.errors)

    def summaries(self) -> list[Json]:
        return [item for item in self.items if item["type"] == "rxslack.backfilled"]

    def texts(self) -> list[str]:
        return [item["text"] for item in self.items if item["type"] == "message"]

    def _hear(self, item: Json) -> None:
        with self._changed:
            self.items.append(item)
            self._changed.notify_all()
        self.also(item)
