"""Pipelines whose types are known at the end of them; read by the type checkers, never run."""

from __future__ import annotations

from typing import Any, TypeGuard, assert_type

from reactivex import Observable, operators as ops

import rxslack
from rxslack import Conversation, Directory, Enriched, Matched, MessageEvent, ReactionAddedEvent

web = rxslack.WebClient("xoxb-test")
events = rxslack.rtm(web).pipe(rxslack.reconnect())
assert_type(events, Observable[dict[str, Any]])
messages = events.pipe(rxslack.of_type(MessageEvent))


def text(event: MessageEvent) -> str:
    return event["text"]


def what(matched: Matched[MessageEvent]) -> str:
    assert_type(matched.event["user"], str)
    return matched["what"]


def real_name(item: Enriched[MessageEvent]) -> str:
    assert_type(item.event, MessageEvent)
    name = None if item.user is None else item.user.get("real_name")
    return name or item.event["user"]


def texts_of(conversation: Conversation[MessageEvent]) -> Observable[list[str]]:
    assert_type(conversation.channel, str)
    assert_type(conversation.thread_ts, str | None)
    return conversation.pipe(ops.map(text), ops.to_list())


def is_thanks(item: Any) -> TypeGuard[MessageEvent]:
    return rxslack.is_plain_message(item) and "thanks" in item["text"]


def filters() -> None:
    """Whatever only keeps or drops leaves the type as it is, in every checker."""
    kept = messages.pipe(
        rxslack.not_from_me(web),
        rxslack.not_from_bots(),
        rxslack.in_channel("C1"),
        rxslack.from_user("U1"),
        rxslack.in_thread(),
        rxslack.distinct(),
    )
    assert_type(kept, Observable[MessageEvent])
    assert_type(kept.pipe(ops.map(text)), Observable[str])
    named = messages.pipe(
        rxslack.containing("hello"), rxslack.mentioning("U1"), rxslack.mentioning_me(web)
    )
    assert_type(named, Observable[MessageEvent])
    assert_type(events.pipe(rxslack.not_from_me(web)), Observable[dict[str, Any]])


def narrowing() -> None:
    assert_type(messages, Observable[MessageEvent])
    assert_type(events.pipe(rxslack.narrow(is_thanks)), Observable[MessageEvent])
    assert_type(
        events.pipe(rxslack.narrow(rxslack.is_message)), Observable[rxslack.AnyMessageEvent]
    )
    assert_type(
        events.pipe(rxslack.of_type(ReactionAddedEvent, lambda e: e["reaction"] == "tada")),
        Observable[ReactionAddedEvent],
    )
    assert_type(
        events.pipe(rxslack.select(MessageEvent, lambda e: e["text"].upper())), Observable[str]
    )


def matches() -> None:
    found = messages.pipe(rxslack.matching(r"deploy (?P<what>\w+)"))
    assert_type(found, Observable[Matched[MessageEvent]])
    assert_type(found.pipe(ops.map(what)), Observable[str])


def enrichment() -> None:
    with_names = messages.pipe(rxslack.enriched(Directory(web)))
    assert_type(with_names, Observable[Enriched[MessageEvent]])
    assert_type(with_names.pipe(ops.map(real_name)), Observable[str])


def grouping() -> None:
    talks = messages.pipe(rxslack.by_conversation(300.0))
    assert_type(talks, Observable[Conversation[MessageEvent]])
    assert_type(talks.pipe(ops.flat_map(texts_of)), Observable[list[str]])
    threads = messages.pipe(rxslack.by_thread(300.0))
    assert_type(threads.pipe(ops.flat_map(texts_of)), Observable[list[str]])


def answers() -> Observable[rxslack.PostMessageArguments]:
    found = events.pipe(
        rxslack.of_type(MessageEvent),
        rxslack.not_from_me(web),
        rxslack.matching(r"deploy (?P<what>\w+)"),
        ops.map(rxslack.reply(what)),
    )
    assert_type(found, Observable[rxslack.PostMessageArguments])
    return found


def predicates(item: dict[str, Any]) -> str:
    if rxslack.is_event(item, ReactionAddedEvent):
        assert_type(item, ReactionAddedEvent)
        return item["reaction"]
    if rxslack.is_plain_message(item):
        assert_type(item, MessageEvent)
        return item["text"]
    if rxslack.is_message(item):
        return rxslack.text_of(item)
    if rxslack.is_known(item):
        return item["type"]
    return str(item["type"])


def fixed_answers() -> None:
    found = messages.pipe(rxslack.matching("ping"), ops.map(rxslack.reply("pong")))
    assert_type(found, Observable[rxslack.PostMessageArguments])
    plain = messages.pipe(ops.map(rxslack.reply("pong")))
    assert_type(plain, Observable[rxslack.PostMessageArguments])


def ten_operators() -> None:
    """Where reactivex's `pipe` takes seven at most, and checkers refuse an eighth."""
    texts = rxslack.pipe(
        events,
        rxslack.of_type(MessageEvent, lambda e: e["text"] != ""),
        rxslack.distinct(),
        rxslack.not_from_me(web),
        rxslack.not_from_bots(),
        rxslack.in_channel("C1"),
        rxslack.in_thread(),
        rxslack.matching(r"deploy (?P<what>\w+)"),
        ops.map(what),
        ops.map(len),
        ops.pairwise(),
    )
    assert_type(texts, Observable[tuple[int, int]])
    assert_type(rxslack.pipe(events, rxslack.of_type(MessageEvent)), Observable[MessageEvent])
