"""The sinks beside `post_message`: what they call, what they need, and what they may repeat."""

from collections.abc import Callable
from typing import Any, Unpack

import pytest

from rxslack.errors import ApiError, ConfigurationError, RateLimited, ServerError, TimedOut
from rxslack.sinks.call import call
from rxslack.sinks.delivery.rules import RULES, rule_of
from rxslack.sinks.delivery.sink import Sink, SinkOptions
from rxslack.sinks.messages import delete_message, react, set_status, update_message
from rxslack.sinks.post_message import post_message
from rxslack.sinks.sessions import rename_session, set_session, suggest_prompts
from rxslack.sinks.views import open_view, publish_view
from rxslack.testing import Marbles
from rxslack.web.client import Caller

Item = dict[str, Any]
Make = Callable[..., Sink]


class Web:
    """A Slack on the clock of marbles that meets what it is told to, in turn."""

    def __init__(self, marbles: Marbles, *troubles: Exception) -> None:
        self.marbles = marbles
        self.troubles = troubles
        self.calls: list[tuple[float, str, Item]] = []

    def call(self, method: str, /, **arguments: Any) -> Item:
        self.calls.append((self.marbles.scheduler.frame, method, arguments))
        first, self.troubles = self.troubles[:1], self.troubles[1:]
        for trouble in first:
            raise trouble
        return {"ok": True, "method": method}

    def times(self) -> list[float]:
        return [time for time, _, _ in self.calls]


EVENT = {"type": "message", "channel": "C1", "user": "U1", "text": "Hello", "ts": "7.1"}
FOR_RTM = {"type": "message", "channel": "C1", "user": "U1", "text": "Hello"}
REPLY = {"ok": True, "channel": "C1", "ts": "7.1", "message": {"text": "Hello"}}
VIEW: Item = {"type": "modal", "blocks": []}


def with_eyes(web: Caller, **options: Unpack[SinkOptions]) -> Sink:
    return react(web, ":eyes:", **options)


def thinking(web: Caller, **options: Unpack[SinkOptions]) -> Sink:
    return set_status(web, "is thinking…", **options)


def at_work(web: Caller, **options: Unpack[SinkOptions]) -> Sink:
    return set_session(web, "processing", **options)


def named(web: Caller, **options: Unpack[SinkOptions]) -> Sink:
    return rename_session(web, "Trip to Rome", **options)


def greeting(web: Caller, **options: Unpack[SinkOptions]) -> Sink:
    return suggest_prompts(web, ["Hello", {"title": "Bye", "message": "Goodbye"}], **options)


def pinning(web: Caller, **options: Unpack[SinkOptions]) -> Sink:
    return call(web, "pins.add", **options)


def name_of(item: Item) -> str:
    return str(item.get("name"))


