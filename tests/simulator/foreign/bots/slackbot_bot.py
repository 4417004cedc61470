"""slackbot 1.0.5, over RTM, with slacker."""

import json
import os
import sys
from types import ModuleType

import requests

settings = ModuleType("slackbot_settings")
settings.API_TOKEN = os.environ["SLACK_BOT_TOKEN"]
settings.PLUGINS = []
sys.modules["slackbot_settings"] = settings

from slackbot.bot import Bot, listen_to  # noqa: E402 - it reads the settings at once


@listen_to("^answer$")
def answer(message):
    message.send("Hi")


@listen_to("^thread$")
def thread(message):
    message.reply("Here", in_thread=True)


@listen_to("^reaction$")
def reaction(message):
    message.react("eyes")


@listen_to("^file$")
def file(message):
    token = {"token": os.environ["SLACK_BOT_TOKEN"]}
    url, channel = "https://slack.com/api/", message.body["channel"]
    said = {"filename": "a.txt", "length": 4, **token}
    asked = requests.post(url + "files.getUploadURLExternal", data=said).json()
    requests.post(asked["upload_url"], data=b"Soup")
    said = {"files": json.dumps([{"id": asked["file_id"]}]), "channel_id": channel, **token}
    requests.post(url + "files.completeUploadExternal", data=said)


Bot().run()
