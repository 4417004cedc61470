"""The sinks and a Slack on this machine, over real HTTP."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
import reactivex
from reactivex import operators as ops

import rxslack
from rxslack import FailureEvent, Transport, WebClient
from rxslack.simulator import Limits, Rate, Workspace

Item = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A Slack without limits, but where a test is about them."""
    with Workspace(limits=Limits.off()) as workspace:
        yield workspace


def impatient(slack: Workspace) -> WebClient:
    """A client that waits no longer than a moment for an answer."""
    transport = Transport(read_timeout=0.2)
    return WebClient(slack.bot_token, base_url=slack.base_url, transport=transport)


def texts(slack: Workspace, channel: str = "general") -> list[str]:
    return [message["text"] for message in slack.messages(channel)]


def test_it_answers_as_the_readme_says(slack: Workspace) -> None:
    events = [{"type": "message", **slack.say("general", "alice", "Hello")} for _ in range(3)]

    def greeting(event: Item) -> str:
        return f"Hi <@{event['user']}>!"

    greetings = reactivex.from_iterable(events).pipe(ops.map(rxslack.reply(greeting)))
    rxslack.run(greetings, rxslack.post_message(slack.web))
    answers = slack.messages("general")[3:]
    assert {a["text"] for a in answers} == {f"Hi <@{slack.user_id('alice')}>!"}
    assert [a["thread_ts"] for a in answers] == [e["ts"] for e in events]


def test_it_goes_on_from_what_was_posted(slack: Workspace) -> None:
    """Post, react, change, say what one does, delete: each from the reply before."""
    channel = slack.channel_id("general")
    web, seen = slack.web, list[Any]()
    posts = reactivex.of({"channel": channel, "text": "a"}, {"channel": channel, "text": "b"})
    posted = posts.pipe(rxslack.post_message(web), ops.do_action(seen.append))
    with rxslack.react(web, "eyes") as react, rxslack.update_message(web) as update:
        rxslack.run(posted, react)
        changed = reactivex.just({"channel": channel, "ts": seen[0]["ts"], "text": "A"})
        changed.subscribe(update)
    with rxslack.set_status(web, "is done") as status, rxslack.delete_message(web) as delete:
        reactivex.just(seen[0]).subscribe(status)
        reactivex.just(seen[1]).subscribe(delete)
    (message,) = slack.messages("general")
    assert (message["text"], [r["name"] for r in message["reactions"]]) == ("A", ["eyes"])
    assert slack.status("general", message["ts"]) == "is done"


def test_it_uploads_a_file_and_says_how_far_it_is(slack: Workspace) -> None:
    content, seen = bytes(range(256)) * 2000, list[rxslack.Progress]()
    item = {"channel": slack.channel_id("general"), "filename": "data.bin", "content": content}
    uploads = reactivex.just(item).pipe(rxslack.upload_file(slack.web, progress=seen.append))
    replies = list[Any]()
    rxslack.run(uploads, replies.append)
    slack.wait_until(lambda: replies)
    assert slack.file(replies[0]["files"][0]["id"]) == content
    assert seen[-1].sent == seen[-1].size == len(content)
    assert slack.messages("general")[0]["files"][0]["name"] == "data.bin"


def test_it_uploads_again_what_broke_on_the_way(slack: Workspace) -> None:
    item = {"channel": slack.channel_id("general"), "filename": "a.txt", "content": "Hello"}
    with slack.faults.answer("upload", status=502, times=1), rxslack.upload_file(slack.web) as sink:
        sink.on_next(item)
    assert len(slack.calls("upload")) == 2
    assert len(slack.messages("general")) == 1


def test_it_opens_and_publishes_views(slack: Workspace) -> None:
    title = {"type": "plain_text", "text": "Hello"}
    modal: Item = {"type": "modal", "title": title, "blocks": []}
    with rxslack.open_view(slack.web) as opening, rxslack.publish_view(slack.web) as publishing:
        opening.on_next({"trigger_id": slack.trigger("alice"), "view": modal})
        home: Item = {"type": "home", "blocks": []}
        publishing.on_next({"user_id": slack.user_id("alice"), "view": home})
    assert len(slack.modals("alice")) == 1
    assert slack.home("alice") is not None


def test_it_speaks_to_one_alone_and_later(slack: Workspace) -> None:
    channel = slack.channel_id("general")
    later = int(slack.clock()) + 60
    with rxslack.post_message(slack.web, look_up=True) as sink:
        sink.on_next({"channel": channel, "text": "psst", "user": slack.user_id("alice")})
        sink.on_next({"channel": channel, "text": "later", "post_at": later})
    assert [message["text"] for message in slack.ephemerals("alice")] == ["psst"]
    slack.clock.advance(90)
    slack.web.call("auth.test")
    assert texts(slack) == ["later"]


