"""Slack's Bolt, unmodified, with what is beyond everyday talk: assistants, steps, links, dialogs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App, Assistant
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient

from rxslack.simulator import AGENT_SCOPES, MODERN_BOT_SCOPES, Limits, Workspace
from tests.simulator.beyond import BUTTON

PATIENCE = 30.0  # seconds, for a machine that is busy


# The bot


def started(say: Any) -> None:
    say("How can I help?")


def asked(payload: Any, say: Any, set_title: Any) -> None:
    set_title(payload["text"])
    say(f"{payload['text']}: done")


def approve(inputs: Any, client: Any) -> None:
    client.chat_postMessage(channel=inputs["where"], text="Well?", blocks=[BUTTON])


def go(ack: Any, complete: Any) -> None:
    ack()
    complete(outputs={"approved": True})


def shared(event: Any, client: Any) -> None:
    unfurls = {one["url"]: {"text": f"About {one['url']}"} for one in event["links"]}
    client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=unfurls)


def order(ack: Any, client: Any, body: Any) -> None:
    ack()
    element = {"type": "text", "label": "What", "name": "what"}
    dialog = {"callback_id": "order", "title": "Order", "elements": [element]}
    client.dialog_open(trigger_id=body["trigger_id"], dialog=dialog)


def ordered(ack: Any, payload: Any, client: Any, body: Any) -> None:
    what = payload["submission"]["what"]
    if what == "stone":
        ack(errors=[{"name": "what", "error": "Inedible"}])
        return
    ack()
    client.chat_postMessage(channel=body["channel"]["id"], text=f"Ordered: {what}")


def everything(client: Any) -> Any:
    assistant: Any = Assistant()
    assistant.thread_started(started)
    assistant.user_message(asked)
    app: Any = App(client=client)
    app.use(assistant)
    app.function("approve", auto_acknowledge=True)(approve)
    app.action("go")(go)
    app.event("link_shared")(shared)
    app.command("/order")(order)
    app.dialog_submission("order")(ordered)
    app.event("message")(lambda: None)  # what no listener takes is not acknowledged
    return app


@pytest.fixture(scope="module")
def slack() -> Iterator[Workspace]:
    """With that bot, for all tests: to leave takes its client up to three seconds."""
    scopes = (*MODERN_BOT_SCOPES, *AGENT_SCOPES)
    with Workspace(bot_scopes=scopes, limits=Limits.off()) as slack:
        app = everything(WebClient(slack.bot_token, base_url=slack.base_url))
        handler: Any = SocketModeHandler(app, slack.app_token)
        handler.connect()
        try:
            slack.wait_until(lambda: slack.connections, PATIENCE)
            yield slack
        finally:
            handler.close()
            app._listener_runner.listener_executor.shutdown()


def until_said(slack: Workspace, channel: str, text: str) -> dict[str, Any]:
    """The message with that text, once there is one."""
    return slack.wait_until(
        lambda: next(
            (one for one in slack.messages(channel) if one["text"] == text), dict[str, Any]()
        ),
        PATIENCE,
    )


def test_it_answers_in_threads_with_an_assistant(slack: Workspace) -> None:
    root = slack.open_assistant("alice")
    until_said(slack, root["channel"], "How can I help?")
    slack.say(root["channel"], "alice", "Make soup", thread_ts=root["ts"])
    answer = until_said(slack, root["channel"], "Make soup: done")
    assert answer["thread_ts"] == root["ts"]
    assert slack.title(root["channel"], root["ts"]) == "Make soup"


def test_it_ends_a_step_when_its_button_is_pressed(slack: Workspace) -> None:
    execution = slack.run_function("approve", {"where": slack.channel_id("general")})
    asking = until_said(slack, "general", "Well?")
    slack.interactions.click("alice", "go", channel="general", ts=asking["ts"]).wait(PATIENCE)
    slack.wait_until(lambda: slack.functions[execution]["completed"], PATIENCE)
    assert slack.functions[execution]["outputs"] == {"approved": True}


def test_it_shows_what_is_behind_links(slack: Workspace) -> None:
    slack.tell_links_of("app.example")
    said = slack.say("random", "alice", "See <https://app.example/1>")

    def shown() -> list[dict[str, Any]]:
        kept = [one for one in slack.messages("random") if one["ts"] == said["ts"]]
        return list(kept[0].get("attachments", []))

    slack.wait_until(shown, PATIENCE)
    assert [one["text"] for one in shown()] == ["About https://app.example/1"]


def test_it_has_dialogs(slack: Workspace) -> None:
    dialogs = slack.interactions.dialogs
    slack.interactions.command("general", "alice", "/order").wait(PATIENCE)
    slack.wait_until(lambda: dialogs.open("alice"), PATIENCE)
    response = dialogs.submit("alice", {"what": "stone"}).wait(PATIENCE)
    assert response == {"errors": [{"name": "what", "error": "Inedible"}]}
    dialogs.submit("alice", {"what": "soup"}).wait(PATIENCE)
    slack.wait_until(lambda: dialogs.open("alice") is None, PATIENCE)
    until_said(slack, "general", "Ordered: soup")
