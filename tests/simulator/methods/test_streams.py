"""Messages that stream: what they take, who sees them grow, and what ends them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.sync.client import ClientConnection

from rxslack.errors import ApiError
from rxslack.events import unescape
from rxslack.simulator import AGENT_SCOPES, Limits, StreamOptions, Workspace
from rxslack.web.client import WebClient

Json = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(bot_scopes=AGENT_SCOPES, limits=Limits.off()) as workspace:
        yield workspace


def place(slack: Workspace, channel: str = "general") -> Json:
    """A question of Alice's, and the arguments of an answer that streams to her."""
    asked = slack.say(channel, "alice", "What is up?")
    where = {"channel": asked["channel"], "thread_ts": asked["ts"]}
    return where | {"recipient_user_id": asked["user"], "recipient_team_id": slack.team_id}


def start(slack: Workspace, **arguments: Any) -> Json:
    answer = slack.web.call("chat.startStream", **{**place(slack), **arguments})
    return {"channel": answer["channel"], "ts": answer["ts"]}


def refusal(slack: Workspace, method: str, **arguments: Any) -> str:
    with pytest.raises(ApiError) as raised:
        slack.web.call(method, **arguments)
    return raised.value.error


def text(markdown: str) -> Json:
    return {"type": "markdown_text", "text": markdown}


def task(number: str, status: str = "pending", **more: str) -> Json:
    return {
        "type": "task_update",
        "id": number,
        "title": f"Step {number}",
        "status": status,
        **more,
    }


# What it becomes


def test_it_grows_and_ends_as_a_reply_of_the_bot(slack: Workspace) -> None:
    stream = start(slack, markdown_text="1 < 2 ")
    assert slack.messages("general")[-1]["streaming_state"] == "in_progress"
    slack.web.call("chat.appendStream", **stream, markdown_text="& [so](https://a.example) on")
    answer = slack.web.call(
        "chat.stopStream",
        **stream,
        markdown_text=".",
        blocks=[{"type": "divider"}],
        metadata={"event_type": "sum", "event_payload": {}},
    )
    question, reply = slack.messages("general")
    assert answer["message"] == reply
    assert unescape(reply["text"]) == "1 < 2 & [so](https://a.example) on."
    assert (reply["thread_ts"], reply["bot_id"]) == (question["ts"], slack.bot_id)
    assert reply["streaming_state"] == "completed"
    assert [block["type"] for block in reply["blocks"]] == ["rich_text", "divider"]
    assert reply["metadata"]["event_type"] == "sum"
    assert "edited" not in reply
    found = slack.web.call("conversations.replies", channel=stream["channel"], ts=question["ts"])
    assert [message["text"] for message in found["messages"]] == [question["text"], reply["text"]]


def test_it_shows_tasks_between_the_text(slack: Workspace) -> None:
    """A task with a known id changes its card: details are added, all else is replaced."""
    chunks = [text("First"), task("1", details="look"), text("then"), task("2")]
    stream = start(slack, chunks=chunks)
    done = task("1", "complete", details="ed", output="42") | {"title": "Looked"}
    slack.web.call("chat.appendStream", **stream, chunks=[done, text(" more")])
    message = slack.web.call("chat.stopStream", **stream)["message"]
    assert message["text"] == "Firstthen more"
    kinds = [block["type"] for block in message["blocks"]]
    assert kinds == ["rich_text", "task_card", "rich_text", "task_card", "rich_text"]
    card = message["blocks"][1]
    assert (card["task_id"], card["title"], card["status"]) == ("1", "Looked", "complete")
    assert card["details"]["elements"][0]["elements"] == [{"type": "text", "text": "looked"}]
    assert card["output"]["elements"][0]["elements"] == [{"type": "text", "text": "42"}]


