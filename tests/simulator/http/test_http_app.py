"""Commands and interactions for an app that has a URL and no Socket Mode."""

from __future__ import annotations

import ssl
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import trustme
from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

from rxslack.simulator import AGENT_SCOPES, Limits, Workspace
from rxslack.web.serving import ThreadingServer

FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Order"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "size",
            "label": {"type": "plain_text", "text": "Size"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(bot_scopes=AGENT_SCOPES, limits=Limits.off()) as slack:
        yield slack


def app_of(slack: Workspace) -> Any:
    client = WebClient(slack.bot_token, base_url=slack.base_url)
    app: Any = App(client=client, signing_secret=slack.http_events.signing_secret)

    def order(ack: Any, command: Any, client: Any) -> None:
        ack("One moment")
        client.views_open(trigger_id=command["trigger_id"], view=FORM)

    def submitted(ack: Any, view: Any, client: Any) -> None:
        size = view["state"]["values"]["size"]["text"]["value"]
        if size == "huge":
            ack(response_action="errors", errors={"size": "Too large"})
            return
        ack()
        client.chat_postMessage(channel="general", text=f"Ordered: {size}")

    def wave(ack: Any, client: Any) -> None:
        ack()
        client.chat_postMessage(channel="general", text="A wave")

    def hello(message: Any, say: Any) -> None:
        say(f"Hi <@{message['user']}>!")

    app.command("/order")(order)  # not as decorators: they have no types
    app.view("form")(submitted)
    app.shortcut("wave")(wave)
    app.message("Hello")(hello)
    return app


@contextmanager
def serving(app: Any, tls: ssl.SSLContext | None = None) -> Generator[str]:
    """Bolt's own WSGI adapter, on this machine."""
    handler: Any = SlackRequestHandler(app)
    server = ThreadingServer("127.0.0.1", 0, patience=10.0, most=20)
    server.set_app(handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        scheme = "http" if tls is None else "https"
        yield f"{scheme}://127.0.0.1:{server.server_port}/slack/events"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_it_is_told_of_events_commands_dialogs_and_shortcuts(slack: Workspace) -> None:
    with serving(app_of(slack)) as url:
        slack.http_events.deliver_to(url)
        alice = slack.user_id("alice")
        slack.say("general", "alice", "Hello")
        slack.wait_until(lambda: len(slack.messages("general")) == 2)

        command = slack.interactions.command("general", "alice", "/order")
        assert command.wait() == {"text": "One moment"}
        slack.wait_until(lambda: slack.interactions.view("alice"))
        refused = slack.interactions.submit("alice", {"size": {"text": "huge"}}).wait()
        assert refused is not None
        assert refused["errors"] == {"size": "Too large"}
        slack.interactions.submit("alice", {"size": {"text": "small"}}).wait()
        slack.interactions.shortcut("alice", "wave").wait()
        wanted = {"Hello", f"Hi <@{alice}>!", "Ordered: small", "A wave"}
        slack.wait_until(lambda: {m["text"] for m in slack.messages("general")} == wanted)


def test_it_tells_the_person_when_the_app_does_not_answer(slack: Workspace) -> None:
    with serving(app_of(slack)) as url:
        slack.http_events.deliver_to(url)
    done = slack.interactions.command("general", "alice", "/order")
    with pytest.raises(RuntimeError, match="did not acknowledge"):
        done.wait()


def test_it_asks_over_tls_whom_it_trusts(slack: Workspace) -> None:
    authority: Any = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with serving(app_of(slack), server) as url:
        with pytest.raises(ValueError, match="challenge"):
            slack.http_events.deliver_to(url)
        slack.http_events.deliver_to(url, tls=trusting)
        slack.interactions.shortcut("alice", "wave").wait()
