"""
Lines that must not pass; read by the type checkers, never run.

A line that ends in ``# wrong`` is an error in pyright and in mypy, one in ``# wrong: pyright`` or
``# wrong: mypy`` in that one alone, and no other line is one.
"""

from __future__ import annotations

from typing import Any

from reactivex import Observable, operators as ops

import rxslack
from rxslack import (
    AnyMessageEvent,
    BlockActions,
    Conversation,
    Enriched,
    Matched,
    MessageEvent,
    ReactionAddedEvent,
    SlackEvent,
    SlashCommand,
)
from rxslack.events import (
    ChannelRenameEvent,
    Interaction,
    MessageChangedEvent,
    MessageDeletedEvent,
    SlackEnvelope,
)

web = rxslack.WebClient("xoxb-test")
events: Observable[dict[str, Any]] = rxslack.rtm(web)


def a_misspelt_key(e: MessageEvent) -> str:
    return e["txet"]  # wrong


def a_text_where_none_is(e: MessageDeletedEvent) -> str:
    return e["text"]  # wrong


def a_text_at_the_top_of_a_change(e: MessageChangedEvent) -> str:
    return e["text"]  # wrong


def an_object_taken_for_its_id(e: ChannelRenameEvent) -> str:
    return e["channel"]  # wrong


def a_key_that_may_be_absent(e: MessageEvent) -> str:
    return e["thread_ts"]  # wrong: pyright


def a_ts_as_a_number(e: MessageEvent) -> float:
    return e["ts"]  # wrong


def any_message_as_a_plain_one(e: AnyMessageEvent) -> str:
    return e["text"]  # wrong


def a_key_of_another_event(e: SlackEvent) -> str:
    if e["type"] == "reaction_added":
        return e["text"]  # wrong
    return ""


def a_type_that_is_none(e: SlackEvent) -> bool:
    return e["type"] == "reaction_addded"  # wrong


def an_event_in_a_command(e: SlackEnvelope) -> Any:
    if e["type"] == "events_api":
        return e["payload"]["evnet"]  # wrong
    return e["payload"]["actions"]  # wrong


def a_form_in_a_press(i: Interaction) -> str:
    if i["type"] == "block_actions":
        return i["callback_id"]  # wrong
    return i["actions"][0]["action_id"]  # wrong


def a_kind_of_envelope_that_is_none(e: SlackEnvelope) -> bool:
    return e["type"] == "interactions"  # wrong


def pressed(i: BlockActions) -> str:
    return i["type"]


def behind_the_wrong_operator() -> None:
    rxslack.socket_mode(web).pipe(rxslack.slash_commands(), ops.map(pressed))  # wrong
    rxslack.socket_mode(web).pipe(rxslack.interactions(), ops.map(ordered))  # wrong


def ordered(command: SlashCommand) -> str:
    return command["text"]


def before_the_pipeline() -> None:
    events.pipe(rxslack.of_type(MessageEvent, lambda e: e["nope"] == ""))  # wrong
    events.pipe(rxslack.select(MessageEvent, lambda e: e["nope"]))  # wrong


def reaction(e: ReactionAddedEvent) -> str:
    return e["reaction"]


def found(matched: Matched[ReactionAddedEvent]) -> str:
    return matched[0]


def named(item: Enriched[MessageEvent]) -> str:
    return item.user["name"]  # wrong


def inside(conversation: Conversation[MessageEvent]) -> Observable[str]:
    return conversation.pipe(ops.map(reaction))  # wrong


def at_the_end_of_the_pipeline() -> None:
    messages = events.pipe(rxslack.of_type(MessageEvent), rxslack.in_channel("C1"))
    messages.pipe(ops.map(reaction))  # wrong
    messages.pipe(ops.map(lambda e: e["nope"]))  # wrong
    messages.pipe(rxslack.matching("ping"), ops.map(found))  # wrong
    events.pipe(rxslack.narrow(rxslack.is_from_person))  # wrong


def after_a_predicate(item: dict[str, Any]) -> str:
    if rxslack.is_plain_message(item):
        return item["nope"]  # wrong
    return ""


def a_helper_with_no_event() -> str:
    return rxslack.text_of("Hello")  # wrong


def at_the_tenth_operator() -> None:
    m = events.pipe(rxslack.of_type(MessageEvent), rxslack.distinct())
    t = ops.map(text)
    p = rxslack.pipe(m, t, ops.map(len), ops.map(str), ops.map(len), ops.map(str), ops.map(len))
    rxslack.pipe(m, ops.map(reaction))  # wrong
    p.pipe(ops.map(text))  # wrong


def text(event: MessageEvent) -> str:
    return event["text"]


def of_what_yields_nothing(event: MessageEvent) -> None:
    rxslack.stream_reply(event, 7)  # wrong
    rxslack.stream_reply(event, lambda: 7)  # wrong


def what_a_method_does_not_take() -> None:
    web.chat_postMessage(channel="C1", txt="Hello")  # wrong
    web.chat_postMessage(text="Hello")  # wrong
    web.chat_postMessage(channel="C1", text=7)  # wrong
    web.reactions_add(channel="C1", timestamp="7.1", emoji="eyes")  # wrong
    web.views_open(trigger_id="1.2", view=["modal"])  # wrong
    web.users_info("U1")  # wrong