@pytest.mark.parametrize("display", ["plan", "dense"])
def test_it_shows_tasks_as_a_plan(slack: Workspace, display: str) -> None:
    chunks = [task("1"), text("Then"), {"type": "plan_update", "title": "All"}, task("2")]
    stream = start(slack, chunks=chunks, task_display_mode=display)
    message = slack.web.call("chat.stopStream", **stream)["message"]
    plan, _ = message["blocks"]
    assert (plan["type"], plan["title"]) == ("plan", "All")
    assert [one["task_id"] for one in plan["tasks"]] == ["1", "2"]


def test_it_takes_chunks_in_a_form_too(slack: Workspace) -> None:
    stream = start(slack, chunks=json.dumps([text("Hi")]))
    slack.web.call("chat.stopStream", **stream, chunks="[]")
    assert slack.streams[0].markdown == "Hi"


# Who sees it


def test_it_is_seen_growing_by_its_recipient_alone(slack: Workspace) -> None:
    """The others in the channel see how it began, and then the end."""

    def seen(user: str) -> str:
        return str(slack.messages("general", seen_by=user)[-1]["text"])

    stream = start(slack, markdown_text="One")
    slack.web.call("chat.appendStream", **stream, markdown_text=" two")
    assert (seen("alice"), seen("bob")) == ("One two", "One")
    slack.web.call("chat.stopStream", **stream, markdown_text=" three")
    assert (seen("alice"), seen("bob")) == ("One two three", "One two three")


def test_it_is_seen_in_a_direct_message_unless_the_bot_is_its_own_recipient(
    slack: Workspace,
) -> None:
    direct = place(slack, slack.direct("alice"))
    here = {name: direct[name] for name in ("channel", "thread_ts")}
    for recipient in ({}, {"recipient_user_id": slack.bot_user_id}):
        ts = slack.web.call("chat.startStream", **here, **recipient)["ts"]
        slack.web.call("chat.appendStream", channel=here["channel"], ts=ts, markdown_text="Hi")
    seen = slack.messages(here["channel"], seen_by="alice")
    assert [message["text"] for message in seen[1:]] == ["Hi", ""]


def test_it_is_told_when_it_starts_and_when_it_ends(
    slack: Workspace, foreign: Callable[..., ClientConnection]
) -> None:
    """Between them, nothing is told."""
    socket = foreign(slack.user_web.call("rtm.connect")["url"])
    stream = start(slack, markdown_text="One")
    slack.web.call("chat.appendStream", **stream, markdown_text=" two")
    slack.web.call("chat.stopStream", **stream)
    told = list[Json]()
    while not told or told[-1].get("subtype") != "message_changed":
        told.append(json.loads(socket.recv()))
    replied, begun, changed = told[-3:]
    assert ("subtype" in begun, replied["subtype"]) == (False, "message_replied")
    assert (begun["text"], begun["streaming_state"]) == ("One", "in_progress")
    assert changed["message"]["text"] == "One two"
    assert changed["message"]["streaming_state"] == "completed"


# What ends it


@pytest.mark.parametrize("traffic", [False, True])
def test_it_ends_by_itself_after_some_minutes_whatever_is_said(
    slack: Workspace, *, traffic: bool
) -> None:
    stream = start(slack, markdown_text="One")
    for _ in range(9):
        slack.clock.advance(30.0)
        if traffic:
            slack.web.call("chat.appendStream", **stream, markdown_text=".")
    slack.clock.advance(29.0)
    slack.web.call("chat.appendStream", **stream, markdown_text=" two")
    slack.clock.advance(2.0)
    for method in ("chat.appendStream", "chat.stopStream"):
        error = refusal(slack, method, **stream, markdown_text="three")
        assert error == "message_not_in_streaming_state"
    assert slack.messages("general")[-1]["streaming_state"] == "errored"
    assert slack.streams[0].ended_by == "time"
    assert slack.streams[0].markdown.endswith(" two")


def test_it_lives_as_long_as_a_test_wants() -> None:
    for life, end in ((10.0, "time"), (None, "")):
        streams = StreamOptions(life=life)
        with Workspace(bot_scopes=AGENT_SCOPES, streams=streams) as slack:
            start(slack)
            slack.clock.advance(3600.0)
            assert slack.streams[0].ended_by == end


