"""What happens in a workspace beyond everyday talk, caused by methods and people: for `everything`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from rxslack.simulator import Workspace

Json: TypeAlias = dict[str, Any]
Call: TypeAlias = "Callable[..., Json]"

GIF = b"GIF89a" + (2000).to_bytes(2, "little") * 2
MAIL = b"""From: Eve <eve@partner.example>
To: Alice <alice@simulated.example>
Subject: Hello
Date: Mon, 1 Jan 2026 10:00:00 +0000
Message-ID: <1@partner.example>
In-Reply-To: <0@partner.example>

See you there.
"""
FILES = {
    "a.gif": GIF,
    "a.jpg": b"\xff\xd8",
    "a.pdf": b"%PDF",
    "a.doc": b"D0",
    "a.mp4": b"\0\0\0\0mvhd" + bytes(12) + (1000).to_bytes(4, "big") * 2,
    "a.m4a": b"",
    "a.eml": MAIL,
}
BUTTON: Json = {
    "type": "actions",
    "elements": [
        {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    ],
}


class Beyond:
    """
    All that needs more than people who talk.

    Args:
        slack: the workspace.
        call: a method with its arguments, whose answer counts.
    """

    def __init__(self, slack: Workspace, call: Call) -> None:
        self.slack = slack
        self.call = call
        self.general = slack.channel_id("general")

    def happen(self) -> None:
        """Everything."""
        self.guests()
        self.other_workspaces()
        self.documents()
        self.huddles()
        self.links()
        self.workflows()
        self.dialogs()
        self.threads()

    def button(self, channel: str = "general", **more: Any) -> str:
        """A button of the bot's that somebody presses; the `ts` of its message."""
        place = self.slack.channel_id(channel)
        said = {"text": "a", **more}
        ts = self.call("chat.postMessage", channel=place, blocks=[BUTTON], **said)["ts"]
        self.slack.interactions.click("alice", "go", channel=place, ts=ts)
        self.slack.interactions.message_shortcut("alice", "save", channel=place, ts=ts)
        return str(ts)

    def guests(self) -> None:
        slack = self.slack
        slack.add_guest("gina", ["general", "random"], until=2_000_000_000)
        slack.add_guest("gus", ["general"])
        slack.secure("gina")
        token = slack.new_token(user="gina")
        self.call("users.profile.set", token, profile={"status_text": "a", "start_date": "1"})
        self.call("users.info", user=slack.user_id("gina"))
        self.call("users.list")

    def other_workspaces(self) -> None:
        slack, me = self.slack, f"<@{self.slack.bot_user_id}>"
        for channel in ("general", "secret"):
            partner = slack.share_channel(channel, "Partner Inc")
            if channel == "general":
                slack.add_outsider("eve", partner)
            slack.join(channel, "eve")
        said = slack.say("general", "eve", f"{me} Hello")
        slack.say("general", "eve", "Hello", thread_ts=said["ts"])
        slack.edit("general", slack.say("general", "eve", "Hello")["ts"], f"{me} again")
        slack.say("general", "alice", "a", thread_ts=said["ts"])
        self.call("users.info", user=slack.user_id("eve"))
        slack.restrict("random", posting=["alice"], threads=["alice"], huddles=True)
        self.call("conversations.list", slack.user_token)
        self.call("users.conversations", slack.user_token)
        slack.restrict("random")
        slack.unshare_channel("general", partner)

    def documents(self) -> None:
        """Canvases, lists, and files of all kinds, each shown with a button of the bot's as well."""
        slack, call, ids = self.slack, self.call, list[str]()
        content = {"type": "markdown", "markdown": "# Plan\n\nFirst"}
        made = call(
            "conversations.canvases.create", channel_id=self.general, document_content=content
        )["canvas_id"]
        ids.append(made)
        change = {"operation": "insert_at_end", "document_content": content}
        call("canvases.edit", canvas_id=made, changes=[change])
        call(
            "bookmarks.add",
            channel_id=self.general,
            title="a",
            type="link",
            link="https://a.example",
        )
        theirs = slack.write_canvas("alice", "Notes", "Hello")
        slack.make_template(theirs, "alice", name="Notes", description="a", icon="memo")
        listed = call("slackLists.create", name="Tasks", todo_mode=True)
        for one in (theirs, listed["list_id"]):
            slack.share_file("general", "alice", one, "See")
            slack.share_file("secret", "alice", one, "See")
        ids += [theirs, listed["list_id"]]
        for name, data in FILES.items():
            said = slack.upload("general", "alice", name, data, text="See", is_clip=True)
            slack.say("general", "bob", "a", thread_ts=said["ts"])
            file = said["files"][0]["id"]
            if name in ("a.mp4", "a.m4a"):
                slack.transcribe(file, "Hello")
            there = slack.share_file("secret", "alice", file, "See")
            slack.say("secret", "bob", "a", thread_ts=there["ts"])
            slack.share_file("general", "alice", file, "See")
            ids.append(file)
        for one in ids:
            link = call("files.info", file=one)["file"]["permalink"]
            self.button(text=f"See <{link}>")
            self.button("secret", text=f"See <{link}>")
        for method in ("conversations.list", "users.conversations"):
            call(method, slack.user_token)
        call("conversations.join", channel=self.general)

    def huddles(self) -> None:
        slack, call = self.slack, self.call
        begun = slack.begin_huddle("general", "alice", takes_notes=True)
        slack.enter_huddle("general", "gina")
        slack.interactions.message_shortcut("alice", "save", channel="general", ts=begun["ts"])
        self.button(thread_ts=begun["ts"], reply_broadcast=True)
        slack.leave_huddle("general", "gina")
        slack.leave_huddle("general", "alice")
        for method in ("conversations.list", "users.conversations", "conversations.join"):
            call(method, channel=self.general)

    def links(self) -> None:
        slack = self.slack
        slack.tell_links_of("app.example")
        said = slack.say("general", "alice", "<https://app.example/1>")
        reply = slack.say("general", "alice", "<https://app.example/1>", thread_ts=said["ts"])
        where = {"channel": self.general, "ts": reply["ts"]}
        self.call("chat.unfurl", **where, unfurls={"https://app.example/1": {"blocks": [BUTTON]}})
        slack.interactions.click("alice", "go", channel="general", ts=reply["ts"])
        old: Json = {"attachments": [{"fallback": "a", "blocks": [BUTTON]}]}
        self.button(**old)

    def workflows(self) -> None:
        slack, call = self.slack, self.call
        trigger = slack.add_workflow("Ask for help")
        call("workflows.featured.add", channel_id=self.general, trigger_ids=[trigger])
        call("conversations.list")
        call("users.conversations")
        slack.run_function("approve")
        told = slack.socket_mode.delivered[-1].payload["event"]
        token = told["bot_access_token"]
        ts = call("chat.postMessage", token, channel=self.general, text="a", blocks=[BUTTON])["ts"]
        view = {"type": "modal", "title": {"type": "plain_text", "text": "a"}, "blocks": [BUTTON]}
        for end in (slack.interactions.submit, slack.interactions.close):
            clicked = slack.interactions.click("alice", "go", channel="general", ts=ts)
            pointer = clicked.payload["interactivity"]["interactivity_pointer"]
            shown = json.dumps({**view, "notify_on_close": True})
            call("views.open", token, interactivity_pointer=pointer, view=shown)
            slack.interactions.click("alice", "go")
            done = end("alice")
            assert done is not None
            done.wait()

    def dialogs(self) -> None:
        slack, use = self.slack, self.slack.interactions
        dialog: Json = {
            "callback_id": "order",
            "title": "Order",
            "notify_on_cancel": True,
            "state": "a",
            "elements": [
                {"type": "text", "label": "What", "name": "what"},
                {"type": "select", "label": "a", "name": "b", "data_source": "external",
                 "optional": True},
            ],
        }  # fmt: skip
        for _ in range(2):
            trigger = use.command("general", "alice", "/order").payload["trigger_id"]
            self.call("dialog.open", trigger_id=trigger, dialog=dialog)
            use.dialogs.suggest("alice", "b", "typed")
            if slack.interactions.dialogs.open("alice"):
                use.dialogs.cancel("alice")
        trigger = use.command("general", "alice", "/order").payload["trigger_id"]
        self.call("dialog.open", trigger_id=trigger, dialog=dialog)
        use.dialogs.submit("alice", {"what": "soup"}).wait()

    def threads(self) -> None:
        """With an assistant, and one whose root is pinned."""
        slack, call = self.slack, self.call
        root = slack.open_assistant("alice")
        slack.say(root["channel"], "alice", "Hello", thread_ts=root["ts"])
        slack.interactions.message_shortcut("alice", "save", channel=root["channel"], ts=root["ts"])
        said = slack.say("general", "alice", "a")
        self.call("pins.add", channel=self.general, timestamp=said["ts"])
        slack.say("general", "alice", "a", thread_ts=said["ts"])
        mine = self.button()
        for _ in range(2):
            self.button(thread_ts=mine, reply_broadcast=True)
        for use in (slack.interactions.click, slack.interactions.message_shortcut):
            use("alice", "go", channel="general", ts=mine)
        slack.edit("general", mine, "b")
        slack.edit("general", mine, "c")
        root = slack.say("general", "alice", "a")["ts"]
        slack.delete("general", self.button(thread_ts=root))
        slack.delete("general", root)
        slack.add_bot("other")
        slack.join("general", "other")
        slack.say("general", "other", "Hello")
        slack.add_emoji("party")
        call("auth.revoke", slack.new_token(user="bob"))
        slack.rename_emoji("party", "feast")
