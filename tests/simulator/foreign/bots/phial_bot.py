"""phial: commands, over Socket Mode."""

import io
import os

from phial import Attachment, Phial, Response, command

bot = Phial(os.environ["SLACK_APP_TOKEN"], os.environ["SLACK_BOT_TOKEN"], config={"prefix": ""})


@bot.command("answer")
def answer():
    return "Hi"


@bot.command("thread")
def thread():
    return Response(text="Here", original_ts=command.timestamp, channel=command.channel)


@bot.command("reaction")
def reaction():
    return Response(reaction="eyes", original_ts=command.timestamp, channel=command.channel)


@bot.command("file")
def file():
    # A list: of a text, slack_sdk takes each letter for a channel.
    return Attachment(channel=[command.channel], filename="a.txt", content=io.BytesIO(b"Soup"))


bot.run()