def test_it_is_not_ended_twice(slack: Workspace) -> None:
    stream = start(slack, markdown_text="One")
    slack.web.call("chat.stopStream", **stream)
    ended_at = slack.streams[0].ended_at
    assert refusal(slack, "chat.stopStream", **stream) == "message_not_in_streaming_state"
    slack.clock.advance(400.0)
    assert (slack.streams[0].ended_by, slack.streams[0].ended_at) == ("app", ended_at)


def test_it_can_be_changed_and_deleted_only_when_it_has_ended(slack: Workspace) -> None:
    """A change also mends what time has ended."""
    stream = start(slack, markdown_text="One")
    assert refusal(slack, "chat.update", **stream, text="Two") == "streaming_state_conflict"
    assert refusal(slack, "chat.delete", **stream) == "cant_delete_message"
    slack.web.call("chat.appendStream", **stream, markdown_text=" more")
    slack.clock.advance(301.0)
    slack.web.call("chat.update", **stream, markdown_text="[Two](https://a.example) " + "." * 9_000)
    message = slack.messages("general")[-1]
    assert message["text"].startswith("<https://a.example|Two> ..")
    assert message["streaming_state"] == "completed"
    assert len(message["blocks"]) == 1
    slack.web.call("chat.delete", **stream)
    assert len(slack.messages("general")) == 1


def test_it_is_over_when_somebody_deletes_it(slack: Workspace) -> None:
    stream = start(slack, markdown_text="One")
    slack.delete("general", stream["ts"])
    for method in ("chat.appendStream", "chat.stopStream"):
        assert refusal(slack, method, **stream, markdown_text="two") == "message_not_found"
    slack.clock.advance(301.0)
    assert slack.streams[0].ended_by == "time"
    assert len(slack.messages("general")) == 1


# What it refuses


@pytest.mark.parametrize(
    ("left_out", "error"),
    [
        ("channel", "channel_not_found"),
        ("thread_ts", "invalid_thread_ts"),
        ("recipient_user_id", "missing_recipient_user_id"),
        ("recipient_team_id", "missing_recipient_team_id"),
    ],
)
def test_it_needs_a_thread_and_in_a_channel_a_recipient(
    slack: Workspace, left_out: str, error: str
) -> None:
    arguments = place(slack)
    del arguments[left_out]
    assert refusal(slack, "chat.startStream", **arguments) == error


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"thread_ts": "1.000001"}, "invalid_thread_ts"),
        ({"recipient_user_id": "U0"}, "user_not_found"),
        ({"task_display_mode": "cards"}, "invalid_arguments"),
        ({"markdown_text": "." * 12_001}, "msg_too_long"),
        ({"chunks": [text("." * 6_001), text("." * 6_000)]}, "msg_too_long"),
        ({"chunks": "{"}, "invalid_chunks"),
        ({"chunks": {"type": "markdown_text"}}, "invalid_chunks"),
        ({"chunks": ["Hi"]}, "invalid_chunks"),
        ({"chunks": [{"type": "voice"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "markdown_text"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "plan_update"}]}, "invalid_chunks"),
        ({"chunks": [task("1", "done")]}, "invalid_chunks"),
        ({"chunks": [task("")]}, "invalid_chunks"),
        ({"chunks": [{"type": "blocks", "blocks": ["Hi"]}]}, "invalid_chunks"),
        ({"chunks": [{"type": "blocks", "blocks": [{"type": "divider"}] * 51}]}, "invalid_blocks"),
        (
            {"markdown_text": "Hi", "chunks": [text("Hi")]},
            "cannot_provide_both_markdown_text_and_chunks",
        ),
    ],
)
def test_it_does_not_start_with_what_slack_does_not_take(
    slack: Workspace, arguments: Json, error: str
) -> None:
    assert refusal(slack, "chat.startStream", **{**place(slack), **arguments}) == error
    assert slack.streams == []
    assert len(slack.messages("general")) == 1


