from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from reactivex import Observer
from reactivex.disposable import Disposable

from rxslack import distinct
from rxslack.errors import ConfigurationError
from rxslack.events.messages import delivery_key
from rxslack.operators.distinct import plain_key_of
from rxslack.testing import Marbles
from rxslack.wire.bursts import BurstObserver, Bursts, Each, subscribe_in_bursts
from rxslack.wire.wishes import EVERYTHING

PLAIN: dict[str, Any] = {"type": "message", "channel": "C1", "ts": "7.1", "text": "Hello"}
VALUES: dict[str, Any] = {
    "a": PLAIN,
    "b": {**PLAIN, "channel": "C2"},
    "c": {**PLAIN, "ts": "7.2"},
    "e": {**PLAIN, "subtype": "message_changed", "message": {"edited": {"ts": "8.0"}}},
    "f": {**PLAIN, "subtype": "message_changed", "message": {"edited": {"ts": "9.0"}}},
    "h": {"type": "hello"},
    "s": {"type": "events_api", "envelope_id": "1", "payload": {"event_id": "Ev1"}},
    "t": {"type": "events_api", "envelope_id": "2", "payload": {"event_id": "Ev1"}},
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("-a-a-a-|", "-a-----|"),
        ("-a-b-c-a-b-c-|", "-a-b-c-------|"),
        ("-a-e-f-e-a-|", "-a-e-f-----|"),  # an edit is no repetition
        ("-h-h-|", "-h-h-|"),  # nothing tells whether it is
        ("-s-t-|", "-s---|"),  # the same event in another envelope
        ("-a-a-#", "-a---#"),
    ],
)
def test_it_emits_each_event_once(marbles: Marbles, source: str, expected: str) -> None:
    stream = marbles.cold(source, **VALUES)

    assert marbles.run(stream.pipe(distinct())) == marbles.seen(expected)


def test_it_forgets_after_a_while(marbles: Marbles) -> None:
    """Counted from the first delivery, so that endless repetition is not dropped for ever."""
    stream = marbles.cold("-a--a--a-a-|", **VALUES)

    assert marbles.run(stream.pipe(distinct(5.0))) == marbles.seen("-a-----a---|")


def test_it_remembers_no_more_than_it_may(marbles: Marbles) -> None:
    stream = marbles.cold("-a-b-c-c-a-|", **VALUES)

    assert marbles.run(stream.pipe(distinct(max_remembered=2))) == marbles.seen("-a-b-c---a-|")


def test_it_takes_a_key_of_your_own(marbles: Marbles) -> None:
    stream = marbles.cold("-a-b-c-|", **VALUES)

    assert marbles.run(stream.pipe(distinct(key=lambda e: e["ts"]))) == marbles.seen("-a---c-|")


def test_it_ends_with_what_the_key_raises(marbles: Marbles) -> None:
    stream = marbles.cold("-h-a-|", **VALUES)
    seen = marbles.run(stream.pipe(distinct(key=lambda e: e["ts"])))

    assert seen == marbles.seen("-#", KeyError)


def test_it_remembers_for_each_subscriber_apart(marbles: Marbles) -> None:
    stream = marbles.cold("-a-a-|", **VALUES).pipe(distinct())
    one, two = marbles.watch(stream), marbles.watch(stream, " ^")
    marbles.flush()

    assert one == marbles.seen("-a---|")
    assert two == marbles.seen("--a---|")


@pytest.mark.parametrize(
    "wrong", [{"remember": 0.0}, {"remember": float("nan")}, {"max_remembered": 0}]
)
def test_it_refuses_to_remember_nothing(marbles: Marbles, wrong: Any) -> None:
    with pytest.raises(ConfigurationError):
        distinct(**wrong)(marbles.cold("-a"))


def test_it_takes_bursts_and_passes_on_what_is_new_of_them() -> None:
    observers: list[BurstObserver] = []
    taken: list[Any] = []
    errors: list[Exception] = []

    def subscribe(observer: BurstObserver, _: Any) -> Disposable:
        observers.append(observer)
        return Disposable()

    def ts_of(event: Any) -> str:
        return str(event["ts"])

    class Taken(Each):
        def on_items(self, items: Sequence[Any], plain: bool, /) -> None:
            taken.append((items, plain))

        def on_error(self, error: Exception) -> None:
            errors.append(error)

    for stage in (distinct(), distinct(key=ts_of)):
        subscribe_in_bursts(stage(Bursts(subscribe)), Taken(taken.append, Observer()), None)
    default, by_ts = observers
    assert default.wish() == EVERYTHING
    other, later = VALUES["b"], VALUES["c"]
    for source in observers:
        source.on_items([PLAIN, PLAIN, other], True)
        source.on_items([PLAIN, other], True)
        source.on_items([PLAIN, VALUES["h"] if source is default else later], False)
    assert taken[:2] == [([PLAIN, other], True), ([VALUES["h"]], False)]
    assert taken[2:] == [([PLAIN], True), ([later], False)]
    by_ts.on_items([{**PLAIN, "ts": "7.3"}, {"type": "hello"}, {**PLAIN, "ts": "7.4"}], False)
    assert taken[4:] == [([{**PLAIN, "ts": "7.3"}], False)]
    assert [type(error) for error in errors] == [KeyError]


def test_the_quicker_key_of_plain_messages_is_the_same() -> None:
    for odd in ({"edited": {"ts": "8.1"}}, {"event_id": "Ev1"}, {"ts": 7}, {"channel": ""}):
        event = {**PLAIN, **odd}
        assert plain_key_of(event) == delivery_key(event)
    inside = {**PLAIN, "message": {"ts": "7.0", "edited": {"ts": "8.1"}}}
    assert plain_key_of(inside) == delivery_key(inside)
    assert plain_key_of(PLAIN) == delivery_key(PLAIN) is not None
