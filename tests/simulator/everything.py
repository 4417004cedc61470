"""A workspace in which everything happens, and all that it says: answers, events, interactions."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from typing import Any, TypeAlias, cast

import requests

import rxslack
from rxslack.simulator import AGENT_SCOPES, MODERN_BOT_SCOPES, Limits, Workspace
from rxslack.simulator.rare_events import RARE_EVENTS
from tests.simulator.all_kinds import BUTTONS, PICTURE, AllKinds
from tests.simulator.beyond import Beyond

Json: TypeAlias = dict[str, Any]
Heard: TypeAlias = "dict[str, list[Any]]"
"""What was said, by its kind: "api chat.update", "rtm pin_added", "event message/bot_message" …"""

ALL = (*AGENT_SCOPES, *MODERN_BOT_SCOPES, "users.profile:write")


def everything() -> Heard:
    """Let it all happen, once with a classic bot and once with one of today."""
    heard: Heard = {}
    for scopes in (None, ALL):
        options: Json = {} if scopes is None else {"bot_scopes": scopes, "enterprise": "Acme Corp"}
        with Workspace(limits=Limits.off(), seed=1, **options) as slack:
            _Life(slack, heard, modern=scopes is not None).run()
    return heard


class _Life:
    """
    All that happens in one workspace.

    Args:
        slack: the workspace.
        heard: what is said is put in there.
        modern: whether its bot is one of today.
    """

    def __init__(self, slack: Workspace, heard: Heard, *, modern: bool) -> None:
        self.modern = modern
        self.slack = slack
        self.heard = heard
        self.general = slack.channel_id("general")
        team: Any = cast("Any", slack)._team  # what some people alone are told is told nobody else
        team.feed.watch(self._hear)

    def run(self) -> None:
        """Everything."""
        slack = self.slack
        with rxslack.socket_mode(slack.app).subscribe():
            slack.wait_until(lambda: slack.connections)
            rtm = rxslack.rtm(slack.user_web).subscribe(self._hear_rtm)
            slack.wait_until(lambda: len(slack.connections) == 2)
            self._talk()
            self._share()
            self._change_channels()
            self._be_somebody()
            self._use_the_app()
            self._ask_for_all()
            if not self.modern:
                slack.join_enterprise("Acme Corp")
                self.call("auth.test", slack.bot_token)
            if self.modern:
                Beyond(slack, self.call).happen()
            for name in RARE_EVENTS:
                slack.emit_rare(name)
            slack.uninstall()
            slack.goodbye()
            slack.clock.advance(400.0)
            rtm.dispose()
            slack.wait_until(lambda: all(d.attempts for d in slack.socket_mode.delivered))
        for delivery in slack.socket_mode.delivered:
            self._note_delivery(delivery.kind, delivery.payload)

    # What is heard

    def _note(self, kind: str, said: Any) -> None:
        self.heard.setdefault(kind, []).append(said)

    def _hear(self, event: Mapping[str, Any], _to: Container[str] | None) -> None:
        self._hear_rtm(event)

    def _hear_rtm(self, event: Any) -> None:
        subtype = event.get("subtype") if event["type"] == "message" else None
        self._note(f"rtm {event['type']}" + (f"/{subtype}" if subtype else ""), event)

    def _events_kind(self, event: Json) -> str:
        if event["type"] != "message":
            return f"event {event['type']}"
        replied = "message" in event and "subtype" not in event
        subtype = "message_replied" if replied else event.get("subtype")  # Slack forgets it
        return "event message" + (f"/{subtype}" if subtype else "")

    def _note_delivery(self, kind: str, payload: Json) -> None:
        if kind == "events_api":
            self._note(self._events_kind(payload["event"]), payload)
        else:
            self._note(f"interaction {payload.get('type', 'slash_commands')}", payload)

    def call(self, method: str, token: str = "", /, **arguments: Any) -> Json:
        """A call whose answer counts, whatever it is."""
        headers = {"Authorization": f"Bearer {token or self.slack.bot_token}"}
        form = {n: v if isinstance(v, str) else json.dumps(v) for n, v in arguments.items()}
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        answer = requests.post(
            self.slack.base_url + method, data=form, headers=headers, timeout=10
        ).json()
        self._note(f"api {method}", answer)
        return dict(answer)

    # What happens

    def _talk(self) -> None:
        slack, general = self.slack, self.general
        me = slack.bot_user_id
        first = slack.say("general", "alice", f"<@{me}> Hello", metadata=None)
        slack.say("general", "bob", "Hi", thread_ts=first["ts"], broadcast=True)
        rich: Json = {
            "text": "Hello",
            "blocks": [BUTTONS],
            "attachments": [{"text": "a", "color": "good"}],
            "metadata": {"event_type": "a", "event_payload": {"b": 1}},
            "username": "Deploy",
            "icon_emoji": ":rocket:",
        }
        for more in (Json(), rich, {"thread_ts": first["ts"]}):
            posted = self.call("chat.postMessage", channel=general, **{"text": "Hello", **more})
        ts = posted["ts"]
        self.call("chat.update", channel=general, ts=ts, text="Changed")
        self.call("reactions.add", channel=general, timestamp=ts, name="eyes")
        self.call("reactions.remove", channel=general, timestamp=ts, name="eyes")
        slack.react("general", first["ts"], "bob", "wave")
        self.call("pins.add", channel=general, timestamp=first["ts"])
        self.call("pins.remove", channel=general, timestamp=first["ts"])
        self.call("chat.meMessage", channel=general, text="waves")
        self.call("chat.postEphemeral", channel=general, user=slack.user_id("alice"), text="You")
        self.call("chat.delete", channel=general, ts=ts)
        slack.edit("general", first["ts"], "Edited")
        slack.delete("general", first["ts"])
        slack.type("general", "bob")

    def _share(self) -> None:
        slack = self.slack
        parent = slack.say("general", "alice", "See")
        for name, content in (("a.png", PICTURE), ("a.txt", b"Hello\n" * 100)):
            slack.upload("general", "alice", name, content, text="a", thread_ts=parent["ts"])
        message = slack.upload("general", "alice", "b.txt", "Hello")
        self.call("files.delete", slack.user_token, file=message["files"][0]["id"])

    def _change_channels(self) -> None:
        slack, call, token = self.slack, self.call, self.slack.user_token
        bob = slack.user_id("bob")
        for private in (False, True):
            name = f"project-{private}".lower()
            made = call("conversations.create", token, name=name, is_private=private)
            channel = made["channel"]["id"]
            members = f"{bob},{slack.bot_user_id}"
            call("conversations.invite", token, channel=channel, users=members)
            call("conversations.setTopic", token, channel=channel, topic="a")
            call("conversations.setPurpose", token, channel=channel, purpose="a")
            call("conversations.rename", token, channel=channel, name=f"{name}-2")
            call("conversations.mark", token, channel=channel, ts="1.0")
            call("conversations.kick", token, channel=channel, user=bob)
            call("conversations.archive", token, channel=channel)
            call("conversations.unarchive", token, channel=channel)
            call("conversations.leave", channel=channel)
        other = slack.add_channel("other", members=["alice"])
        slack.join("other", "bob")
        call("conversations.join", channel=other)
        call("conversations.join", channel=other)
        direct = slack.direct("alice")
        slack.direct("alice", "bob")
        call("conversations.mark", token, channel=direct, ts="1.0")
        call("conversations.close", token, channel=direct)
        call("users.conversations", types="public_channel,im,mpim,private_channel")

    def _be_somebody(self) -> None:
        slack, call, token = self.slack, self.call, self.slack.user_token
        slack.add_user("dave")
        call("users.profile.set", token, profile={"status_text": "a", "status_emoji": ":wave:"})
        call("users.profile.set", profile={"status_text": "a", "start_date": "2026-01-01"})
        call("users.profile.set", token, profile={"start_date": "2026-01-01"})
        slack.set_presence("bob", "away")
        group = call("usergroups.create", token, name="On call")["usergroup"]["id"]
        call("usergroups.users.update", token, usergroup=group, users=slack.user_id("alice"))
        call("usergroups.users.update", token, usergroup=group, users=slack.bot_user_id)
        call("dnd.setSnooze", token, num_minutes=5)

    def _use_the_app(self) -> None:
        slack, use = self.slack, self.slack.interactions
        use.command("general", "alice", "/weather", "Bern")
        message = self.call("chat.postMessage", channel=self.general, text="a", blocks=[BUTTONS])
        use.click("alice", "go", channel="general", ts=message["ts"])
        use.message_shortcut("alice", "save", channel="general", ts=message["ts"])
        for said in AllKinds(self.slack, self.call).said():
            use.message_shortcut("alice", "save", channel="general", ts=said["ts"])
            if said.get("blocks") and said["blocks"][0]["type"] == "actions":
                use.click("alice", "go", channel="general", ts=said["ts"])
        use.shortcut("alice", "new")
        slack.open_home("alice")
        home = {"type": "home", "blocks": [BUTTONS], "external_id": "home"}
        self.call("views.publish", user_id=slack.user_id("alice"), view=home)
        slack.open_home("alice")
        use.click("alice", "go")
        for end in (use.submit, use.close):
            self.call("views.open", trigger_id=slack.trigger("alice"), view=MODAL)
            use.click("alice", "days")
            done = end("alice")
            assert done is not None
            done.wait()

    def _ask_for_all(self) -> None:
        slack, call = self.slack, self.call
        alice = slack.user_id("alice")
        no_scopes = slack.new_token("xoxb", scopes=["nothing"])
        one: dict[str, Json] = {
            "auth.test": {},
            "bots.info": {"bot": slack.bot_id},
            "conversations.info": {"channel": self.general, "include_num_members": True},
            "conversations.list": {"types": "public_channel,im,mpim,private_channel", "limit": 2},
            "conversations.members": {"channel": self.general},
            "emoji.list": {"include_categories": True},
            "team.info": {},
            "users.getPresence": {},
            "users.info": {"user": alice},
            "users.list": {"limit": 2},
            "rtm.connect": {},
        }
        methods = {*one, *(kind.removeprefix("api ") for kind in self.heard if "api " in kind)}
        for method in sorted(methods):
            arguments = one.get(method, {})
            call(method, **arguments)
            call(method, slack.user_token, **arguments)
            call(method, no_scopes, **arguments)
        call("users.info", user=slack.bot_user_id)
        call("users.list")
        call("conversations.list", types="public_channel,im,mpim,private_channel")
        call("auth.test", "xoxb-test")
        call("conversations.list", types="nonsense")
        call("auth.test", slack.app_token)
        call("apps.connections.open", slack.app_token)
        call("apps.connections.open")
        call("apps.connections.open", slack.new_token("xapp", scopes=["nothing"]))


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


MODAL: Json = {
    "type": "modal",
    "title": _plain("Order"),
    "submit": _plain("Go"),
    "close": _plain("No"),
    "callback_id": "order",
    "notify_on_close": True,
    "blocks": [
        {
            "type": "actions",
            "elements": [{"type": "datepicker", "action_id": "days"}],
        }
    ],
}
