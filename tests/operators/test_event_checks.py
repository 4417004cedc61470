"""Whether an item keeps what an event class promises."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict, get_args

import pytest

from rxslack import events
from rxslack.errors import ConfigurationError
from rxslack.events import (
    AnyMessageEvent,
    ChannelPostingPermissionsMessageEvent,
    EmojiChangedEvent,
    GapEvent,
    HelloEvent,
    MessageChangedEvent,
    MessageDeletedEvent,
    MessageEvent,
)
from rxslack.operators.event_checks import checker, plain_checker
from rxslack.operators.predicates import (
    is_event,
    is_known,
    is_message,
    is_plain_message,
)

PLAIN: dict[str, Any] = {
    "type": "message",
    "channel": "C1",
    "user": "U1",
    "text": "Hello",
    "ts": "7.1",
}
GAP: dict[str, Any] = {
    "type": "rxslack.gap",
    "since": 1.0,
    "until": 2.0,
    "last_ts": None,
    "reason": "lost",
}


def without(event: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != key}


class OptionalSubtype(TypedDict):
    type: Literal["ours"]
    subtype: NotRequired[Literal["one", "two"]]


class Numbered(TypedDict):
    type: Literal["numbered"]
    version: Literal[1, 2]


@pytest.mark.parametrize("key", ["type", "channel", "user", "text", "ts"])
def test_it_promises_what_is_subscripted(key: str) -> None:
    broken = [without(PLAIN, key), {**PLAIN, key: None}]

    assert [is_plain_message(event) for event in (PLAIN, *broken)] == [True, False, False]


@pytest.mark.parametrize("item", [None, "message", 7, [], {}, {"type": []}, {"type": None}])
def test_it_is_content_with_nothing_else(item: Any) -> None:
    assert [is_event(item, MessageEvent), is_message(item), is_known(item)] == [False] * 3


def test_it_takes_a_subtype_of_null_for_none() -> None:
    assert is_plain_message({**PLAIN, "subtype": None})
    assert is_message({**PLAIN, "subtype": None})


@pytest.mark.parametrize("subtype", ["invented", "", 0, [], {}])
def test_it_knows_no_message_of_another_subtype(subtype: Any) -> None:
    event = {**PLAIN, "subtype": subtype}

    assert [is_plain_message(event), is_message(event), is_known(event)] == [False] * 3


def test_it_takes_changes_as_slack_documents_them() -> None:
    """Its examples of both have no `event_ts`, which recordings have."""
    change = {"type": "message", "hidden": True, "channel": "C1", "ts": "9.1"}
    edit = {**change, "subtype": "message_changed", "message": {"type": "message", "ts": "7.1"}}
    deletion = {**change, "subtype": "message_deleted", "deleted_ts": "7.1"}

    assert is_event(edit, MessageChangedEvent)
    assert is_event(deletion, MessageDeletedEvent)
    assert is_message(edit)
    assert is_message(deletion)


def test_it_lets_a_promised_null_pass_and_not_its_absence() -> None:
    absent = without(GAP, "last_ts")

    assert [is_event(event, GapEvent) for event in (GAP, absent)] == [True, False]


def test_it_tells_members_of_a_union_apart_by_type_and_subtype() -> None:
    both: Any = HelloEvent | OptionalSubtype

    fit: list[Any] = [{"type": "hello"}, {"type": "ours"}, {"type": "ours", "subtype": "two"}]
    unfit: list[Any] = [{"type": "ours", "subtype": "x"}, {"type": "ours", "subtype": None}, PLAIN]

    assert [is_event(event, both) for event in fit] == [True] * 3
    assert [is_event(event, both) for event in unfit] == [False] * 3


def test_it_knows_both_spellings_of_a_subtype() -> None:
    for subtype in ("channel_posting_permissions", "channel_posting_permission"):
        event = {**PLAIN, "subtype": subtype}
        assert is_message(event)
        assert is_event(event, ChannelPostingPermissionsMessageEvent)


def test_it_asks_no_literal_of_a_subtype_that_is_any_text() -> None:
    event = {"type": "emoji_changed", "subtype": "invented"}

    assert is_known(event)
    assert is_event(event, EmojiChangedEvent)


@pytest.mark.parametrize("event_class", get_args(AnyMessageEvent), ids=lambda found: found.__name__)
def test_it_finds_each_message_in_the_union_as_by_its_own_class(event_class: Any) -> None:
    subtype = get_args(event_class.__annotations__.get("subtype"))
    event: dict[str, Any] = dict.fromkeys(event_class.__required_keys__, "x")
    event = {**event, "type": "message", **({"subtype": subtype[0]} if subtype else {})}
    fits = [found for found in get_args(AnyMessageEvent) if is_event(event, found)]

    assert fits == [event_class]
    assert is_message(event)


def test_it_holds_all_literals_to_their_values() -> None:
    assert is_event({"type": "numbered", "version": 2}, Numbered)
    assert not is_event({"type": "numbered", "version": 3}, Numbered)
    assert not is_event({"type": "numbered"}, Numbered)


def test_it_makes_one_check_for_each_class() -> None:
    assert checker(MessageEvent) is checker(MessageEvent)
    assert checker(AnyMessageEvent) is checker(AnyMessageEvent)


@pytest.mark.parametrize("no_class", [dict, {"type": "message"}, "message", None])
def test_it_refuses_what_is_no_event_class(no_class: Any) -> None:
    with pytest.raises(TypeError, match="no event class"):
        checker(no_class)


def test_it_refuses_a_class_that_is_for_no_type() -> None:
    with pytest.raises(ConfigurationError, match="does not say which events it is for"):
        checker(events.Channel)


MESSAGES_OF_ALL_KINDS: list[dict[str, Any]] = [
    {"type": "message"},
    *(without(PLAIN, key) for key in PLAIN if key != "type"),
    *({**PLAIN, key: None} for key in PLAIN if key != "type"),
    PLAIN,
    {**PLAIN, "hidden": True, "message": {}, "previous_message": {}, "bot_id": "B1"},
    {**PLAIN, "thread_ts": "7.0", "latest_reply": "7.2", "event_ts": "7.1", "blocks": []},
]


@pytest.mark.parametrize("event_class", [*get_args(events.SlackEvent), AnyMessageEvent], ids=str)
def test_the_quicker_check_says_the_same_of_plain_messages(event_class: Any) -> None:
    check, quicker = checker(event_class), plain_checker(event_class)
    for message in MESSAGES_OF_ALL_KINDS:
        assert quicker(message) == check(message), message
