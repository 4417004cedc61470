"""Dialogs from before modals, filled in on the page and in a terminal as if they were modals."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from reactivex import Subject

import rxslack
from rxslack.cli.chat import Chat
from rxslack.simulator import Workspace
from rxslack.simulator.page.old_dialogs import as_submission, as_view

Json = dict[str, Any]
ELEMENTS: list[Json] = [
    {"type": "text", "label": "What", "name": "what", "value": "soup", "hint": "Hot"},
    {"type": "textarea", "label": "Why", "name": "why", "optional": True},
    {
        "type": "select",
        "label": "Size",
        "name": "size",
        "options": [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}],
        "value": "l",
    },
    {"type": "select", "label": "Who", "name": "who", "data_source": "users", "optional": True},
    {"type": "select", "label": "Dish", "name": "dish", "data_source": "external"},
]


@contextmanager
def answering(slack: Workspace, answer: Callable[[Json], Json]) -> Generator[None]:
    """An app that opens the dialog for a command, and answers."""
    answers = Subject[Any]()

    def react(envelope: Json) -> None:
        if "envelope_id" not in envelope:
            return
        payload: Json = envelope["payload"]
        said = {} if "command" in payload else answer(payload)
        answers.on_next({"envelope_id": envelope["envelope_id"], "payload": said})
        if "command" in payload:
            dialog = {"callback_id": "order", "title": "Order", "elements": ELEMENTS}
            slack.web.call("dialog.open", trigger_id=payload["trigger_id"], dialog=dialog)

    app = rxslack.socket_mode(slack.app, acknowledge="by_hand", answers=answers)
    with app.subscribe(react):
        slack.wait_until(lambda: slack.connections)
        yield


def test_it_is_shown_as_inputs() -> None:
    view = as_view({"id": "V1", "title": "Order", "submit_label": "Go", "elements": ELEMENTS})
    elements = [block["element"] for block in view["blocks"]]
    assert [one["type"] for one in elements] == [
        "plain_text_input",
        "plain_text_input",
        "static_select",
        "users_select",
        "external_select",
    ]
    assert (elements[0]["initial_value"], elements[1]["multiline"]) == ("soup", True)
    assert elements[2]["initial_option"]["text"]["text"] == "Large"
    assert [block["optional"] for block in view["blocks"]] == [False, True, False, True, False]
    assert (view["submit"]["text"], view["blocks"][0]["hint"]["text"]) == ("Go", "Hot")


@pytest.mark.parametrize(
    "state",
    [
        {"type": "plain_text_input", "value": "x"},
        {"type": "static_select", "selected_option": {"value": "x"}},
        {"type": "users_select", "selected_user": "x"},
        "x",
    ],
    ids=["text", "option", "user", "terminal"],
)
def test_it_takes_what_is_filled_in(state: object) -> None:
    assert as_submission({"a": {"a": state}, "b": {"b": {"value": None}}}) == {"a": "x"}


def test_it_is_submitted_and_told_what_is_wrong(slack: Workspace) -> None:
    sent = list[Json]()

    def answer(payload: Json) -> Json:
        if payload["type"] == "dialog_suggestion":
            return {"options": [{"label": "Soup", "value": "soup"}]}
        sent.append(payload["submission"])
        wrong = [{"name": "what", "error": "No soup"}]
        return {"errors": wrong} if payload["submission"]["what"] == "soup" else {}

    page: Any = slack.page
    with answering(slack, answer):
        page.act("command", "alice", channel=slack.channel_id("general"), text="/order")
        slack.wait_until(lambda: slack.interactions.dialogs.open("alice"))
        found = page.act("suggest", "alice", action_id="dish", typed="so")
        assert found["response"]["options"][0]["text"]["text"] == "Soup"
        values: Json = {"dish": {"dish": {"selected_option": {"value": "soup"}}}}
        done = page.act("submit", "alice", values=values)
        assert done["response"] == {"response_action": "errors", "errors": {"what": "No soup"}}
        values["what"] = {"what": {"type": "plain_text_input", "value": "bread"}}
        assert page.act("submit", "alice", values=values)["response"] is None
        slack.wait_until(lambda: slack.interactions.dialogs.open("alice") is None)
    assert sent[-1] == {"what": "bread", "why": None, "size": "l", "who": None, "dish": "soup"}


def test_it_is_filled_in_and_cancelled_in_a_terminal(slack: Workspace) -> None:
    lines = list[str]()
    chat = Chat(slack, lines.append)
    chat.start()

    def reads(wanted: str) -> str:
        return slack.wait_until(lambda: next((one for one in lines if wanted in one), ""))

    with answering(slack, lambda _: {}):
        chat.take("/order")
        number = reads("Dish:").partition("[")[2].partition("]")[0]
        reads("+-- Order")
        chat.take(f":{number} soup")
        chat.take(":close")
        reads("* the dialog is closed")
    assert slack.interactions.dialogs.open("alice") is None
