"""How programs send; read by the type checkers, never run."""

from __future__ import annotations

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


def two_clients_share_a_budget(bot: WebClient, user: WebClient) -> None:
    budget = rxslack.Budget()
    rxslack.post_message(bot, budget=budget)
    rxslack.post_message(user, budget=budget)