TABLE: list[tuple[Make, Item, str, Item]] = [
    (
        update_message,
        {"channel": "C1", "ts": "7.1", "text": "Done"},
        "chat.update",
        {"channel": "C1", "ts": "7.1", "text": "Done"},
    ),
    (delete_message, REPLY, "chat.delete", {"channel": "C1", "ts": "7.1"}),
    (
        react,
        {"channel": "C1", "timestamp": "7.1", "name": "eyes"},
        "reactions.add",
        {"channel": "C1", "timestamp": "7.1", "name": "eyes"},
    ),
    (
        with_eyes,
        EVENT,
        "reactions.add",
        {"channel": "C1", "timestamp": "7.1", "name": "eyes"},
    ),
    (
        open_view,
        {"trigger_id": "1.2", "view": VIEW},
        "views.open",
        {"trigger_id": "1.2", "view": VIEW},
    ),
    (
        publish_view,
        {"user_id": "U1", "view": VIEW, "hash": "1.h"},
        "views.publish",
        {"user_id": "U1", "view": VIEW, "hash": "1.h"},
    ),
    (
        set_status,
        {"channel_id": "D1", "thread_ts": "7.1", "status": ""},
        "assistant.threads.setStatus",
        {"channel_id": "D1", "thread_ts": "7.1", "status": ""},
    ),
    (
        thinking,
        {**EVENT, "thread_ts": "6.1"},
        "assistant.threads.setStatus",
        {"channel_id": "C1", "thread_ts": "6.1", "status": "is thinking…"},
    ),
    (
        set_session,
        {"channel_id": "D1", "thread_ts": "7.1", "status": "active", "title": "Trip"},
        "agents.sessions.setStatus",
        {"channel_id": "D1", "thread_ts": "7.1", "status": "active", "title": "Trip"},
    ),
    (
        at_work,
        {**EVENT, "thread_ts": "6.1", "status": "x"},
        "agents.sessions.setStatus",
        {"channel_id": "C1", "thread_ts": "6.1", "status": "processing"},
    ),
    (
        at_work,
        {"channel_id": "D1", "thread_ts": "7.1", "title": "Trip"},
        "agents.sessions.setStatus",
        {"channel_id": "D1", "thread_ts": "7.1", "status": "processing", "title": "Trip"},
    ),
    (
        rename_session,
        {**EVENT, "title": "Trip"},
        "agents.sessions.rename",
        {"channel_id": "C1", "thread_ts": "7.1", "title": "Trip"},
    ),
    (
        named,
        {"channel_id": "D1", "thread_ts": "7.1"},
        "agents.sessions.rename",
        {"channel_id": "D1", "thread_ts": "7.1", "title": "Trip to Rome"},
    ),
    (
        suggest_prompts,
        {"channel_id": "D1", "prompts": ("Hello",), "title": "Say"},
        "assistant.threads.setSuggestedPrompts",
        {
            "channel_id": "D1",
            "prompts": [{"title": "Hello", "message": "Hello"}],
            "title": "Say",
        },
    ),
    (
        greeting,
        EVENT,
        "assistant.threads.setSuggestedPrompts",
        {
            "channel_id": "C1",
            "prompts": [
                {"title": "Hello", "message": "Hello"},
                {"title": "Bye", "message": "Goodbye"},
            ],
        },
    ),
    (
        pinning,
        {"channel": "C1", "timestamp": "7.1"},
        "pins.add",
        {"channel": "C1", "timestamp": "7.1"},
    ),
    (
        post_message,
        {"channel": "C1", "text": "Psst", "user": "U1"},
        "chat.postEphemeral",
        {"channel": "C1", "text": "Psst", "user": "U1"},
    ),
    (
        post_message,
        {"channel": "C1", "text": "Later", "post_at": 1_735_689_600},
        "chat.scheduleMessage",
        {"channel": "C1", "text": "Later", "post_at": 1_735_689_600},
    ),
    (post_message, FOR_RTM, "chat.postMessage", FOR_RTM),
]


@pytest.mark.parametrize(("make", "item", "method", "arguments"), TABLE)
def test_it_calls_slack_with_what_the_item_says_and_emits_the_answer(
    marbles: Marbles, make: Make, item: Item, method: str, arguments: Item
) -> None:
    web = Web(marbles)
    seen = marbles.run(marbles.cold("-a-|", a=item).pipe(make(web, scheduler=marbles.scheduler)))
    assert web.calls == [(1.0, method, arguments)]
    assert seen == marbles.seen("-A-|", A={"ok": True, "method": method})