@pytest.mark.parametrize("thread", [True, False])
def test_it_finds_what_was_posted_when_the_answer_was_lost(slack: Workspace, thread: bool) -> None:
    parent = slack.say("general", "alice", "Hello")
    item = {"channel": parent["channel"], "text": "a"}
    item |= {"thread_ts": parent["ts"]} if thread else {}
    replies = list[Any]()
    with slack.faults.hold("chat.postMessage") as held, impatient(slack) as web:
        sink = rxslack.post_message(web, look_up=(0.1, 0.3))
        reactivex.just(item).pipe(sink).subscribe(replies.append)
        slack.wait_until(lambda: held.waiting)
        assert sink.drain(5.0) == 0
    assert replies[0]["ts"] == slack.messages("general")[-1]["ts"]
    assert texts(slack) == ["Hello", "a"]


@pytest.mark.parametrize("has_reader", [True, False])
def test_it_searches_with_another_client_where_a_classic_bot_may_not(has_reader: bool) -> None:
    with Workspace(limits=Limits.off(), bot_scopes=("identify", "bot")) as slack:
        failures = list[FailureEvent]()
        with slack.faults.hold("chat.postMessage") as held, impatient(slack) as web:
            reader = slack.user_web if has_reader else None
            sink = rxslack.post_message(web, look_up=(0.05, 0.1), reader=reader)
            sink.failures.subscribe(failures.append)
            sink.on_next({"channel": slack.channel_id("general"), "text": "a"})
            slack.wait_until(lambda: held.waiting)
            assert sink.drain(5.0) == 0
        assert texts(slack) == ["a"]
        assert [event.get("uncertain") for event in failures] == ([] if has_reader else [True])


def test_it_posts_again_what_was_not_posted(slack: Workspace) -> None:
    sink = rxslack.post_message(slack.web, look_up=(0.05, 0.1))
    with slack.faults.answer("chat.postMessage", status=502, body="<html>", times=2):
        sink.on_next({"channel": slack.channel_id("general"), "text": "a"})
        assert sink.drain(5.0) == 0
    assert texts(slack) == ["a"]
    assert len(slack.calls("conversations.history")) == 4


def test_it_reports_what_it_may_not_look_for(slack: Workspace) -> None:
    with slack.faults.answer("chat.postMessage", status=502, body="<html>", times=1):
        item = {"channel": slack.channel_id("general"), "text": "a"}
        sink, failures = rxslack.post_message(slack.web), list[FailureEvent]()
        sink.failures.subscribe(failures.append)
        sink.on_next(item)
        assert sink.drain(5.0) == 0
    assert [event.get("uncertain") for event in failures] == [True]
    assert texts(slack) == []


def test_it_splits_what_is_too_long_for_one_message(slack: Workspace) -> None:
    with rxslack.post_message(slack.web) as sink:
        sink.on_next({"channel": slack.channel_id("general"), "text": "word " * 2000})
    found = texts(slack)
    assert len(found) == 3
    assert " ".join(found).split() == ["word"] * 2000


def test_it_is_refused_with_a_code_and_goes_on(slack: Workspace) -> None:
    channel, closed = slack.channel_id("general"), slack.add_channel("closed", members=["alice"])
    failures = list[FailureEvent]()
    with rxslack.post_message(slack.web) as sink:
        sink.failures.subscribe(failures.append)
        for place in ("C0", closed, channel):
            sink.on_next({"channel": place, "text": "a"})
    codes = {e["item"]["channel"]: getattr(e["error"], "error", "") for e in failures}
    assert codes == {"C0": "channel_not_found", closed: "not_in_channel"}
    assert texts(slack) == ["a"]


def test_it_waits_out_a_limit_in_the_channel_it_is_about() -> None:
    limits = Limits(posts=Rate(1.0, 2))
    with Workspace(limits=limits) as slack:
        general, random = slack.channel_id("general"), slack.channel_id("random")
        with rxslack.post_message(slack.web, per_minute=math.inf) as sink:  # too fast on purpose
            for number in range(4):
                sink.on_next({"channel": general, "text": str(number)})
            sink.on_next({"channel": random, "text": "at once"})
        assert texts(slack) == ["0", "1", "2", "3"]
        third, other = slack.messages("general")[2], slack.messages("random")[0]
        assert float(other["ts"]) < float(third["ts"])
        assert len(slack.calls("chat.postMessage")) > 5  # the limit was met
