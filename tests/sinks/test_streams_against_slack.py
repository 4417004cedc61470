"""Answers that are written while they grow, and a Slack on this machine, over real HTTP and a real socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops

import rxslack
from rxslack import AppMentionEvent
from rxslack.simulator import AGENT_SCOPES, Limits, Workspace

Item = dict[str, Any]
WORDS = ["An answer", " that grows", ",\n\n", "- line by line\n" * 40, "to its end."]
METHODS = ("chat.startStream", "chat.appendStream", "chat.stopStream")


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(bot_scopes=AGENT_SCOPES, limits=Limits.off()) as workspace:
        yield workspace


async def model(text: str) -> AsyncIterator[str]:
    assert text
    for word in WORDS:
        await asyncio.sleep(0.01)
        yield word


def asked(slack: Workspace) -> Item:
    question = slack.say("general", "alice", "What is up?")
    return {**question, "team": slack.team_id}


def test_it_answers_as_the_readme_says(slack: Workspace) -> None:
    events = rxslack.shared(rxslack.socket_mode(slack.app).pipe(rxslack.events_api()))
    done = threading.Event()

    def reply(event: AppMentionEvent) -> rxslack.StreamReply:
        return rxslack.stream_reply(event, model(event["text"]))

    def see(outcome: Any) -> None:
        if outcome.get("state") == "finished":
            done.set()

    answers = events.pipe(
        rxslack.of_type(AppMentionEvent),
        ops.map(reply),
        rxslack.stream_message(slack.web, stopped_by=events),
    )
    subscription = answers.subscribe(see)
    try:
        slack.wait_until(lambda: slack.connections)
        slack.say("general", "alice", f"<@{slack.bot_user_id}> What is up?")
        assert done.wait(10.0)
    finally:
        subscription.dispose()
    (stream,) = slack.streams
    assert (stream.markdown, stream.ended_by) == ("".join(WORDS), "app")
    assert [session.status for session in slack.sessions] == ["active"]


def test_it_stops_at_the_button_and_releases_the_session(slack: Workspace) -> None:
    stops = reactivex.Subject[Any]()
    cancelled = threading.Event()

    async def endless() -> AsyncIterator[str]:
        try:
            while True:
                yield "word "
                await asyncio.sleep(0.01)
        finally:
            cancelled.set()

    outcomes: list[Any] = []
    sink = rxslack.stream_message(slack.web, stopped_by=stops)
    question = asked(slack)
    item = rxslack.stream_reply(question, endless())
    reactivex.of(item).pipe(sink).subscribe(outcomes.append)
    slack.wait_until(lambda: slack.sessions)
    ended = slack.stop_session("general", question["ts"], "alice")
    stop = {"type": "agent_session_stopped", "channel": question["channel"]}
    stops.on_next({**stop, "thread_ts": question["ts"], "streaming_message_ts": ended})
    assert cancelled.wait(1.0)
    assert sink.drain(5.0) == 0
    sink.close()
    assert [outcome["state"] for outcome in outcomes] == ["started", "stopped"]
    assert len(slack.calls("chat.stopStream")) == 1
    assert [session.status for session in slack.sessions] == ["active"]


def test_it_rolls_over_and_takes_code_along(slack: Workspace) -> None:
    async def code() -> AsyncIterator[str]:
        yield "Look:\n\n```python\n"
        for number in range(300):
            yield f"x = {number}\n"
            await asyncio.sleep(0.004)
        yield "```\n"

    with rxslack.stream_message(slack.web, roll_over=0.4) as sink:
        sink.on_next(rxslack.stream_reply(asked(slack), code))
        assert sink.drain(20.0) == 0
    first, *others = [stream.markdown for stream in slack.streams]
    assert others
    assert first.endswith("\n```")
    assert all(text.startswith("```python\nx = ") for text in others)
    lines = [line for text in (first, *others) for line in text.splitlines() if "=" in line]
    assert lines == [f"x = {number}" for number in range(300)]


def test_it_shows_tasks(slack: Workspace) -> None:
    task = {"type": "task_update", "id": "1", "title": "Search", "status": "in_progress"}
    chunks: list[Item | str] = [task, "Found.", {**task, "status": "complete"}]
    with rxslack.stream_message(slack.web) as sink:
        sink.on_next(rxslack.stream_reply(asked(slack), chunks))
        assert sink.drain(10.0) == 0
    blocks = slack.messages("general")[-1]["blocks"]
    assert [block["type"] for block in blocks] == ["task_card", "rich_text"]
    assert blocks[0]["status"] == "complete"


def words_of(message: Mapping[str, Any]) -> list[str]:
    """What was said; of Markdown that is no stream, Slack makes its own kind of list."""
    return str(message["text"]).replace("• ", "- ").split()


def faulty(slack: Workspace, method: str, trouble: str) -> AbstractContextManager[object]:
    if trouble == "429":
        return slack.faults.rate_limit(method, retry_after=1, times=1)
    if trouble == "lost":
        return slack.faults.lose_answer(method, times=1)
    return slack.faults.answer(method, status=int(trouble), times=1)


TROUBLES = [
    (method, trouble)
    for method in METHODS
    for trouble in ("429", "502", "503", "lost")
    if (method, trouble) != ("chat.startStream", "502")  # it is looked for through ten seconds
]


@pytest.mark.parametrize(("method", "trouble"), TROUBLES)
def test_it_loses_and_doubles_nothing_where_slack_fails(
    slack: Workspace, method: str, trouble: str
) -> None:
    with (
        faulty(slack, method, trouble),
        rxslack.stream_message(slack.web) as sink,
    ):
        sink.on_next(rxslack.stream_reply(asked(slack), model("a")))
        assert sink.drain(60.0) == 0
    answer = slack.messages("general")[1:]
    assert len(answer) == 1
    assert words_of(answer[0]) == "".join(WORDS).split()


def test_a_classic_bot_posts_and_updates() -> None:
    with Workspace(limits=Limits.off()) as slack:
        outcomes: list[Any] = []
        answers = reactivex.of(rxslack.stream_reply(asked(slack), model("a")))
        rxslack.run(answers.pipe(rxslack.stream_message(slack.web)), outcomes.append)
        (_, answer) = slack.messages("general")
        assert words_of(answer) == "".join(WORDS).split()
        assert [one["state"] for one in outcomes] == ["started", "finished"]
        assert not slack.streams
