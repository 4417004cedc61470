"""A source of bursts is an Observable like any other, and some operators take it as a whole."""

from __future__ import annotations

from typing import Any

import pytest
import reactivex
from reactivex import abc, operators as ops
from reactivex.disposable import Disposable
from reactivex.scheduler import ImmediateScheduler
from reactivex.testing import TestScheduler

from rxslack.errors import ConnectionClosed
from rxslack.events import HelloEvent, MessageEvent, ReactionAddedEvent
from rxslack.operators.picking import from_user
from rxslack.operators.typed import of_type, select
from rxslack.operators.unpacking import events_api
from rxslack.recovery.reconnect import reconnect
from rxslack.wire.bursts import BurstObserver, Bursts, Sifted
from rxslack.wire.envelopes import Envelopes

HELLO = {"type": "hello"}
MESSAGES: list[dict[str, Any]] = [{"type": "message", "ts": f"{n}.0"} for n in range(1, 5)]


class Hand:
    """Lets a test emit; one observer for each subscription."""

    def __init__(self) -> None:
        self.observers: list[BurstObserver] = []
        self.disposed = 0
        self.bursts = Bursts[dict[str, Any]](self._subscribe)

    def _subscribe(
        self, observer: BurstObserver, _: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        self.observers.append(observer)
        return Disposable(self._dispose)

    def _dispose(self) -> None:
        self.disposed += 1


def through(hand: Hand, *, retrying: bool) -> reactivex.Observable[dict[str, Any]]:
    return hand.bursts.pipe(reconnect(lambda: [0.0] * 9)) if retrying else hand.bursts


either = pytest.mark.parametrize("retrying", [False, True])


@either
def test_it_hands_the_items_over_one_by_one_and_in_order(retrying: bool) -> None:
    hand, seen = Hand(), list[Any]()
    through(hand, retrying=retrying).subscribe(seen.append, on_completed=lambda: seen.append("|"))
    hand.observers[0].on_items([HELLO, *MESSAGES[:2]], False)
    hand.observers[0].on_items(MESSAGES[2:], True)
    hand.observers[0].on_completed()
    assert seen == [HELLO, *MESSAGES, "|"]
    assert hand.disposed == 1


@either
def test_it_emits_nothing_of_a_burst_after_the_disposal(retrying: bool) -> None:
    hand, seen = Hand(), list[Any]()
    through(hand, retrying=retrying).pipe(ops.take(2)).subscribe(seen.append)
    hand.observers[0].on_items([*MESSAGES, {"type": "pong"}, HELLO], False)
    assert seen == MESSAGES[:2]
    assert hand.disposed == 1


def test_what_a_subscriber_raises_in_a_burst_is_its_own_error_and_the_end() -> None:
    hand, errors, seen = Hand(), list[Exception](), list[Any]()
    culprit = ValueError("mine")

    def on_next(item: dict[str, Any]) -> None:
        seen.append(item)
        if item is MESSAGES[1]:
            raise culprit

    through(hand, retrying=True).subscribe(on_next, errors.append)
    hand.observers[0].on_items(MESSAGES, True)
    assert (errors, seen, hand.disposed) == ([culprit], MESSAGES[:2], 1)
    assert len(hand.observers) == 1


def test_an_error_that_comes_at_once_is_one_of_the_stream() -> None:
    culprit = RuntimeError("no more threads")

    def subscribe(observer: BurstObserver, scheduler: object) -> abc.DisposableBase:
        raise culprit

    for source in (Bursts[Any](subscribe), Bursts[Any](subscribe).pipe(reconnect())):
        errors: list[Exception] = []
        source.subscribe(on_error=errors.append)
        assert errors == [culprit]


def test_a_gap_names_the_last_message_of_the_bursts_before_it() -> None:
    hand, seen = Hand(), list[dict[str, Any]]()
    late = {"type": "message", "ts": "2.5"}
    source = hand.bursts.pipe(reconnect(lambda: [0.0]))
    source.subscribe(seen.append, scheduler=ImmediateScheduler())
    hand.observers[0].on_items([HELLO], False)
    hand.observers[0].on_items([*MESSAGES[:3], late], True)
    hand.observers[0].on_error(ConnectionClosed(1006))
    hand.observers[1].on_items([HELLO, MESSAGES[3]], False)
    assert [item["type"] for item in seen[-3:]] == ["hello", "rxslack.gap", "message"]
    assert seen[-2]["last_ts"] == "3.0"


@either
def test_a_filter_takes_a_burst_item_by_item(retrying: bool) -> None:
    hand, told = Hand(), list[str]()

    def predicate(item: MessageEvent) -> bool:
        told.append(f"ask {item['ts']}")
        return item["ts"] != "2.0"

    kept = through(hand, retrying=retrying).pipe(of_type(MessageEvent, predicate), ops.take(2))
    kept.subscribe(
        lambda item: told.append(f"got {item['ts']}"), on_completed=lambda: told.append("|")
    )
    whole = [{**one, "channel": "C1", "user": "U1", "text": ""} for one in MESSAGES]
    hand.observers[0].on_items([HELLO, *whole], False)
    assert told == ["ask 1.0", "got 1.0", "ask 2.0", "ask 3.0", "got 3.0", "|"]
    assert hand.disposed == 1


@either
def test_what_a_predicate_raises_in_a_burst_ends_the_stream(retrying: bool) -> None:
    hand, seen, errors = Hand(), list[Any](), list[Exception]()
    kept = through(hand, retrying=retrying).pipe(from_user("U1"), of_type(HelloEvent, fail))
    kept.subscribe(seen.append, errors.append)
    hand.observers[0].on_items([{**HELLO, "user": "U1"}] * 2, False)
    assert [str(error) for error in errors] == ["mine"]
    assert hand.disposed == 1


def fail(item: object) -> bool:
    raise ValueError("mine")


@pytest.mark.parametrize("filtered", [False, True])
def test_it_emits_nothing_while_the_end_is_being_told(filtered: bool) -> None:
    hand, seen = Hand(), list[Any]()
    stream = hand.bursts.pipe(from_user("U1")) if filtered else hand.bursts

    def on_error(error: Exception) -> None:
        seen.append(str(error))
        hand.observers[0].on_items([{**HELLO, "user": "U1"}], False)

    stream.subscribe(seen.append, on_error)
    hand.observers[0].on_error(ValueError("mine"))
    assert seen == ["mine"]


def is_sent(event: MessageEvent) -> bool:
    return event["text"] != ""


def sent_by(event: MessageEvent) -> str:
    return event["user"]


def odd(item: dict[str, Any]) -> bool:
    return bool(float(item["ts"]) % 2)


def ts(item: dict[str, Any]) -> str:
    return str(item["ts"])


@either
def test_what_rxslack_s_own_operators_keep_and_make_is_done_in_the_loop(retrying: bool) -> None:
    stream = through(Hand(), retrying=retrying)
    sifted: Any = stream.pipe(
        from_user("U1"), of_type(MessageEvent, is_sent), select(MessageEvent, sent_by)
    )
    assert isinstance(sifted, Sifted)
    assert [one.foreign for one in sifted.conditions] == [False, False, True, False]
    assert sifted.mapper is sent_by


OTHERS: dict[str, Any] = {
    "filter": ops.filter(odd),
    "map with a function": ops.map(ts),
    "map": ops.map(),
    "map_indexed": ops.map_indexed(lambda item, _: item),
    "take_while": ops.take_while(bool),
    "do_action": ops.do_action(print),
}


@pytest.mark.parametrize("operator", OTHERS.values(), ids=OTHERS.keys())
def test_other_stock_operators_do_their_work_themselves(operator: Any) -> None:
    stream = Hand().bursts.pipe(operator)
    assert isinstance(stream, reactivex.Observable)
    assert not isinstance(stream, Sifted)


SIFTED = {
    "filter": [ops.filter(odd)],
    "map": [ops.map(ts)],
    "filter, map": [ops.filter(odd), ops.map(ts)],
    "filter, filter, filter, map": [*[ops.filter(bool)] * 2, ops.filter(odd), ops.map(ts)],
    "map, filter": [ops.map(ts), ops.filter("2".__lt__)],
    "map, map": [ops.map(ts), ops.map(float)],
    "filter, map, take": [ops.filter(odd), ops.map(ts), ops.take(1)],
}


@pytest.mark.parametrize("operators", SIFTED.values(), ids=SIFTED.keys())
def test_it_emits_what_the_stock_operators_emit(operators: list[Any]) -> None:
    hand, seen, expected = Hand(), list[Any](), list[Any]()
    hand.bursts.pipe(*operators).subscribe(seen.append, on_completed=lambda: seen.append("|"))
    reactivex.from_iterable(MESSAGES).pipe(*operators).subscribe(
        expected.append, on_completed=lambda: expected.append("|")
    )
    hand.observers[0].on_items(MESSAGES[:1], True)
    hand.observers[0].on_items(MESSAGES[1:], False)
    hand.observers[0].on_completed()
    assert seen == expected
    assert len(seen) > 1


def test_what_a_filter_changes_is_no_plain_message_any_more() -> None:
    hand, seen = Hand(), list[Any]()

    def hide(item: dict[str, Any]) -> bool:
        item["type"] = "hidden"
        return True

    whole = {**MESSAGES[0], "channel": "C1", "user": "U1", "text": ""}
    hand.bursts.pipe(ops.filter(hide), of_type(MessageEvent)).subscribe(seen.append)
    hand.observers[0].on_items([whole], True)
    assert seen == []


def test_it_asks_makes_and_emits_one_item_after_the_other() -> None:
    hand, told = Hand(), list[str]()

    def ask(item: dict[str, Any]) -> bool:
        told.append(f"ask {item['ts']}")
        return odd(item)

    def make(item: dict[str, Any]) -> str:
        told.append(f"make {item['ts']}")
        return "got"

    hand.bursts.pipe(ops.filter(ask), ops.map(make)).subscribe(told.append)
    hand.observers[0].on_items(MESSAGES[:3], True)
    assert told == ["ask 1.0", "make 1.0", "got", "ask 2.0", "ask 3.0", "make 3.0", "got"]


@either
@pytest.mark.parametrize("operator", [ops.filter(fail), ops.map(fail)], ids=["filter", "map"])
def test_what_a_function_raises_in_the_loop_ends_the_stream(operator: Any, retrying: bool) -> None:
    hand, seen, errors = Hand(), list[Any](), list[Exception]()
    through(hand, retrying=retrying).pipe(operator).subscribe(seen.append, errors.append)
    hand.observers[0].on_items(MESSAGES, True)
    hand.observers[0].on_items(MESSAGES, True)
    assert ([str(error) for error in errors], seen) == (["mine"], [])
    assert (hand.disposed, len(hand.observers)) == (1, 1)


def test_what_a_subscriber_raises_goes_up_through_the_loop() -> None:
    hand, errors = Hand(), list[Exception]()
    fail_at: Any = fail
    hand.bursts.pipe(of_type(HelloEvent)).subscribe(fail_at, errors.append)
    with pytest.raises(ValueError, match="mine"):
        hand.observers[0].on_items([HELLO, *MESSAGES], False)
    assert errors == []


def test_a_burst_of_messages_is_not_asked_for_other_events() -> None:
    hand, seen, asked = Hand(), list[Any](), list[Any]()
    reaction = {
        "type": "reaction_added",
        "user": "U1",
        "reaction": "wave",
        "item": {"type": "message", "channel": "C1", "ts": "1.0"},
        "event_ts": "2.0",
    }

    def ask(item: ReactionAddedEvent) -> bool:
        asked.append(item)
        return True

    hand.bursts.pipe(of_type(ReactionAddedEvent, ask)).subscribe(seen.append)
    hand.observers[0].on_items(MESSAGES, True)
    hand.observers[0].on_items([*MESSAGES, reaction], False)
    assert (seen, asked) == ([reaction], [reaction])


# --- envelopes ------------------------------------------------------------------------------------

REACTION: dict[str, Any] = {"type": "reaction_added", "ts": "9.0", "user": "U1"}


def in_envelopes(*events: dict[str, Any], plain: bool = True) -> Envelopes:
    envelopes = [
        {"type": "events_api", "envelope_id": f"a-{number}", "payload": {"event": event}}
        for number, event in enumerate(events)
    ]
    return Envelopes(envelopes, events, plain)


@pytest.mark.parametrize("retrying", ["not", "before", "behind"])
def test_events_are_taken_out_of_envelopes_in_order(retrying: str) -> None:
    hand, seen = Hand(), list[Any]()
    stages: dict[str, list[Any]] = {
        "not": [events_api()],
        "before": [reconnect(lambda: [0.0]), events_api()],
        "behind": [events_api(), reconnect(lambda: [0.0])],
    }
    hand.bursts.pipe(*stages[retrying]).subscribe(
        seen.append, on_completed=lambda: seen.append("|")
    )
    command: dict[str, Any] = {"type": "slash_commands", "envelope_id": "b-1", "payload": {}}
    hand.observers[0].on_items([HELLO, command], False)
    hand.observers[0].on_items([command], False)
    hand.observers[0].on_items(in_envelopes(*MESSAGES[:2]), False)
    hand.observers[0].on_items(in_envelopes(REACTION, MESSAGES[2], plain=False), False)
    hand.observers[0].on_items([*in_envelopes(MESSAGES[3]), {"type": "disconnect"}], False)
    hand.observers[0].on_completed()
    assert seen == [HELLO, *MESSAGES[:2], REACTION, *MESSAGES[2:], {"type": "disconnect"}, "|"]


@either
def test_nothing_more_is_taken_out_of_envelopes_after_the_disposal(retrying: bool) -> None:
    hand, seen = Hand(), list[Any]()
    through(hand, retrying=retrying).pipe(events_api(), ops.take(2)).subscribe(seen.append)
    hand.observers[0].on_items(in_envelopes(*MESSAGES), False)
    assert seen == MESSAGES[:2]
    assert hand.disposed == 1


def test_a_gap_names_the_last_message_in_the_envelopes_before_it() -> None:
    hand, seen = Hand(), list[dict[str, Any]]()
    source = hand.bursts.pipe(reconnect(lambda: [0.0] * 9))
    source.subscribe(seen.append, scheduler=ImmediateScheduler())
    bursts = [
        in_envelopes(MESSAGES[1], MESSAGES[0]),
        in_envelopes(MESSAGES[2], REACTION, plain=False),
    ]
    for number, burst in enumerate(bursts):
        hand.observers[number].on_items([HELLO], False)
        hand.observers[number].on_items(burst, False)
        hand.observers[number].on_error(ConnectionClosed(1006))
        hand.observers[number + 1].on_items([HELLO], False)
    gaps = [item["last_ts"] for item in seen if item["type"] == "rxslack.gap"]
    assert gaps == ["2.0", "3.0"]


def test_what_two_connections_deliver_in_envelopes_comes_once() -> None:
    hand, seen = Hand(), list[dict[str, Any]]()
    clock = TestScheduler()
    source = hand.bursts.pipe(reconnect(lambda: [0.0] * 9), events_api())
    source.subscribe(seen.append, scheduler=clock)
    hand.observers[0].on_items([HELLO, {"type": "disconnect", "reason": "warning"}], False)
    clock.advance_by(1.0)
    old, new = hand.observers
    new.on_items([HELLO], False)
    old.on_items(in_envelopes(*MESSAGES[:2]), False)
    new.on_items(in_envelopes(*MESSAGES), False)
    old.on_error(ConnectionClosed(1000))
    assert [item for item in seen if item["type"] == "message"] == MESSAGES
