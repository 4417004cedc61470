"""Slack's own Socket Mode clients, unmodified: what they make of the simulator proves it honest."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler as BuiltinHandler
from slack_bolt.adapter.socket_mode.websocket_client import (
    SocketModeHandler as WebsocketClientHandler,
)
from slack_sdk import WebClient

from rxslack.simulator import Workspace

HANDLERS: Any = [BuiltinHandler, WebsocketClientHandler]

FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Order"},
    "blocks": [
        {
            "type": "input",
            "block_id": "size",
            "label": {"type": "plain_text", "text": "Size"},
            "element": {"type": "external_select", "action_id": "pick"},
        }
    ],
}
BUTTON: list[dict[str, Any]] = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "press", "text": {"type": "plain_text", "text": "Go"}}
        ],
    }
]


def greet(message: Any, say: Any) -> None:
    say(f"Hi <@{message['user']}>!")


def order(ack: Any, client: Any, body: Any) -> None:
    ack("One moment")
    client.views_open(trigger_id=body["trigger_id"], view=FORM)


def button(ack: Any, respond: Any) -> None:
    ack()
    respond(blocks=BUTTON, text="A button", response_type="in_channel")


def press(ack: Any, respond: Any) -> None:
    ack()
    respond(text="Pressed", replace_original=True)


def pick(ack: Any, payload: Any) -> None:
    text = {"type": "plain_text", "text": payload["value"]}
    ack(options=[{"text": text, "value": payload["value"]}])


def submitted(ack: Any, view: Any) -> None:
    if view["state"]["values"]["size"]["pick"].get("value") == "small":
        ack()
    else:
        ack(response_action="errors", errors={"size": "Too large"})


def closed(ack: Any) -> None:
    ack()


def shortcut(ack: Any) -> None:
    ack()


def bot(slack: Workspace) -> Any:
    """An app that answers to everything a person can do with it."""
    app: Any = App(client=WebClient(slack.bot_token, base_url=slack.base_url))
    app.message("Hello")(greet)
    app.command("/order")(order)
    app.command("/button")(button)
    app.action("press")(press)
    app.options("pick")(pick)
    app.view("form")(submitted)
    app.view_closed("form")(closed)
    app.shortcut("help")(shortcut)
    return app


@contextmanager
def connected(kind: Any, slack: Workspace) -> Generator[None]:
    # Closing waits for a whole interval.
    handler = kind(bot(slack), slack.app_token, ping_interval=0.2)
    handler.connect()
    try:
        slack.wait_until(lambda: slack.connections)
        yield
    finally:
        handler.close()


@pytest.fixture(params=HANDLERS, ids=["builtin", "websocket-client"])
def slack(request: Any) -> Generator[Workspace]:
    with Workspace() as workspace, connected(request.param, workspace):
        yield workspace


def texts(slack: Workspace) -> list[str]:
    return [message["text"] for message in slack.messages("general")]


def test_it_holds_a_conversation(slack: Workspace, request: pytest.FixtureRequest) -> None:
    slack.say("general", "alice", "Hello")
    slack.wait_until(lambda: len(texts(slack)) == 2)

    command = slack.gestures.command("general", "alice", "/order")
    assert command.wait() is not None
    assert command.replies == [{"text": "One moment"}]
    slack.wait_until(lambda: slack.gestures.view("alice"))
    options = slack.gestures.suggest("alice", "pick", "small").wait()
    assert options is not None
    assert options["options"][0]["value"] == "small"
    refused = slack.gestures.submit("alice", {"size": {"pick": {"value": "huge"}}}).wait()
    assert refused == {"response_action": "errors", "errors": {"size": "Too large"}}
    assert slack.gestures.view("alice") is not None
    slack.gestures.submit("alice", {"size": {"pick": {"value": "small"}}}).wait()
    slack.wait_until(lambda: slack.gestures.view("alice") is None)

    if "websocket-client" in request.node.name:
        return  # after a refresh its monitor replaces each session before its runner starts it
    slack.socket_mode.disconnect("refresh_requested", notice=0.1)
    slack.wait_until(lambda: len(slack.past_connections) > 1 and slack.connections)
    slack.say("general", "alice", "Hello again")
    slack.wait_until(lambda: len(texts(slack)) == 4)


def test_it_lets_people_press_buttons_and_use_shortcuts(slack: Workspace) -> None:
    slack.gestures.command("general", "alice", "/button").wait()
    slack.wait_until(lambda: texts(slack) == ["A button"])
    (message,) = slack.messages("general")
    click = slack.gestures.click("alice", "press", channel="general", ts=message["ts"])
    click.wait()
    slack.wait_until(lambda: texts(slack) == ["Pressed"])

    slack.gestures.shortcut("alice", "help").wait()
    slack.gestures.message_shortcut("alice", "help", channel="general", ts=message["ts"]).wait()
    slack.gestures.command("general", "alice", "/order").wait()
    slack.wait_until(lambda: slack.gestures.view("alice"))
    closed = slack.gestures.close("alice")
    assert closed is not None
    closed.wait()
    assert slack.gestures.view("alice") is None
