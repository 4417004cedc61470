"""What `stream_message` promises, against a Slack that limits, expires, fails and forgets to answer."""

from __future__ import annotations

import logging
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
import reactivex
from reactivex import Observable, abc
from reactivex.disposable import Disposable

from rxslack.errors import RateLimited, ServerError, TransportError
from rxslack.sinks.stream_message import stream_message, stream_reply
from rxslack.testing import Marbles
from tests.sinks.streaming.slack import Lost, Slack

logger = logging.getLogger("rxslack.test")  # --log-cli-level=INFO shows the figures

STREAMS = 50
MINUTES = 12
TIERS = {  # calls a minute, and at once
    "startStream": (20, 6),
    "appendStream": (100, 24),
    "stopStream": (20, 6),
    "update": (50, 12),
    "replies": (50, 12),
}
FAULTS = {  # how often in a thousand calls
    "429": 15,
    "503": 10,
    "refused": 10,
    "lost, not done": 8,
    "lost, done": 8,
    "502, done": 4,
    "expired": 4,
}


class FaultySlack(Slack):
    """A Slack that counts its calls and meets with all kinds of trouble."""

    def __init__(self, marbles: Marbles, seed: int) -> None:
        super().__init__(marbles, expires=306.0)
        self.met: Counter[str] = Counter()
        self.tokens = {name: float(burst) for name, (_, burst) in TIERS.items()}
        self.at: defaultdict[str, float] = defaultdict(float)
        self.random = random.Random(seed)

    def trouble(self, name: str, arguments: Mapping[str, Any]) -> Any:
        a_minute, burst = TIERS[name]
        grown = (self.now - self.at[name]) * a_minute / 60
        self.tokens[name] = min(burst, self.tokens[name] + grown)
        self.at[name] = self.now
        if self.tokens[name] < 1:
            self.met["over the limit"] += 1
            return RateLimited(name, math.ceil((1 - self.tokens[name]) * 60 / a_minute))
        self.tokens[name] -= 1
        drawn = self.random.randrange(1000)
        for kind, weight in FAULTS.items():
            if drawn < weight:
                self.met[kind] += 1
                return self.fault(kind, arguments)
            drawn -= weight
        return None

    def fault(self, kind: str, arguments: Mapping[str, Any]) -> Any:
        if kind == "expired":
            if "ts" in arguments and arguments["ts"] in self.messages:
                self.messages[arguments["ts"]].began = -math.inf
            return None
        return {
            "429": RateLimited("Slack", 5.0),
            "503": ServerError("Slack", 503),
            "refused": TransportError("Slack", "connection refused"),
            "lost, not done": Lost(done=False),
            "lost, done": Lost(done=True),
            "502, done": Lost(True, ServerError("Slack", 502)),
        }[kind]


def spoken(marbles: Marbles, chosen: random.Random, words: list[str]) -> Observable[str]:
    """Words, each some seconds after the other, for twelve minutes; and sometimes nothing for long."""

    def at(frame: float, action: Callable[[], object]) -> None:
        def act(*_: object) -> None:
            action()

        marbles.scheduler.schedule_absolute(frame, act)

    def subscribe(observer: abc.ObserverBase[str], _: Any = None) -> abc.DisposableBase:
        frame = marbles.scheduler.frame
        for word in words:
            frame += chosen.uniform(0.2, 4.0) if chosen.random() < 0.98 else 60.0
            at(frame, partial(observer.on_next, word))
        at(frame + 0.1, observer.on_completed)
        return Disposable()

    return Observable(subscribe)


@pytest.mark.parametrize("seed", range(6))
def test_50_streams_for_12_minutes_are_shown_whole_once_and_in_order(seed: int) -> None:
    marbles = Marbles(horizon=3600.0)
    slack = FaultySlack(marbles, seed)
    chosen = random.Random(seed)
    texts: dict[str, list[str]] = {}
    items: list[Any] = []
    for number in range(STREAMS):
        count = chosen.randrange(200, 240)
        words = [f"s{number}w{word}{chosen.choice(' .|')}" for word in range(count)]
        words = [word.replace(".", ".\n\n").replace("|", "\n") for word in words]
        thread = f"{number + 1}.1"
        event = {"channel": f"C{number % 10}", "user": "U1", "team": "T1", "ts": thread}
        texts[thread] = words
        items.append(stream_reply(event, spoken(marbles, chosen, words)))
    sink = stream_message(slack, scheduler=marbles.scheduler)
    seen = marbles.run(reactivex.from_iterable(items).pipe(sink))

    for thread, words in texts.items():
        written = [one.text for one in slack.messages.values() if one.thread_ts == thread]
        assert "".join(written) == "".join(words)
    ends = [item for item in seen.items if item.get("state") != "started"]
    assert [item.get("state") for item in ends] == ["finished"] * STREAMS
    for item in ends:
        assert item["text"] == "".join(texts[item["item"]["thread_ts"]])
    assert not any(one.streaming and one.began > -math.inf for one in slack.messages.values())
    assert slack.met["over the limit"] == 0
    calls = Counter(slack.methods)
    logger.info(
        "seed %d: %.0f s, %s, %s, %d messages",
        seed,
        seen.moments[-1].frame,
        dict(calls),
        dict(slack.met),
        len(slack.messages),
    )
    assert min(slack.met[kind] for kind in FAULTS) > 0
    assert seen.moments[-1].frame > MINUTES * 60


def test_50_streams_share_the_pace_fairly() -> None:
    """Where nothing goes wrong, no stream has far fewer appends than another."""
    marbles = Marbles(horizon=400.0)
    slack = Slack(marbles)
    sink = stream_message(slack, scheduler=marbles.scheduler)
    endless = reactivex.interval(0.5, scheduler=marbles.scheduler)
    for number in range(STREAMS):
        event = {"channel": "C1", "user": "U1", "ts": f"{number + 1}.1"}
        sink.on_next(stream_reply(event, endless.map(lambda _: "word ")))
    marbles.flush()
    appends = Counter(
        arguments["ts"]
        for time, method, arguments in slack.calls
        if method == "chat.appendStream" and 150.0 <= time < 225.0
    )
    assert len(appends) == STREAMS
    assert max(appends.values()) - min(appends.values()) <= 2
    assert sum(appends.values()) >= 120  # of 125 that the tier allows
