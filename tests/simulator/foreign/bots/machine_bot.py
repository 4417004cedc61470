"""slack-machine: a plugin, over Socket Mode."""

import os
import sys
from types import ModuleType

from machine.bin.run import main
from machine.plugins.base import MachineBasePlugin
from machine.plugins.decorators import listen_to


class Plugin(MachineBasePlugin):
    @listen_to("^answer$")
    async def answer(self, message):
        await message.say("Hi")

    @listen_to("^thread$")
    async def thread(self, message):
        await message.say("Here", thread_ts=message.ts)

    @listen_to("^reaction$")
    async def reaction(self, message):
        await message.react("eyes")

    @listen_to("^file$")
    async def file(self, message):
        await self.web_client.files_upload_v2(
            channel=message.channel.id, content="Soup", filename="a.txt"
        )


settings = ModuleType("local_settings")
settings.SLACK_APP_TOKEN = os.environ["SLACK_APP_TOKEN"]
settings.SLACK_BOT_TOKEN = os.environ["SLACK_BOT_TOKEN"]
settings.PLUGINS = ["machine_bot.Plugin"]
if __name__ == "__main__":
    sys.modules["local_settings"] = settings
    sys.modules["machine_bot"] = sys.modules["__main__"]
    main()
