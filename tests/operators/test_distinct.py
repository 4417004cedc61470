from __future__ import annotations

from typing import Any

import pytest

from rxslack import distinct
from rxslack.errors import ConfigurationError
from rxslack.testing import Marbles

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
