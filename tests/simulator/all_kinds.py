"""Messages of every kind, with all that can happen to one: for `everything`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import requests

from rxslack.simulator import Workspace

Json: TypeAlias = dict[str, Any]

PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (2000).to_bytes(4, "big") * 2
UNFURLS: Json = {"unfurl_links": False, "unfurl_media": False}
BUTTONS: Json = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "go",
            "text": {"type": "plain_text", "text": "Go"},
            "value": "1",
        }
    ],
}


class AllKinds:
    """
    Says and does all that makes a difference to a message.

    Args:
        slack: the workspace.
        call: a method with its arguments, whose answer counts.
    """

    def __init__(self, slack: Workspace, call: Callable[..., Json]) -> None:
        self.slack = slack
        self.call = call
        self.general = slack.channel_id("general")

    def said(self) -> list[Json]:
        """Messages of every kind, with all that can happen to one."""
        slack = self.slack
        me, files = f"<@{slack.bot_user_id}> See", {"a.png": PICTURE, "a.txt": b"Hello\n" * 100}
        slack.add_channel("secret", private=True)
        slack.add_emoji("333")
        parent = slack.say("general", "alice", me)
        slack.say("general", "bob", me, thread_ts=parent["ts"], broadcast=True)
        extra: Json = {
            "metadata": {"event_type": "a", "event_payload": {}},
            "attachments": [{"id": 1, "text": "a"}],
        }
        slack.say("general", "bob", me, thread_ts=parent["ts"], **extra)
        for name, content in files.items():
            slack.upload("general", "alice", name, content, text=me, thread_ts=parent["ts"])
            slack.upload("general", "alice", name, content, text=me)
        rich: Json = {"blocks": [BUTTONS], "attachments": [{"text": "a"}], **UNFURLS}
        named: Json = {"username": "a", "icon_url": "https://a.example"}
        for more in (Json(), named, {"as_user": True}):
            made = self.call("chat.postMessage", channel=self.general, text="a", **rich, **more)
            slack.edit("general", made["ts"], "b")
            slack.react("general", made["ts"], "bob", "wave")
            slack.say("general", "bob", "a", thread_ts=made["ts"])
        mine: Json = {"channel": self.general, "text": "a", "mrkdwn": False, "blocks": [BUTTONS]}
        shown: Json = {"username": "a", "icon_url": "https://a.example", "icon_emoji": ":wave:"}
        roots = [self.call("chat.postMessage", **mine, **more) for more in ({}, shown)]
        roots.append(
            self.call("chat.postMessage", **mine, username="a", icon_url="https://a.example")
        )
        profile = roots[0]["message"]["bot_profile"]
        other: Json = {"bot_id": "B0OTHER", "app_id": "A0OTHER", "bot_profile": profile}
        slack.say("general", "alice", me, **other, username="other")
        for root in roots:
            slack.edit("general", root["ts"], "b", by="alice")
            slack.say("general", "bob", "a", thread_ts=root["ts"])
            reply: Json = {"thread_ts": root["ts"], "reply_broadcast": True}
            self.call("chat.postMessage", **mine, **reply)
        press = {"name": "go", "type": "button", "text": "Go", "value": "1"}
        old: Json = {"attachments": [{"callback_id": "old", "text": "a", "actions": [press]}]}
        inside: Json = {"thread_ts": parent["ts"]}
        for more in (Json(), inside, {"as_user": True, **inside}):
            made = self.call("chat.postMessage", channel=self.general, text="a", **old, **more)
            slack.interactions.press("alice", "go", channel="general", ts=made["ts"])
        for channel in ("general", "secret"):
            for name, content in files.items():
                self._upload(slack.channel_id(channel), name, content, parent["ts"])
                self._upload(slack.channel_id(channel), name, content, "")
        for act in ("setTopic", "setPurpose"):
            words = {act.removeprefix("set").lower(): "a"}
            self.call(f"conversations.{act}", channel=self.general, **words)
        self.call("reactions.add", channel=self.general, timestamp=parent["ts"], name="333")
        gone = slack.upload("general", "alice", "a.png", PICTURE, text=me)
        slack.delete("general", gone["ts"])
        gone = slack.say("general", "alice", "a", **extra)
        slack.delete("general", gone["ts"])
        every = slack.messages("general")
        for said in every:
            if said.get("subtype") in (None, "bot_message", "thread_broadcast"):
                self.call("pins.add", channel=self.general, timestamp=said["ts"])
                slack.edit("general", said["ts"], "Edited")
                self.call("pins.remove", channel=self.general, timestamp=said["ts"])
        doomed = slack.upload("general", "alice", "a.txt", "a")
        slack.edit("general", doomed["ts"], "b")
        self.slack.say("general", "bob", "a", thread_ts=doomed["ts"])
        slack.delete("general", doomed["ts"])
        self.call("conversations.kick", channel=self.general, user=slack.user_id("carol"))
        self.call("conversations.invite", channel=self.general, users=slack.user_id("carol"))
        return slack.messages("general")

    def _upload(self, channel: str, name: str, content: bytes, thread_ts: str) -> None:
        """The bot shares a file, with a button, and somebody presses it."""
        slack = self.slack
        asked = self.call(
            "files.getUploadURLExternal", filename=name, length=len(content), alt_txt="a"
        )
        requests.post(asked["upload_url"], data=content, timeout=10)
        more: Json = {"thread_ts": thread_ts} if thread_ts and channel == self.general else {}
        self.call(
            "files.completeUploadExternal",
            files=[{"id": asked["file_id"]}],
            channel_id=channel,
            blocks=[BUTTONS],
            **more,
        )
        ts = slack.messages(channel)[-1]["ts"]
        slack.say(channel, "alice", "a", thread_ts=ts)
        self.call("reactions.add", channel=channel, timestamp=ts, name="eyes")
        slack.interactions.click("alice", "go", channel=channel, ts=ts)
        slack.interactions.message_shortcut("alice", "save", channel=channel, ts=ts)
