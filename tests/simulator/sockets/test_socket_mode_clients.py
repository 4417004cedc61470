"""
Slack's own Socket Mode clients, unmodified: what they make of the simulator proves it honest.

Bots of slack_bolt and of slack_sdk alone, over both of slack_sdk's clients, which are left at their
defaults. The client on websocket-client has two habits that decide how it is met here:

- At a `disconnect` one of its threads asks for a new URL and then closes the socket for which
  another one waits with `select`. Where that one is not woken in between, its `select` goes on over
  a descriptor that is no more, up to its end after ten seconds, and so long there is no connection.
  Here Slack ends the socket itself, right behind the `disconnect`, and the URL comes afterwards.
- A monitor looks once in `ping_interval` seconds and replaces a session without a socket, which
  each has for its first half second. With the default of ten seconds it disturbs a beginning
  rarely; below one second all the time.

An event that finds no socket meanwhile, or one that is being left, comes again as a retry.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler as BuiltinHandler
from slack_bolt.adapter.socket_mode.websocket_client import (
    SocketModeHandler as WebsocketClientHandler,
)
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient as BuiltinClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.socket_mode.websocket_client import SocketModeClient as WebsocketClientClient
from slack_sdk.webhook import WebhookClient

from rxslack.simulator import SocketModeOptions, Workspace

# websocket-client leaves a socket that was closed by Slack to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Order"},
    "submit": {"type": "plain_text", "text": "Go"},
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


PATIENCE = 30.0  # seconds for what may take a retry, three seconds after the first delivery


# The bot, with slack_bolt


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
    ack(options=[option(payload["value"])])


def submitted(ack: Any, view: Any) -> None:
    if is_small(view):
        ack()
    else:
        ack(response_action="errors", errors={"size": "Too large"})


def simply_take(ack: Any) -> None:
    ack()


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value}, "value": value}


def is_small(view: Any) -> bool:
    chosen = view["state"]["values"]["size"]["pick"]["selected_option"]
    return bool(chosen["value"] == "small")


def bolt(slack: Workspace, handler: Any) -> Any:
    """An app that answers to everything a person can do with it."""
    app: Any = App(client=WebClient(slack.bot_token, base_url=slack.base_url))
    app.message("Hello")(greet)
    app.command("/order")(order)
    app.command("/button")(button)
    app.action("press")(press)
    app.options("pick")(pick)
    app.view("form")(submitted)
    app.view_closed("form")(simply_take)
    app.shortcut("help")(simply_take)
    return handler(app, slack.app_token)


# The same bot, with slack_sdk alone


def sdk(slack: Workspace, client: Any) -> Any:
    web = WebClient(slack.bot_token, base_url=slack.base_url)
    made = client(slack.app_token, web_client=web)
    made.socket_mode_request_listeners.append(answer)
    return made


def answer(client: Any, request: Any) -> None:
    def ack(payload: Any = None) -> None:
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

    web, payload = client.web_client, request.payload
    if request.type == "events_api":
        ack()
        event = payload["event"]
        if event["type"] == "message" and "Hello" in event["text"]:
            web.chat_postMessage(channel=event["channel"], text=f"Hi <@{event['user']}>!")
    elif request.type == "slash_commands":
        answer_command(web, payload, ack)
    else:
        answer_interaction(payload, ack)


def answer_command(web: Any, payload: Any, ack: Callable[..., None]) -> None:
    if payload["command"] == "/order":
        ack({"text": "One moment"})
        web.views_open(trigger_id=payload["trigger_id"], view=FORM)
    else:
        ack()
        respond(payload, text="A button", blocks=BUTTON, response_type="in_channel")


def answer_interaction(payload: Any, ack: Callable[..., None]) -> None:
    if payload["type"] == "block_suggestion":
        ack({"options": [option(payload["value"])]})
    elif payload["type"] == "view_submission" and not is_small(payload["view"]):
        ack({"response_action": "errors", "errors": {"size": "Too large"}})
    else:
        ack()
    if payload["type"] == "block_actions":
        respond(payload, text="Pressed", replace_original=True)


def respond(payload: Any, **message: Any) -> None:
    WebhookClient(payload["response_url"]).send(**message)


@contextmanager
def connected(bot: Any, slack: Workspace) -> Generator[None]:
    bot.connect()
    try:
        slack.wait_until(lambda: slack.connections)
        yield
    finally:
        part(getattr(bot, "client", bot), slack)


def part(client: Any, slack: Workspace) -> None:
    """As with a refresh, Slack speaks the first CLOSE."""
    client.auto_reconnect_enabled = False
    for connection in slack.connections:
        connection.close()
    slack.wait_until(lambda: not slack.connections)
    client.closed = True
    client.enqueue_message(None)  # else its thread sees that after a second
    client.close()
    gc.collect()  # here, where the warning is expected


BOTS: Any = [
    pytest.param((bolt, BuiltinHandler), id="bolt-builtin"),
    pytest.param((bolt, WebsocketClientHandler), id="bolt-websocket-client"),
    pytest.param((sdk, BuiltinClient), id="sdk-builtin"),
    pytest.param((sdk, WebsocketClientClient), id="sdk-websocket-client"),
]


@pytest.fixture(params=BOTS)
def slack(request: Any) -> Generator[Workspace]:
    make, kind = request.param
    # Slack's first retry comes at once; with its pauses, the second would be a minute's wait.
    options = SocketModeOptions(retry_pauses=(0.0, *[0.5] * 20))
    with Workspace(socket_mode=options) as workspace, connected(make(workspace, kind), workspace):
        yield workspace


def texts(slack: Workspace) -> list[str]:
    return [message["text"] for message in slack.messages("general")]


def hear_an_answer(slack: Workspace, text: str) -> None:
    before = len(texts(slack))
    slack.say("general", "alice", text)
    slack.wait_until(lambda: texts(slack)[before:][1:], PATIENCE)
    slack.wait_until(lambda: all(one.is_settled for one in slack.socket_mode.delivered), PATIENCE)


def test_it_holds_a_conversation(slack: Workspace) -> None:
    hear_an_answer(slack, "Hello")

    command = slack.interactions.command("general", "alice", "/order")
    assert command.wait() is not None
    assert command.replies == [{"text": "One moment"}]
    slack.wait_until(lambda: slack.interactions.view("alice"))
    options = slack.interactions.suggest("alice", "pick", "small").wait()
    assert options is not None
    assert options["options"][0]["value"] == "small"
    refused = slack.interactions.submit("alice", {"size": {"pick": {"value": "huge"}}}).wait()
    assert refused == {"response_action": "errors", "errors": {"size": "Too large"}}
    assert slack.interactions.view("alice") is not None
    slack.interactions.submit("alice", {"size": {"pick": {"value": "small"}}}).wait()
    slack.wait_until(lambda: slack.interactions.view("alice") is None)

    with slack.faults.hold("apps.connections.open"):
        slack.socket_mode.disconnect("refresh_requested", notice=0)
        slack.wait_until(lambda: not slack.connections)
    slack.wait_until(lambda: slack.connections, PATIENCE)
    hear_an_answer(slack, "Hello again")
    alice = slack.user_id("alice")
    assert set(texts(slack)) == {"Hello", "Hello again", f"Hi <@{alice}>!"}
    assert not any(one.lost for one in slack.socket_mode.delivered)


@pytest.mark.parametrize("slack", [(sdk, BuiltinClient)], ids=["sdk-builtin"], indirect=True)
def test_it_is_left_before_the_end_of_the_notice(slack: Workspace) -> None:
    slack.socket_mode.disconnect("refresh_requested", notice=60)
    slack.wait_until(lambda: [one.number for one in slack.connections] == [2], PATIENCE)
    hear_an_answer(slack, "Hello")


def test_it_lets_people_press_buttons_and_use_shortcuts(slack: Workspace) -> None:
    slack.interactions.command("general", "alice", "/button").wait()
    slack.wait_until(lambda: texts(slack) == ["A button"])
    (message,) = slack.messages("general")
    click = slack.interactions.click("alice", "press", channel="general", ts=message["ts"])
    click.wait()
    slack.wait_until(lambda: texts(slack) == ["Pressed"])

    slack.interactions.shortcut("alice", "help").wait()
    slack.interactions.message_shortcut("alice", "help", channel="general", ts=message["ts"]).wait()
    slack.interactions.command("general", "alice", "/order").wait()
    slack.wait_until(lambda: slack.interactions.view("alice"))
    closed = slack.interactions.close("alice")
    assert closed is not None
    closed.wait()
    assert slack.interactions.view("alice") is None