MISSING: list[tuple[Make, Any, str]] = [
    (update_message, {"channel": "C1", "text": "Done"}, "ts"),
    (update_message, {"ts": "7.1", "text": "Done"}, "channel"),
    (delete_message, {"channel": "C1"}, "ts"),
    (react, {"channel": "C1", "timestamp": "7.1"}, "name"),
    (react, {"channel": "C1", "name": "eyes"}, "timestamp"),
    (open_view, {"view": VIEW}, "trigger_id"),
    (publish_view, {"view": VIEW}, "user_id"),
    (set_status, {"channel_id": "D1", "status": "…"}, "thread_ts"),
    (set_status, {"channel_id": "D1", "thread_ts": "7.1"}, "status"),
    (set_status, EVENT, "channel_id"),
    (set_session, {"channel_id": "D1", "status": "active"}, "thread_ts"),
    (set_session, EVENT, "one of active, processing, suspended, closed; not None"),
    (set_session, {**EVENT, "status": "is thinking…"}, "not 'is thinking…'"),
    (at_work, {"ts": "7.1"}, "channel_id"),
    (rename_session, EVENT, "title"),
    (named, {"channel": "C1"}, "thread_ts"),
    (named, {"ts": "7.1"}, "channel_id"),
    (greeting, {"type": "app_home_opened"}, "channel_id"),
    (suggest_prompts, EVENT, "prompts"),
    (suggest_prompts, {"channel_id": "D1", "prompts": ["Hello"] * 5}, "one to 4"),
    (suggest_prompts, {"channel_id": "D1", "prompts": [{"title": "Bye"}]}, "message"),
    (react, "Hello", "a dict of its arguments"),
]


@pytest.mark.parametrize(("make", "item", "missing"), MISSING)
def test_it_says_what_an_item_is_missing(
    marbles: Marbles, make: Make, item: Any, missing: str
) -> None:
    web = Web(marbles)
    seen = marbles.run(marbles.cold("-a|", a=item).pipe(make(web, scheduler=marbles.scheduler)))
    assert web.calls == []
    assert isinstance(seen.items[0]["error"], ConfigurationError)
    assert missing in str(seen.items[0]["error"])


LOST = TimedOut("…", 30.0, maybe_done=True)


@pytest.mark.parametrize(("make", "item", "method", "arguments"), TABLE)
def test_it_repeats_what_was_perhaps_done_only_where_that_changes_nothing(
    marbles: Marbles, make: Make, item: Item, method: str, arguments: Item
) -> None:
    web = Web(marbles, LOST, ServerError(method, 500))
    sink = make(web, scheduler=marbles.scheduler)
    (outcome,) = marbles.run(marbles.cold("a|", a=item).pipe(sink)).items
    if rule_of(method).repeatable:
        assert (outcome["ok"], web.times()) == (True, [0.0, 0.5, 1.5])
    else:
        assert (outcome["error"], outcome["uncertain"], web.times()) == (LOST, True, [0.0])


@pytest.mark.parametrize("method", [name for name, rule in RULES.items() if rule.already])
def test_it_takes_the_word_that_it_was_done_for_a_proof(marbles: Marbles, method: str) -> None:
    code = RULES[method].already
    refused = ApiError(method, code, {"ok": False, "error": code})
    item = {"channel": "C1", "ts": "7.1"}

    web = Web(marbles, LOST, refused)
    sink = call(web, method, scheduler=marbles.scheduler)
    perhaps = marbles.watch(marbles.cold("a|", a=item).pipe(sink))
    first = call(Web(marbles, refused), method, scheduler=marbles.scheduler)
    never = marbles.watch(marbles.cold("a|", a=item).pipe(first))
    marbles.flush()
    assert (perhaps.items[0]["ok"], perhaps.items[0]["warning"]) == (True, code)
    assert never.items[0]["error"] is refused


def test_it_gives_up_a_view_whose_trigger_is_too_old(marbles: Marbles) -> None:
    limited = RateLimited("views.open", 2.0)
    web = Web(marbles, limited, limited)
    sink = open_view(web, scheduler=marbles.scheduler)
    source = marbles.cold("a|", a={"trigger_id": "1.2", "view": VIEW})
    seen = marbles.run(source.pipe(sink))
    assert web.times() == [0.0, 2.0]
    assert seen.items[0]["error"] is limited


