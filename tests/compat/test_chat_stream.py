"""`chat_stream` of slack_sdk and ours, one after the other with the same script."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import slack_sdk
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.models.messages.chunk import MarkdownTextChunk

from rxslack.compat import WebClient, errors
from rxslack.simulator import AGENT_SCOPES, Limits, Workspace

Json = dict[str, Any]

TASK = {"type": "task_update", "id": "1", "title": "Look", "status": "in_progress"}
VARIES = {"thread_ts", "ts"}
CLIENTS: list[Any] = [slack_sdk.WebClient, WebClient]


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(bot_scopes=AGENT_SCOPES, limits=Limits.off()) as workspace:
        yield workspace


def place(slack: Workspace) -> Json:
    asked = slack.say("general", "alice", "What is up?")
    where = {"channel": asked["channel"], "thread_ts": asked["ts"]}
    return where | {"recipient_user_id": asked["user"], "recipient_team_id": slack.team_id}


def plain(value: Any) -> Any:
    """An argument as it was meant: a form has JSON as text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def made(slack: Workspace, client: Any, script: Callable[[Any], Any], **options: Any) -> Any:
    """What a script of a client came to: what it returned, its calls, and the message."""
    before = len(slack.calls())
    web = client(slack.bot_token, base_url=slack.base_url)
    outcome = script(web.chat_stream(**place(slack), **options))
    calls = [
        (one.method, {k: plain(v) for k, v in one.arguments.items() if k not in VARIES and v != []})
        for one in slack.calls()[before:]
    ]
    stream = slack.streams[-1]
    return outcome, calls, stream.markdown, stream.ended_by, slack.sessions[-1].status


def both(slack: Workspace, script: Callable[[Any], Any], **options: Any) -> Any:
    """The same of both clients."""
    theirs, ours = (made(slack, client, script, **options) for client in CLIENTS)
    assert theirs == ours
    return ours


@pytest.mark.parametrize("seed", range(20))
def test_it_calls_what_slack_sdk_calls(slack: Workspace, seed: int) -> None:
    """Words of any length, chunks in between, any buffer, and an end with or without words."""

    def script(streamer: Any) -> list[bool]:
        chance = random.Random(seed)
        sent = list[bool]()
        for _ in range(chance.randrange(12)):
            given: Json = {}
            if chance.random() < 0.9:
                given["markdown_text"] = "w" * chance.choice([0, 1, 30, 200, 300])
            if chance.random() < 0.2:
                given["chunks"] = chance.choice([[TASK], [MarkdownTextChunk(text="c")]])
            sent.append(streamer.append(**given) is not None)
            sent.append(streamer.ts is not None)
        ends: list[Json] = [{}, {"markdown_text": "end"}, {"chunks": [TASK]}]
        streamer.stop(**chance.choice(ends))
        return sent

    sizes: list[Json] = [{}, {"buffer_size": 1}, {"buffer_size": 1000}]
    size = random.Random(-seed).choice(sizes)
    _, calls, _, ended_by, status = both(slack, script, **size)
    assert (calls[0][0], calls[-1][0]) == ("chat.startStream", "chat.stopStream")
    assert (ended_by, status) == ("app", "active")


def test_it_sends_along_what_it_is_given(slack: Workspace) -> None:
    def script(streamer: Any) -> str:
        streamer.append(markdown_text="One", unfurl_links="false")
        message = streamer.stop(
            blocks=[{"type": "divider"}],
            metadata={"event_type": "sum", "event_payload": {"a": 1}},
            session_status="suspended",
        )["message"]
        return str((message["username"], message["icons"], message["metadata"]))

    options: Json = {"buffer_size": 3, "username": "Marvin", "icon_emoji": ":dog:"}
    _, calls, markdown, _, status = both(slack, script, **options)
    assert (markdown, status) == ("One", "suspended")
    assert calls[0][1]["username"] == "Marvin"
    assert calls[0][1]["unfurl_links"] is False


def test_it_takes_another_token_from_then_on(slack: Workspace) -> None:
    token = slack.new_token("xoxb", scopes=AGENT_SCOPES)
    slack.revoke(slack.bot_token)

    def script(streamer: Any) -> str:
        error = refused(partial(streamer.append, markdown_text="One "), "SlackApiError")
        streamer.append(markdown_text="two ", token=token)
        streamer.append(markdown_text="three")
        streamer.stop()
        return str(error.response["error"])

    revoked, _, markdown, *_ = both(slack, script, buffer_size=1)
    assert (revoked, markdown) == ("token_revoked", "One two three")


def test_it_keeps_for_the_next_call_what_one_has_failed_to_bring(slack: Workspace) -> None:
    def script(streamer: Any) -> str:
        streamer.append(markdown_text="One ")
        with slack.faults.answer("chat.appendStream", status=200, body='{"ok":false,"error":"x"}'):
            error = refused(partial(streamer.append, markdown_text="two "), "SlackApiError")
        streamer.append(markdown_text="three")
        streamer.stop()
        return str(error.response["error"])

    assert both(slack, script, buffer_size=1)[2] == "One two three"


def test_it_does_nothing_after_the_end(slack: Workspace) -> None:
    def script(streamer: Any) -> list[str]:
        streamer.stop(markdown_text="All")
        again = (streamer.stop, partial(streamer.append, markdown_text="more"))
        return [str(refused(act, "SlackRequestError")) for act in again]

    texts, calls, *_ = both(slack, script)
    assert [method for method, _ in calls] == ["chat.startStream", "chat.stopStream"]
    assert texts == [
        "Cannot stop stream: stream state is completed",
        "Cannot append to stream: stream state is completed",
    ]


def test_it_ends_when_slack_ends_it(slack: Workspace) -> None:
    def script(streamer: Any) -> list[str]:
        streamer.append(markdown_text="One")
        slack.clock.advance(301.0)
        acts = (partial(streamer.append, markdown_text="two"), streamer.stop)
        return [refused(act, "SlackApiError").response["error"] for act in acts]

    errors_seen, _, markdown, ended_by, _ = both(slack, script, buffer_size=1)
    assert errors_seen == ["message_not_in_streaming_state"] * 2
    assert (markdown, ended_by) == ("One", "time")


def test_it_is_not_there_for_the_legacy_client() -> None:
    with pytest.raises(errors.SlackRequestError, match="run_async"):
        WebClient("xoxb-test", run_async=True).chat_stream(channel="C1", thread_ts="1.0")


def refused(act: Callable[[], Any], name: str) -> Any:
    """What an act raises: the error of that name, of either library."""
    theirs = {"SlackApiError": SlackApiError, "SlackRequestError": SlackRequestError}[name]
    with pytest.raises((theirs, getattr(errors, name))) as caught:
        act()
    return caught.value
