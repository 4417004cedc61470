"""slackclient 2.9.4 (slack.RTMClient), over RTM."""

import json
import os
import urllib.request

from slack import RTMClient


def upload(web, channel):
    asked = web.api_call("files.getUploadURLExternal", params={"filename": "a.txt", "length": 4})
    urllib.request.urlopen(asked["upload_url"], b"Soup").read()
    said = {"files": json.dumps([{"id": asked["file_id"]}]), "channel_id": channel}
    web.api_call("files.completeUploadExternal", params=said)


@RTMClient.run_on(event="message")
def heard(data, web_client, **_):
    if data.get("bot_id"):
        return
    channel, ts, text = data["channel"], data["ts"], data.get("text")
    if text == "answer":
        web_client.chat_postMessage(channel=channel, text="Hi")
    elif text == "thread":
        web_client.chat_postMessage(channel=channel, text="Here", thread_ts=ts)
    elif text == "reaction":
        web_client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    elif text == "file":
        upload(web_client, channel)


RTMClient(token=os.environ["SLACK_BOT_TOKEN"]).start()
