"""The checker itself: a check that never fails proves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from rxslack import events

RECORDED: dict[str, Any] = {
    "type": "reaction_added",
    "user": "U407ABLLW",
    "reaction": "grinning",
    "item": {"type": "message", "channel": "D3ZEQULHZ", "ts": "1485975421.000002"},
    "item_user": "U407ABLLW",
    "event_ts": "1485975426.875724",
}

EDITED: dict[str, Any] = {
    "type": "message",
    "subtype": "message_changed",
    "hidden": True,
    "channel": "C407ABS94",
    "ts": "1485976156.000017",
    "event_ts": "1485976156.891735",
    "message": {"type": "message", "ts": "1485976151.000016", "reactions": []},
}


def without(event: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != key}


def test_it_is_content_with_a_recorded_event(problems: Any) -> None:
    assert problems(events.ReactionAddedEvent, RECORDED) == []
    assert problems(events.MessageChangedEvent, EDITED) == []


def test_it_finds_a_misspelt_key(problems: Any) -> None:
    found = problems(events.ReactionAddedEvent, {**without(RECORDED, "item_user"), "item_usr": "U"})

    assert found == ["event.item_usr: not known to ReactionAddedEvent"]


def test_it_finds_a_missing_key(problems: Any) -> None:
    found = problems(events.ReactionAddedEvent, without(RECORDED, "reaction"))

    assert found == ["event.reaction: missing in ReactionAddedEvent"]


def test_it_finds_a_value_of_another_kind(problems: Any) -> None:
    found = problems(events.ReactionAddedEvent, {**RECORDED, "event_ts": 1485975426.875724})

    assert found == ["event.event_ts: float where str is promised"]


def test_it_finds_a_number_where_a_flag_is_promised(problems: Any) -> None:
    found = problems(events.MessageChangedEvent, {**EDITED, "hidden": 1})

    assert found == ["event.hidden: int where bool is promised"]


def test_it_finds_a_null_that_is_not_promised(problems: Any) -> None:
    found = problems(events.ReactionAddedEvent, {**RECORDED, "user": None})

    assert found == ["event.user: NoneType where str is promised"]


@pytest.mark.parametrize("type_name", ["reaction_removed", "", None])
def test_it_finds_another_type(problems: Any, type_name: Any) -> None:
    found = problems(events.ReactionAddedEvent, {**RECORDED, "type": type_name})

    assert found == [f"event.type: {type_name!r} is not one of ('reaction_added',)"]


def test_it_looks_into_nested_objects(problems: Any) -> None:
    item = {"type": "message", "chanel": "D3ZEQULHZ", "ts": 2}
    found = problems(events.ReactionAddedEvent, {**RECORDED, "item": item})

    assert found == [
        "event.item.chanel: not known to ReactionItem",
        "event.item.ts: int where str is promised",
    ]


def test_it_looks_into_lists(problems: Any) -> None:
    reactions = [{"name": "thumbsup", "count": 1, "users": ["U407ABLLW", 7]}, "thumbsup"]
    message = {**EDITED["message"], "reactions": reactions}
    found = problems(events.MessageChangedEvent, {**EDITED, "message": message})

    assert found == [
        "event.message.reactions[].users[]: int where str is promised",
        "event.message.reactions[]: str where Reaction is promised",
    ]


def test_it_takes_any_of_several_kinds_and_no_other(problems: Any) -> None:
    created = {"id": "C407ABS94", "name": "general", "created": "1485975747"}
    event = {"type": "channel_rename", "channel": created}

    assert problems(events.ChannelRenameEvent, event) == []
    assert (
        problems(events.ChannelRenameEvent, {**event, "channel": {**created, "created": 1}}) == []
    )
    assert (
        len(problems(events.ChannelRenameEvent, {**event, "channel": {**created, "created": None}}))
        == 1
    )


def test_it_forgives_a_blank_sample_what_it_leaves_out_and_nothing_else(problems: Any) -> None:
    blank: dict[str, Any] = {
        "type": "reaction_added",
        "user": "",
        "item": {},
        "reacton": "",
        "event_ts": 0,
    }

    assert problems(events.ReactionAddedEvent, blank, blank=True) == [
        "event.reacton: not known to ReactionAddedEvent",
        "event.event_ts: int where str is promised",
    ]


def test_it_knows_no_class_for_what_slack_invents(class_of: Any) -> None:
    with pytest.raises(KeyError):
        class_of({"type": "message", "subtype": "invented"})
    with pytest.raises(KeyError):
        class_of({"type": "invented"})