def test_it_holds_a_method_that_slack_limits_by_the_workspace(marbles: Marbles) -> None:
    web = Web(marbles, RateLimited("reactions.add", 7.0))
    sink = react(web, "eyes", scheduler=marbles.scheduler)
    other = react(web, "tada", scheduler=marbles.scheduler)
    posts = post_message(web, scheduler=marbles.scheduler)
    sink.on_next({"channel": "C1", "ts": "7.1"})
    later = marbles.cold("-a", a={"channel": "C2", "ts": "7.1", "text": "a"})
    later.subscribe(other)
    later.subscribe(posts)
    marbles.flush()
    assert [(time, method) for time, method, _ in web.calls] == [
        (0.0, "reactions.add"),
        (1.0, "chat.postMessage"),
        (7.0, "reactions.add"),
        (8.2, "reactions.add"),  # 50 a minute, after the limit no burst
    ]


def test_it_keeps_the_pace_of_a_tier_over_all_lanes(marbles: Marbles) -> None:
    web = Web(marbles)
    sink = call(web, "pins.add", scheduler=marbles.scheduler)  # tier 2: 20 a minute
    for number in range(8):
        sink.on_next({"channel": f"C{number}"})
    marbles.flush()
    assert web.times() == [0.0] * 5 + [3.0, 6.0, 9.0]


LANES: list[tuple[str | Callable[[Item], str], list[str]]] = [
    ("channel", ["C1", "C2", "C1"]),
    ("name", ["C1", "C1", "C2"]),
    (name_of, ["C1", "C1", "C2"]),
]


@pytest.mark.parametrize(("lane", "order"), LANES)
def test_it_keeps_order_by_the_lane_it_is_told(
    marbles: Marbles, lane: Any, order: list[str]
) -> None:
    """The first call pauses its lane for a second."""
    web = Web(marbles, ServerError("pins.add", 503))
    sink = call(web, "pins.add", key=lane, scheduler=marbles.scheduler)
    sink.on_next({"channel": "C1"})
    sink.on_next({"channel": "C2"})
    marbles.flush()
    assert [arguments["channel"] for _, _, arguments in web.calls] == order


def test_it_makes_a_lane_that_cannot_be_told_a_failure(marbles: Marbles) -> None:
    sink = call(Web(marbles), "pins.add", key=lambda i: i["who"], scheduler=marbles.scheduler)
    seen = marbles.run(marbles.cold("-a|", a={"channel": "C1"}).pipe(sink))
    assert isinstance(seen.items[0]["error"], KeyError)


@pytest.mark.parametrize("prompts", [[], ["Hello"] * 5, [{"title": "Bye"}], [""]])
def test_it_says_at_once_that_prompts_are_no_good(marbles: Marbles, prompts: list[Any]) -> None:
    with pytest.raises(ConfigurationError):
        suggest_prompts(Web(marbles), prompts)


def test_it_says_at_once_that_a_session_has_no_such_state(marbles: Marbles) -> None:
    wrong: Any = "is thinking…"
    with pytest.raises(ConfigurationError, match="suspended"):
        set_session(Web(marbles), wrong)


def test_it_knows_a_method_when_it_sees_one(marbles: Marbles) -> None:
    with pytest.raises(ConfigurationError, match=r"pins\.add"):
        call(Web(marbles), "pin")


def test_it_goes_on_from_one_sink_to_the_next(marbles: Marbles) -> None:
    """What was posted gets a reaction; what was not is told by one failure at the end."""
    web = Web(marbles, ApiError("chat.postMessage", "is_archived"))
    scheduler = marbles.scheduler
    source = marbles.cold("-ab|", a={"channel": "C9", "text": "a"}, b=FOR_RTM)
    answered = source.pipe(
        post_message(web, scheduler=scheduler), react(web, "a", scheduler=scheduler)
    )
    seen = marbles.run(answered)
    assert seen.items[0]["type"] == "rxslack.failure"
    assert isinstance(seen.items[1]["error"], ConfigurationError)  # this Web's answer has no ts
