"""How programs send; read by the type checkers, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, assert_type

from reactivex import Observable, operators as ops

import rxslack
from rxslack import FailureEvent, MessageEvent, WebClient


def the_readme(web: WebClient, stream: Observable[dict[str, Any]]) -> None:
    def greeting(event: MessageEvent) -> str:
        return f"Hi <@{event['user']}>!"

    greetings = stream.pipe(
        rxslack.of_type(MessageEvent, lambda e: "Hello" in e["text"]),
        ops.map(rxslack.reply(greeting)),
    )
    rxslack.run(greetings, rxslack.post_message(web))
    greetings.subscribe(rxslack.post_message(web))


def every_sink_is_an_observer_and_an_operator(web: WebClient, stream: Observable[Any]) -> None:
    sinks = [
        rxslack.post_message(web, look_up=True, outbox="outbox.db", too_long="truncate"),
        rxslack.update_message(web, too_long="truncate", workers=2),
        rxslack.delete_message(web, drain=1.0),
        rxslack.react(web, "eyes", overflow="fail"),
        rxslack.upload_file(web, progress=print),
        rxslack.open_view(web),
        rxslack.publish_view(web),
        rxslack.set_status(web, "is thinking…"),
        rxslack.set_session(web, "processing"),
        rxslack.rename_session(web, "Trip to Rome", workers=2),
        rxslack.suggest_prompts(web, ["Hello", {"title": "Bye", "message": "Goodbye"}]),
        rxslack.call(web, "pins.add", key=lambda item: str(item["channel"])),
    ]
    for sink in sinks:
        stream.subscribe(sink)
        assert_type(stream.pipe(sink), Observable[dict[str, Any] | FailureEvent])
        assert_type(sink.failures, Observable[FailureEvent])


def what_fails_is_told_apart(web: WebClient, stream: Observable[Any]) -> None:
    def see(outcome: dict[str, Any] | FailureEvent) -> str:
        if rxslack.is_failure(outcome):
            assert_type(outcome["error"], Exception)
            return repr(outcome["error"])
        return "posted"

    stream.pipe(rxslack.post_message(web), ops.map(see)).subscribe(print)


def work_is_ordered_by_channel(events: Observable[MessageEvent]) -> None:
    def channel(event: MessageEvent) -> str:
        return event["channel"]

    def length(event: MessageEvent) -> int:
        return len(event["text"])

    lengths = events.pipe(rxslack.concurrent(channel, length, workers=4))
    assert_type(lengths, Observable[int | FailureEvent])


async def note(what: object) -> None:
    assert what


async def length_of(event: MessageEvent) -> int:
    return len(event["text"])


async def may(user: str, item: Any) -> bool:
    return user in item["owners"]


async def user_code_may_be_async(web: WebClient, events: Observable[MessageEvent]) -> None:
    lengths = events.pipe(rxslack.concurrent(lambda e: e["channel"], length_of, overlap="latest"))
    assert_type(lengths, Observable[int | FailureEvent])
    assert_type(rxslack.run(events, length_of), int)
    assert_type(await rxslack.arun(events, note), int)
    assert_type(await rxslack.arun(events, rxslack.post_message(web, on_error=note)), int)
    rxslack.upload_file(web, progress=note)
    decisions = events.pipe(rxslack.ask(web, events, approvers=may, store="asks.db"))
    assert_type(decisions, Observable[rxslack.events.DecisionEvent | FailureEvent])
    assert_type(rxslack.from_aiter(tokens("Hello")), Observable[str])


def two_clients_share_a_budget(bot: WebClient, user: WebClient) -> None:
    budget = rxslack.Budget()
    rxslack.post_message(bot, budget=budget)
    rxslack.post_message(user, budget=budget)


async def tokens(text: str) -> AsyncIterator[str]:
    yield text


async def answer_of(text: str) -> AsyncIterator[str | dict[str, object]]:
    async def chunks() -> AsyncIterator[str | dict[str, object]]:
        yield text
        yield {"type": "task_update", "id": "1", "title": "Search", "status": "complete"}

    return chunks()


def lines(text: str) -> Iterator[str]:
    yield text


def answers_grow(web: WebClient, events: Observable[MessageEvent], words: Observable[str]) -> None:
    def forms(event: MessageEvent) -> list[rxslack.StreamReply]:
        text = event["text"]
        return [
            rxslack.stream_reply(event, tokens(text)),
            rxslack.stream_reply(event, answer_of(text)),
            rxslack.stream_reply(event, lines(text)),
            rxslack.stream_reply(event, ["a", {"type": "plan_update", "title": "Plan"}]),
            rxslack.stream_reply(event, words, visible="all"),
            rxslack.stream_reply(event, lambda: tokens(text), task_display_mode="plan"),
            rxslack.stream_reply(event, lambda: lines(text)),
            rxslack.stream_reply(event, lambda: answer_of(text)),
            rxslack.stream_reply(event, text),
        ]

    def reply(event: MessageEvent) -> rxslack.StreamReply:
        return rxslack.stream_reply(event, tokens(event["text"]))

    sink = rxslack.stream_message(web, stopped_by=events, roll_over=200.0, updates=1.0)
    answers = events.pipe(ops.map(reply), sink)
    assert_type(answers, Observable[dict[str, Any] | FailureEvent])
    told = answers.pipe(rxslack.of_type(rxslack.events.StreamEvent))
    assert_type(told, Observable[rxslack.events.StreamEvent])
    events.pipe(ops.flat_map(forms)).subscribe(sink)


def work_ends_at_a_stop(events: Observable[MessageEvent], work: Observable[int]) -> None:
    def until(event: MessageEvent) -> Observable[int]:
        return work.pipe(rxslack.until_stopped(event, events))

    assert_type(events.pipe(ops.flat_map(until)), Observable[int])


def methods_complete_their_arguments_and_others_take_any(web: WebClient) -> None:
    blocks = [{"type": "divider"}]
    answer = web.chat_postMessage(channel="C1", text="Hello", blocks=blocks, thread_ts=None)
    assert_type(answer, rxslack.Response)
    assert_type(answer.status, int)
    view: dict[str, object] = {"type": "modal", "blocks": blocks}
    web.views_open(trigger_id="1.2", view=view)
    web.conversations_open(users=["U1", "U2"])
    assert_type(web.admin_users_list(limit=7, anything="else"), rxslack.Response)
