"""slack-sansio, over RTM."""

import json
import os

import requests
from slack import methods
from slack.io.requests import SlackAPI

slack = SlackAPI(token=os.environ["SLACK_BOT_TOKEN"])
url = "https://slack.com/api/"


def upload(channel):
    asked = slack.query(url + "files.getUploadURLExternal", {"filename": "a.txt", "length": "4"})
    requests.post(asked["upload_url"], data=b"Soup")
    files = json.dumps([{"id": asked["file_id"]}])
    slack.query(url + "files.completeUploadExternal", {"files": files, "channel_id": channel})


for event in slack.rtm():
    if event.get("type") != "message" or event.get("bot_id"):
        continue
    channel, ts, text = event["channel"], event["ts"], event.get("text")
    if text == "answer":
        slack.query(methods.CHAT_POST_MESSAGE, {"channel": channel, "text": "Hi"})
    elif text == "thread":
        said = {"channel": channel, "text": "Here", "thread_ts": ts}
        slack.query(methods.CHAT_POST_MESSAGE, said)
    elif text == "reaction":
        said = {"channel": channel, "timestamp": ts, "name": "eyes"}
        slack.query(methods.REACTIONS_ADD, said)
    elif text == "file":
        upload(channel)
