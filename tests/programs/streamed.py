"""Answers of a language model that grow in the thread while the model writes them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

from reactivex import Observable, operators as ops

import rxslack
from rxslack import AppMentionEvent


async def model(question: str) -> AsyncIterator[str]:
    """In the place of one: the words come one after the other."""
    for word in f"You have asked: {question}".split():
        await asyncio.sleep(0.01)
        yield f"{word} "


def answer(event: AppMentionEvent) -> rxslack.StreamReply:
    question = rxslack.escape(rxslack.plain_text(event))
    return rxslack.stream_reply(event, model(question), visible="all")


def answers(app: rxslack.WebClient, web: rxslack.WebClient) -> Observable[Any]:
    return rxslack.socket_mode(app).pipe(
        rxslack.reconnect(),
        rxslack.events_api(),
        rxslack.of_type(AppMentionEvent),
        ops.map(answer),
        rxslack.stream_message(web),
    )


if __name__ == "__main__":
    tokens = (os.environ["SLACK_APP_TOKEN"], os.environ["SLACK_BOT_TOKEN"])
    sys.exit(rxslack.run(answers(*map(rxslack.WebClient, tokens))))
