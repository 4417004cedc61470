"""Answers to questions, in their threads: what ends with a question mark is looked up, side by side."""

import os
import sys
from typing import Any

from reactivex import Observable

import rxslack
from rxslack import MessageEvent

KNOWN = {"wifi": "It is on the board in the kitchen.", "holidays": "Ask Carol."}


def is_question(event: MessageEvent) -> bool:
    return event["text"].rstrip().endswith("?") and not rxslack.is_reply(event)


async def look_up(event: MessageEvent) -> dict[str, Any]:
    """From wherever answers are; it may take its time."""
    words = event["text"].lower().strip("? ").split()
    found = [KNOWN[word] for word in words if word in KNOWN]
    return {**rxslack.reply(found[0] if found else "Nobody has asked me that before.")(event)}


def answers(app: rxslack.WebClient, web: rxslack.WebClient) -> Observable[Any]:
    return rxslack.socket_mode(app).pipe(
        rxslack.reconnect(),
        rxslack.events_api(),
        rxslack.not_from_bots(),
        rxslack.of_type(MessageEvent, is_question),
        rxslack.concurrent(lambda event: event["channel"], look_up),
        rxslack.post_message(web),
    )


if __name__ == "__main__":
    tokens = (os.environ["SLACK_APP_TOKEN"], os.environ["SLACK_BOT_TOKEN"])
    sys.exit(rxslack.run(answers(*map(rxslack.WebClient, tokens))))
