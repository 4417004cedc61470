"""How programs tell envelopes and interactions apart; read by the type checkers, never run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never, assert_type

from reactivex import Observable, operators as ops

import rxslack
from rxslack import BlockActions, MessageEvent, SlashCommand
from rxslack.events import (
    BlockAction,
    BlockSuggestion,
    EventsApiEnvelope,
    EventsApiPayload,
    GlobalShortcut,
    Interaction,
    InteractiveEnvelope,
    MessageShortcut,
    SlackEnvelope,
    SlashCommandsEnvelope,
    View,
    ViewClosed,
    ViewSubmission,
)

app = rxslack.WebClient("xapp-test")
envelopes = rxslack.socket_mode(app).pipe(rxslack.reconnect())


def by_match(e: SlackEnvelope) -> str:
    match e["type"]:
        case "events_api":
            assert_type(e, EventsApiEnvelope)
            assert_type(e["payload"], EventsApiPayload)
            assert_type(e.get("retry_attempt"), int | None)
            return e["payload"].get("event_id", "")
        case "slash_commands":
            assert_type(e, SlashCommandsEnvelope)
            assert_type(e["payload"], dict[str, Any])
            return str(e["payload"]["command"])
        case "interactive":
            assert_type(e, InteractiveEnvelope)
            assert_type(e["payload"], Interaction)
            return by_payload(e["payload"])
        case _:
            assert_never(e)


def by_payload(i: Interaction) -> str:
    match i["type"]:
        case "block_actions":
            assert_type(i, BlockActions)
            assert_type(i["actions"], list[BlockAction])
            return i["actions"][0].get("action_id", "")
        case "view_submission":
            assert_type(i, ViewSubmission)
            assert_type(i["view"], View)
            return in_the_form(i)
        case "view_closed":
            assert_type(i, ViewClosed)
            return i["view"].get("callback_id", "")
        case "block_suggestion":
            assert_type(i, BlockSuggestion)
            return i["value"]
        case "shortcut" | "message_action":
            assert_type(i, GlobalShortcut | MessageShortcut)
            return i["callback_id"]
        case _:
            return i["user"].get("id", "")


def in_the_form(i: ViewSubmission) -> str:
    values = i["view"].get("state", {}).get("values", {})
    assert_type(values, dict[str, dict[str, dict[str, Any]]])
    return str(values["size"]["pick"]["value"])


def by_comparison(i: Interaction) -> str:
    if i["type"] == "message_action":
        assert_type(i, MessageShortcut)
        assert_type(i["message"], dict[str, Any])
        return i["response_url"]
    if i["type"] == "block_actions" and "view" in i:
        assert_type(i["view"], View)
        return i["view"].get("id", "")
    return i.get("envelope_id", "")


def actions(i: BlockActions) -> list[BlockAction]:
    return i["actions"]


def text(event: MessageEvent) -> str:
    return event["text"]


def weather(command: SlashCommand) -> str:
    return f"It rains in {command['text']}"


def judged(submission: Interaction) -> Mapping[str, Any] | None:
    return {"response_action": "clear"} if submission["type"] == "view_submission" else None


def pipelines() -> None:
    assert_type(envelopes, Observable[dict[str, Any]])
    assert_type(envelopes.pipe(rxslack.events_api()), Observable[dict[str, Any]])
    said = envelopes.pipe(rxslack.events_api(), rxslack.of_type(MessageEvent), ops.map(text))
    assert_type(said, Observable[str])
    commands = envelopes.pipe(rxslack.slash_commands("/weather"))
    assert_type(commands, Observable[SlashCommand])
    interactions = envelopes.pipe(rxslack.interactions())
    assert_type(interactions, Observable[Interaction])
    pressed = interactions.pipe(rxslack.of_type(BlockActions), ops.map(actions))
    assert_type(pressed, Observable[list[BlockAction]])
    acknowledged = commands.pipe(ops.map(rxslack.acknowledgement(weather)))
    assert_type(acknowledged, Observable[rxslack.Acknowledgement])
    answered = interactions.pipe(ops.map(rxslack.acknowledgement(judged)))
    assert_type(answered, Observable[rxslack.Acknowledgement])


def whole_envelopes() -> None:
    kept = envelopes.pipe(rxslack.of_type(InteractiveEnvelope))
    assert_type(kept, Observable[InteractiveEnvelope])
    assert_type(kept.pipe(ops.map(inside)), Observable[Interaction])


def inside(envelope: InteractiveEnvelope) -> Interaction:
    return envelope["payload"]
