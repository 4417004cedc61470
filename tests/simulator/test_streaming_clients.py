"""Slack's own helpers for streaming, unmodified: slack_sdk's, Bolt's and node's."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from rxslack.simulator import AGENT_SCOPES, Workspace

Json = dict[str, Any]

WORDS = [f"word{number} " for number in range(150)]  # three times the buffer of those helpers
TEXT = "".join(WORDS)
TASK = {"type": "task_update", "id": "1", "title": "Look", "status": "in_progress"}
DONE = {**TASK, "status": "complete", "output": "Found"}
PATIENCE = 30.0  # seconds for what may take a retry, three seconds after the first delivery
METHODS = ("chat.startStream", "chat.appendStream", "chat.stopStream")


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(bot_scopes=AGENT_SCOPES) as workspace:
        yield workspace


def place(slack: Workspace) -> Json:
    """Where to answer Alice, and whom to show it to."""
    asked = slack.say("general", "alice", "What is up?")
    return {
        "channel": asked["channel"],
        "thread_ts": asked["ts"],
        "recipient_user_id": asked["user"],
        "recipient_team_id": slack.team_id,
    }


def check(slack: Workspace) -> None:
    """The text is there once, in order, with a task in the middle that is done; few calls did it."""
    (stream,) = slack.streams
    assert (stream.markdown, stream.ended_by) == (TEXT, "app")
    message = slack.messages("general")[-1]
    assert (message["text"], message["streaming_state"]) == (TEXT, "completed")
    kinds = [block["type"] for block in message["blocks"]]
    assert kinds == ["rich_text", "task_card", "rich_text", "divider"]
    assert message["blocks"][1]["status"] == "complete"
    start, append, stop = (len(slack.calls(method)) for method in METHODS)
    assert (start, stop) == (1, 1)
    assert 3 <= append <= 7


# slack_sdk


def test_it_streams_for_slack_sdk(slack: Workspace) -> None:
    client: Any = WebClient(slack.bot_token, base_url=slack.base_url)
    streamer = client.chat_stream(**place(slack))
    for word in WORDS[:75]:
        streamer.append(markdown_text=word)
    streamer.append(chunks=[TASK])
    for word in WORDS[75:]:
        streamer.append(markdown_text=word)
    streamer.append(chunks=[DONE])
    streamer.stop(blocks=[{"type": "divider"}])
    check(slack)


def test_it_streams_for_slack_sdks_asynchronous_client(slack: Workspace) -> None:
    client: Any = AsyncWebClient(slack.bot_token, base_url=slack.base_url)

    async def answer() -> None:
        streamer = await client.chat_stream(**place(slack))
        for word in WORDS[:75]:
            await streamer.append(markdown_text=word)
        await streamer.append(chunks=[TASK])
        for word in WORDS[75:]:
            await streamer.append(markdown_text=word)
        await streamer.append(chunks=[DONE])
        await streamer.stop(blocks=[{"type": "divider"}])

    asyncio.run(answer())
    check(slack)


def test_it_takes_an_answer_that_slack_sdk_streams_only_as_it_stops(slack: Workspace) -> None:
    """What is shorter than the buffer is started empty and arrives with the stop."""
    client: Any = WebClient(slack.bot_token, base_url=slack.base_url)
    streamer = client.chat_stream(**place(slack))
    assert streamer.append(markdown_text="Hi") is None
    message = streamer.stop(session_status="suspended")["message"]
    assert message["text"] == "Hi"
    assert [session.status for session in slack.sessions] == ["suspended"]


def test_it_ends_for_slack_sdk_with_time_and_is_mended_by_an_update(slack: Workspace) -> None:
    client: Any = WebClient(slack.bot_token, base_url=slack.base_url)
    streamer = client.chat_stream(**place(slack), buffer_size=1)
    streamer.append(markdown_text="One")
    slack.clock.advance(301.0)
    for act in (streamer.append, streamer.stop):
        with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
            act(markdown_text=" two")
    channel = slack.channel_id("general")
    client.chat_update(channel=channel, ts=streamer.ts, markdown_text="One two")
    assert slack.messages("general")[-1]["text"] == "One two"


def test_it_knows_slack_sdks_methods_for_sessions(slack: Workspace) -> None:
    client: Any = WebClient(slack.bot_token, base_url=slack.base_url)
    where = {"channel_id": place(slack)["channel"]}
    thread = {**where, "thread_ts": slack.messages("general")[0]["ts"]}
    client.agents_sessions_setStatus(**thread, status="processing", title="Diving")
    client.agents_sessions_rename(**thread, title="Scuba diving")
    prompts = [{"title": "Weather", "message": "How is it?"}]
    client.assistant_threads_setSuggestedPrompts(**where, prompts=prompts)
    client.assistant_threads_setTitle(**thread, title="Diving")
    (session,) = slack.sessions
    assert (session.status, session.title) == ("processing", "Scuba diving")
    assert slack.prompts("general") == prompts
    with pytest.raises(SlackApiError, match="invalid_status"):
        client.agents_sessions_setStatus(**thread, status="is thinking…")


# Bolt


def test_it_streams_for_bolt_until_somebody_stops_it(slack: Workspace) -> None:
    """`say_stream` answers a message; the listener for the stop hears which message was ended."""
    told = list[Json]()
    app: Any = App(client=WebClient(slack.bot_token, base_url=slack.base_url))

    def answer(say_stream: Any) -> None:
        streamer = say_stream(buffer_size=1)
        streamer.append(markdown_text="One ")
        slack.wait_until(lambda: told, timeout=PATIENCE)
        with pytest.raises(SlackApiError, match="stopped_by_user"):
            streamer.append(markdown_text="two")
        streamer.stop(session_status="closed")

    app.message("What is up?")(answer)

    def stopped(event: Json) -> None:
        told.append(event)

    app.event("agent_session_stopped")(stopped)
    handler: Any = SocketModeHandler(app, slack.app_token)
    handler.connect()
    try:
        slack.wait_until(lambda: slack.connections, timeout=PATIENCE)
        asked = place(slack)
        slack.wait_until(lambda: slack.streams, timeout=PATIENCE)
        ended = slack.stop_session("general", asked["thread_ts"], "alice")
        slack.wait_until(lambda: slack.sessions[0].status == "closed", timeout=PATIENCE)
    finally:
        handler.close()
    assert [event["streaming_message_ts"] for event in told] == [ended]
    (stream,) = slack.streams
    # What was refused is still in the helper's buffer, and comes with the stop.
    assert (stream.recipient, stream.markdown) == (asked["recipient_user_id"], "One two")


def test_it_streams_for_bolt_with_coroutines(slack: Workspace) -> None:
    async def program() -> None:
        client = AsyncWebClient(slack.bot_token, base_url=slack.base_url)
        app: Any = AsyncApp(client=client)
        over = asyncio.Event()

        async def answer(say_stream: Any) -> None:
            streamer = await say_stream(buffer_size=1)
            await streamer.append(markdown_text="One ")
            await streamer.append(markdown_text="two")
            await streamer.stop(session_status="closed")
            over.set()

        app.message("What is up?")(answer)
        handler: Any = AsyncSocketModeHandler(app, slack.app_token)
        await handler.connect_async()
        try:
            await asyncio.to_thread(slack.wait_until, lambda: slack.connections, timeout=PATIENCE)
            await asyncio.to_thread(place, slack)
            await asyncio.wait_for(over.wait(), PATIENCE)
        finally:
            await handler.close_async()

    asyncio.run(program())
    (stream,) = slack.streams
    assert (stream.markdown, stream.ended_by) == ("One two", "app")


# node

NODE = """
const { WebClient } = require("@slack/web-api");
const { token, url, place, words, task, done } = JSON.parse(process.argv[2]);
const half = words.length / 2;
(async () => {
  const streamer = new WebClient(token, { slackApiUrl: url }).chatStream(place);
  for (const word of words.slice(0, half)) await streamer.append({ markdown_text: word });
  await streamer.append({ chunks: [task] });
  for (const word of words.slice(half)) await streamer.append({ markdown_text: word });
  await streamer.append({ chunks: [done] });
  await streamer.stop({ blocks: [{ type: "divider" }] });
})().catch((error) => { console.error(error); process.exit(1); });
"""


@pytest.mark.slow
def test_it_streams_for_nodes_client(slack: Workspace, tmp_path: Path) -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not there")
    package = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "@slack/web-api@8"]
    installed = subprocess.run(package, cwd=tmp_path, capture_output=True, text=True, check=False)
    if installed.returncode:
        pytest.skip(f"npm does not get @slack/web-api: {installed.stderr.strip()[-200:]}")
    (tmp_path / "answer.js").write_text(NODE)
    given: Json = {"token": slack.bot_token, "url": slack.base_url, "place": place(slack)}
    given |= {"words": WORDS, "task": TASK, "done": DONE}
    command = [node, "answer.js", json.dumps(given)]
    ran = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60.0
    )
    assert ran.returncode == 0, ran.stderr
    check(slack)
