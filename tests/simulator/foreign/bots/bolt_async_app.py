"""slack_bolt on asyncio, over Socket Mode."""

import asyncio
import os

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

app = AsyncApp(token=os.environ["SLACK_BOT_TOKEN"])


@app.message("answer")
async def answer(say):
    await say("Hi")


@app.message("thread")
async def thread(message, say):
    await say("Here", thread_ts=message["ts"])


@app.message("reaction")
async def reaction(message, client):
    await client.reactions_add(channel=message["channel"], timestamp=message["ts"], name="eyes")


@app.message("file")
async def file(message, client):
    await client.files_upload_v2(channel=message["channel"], content="Soup", filename="a.txt")


async def main():
    await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()


asyncio.run(main())
