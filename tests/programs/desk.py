"""A service for years: counts what is said, keeps a dashboard, asks before it deploys, and is watched."""

import os
import sys
from pathlib import Path
from typing import Any

import reactivex
from reactivex import Observable, operators as ops

import rxslack
from rxslack import Matched, MessageEvent
from rxslack.events import DecisionEvent

STATE = Path(os.environ.get("STATE_DIRECTORY", "."))
CHANNEL = os.environ.get("DASHBOARD", "C0123ABCD")
Counts = dict[str, int]


def count(counts: Counts, event: MessageEvent) -> Counts:
    return {**counts, event["channel"]: counts.get(event["channel"], 0) + 1}


def question(found: Matched[MessageEvent]) -> dict[str, Any]:
    event = found.event
    return {"channel": event["channel"], "text": f"Shall I {event['text']}?", "id": event["ts"]}


def answer(made: DecisionEvent) -> dict[str, Any]:
    text = f"{made['item']['text']} {made['decision']}"
    return {"channel": made["channel"], "thread_ts": made["ts"], "text": text}


def pipeline(web: rxslack.WebClient, app: rxslack.WebClient) -> Observable[Any]:
    envelopes = rxslack.shared(
        rxslack.socket_mode(app, acknowledge="when_done").pipe(rxslack.reconnect())
    )
    clicks = envelopes.pipe(rxslack.interactions())
    seed: Counts = {}

    def both(messages: Observable[MessageEvent]) -> Observable[Any]:
        counts = messages.pipe(rxslack.folded(count, seed, store=STATE / "counts.db"))
        dashboard = counts.pipe(
            ops.map(rxslack.chart("bar", title="Messages", channel=CHANNEL)),
            rxslack.keep_posted(web, "messages"),
        )
        questions = messages.pipe(rxslack.matching(r"^deploy \S+$"), ops.map(question))
        decisions = rxslack.ask(web, clicks, store=STATE / "asks.db")(questions)
        answers = decisions.pipe(
            rxslack.of_type(DecisionEvent),
            ops.map(answer),
            rxslack.post_message(web, outbox=STATE / "outbox.db"),
        )
        return reactivex.merge(dashboard, answers)

    backfill = rxslack.backfill(web, checkpoint=STATE / "seen.db", settle=0.2)
    messages = envelopes.pipe(rxslack.events_api(), backfill, rxslack.of_type(MessageEvent))
    return messages.pipe(rxslack.traced(), ops.publish(both))


def main() -> int:
    rxslack.log_lines(form="json")
    slack = os.environ.get("SLACK_BASE_URL", "https://slack.com/api/")
    app = rxslack.WebClient(os.environ["SLACK_APP_TOKEN"], base_url=slack)
    web = rxslack.WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=slack)
    return rxslack.run(pipeline(web, app), serve=os.environ.get("SERVE", ":9090"))


if __name__ == "__main__":
    sys.exit(main())