def test_it_goes_on_with_the_argument_that_it_began_with(slack: Workspace) -> None:
    by_text, by_chunks = start(slack, markdown_text="One"), start(slack)
    slack.web.call("chat.appendStream", **by_chunks, chunks=[text("One")])
    for stream, other in ((by_text, {"chunks": [text("x")]}), (by_chunks, {"markdown_text": "x"})):
        for method in ("chat.appendStream", "chat.stopStream"):
            assert refusal(slack, method, **stream, **other) == "streaming_mode_mismatch"
        slack.web.call("chat.stopStream", **stream)
    assert [stream.markdown for stream in slack.streams] == ["One", "One"]


def test_it_takes_so_much_in_all(slack: Workspace) -> None:
    """12,000 characters, 50 blocks in chunks, and 50 more at the end."""
    dividers = {"type": "blocks", "blocks": [{"type": "divider"}] * 25}
    stream = start(slack, chunks=[text("." * 11_999), dividers, task("1")])
    assert refusal(slack, "chat.appendStream", **stream, chunks=[text("..")]) == "msg_too_long"
    slack.web.call("chat.appendStream", **stream, chunks=[text("."), dividers])
    one = [{"type": "blocks", "blocks": [{"type": "divider"}]}]
    assert refusal(slack, "chat.appendStream", **stream, chunks=one) == "invalid_blocks"
    most = [{"type": "divider"}] * 51
    assert refusal(slack, "chat.stopStream", **stream, blocks=most) == "invalid_blocks"
    message = slack.web.call("chat.stopStream", **stream, blocks=most[:50])["message"]
    assert [block["type"] for block in message["blocks"]].count("divider") == 100


def test_it_appends_only_to_what_streams(slack: Workspace) -> None:
    said = slack.say("general", "alice", "Hi")
    here = {"channel": said["channel"], "markdown_text": "x"}
    for method in ("chat.appendStream", "chat.stopStream"):
        assert refusal(slack, method, **here, ts="1.000001") == "message_not_found"
        assert refusal(slack, method, **here, ts=said["ts"]) == "message_not_in_streaming_state"
        assert refusal(slack, method, channel="C0", ts=said["ts"]) == "channel_not_found"
    stream = start(slack)
    nothings: list[Json] = [{}, {"markdown_text": ""}, {"chunks": []}]
    for nothing in nothings:
        assert refusal(slack, "chat.appendStream", **stream, **nothing) == "no_text"


@pytest.mark.parametrize(
    ("kind", "scopes", "error"),
    [
        ("xoxb", (), "not_allowed_token_type"),
        ("xoxp", (), "not_allowed_token_type"),
        ("xoxb", ("channels:history",), "missing_scope"),
    ],
)
def test_it_streams_only_for_bots_of_today(
    slack: Workspace, kind: Any, scopes: tuple[str, ...], error: str
) -> None:
    """Not for a classic bot, nor for a person."""
    arguments, stream = place(slack), start(slack)
    token = slack.new_token(kind, user="alice", scopes=scopes)
    calls = (
        ("chat.startStream", arguments),
        ("chat.appendStream", stream | {"markdown_text": "x"}),
        ("chat.stopStream", stream),
    )
    with WebClient(token, base_url=slack.base_url) as web:
        for method, given in calls:
            with pytest.raises(ApiError) as raised:
                web.call(method, **given)
            assert raised.value.error == error


@pytest.mark.parametrize(
    ("method", "a_minute"),
    [("chat.startStream", 20), ("chat.appendStream", 100), ("chat.stopStream", 20)],
)
def test_it_is_counted_in_slacks_tiers(method: str, a_minute: int) -> None:
    """A full bucket is a minute's calls; the next one has to wait, or until the bucket has refilled."""
    with Workspace(bot_scopes=AGENT_SCOPES) as slack:
        passed, began = 0, time.monotonic()
        while passed < 3 * a_minute and refusal(slack, method, channel="C0") == "channel_not_found":
            passed += 1
        assert refusal(slack, method, channel="C0") == "ratelimited"
        refilled = (time.monotonic() - began) * a_minute / 60
        assert a_minute <= passed <= a_minute + refilled + 1
