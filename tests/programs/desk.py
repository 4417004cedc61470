"""A service for years: counts what is said, keeps a dashboard, and asks before it deploys."""

import os
from typing import Any

import reactivex
from reactivex import Observable, operators as ops

import rxslack
from rxslack import Matched, MessageEvent, WebClient
from rxslack.events import DecisionEvent


def count(counts: dict[str, int], event: MessageEvent) -> dict[str, int]:
    return {**counts, event["channel"]: counts.get(event["channel"], 0) + 1}


def question(found: Matched[MessageEvent]) -> dict[str, Any]:
    event = found.event
    return {"channel": event["channel"], "text": f"Shall I {found[0]}?", "id": event["ts"]}


def answer(made: DecisionEvent) -> str:
    return f"{made['item']['text']} {made['decision']}"


def pipeline(web: WebClient, app: WebClient) -> Observable[Any]:
    connected = rxslack.socket_mode(app, acknowledge="when_done").pipe(rxslack.reconnect())
    envelopes = rxslack.shared(connected)
    clicks = envelopes.pipe(rxslack.interactions(), rxslack.traced())
    backfill = rxslack.backfill(web, checkpoint="seen.db", settle=0.2)
    events = envelopes.pipe(rxslack.events_api(), backfill, rxslack.traced())
    messages = rxslack.shared(events.pipe(rxslack.of_type(MessageEvent)))
    counts = messages.pipe(rxslack.folded(count, dict[str, int](), store="counts.db"))
    draw = rxslack.chart("bar", title="Messages", channel=os.environ["DASHBOARD"])
    dashboard = counts.pipe(ops.map(draw), rxslack.keep_posted(web, "messages"))
    deploys = messages.pipe(rxslack.matching(r"^deploy \S+$"), ops.map(question))
    decisions = deploys.pipe(rxslack.ask(web, clicks, store="asks.db"))
    answers = decisions.pipe(rxslack.select(DecisionEvent, rxslack.reply(answer)))
    return reactivex.merge(dashboard, answers.pipe(rxslack.post_message(web, outbox="outbox.db")))
