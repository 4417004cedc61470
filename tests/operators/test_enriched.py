"""Names looked up: once each, within Slack's tiers, in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Subject, operators as ops

from rxslack import Directory, Enriched, enriched
from rxslack.errors import ApiError, ConfigurationError, MissingScope, RateLimited, ServerError
from rxslack.operators.directory import Abandoned
from rxslack.simulator import Workspace
from rxslack.testing import Marbles
from rxslack.web.client import Response, WebClient


class Names(WebClient):
    """A client that knows every id and counts the calls; `trouble` comes before the answers."""

    def __init__(self, *trouble: Exception) -> None:
        super().__init__("xoxb-test")
        self.trouble = list(trouble)
        self.calls: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def call(self, method: str, /, **arguments: Any) -> Response:
        ((key, name),) = arguments.items()
        self.calls.append(name)
        assert method == {"user": "users.info", "channel": "conversations.info"}[key]
        assert self.gate.wait(10.0)
        if self.trouble:
            raise self.trouble.pop(0)
        return Response({"ok": True, key: {"id": name, "name": f"name of {name}"}})


class Time:
    """A clock that waiting moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        return stop.is_set()


def directory(web: WebClient, **options: Any) -> tuple[Directory, Time]:
    time = Time()
    return Directory(web, clock=time.clock, wait=time.wait, **options), time


def message(user: str | None, channel: str = "C1") -> dict[str, Any]:
    return {"type": "message", "user": user, "channel": channel, "ts": "7.1", "text": "Hello"}


def name(found: Any) -> Any:
    return found and found["name"]


def test_it_adds_who_and_where_and_asks_once_a_name(marbles: Marbles) -> None:
    web = Names()
    values: dict[str, Any] = {
        "a": message("U1"),
        "b": message("U2"),
        "i": message(None),
        "h": {"type": "hello"},
    }
    stream = marbles.cold("-a-b-a-i-h-|", **values)
    seen = marbles.run(stream.pipe(enriched(directory(web)[0])))

    assert [item.event for item in seen.items] == [values[letter] for letter in "abaih"]
    assert [name(item.user) for item in seen.items] == [
        "name of U1",
        "name of U2",
        "name of U1",
        None,
        None,
    ]
    assert [name(item.channel) for item in seen.items] == ["name of C1"] * 4 + [None]
    assert web.calls == ["U1", "C1", "U2"]
    assert [moment.frame for moment in seen.moments] == [1, 3, 5, 7, 9, 11]


def test_it_asks_for_what_is_wanted_only(marbles: Marbles) -> None:
    web = Names()
    found, _ = directory(web)
    stream = marbles.cold("-a-|", a=message("U1"))
    users, channels = enriched(found, channels=False), enriched(found, users=False)
    one, two = marbles.watch(stream.pipe(users)), marbles.watch(stream.pipe(channels))
    marbles.flush()

    assert [(name(i.user), name(i.channel)) for i in one.items] == [("name of U1", None)]
    assert [(name(i.user), name(i.channel)) for i in two.items] == [(None, "name of C1")]


def test_it_learns_from_what_comes_by(marbles: Marbles) -> None:
    web = Names()
    changed = {"type": "user_change", "user": {"id": "U1", "name": "robin"}}
    renamed = {"type": "channel_rename", "channel": {"id": "C1", "name": "lobby"}}
    stream = marbles.cold("-a-c-a-r-a-|", a=message("U1"), c=changed, r=renamed)
    seen = marbles.run(stream.pipe(enriched(directory(web)[0])))

    assert [name(item.user) for item in seen.items] == [
        "name of U1",
        "robin",
        "robin",
        None,
        "robin",
    ]
    assert web.calls == ["U1", "C1", "C1"]


@pytest.mark.parametrize("code", ["user_not_found", "user_not_visible", "channel_not_found"])
def test_it_goes_on_without_a_name_that_slack_does_not_give(code: str) -> None:
    web = Names(ApiError("users.info", code))
    found, _ = directory(web)

    assert found.user("U1") is found.user("U1") is None
    assert web.calls == ["U1"]


def test_it_ends_when_the_token_may_not_ask(marbles: Marbles) -> None:
    refused = MissingScope("users.info", "missing_scope", {"needed": "users:read"})
    stream = marbles.cold("-a-a-|", a=message("U1"))
    seen = marbles.run(stream.pipe(enriched(directory(Names(refused))[0])))

    assert seen.error is refused


def test_it_waits_as_long_as_slack_asks() -> None:
    web = Names(RateLimited("users.info", 17.0), RateLimited("users.info"))
    found, time = directory(web)

    assert name(found.user("U1")) == "name of U1"
    assert time.waits == [17.0, RateLimited.default_pause]


