"""slackclient 1.3.2, over RTM."""

import json
import os
import time
import urllib.request

from slackclient import SlackClient

slack = SlackClient(os.environ["SLACK_BOT_TOKEN"])
assert slack.rtm_connect(with_team_state=False)


def upload(channel):
    asked = slack.api_call("files.getUploadURLExternal", filename="a.txt", length=4)
    urllib.request.urlopen(asked["upload_url"], b"Soup").read()
    files = json.dumps([{"id": asked["file_id"]}])
    slack.api_call("files.completeUploadExternal", files=files, channel_id=channel)


while True:
    for event in slack.rtm_read():
        if event.get("type") != "message" or "bot_id" in event:
            continue
        channel, ts, text = event["channel"], event["ts"], event.get("text")
        if text == "answer":
            slack.rtm_send_message(channel, "Hi")
        elif text == "thread":
            slack.rtm_send_message(channel, "Here", thread=ts)
        elif text == "reaction":
            slack.api_call("reactions.add", channel=channel, timestamp=ts, name="eyes")
        elif text == "file":
            upload(channel)
    time.sleep(0.1)
