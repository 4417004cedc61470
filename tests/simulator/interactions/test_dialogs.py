"""Dialogs, which apps had before modals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from reactivex import Subject
from slack_sdk.errors import SlackApiError

import rxslack
from rxslack.simulator import Workspace

Json = dict[str, Any]
Told = Callable[..., list[Json]]
DIALOG: Json = {
    "callback_id": "order",
    "title": "Order",
    "state": "lunch",
    "elements": [
        {"type": "text", "label": "What", "name": "what"},
        {"type": "textarea", "label": "Why", "name": "why", "optional": True, "value": "hungry"},
    ],
}


def opened(slack: Workspace, bot: Any, **more: Any) -> None:
    trigger = slack.interactions.command("general", "alice", "/order").payload["trigger_id"]
    bot.dialog_open(trigger_id=trigger, dialog={**DIALOG, **more})


def test_it_sends_a_dialog(modern: Workspace, told: Told, bot: Any) -> None:
    opened(modern, bot)
    dialogs = modern.interactions.dialogs
    assert (dialogs.open("alice"), dialogs.open("bob")) != (None, None)
    with pytest.raises(ValueError, match="are empty: what"):
        dialogs.submit("alice")
    with pytest.raises(LookupError, match="no element 'wat'"):
        dialogs.submit("alice", {"wat": "soup"})
    sent = dialogs.submit("alice", {"what": "soup"})
    assert sent.payload["submission"] == {"what": "soup", "why": "hungry"}
    assert (sent.payload["state"], sent.payload["channel"]["name"]) == ("lunch", "general")
    assert sent.response_url
    sent.wait()
    modern.wait_until(lambda: dialogs.open("alice") is None)
    with pytest.raises(LookupError, match="no dialog open"):
        dialogs.submit("alice")


def test_it_keeps_a_dialog_with_errors_open(modern: Workspace, bot: Any) -> None:
    answers = Subject[Any]()

    def refuse(envelope: Json) -> None:
        if "envelope_id" in envelope:
            wrong = [{"name": "what", "error": "No soup"}]
            answered = {"envelope_id": envelope["envelope_id"], "payload": {"errors": wrong}}
            answers.on_next(answered)

    app = rxslack.socket_mode(modern.app, acknowledge="by_hand", answers=answers)
    with app.subscribe(refuse):
        modern.wait_until(lambda: modern.connections)
        opened(modern, bot)
        response = modern.interactions.dialogs.submit("alice", {"what": "soup"}).wait()
    assert response == {"errors": [{"name": "what", "error": "No soup"}]}
    assert modern.interactions.dialogs.open("alice") is not None


def test_it_tells_of_a_cancelled_dialog_when_asked_to(
    modern: Workspace, told: Told, bot: Any
) -> None:
    opened(modern, bot)
    assert modern.interactions.dialogs.cancel("alice") is None
    opened(modern, bot, notify_on_cancel=True)
    told_of = modern.interactions.dialogs.cancel("alice")
    assert told_of is not None
    assert told_of.payload["type"] == "dialog_cancellation"
    assert modern.interactions.dialogs.open("alice") is None


def test_it_asks_the_app_for_options(modern: Workspace, bot: Any) -> None:
    menu = {"type": "select", "label": "a", "name": "b", "data_source": "external"}
    opened(modern, bot, elements=[menu])
    asked = modern.interactions.dialogs.suggest("alice", "b", "so").payload
    assert (asked["type"], asked["name"], asked["value"]) == ("dialog_suggestion", "b", "so")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"title": ""}, "missing required field: title"),
        ({"title": "x" * 25}, "must be less than 25 characters [json-pointer:/title]"),
        ({"elements": []}, "must have 1 to 10 items [json-pointer:/elements]"),
        (
            {"elements": [{"type": "date", "label": "a", "name": "b"}]},
            "unsupported type: date [json-pointer:/elements/0/type]",
        ),
        (
            {"elements": [{"type": "select", "label": "a", "name": "b"}]},
            "missing required field: options [json-pointer:/elements/0]",
        ),
    ],
)
def test_it_says_what_is_wrong_with_a_dialog(
    modern: Workspace, bot: Any, change: Json, what: str
) -> None:
    with pytest.raises(SlackApiError) as raised:
        opened(modern, bot, **change)
    failure: Any = raised.value
    assert failure.response["error"] == "validation_errors"
    assert failure.response["response_metadata"]["messages"] == [f"[ERROR] {what}"]


def test_it_takes_a_trigger_once(modern: Workspace, bot: Any, error_of: Callable[..., str]) -> None:
    trigger = modern.trigger("alice")
    bot.dialog_open(trigger_id=trigger, dialog=DIALOG)
    again = error_of(bot.dialog_open, trigger_id=trigger, dialog=DIALOG)
    assert again == "trigger_exchanged"