def test_it_gives_up_in_the_end_and_asks_again_later() -> None:
    web = Names(*[ServerError("users.info", 500)] * 5)
    found, _ = directory(web)

    with pytest.raises(ServerError):
        found.user("U1")
    assert len(web.calls) == 5
    assert name(found.user("U1")) == "name of U1"


def test_it_asks_no_more_in_a_minute_than_it_may() -> None:
    web = Names()
    found, time = directory(web, users_per_minute=3)
    asked: list[float] = []
    for number in range(7):
        found.user(f"U{number}")
        asked.append(time.now)

    assert asked == [0.0, 0.0, 0.0, 60.0, 60.0, 60.0, 120.0]


def test_it_forgets_after_a_while_and_beyond_its_size() -> None:
    web = Names()
    found, time = directory(web, remember=100.0, max_remembered=2)
    for wanted in ("U1", "U2", "U1", "U3", "U1", "U2"):
        found.user(wanted)
    assert web.calls == ["U1", "U2", "U3", "U2"]
    time.now = 100.0
    found.user("U2")

    assert web.calls[4:] == ["U2"]


def in_threads(count: int, work: Callable[[], object]) -> list[threading.Thread]:
    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_it_asks_once_for_many_threads() -> None:
    web = Names()
    web.gate.clear()
    found, _ = directory(web)
    answers: list[Any] = []
    threads = in_threads(8, lambda: answers.append(found.user("U1")))
    web.gate.set()
    for thread in threads:
        thread.join(10.0)

    assert [name(answer) for answer in answers] == ["name of U1"] * 8
    assert web.calls == ["U1"]


def test_it_stops_waiting_when_disposed() -> None:
    """The wait is for the turn that Slack's tier allows, a minute on."""
    web, waiting = Names(), threading.Event()

    def wait(seconds: float, stop: threading.Event) -> bool:
        waiting.set()
        return stop.wait(seconds)

    found = Directory(web, users_per_minute=1, wait=wait)
    found.user("U1")
    source: Subject[Any] = Subject()
    seen: list[Enriched[Any]] = []
    subscription = source.pipe(enriched(found, channels=False)).subscribe(seen.append)
    (thread,) = in_threads(1, lambda: source.on_next(message("U2")))
    assert waiting.wait(10.0)
    subscription.dispose()
    thread.join(10.0)

    assert not thread.is_alive()
    assert seen == []
    assert web.calls == ["U1"]


def test_it_leaves_a_name_it_gave_up_to_the_next() -> None:
    web, gone = Names(), threading.Event()
    gone.set()
    found, _ = directory(web, users_per_minute=1)
    found.user("U1")
    with pytest.raises(Abandoned):
        found.user("U2", stop=gone)

    assert name(found.user("U2")) == "name of U2"


def test_it_asks_in_the_place_of_one_who_gave_up() -> None:
    web, stop, waiting = Names(), threading.Event(), threading.Event()

    def wait(seconds: float, stop: threading.Event) -> bool:
        if waiting.is_set():
            return False
        waiting.set()
        return stop.wait(10.0)

    found = Directory(web, users_per_minute=1, wait=wait)
    found.user("U1")
    answers: list[Any] = []
    gone: list[Abandoned] = []

    def give_up() -> None:
        try:
            found.user("U2", stop=stop)
        except Abandoned as error:
            gone.append(error)

    threads = in_threads(1, give_up)
    assert waiting.wait(10.0)
    threads += in_threads(1, lambda: answers.append(found.user("U2")))
    stop.set()
    for thread in threads:
        thread.join(10.0)

    assert len(gone) == 1
    assert [name(answer) for answer in answers] == ["name of U2"]


@pytest.mark.parametrize(
    "wrong", ["remember", "max_remembered", "users_per_minute", "channels_per_minute"]
)
def test_it_refuses_numbers_that_cannot_be(wrong: str) -> None:
    options: dict[str, Any] = {wrong: 0}
    with pytest.raises(ConfigurationError):
        Directory(Names(), **options)


def test_it_asks_slack_itself(slack: Workspace) -> None:
    channel = slack.channel_id("general")
    events = [message(slack.user_id("alice"), channel), message("U0NOBODY", channel)]
    stream = reactivex.from_iterable(events * 2).pipe(enriched(Directory(slack.web)), ops.to_list())
    found = stream.run()

    assert [name(item.user) for item in found] == ["alice", None] * 2
    assert [name(item.channel) for item in found] == ["general"] * 4
    assert len(slack.calls("users.info")) == 2
    assert len(slack.calls("conversations.info")) == 1
