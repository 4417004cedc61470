"""slack_bolt, over Socket Mode."""

import os

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

app = App(token=os.environ["SLACK_BOT_TOKEN"])


@app.message("answer")
def answer(say):
    say("Hi")


@app.message("thread")
def thread(message, say):
    say("Here", thread_ts=message["ts"])


@app.message("reaction")
def reaction(message, client):
    client.reactions_add(channel=message["channel"], timestamp=message["ts"], name="eyes")


@app.message("file")
def file(message, client):
    client.files_upload_v2(channel=message["channel"], content="Soup", filename="a.txt")


SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()
