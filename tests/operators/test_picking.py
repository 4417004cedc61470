"""The operators that keep some events: containing, in_…, from_user, not_from_… and the like."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from hypothesis import given, strategies as st
from reactivex import Observable, operators as ops

import rxslack
from rxslack.errors import ConfigurationError
from rxslack.events.messages import Identity
from rxslack.testing import Marbles

ME = Identity(user_id="UME", bot_id="BME")
Operator = Callable[[Observable[Any]], Observable[Any]]


def message(**fields: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "ts": "7.1", "user": "U1", **fields}


def change(now: dict[str, Any], before: dict[str, Any], **fields: Any) -> dict[str, Any]:
    event = message(subtype="message_changed", message=now, previous_message=before, **fields)
    return {key: value for key, value in event.items() if key != "user"}


EDIT = {"user": "U1", "ts": "9.0"}
VALUES: dict[str, Any] = {
    "a": message(text="ping"),
    "b": message(text="PING <@UME>", channel="D2", user="U2", thread_ts="5.1", ts="8.1"),
    "c": message(text="other"),
    "p": message(text="the beginning of a thread", thread_ts="7.1"),
    # an edit to ping, and the preview of a link that was there before
    "e": change({"user": "U1", "text": "ping", "edited": EDIT}, {"user": "U1", "text": "pin"}),
    "u": change({"user": "U1", "text": "ping"}, {"user": "U1", "text": "ping"}),
    # a thread that got a reply: its beginning comes again
    "r": message(subtype="message_replied", hidden=True, message={"user": "U1", "text": "ping"}),
    "j": message(subtype="channel_join", text="ping <@UME> has joined"),
    "m": message(text="ping", user="UME", bot_id="BME"),
    "n": change({"user": "UME", "text": "ping", "edited": EDIT}, {"user": "UME", "text": "pin"}),
    "i": message(subtype="bot_message", user=None, bot_id="B9", text="ping"),
    "h": {"type": "hello"},
    "x": {"type": "message"},
    "z": None,
}

CASES: list[tuple[Operator, str, str]] = [
    (rxslack.containing("Ping"), "-a-b-c-e-u-r-j-h-x-|", "-a-b---e-----------|"),
    (rxslack.containing("ping", ignore_case=False), "-a-b-|", "-a---|"),
    (rxslack.in_channel("C1"), "-a-b-e-h-x-|", "-a---e-----|"),
    (rxslack.in_channel("C1", "D2"), "-a-b-e-h-x-|", "-a-b-e-----|"),
    (rxslack.from_user("U2", "U9"), "-a-b-e-n-h-x-|", "---b---------|"),
    (rxslack.from_user("U1"), "-a-b-e-n-h-x-|", "-a---e-------|"),
    (rxslack.in_thread(), "-a-b-p-h-x-|", "---b-------|"),
    (rxslack.in_thread("5.1"), "-a-b-c-h-x-|", "---b-------|"),
    (rxslack.in_thread("7.1"), "-a-b-c-h-x-|", "-a---c-----|"),
    (rxslack.mentioning("UME"), "-a-b-j-h-x-|", "---b-------|"),
    (rxslack.mentioning_me(ME), "-a-b-j-h-x-|", "---b-------|"),
    (rxslack.mentioning_me(Identity(bot_id="BME")), "-a-b-j-h-x-|", "-----------|"),
    (rxslack.not_from_bots(), "-a-m-i-n-h-x-|", "-a-----n-h-x-|"),
    (rxslack.not_from_me(ME), "-a-m-n-i-h-x-z-|", "-a-----i-h-x-z-|"),
]


@pytest.mark.parametrize(("operator", "source", "expected"), CASES, ids=range(len(CASES)))
def test_it_keeps_what_it_says(
    marbles: Marbles, operator: Operator, source: str, expected: str
) -> None:
    stream = marbles.cold(source, **VALUES)
    ends = marbles.opened(f"^{'-' * (len(source) - 2)}!")

    assert marbles.run(stream.pipe(operator)) == marbles.seen(expected)
    assert stream.subscriptions == ends


@pytest.mark.parametrize(("operator", "source", "expected"), CASES, ids=range(len(CASES)))
def test_it_passes_errors_on(
    marbles: Marbles, operator: Operator, source: str, expected: str
) -> None:
    lost = ValueError("lost")
    stream = marbles.cold(source.replace("|", "#"), lost, **VALUES)

    assert marbles.run(stream.pipe(operator)) == marbles.seen(expected.replace("|", "#"), lost)


ODD: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("pingUME1<@>", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("type", "subtype", "text", "user", "message", "ts")), inner
        )
    ),
    max_leaves=8,
)
ODD_MESSAGE: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"type": st.just("message")},
    optional=dict.fromkeys(("subtype", "text", "user", "bot_id", "channel", "ts", "thread_ts"), ODD)
    | {"message": ODD | st.fixed_dictionaries({}, optional={"text": ODD, "user": ODD})},
)


@given(st.lists(ODD_MESSAGE | ODD, max_size=4))
def test_it_takes_any_item_whatever_it_lacks(items: list[Any]) -> None:
    others: list[Operator] = [
        rxslack.matching("ping"),
        rxslack.distinct(),
        rxslack.by_conversation(60.0),
        rxslack.by_thread(60.0),
        rxslack.narrow(rxslack.is_known),
        rxslack.of_type(rxslack.MessageEvent),
    ]
    for operator in [*(operator for operator, _, _ in CASES), *others]:
        taken, errors = list[Any](), list[Exception]()
        reactivex.from_iterable(items).pipe(operator).subscribe(taken.append, errors.append)
        assert errors == []
        assert len(taken) <= len(items)


def test_it_has_the_match_at_hand(marbles: Marbles) -> None:
    stream = marbles.cold("-a-b-c-e-u-r-|", **VALUES)
    pipeline = stream.pipe(rxslack.matching(re.compile(r"(?P<word>p\w+)(?P<more> .*)?", re.I)))
    seen = marbles.run(pipeline)

    assert [found.event for found in seen.items] == [VALUES[name] for name in "abe"]
    assert [found["word"] for found in seen.items] == ["ping", "PING", "ping"]
    assert [found["more"] for found in seen.items] == ["", " <@UME>", ""]
    assert seen.items[1].match.span("word") == (0, 4)


def test_it_goes_on_behind_what_carries_an_event(marbles: Marbles) -> None:
    stream = marbles.cold("-a-b-m-|", **VALUES)

    def asked_back(found: rxslack.Matched[Any]) -> str:
        return f"{found[0]}?"

    picked = stream.pipe(
        rxslack.matching("(?i)ping"),
        rxslack.not_from_me(ME),
        rxslack.in_channel("D2"),
        ops.map(rxslack.reply(asked_back)),
    )

    assert marbles.run(picked).items == [{"channel": "D2", "thread_ts": "5.1", "text": "PING?"}]


def test_it_narrows_by_a_guard(marbles: Marbles) -> None:
    values: dict[str, Any] = {**VALUES, "c": message(text="other", subtype="odd")}
    stream = marbles.cold("-a-c-h-x-z-|", **values)

    seen = marbles.run(stream.pipe(rxslack.narrow(rxslack.is_message)))

    assert seen == marbles.seen("-a---------|")


@pytest.mark.parametrize(
    ("make", "ids"),
    [
        (rxslack.in_channel, ("#general",)),
        (rxslack.in_channel, ("C1", "general")),
        (rxslack.in_channel, ()),
        (rxslack.from_user, ("@robin",)),
        (rxslack.from_user, ("C1",)),
        (rxslack.mentioning, ("<@U1>",)),
        (rxslack.containing, ("",)),
    ],
)
def test_it_refuses_what_would_keep_nothing_or_all(
    make: Callable[..., object], ids: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigurationError):
        make(*ids)


def test_it_refuses_a_pattern_that_is_none() -> None:
    with pytest.raises(re.error):
        rxslack.matching("(")
