"""What is seen of a simulated workspace in a terminal: lines, and numbers for what can be used."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from itertools import count
from threading import Lock, Thread
from typing import Any, Final, TypeAlias

from rxslack.cli.block_lines import block_lines, objects, words
from rxslack.simulator import Workspace
from rxslack.simulator.page.typed import readable

__all__ = ["ChatView"]

Json: TypeAlias = dict[str, Any]

MOST: Final = 1_000  # things that have a number, the newest


class ChatView:
    """
    Shows what happens.

    Args:
        slack: the workspace.
        show: takes each line that is to be seen.
        who: the name of the person one is.

    Attributes:
        filled: what is filled in, in the dialog that is open, by block and action.
    """

    def __init__(
        self, slack: Workspace, show: Callable[[str], object], who: Callable[[], str]
    ) -> None:
        self.filled: Json = {}
        self._slack = slack
        self._show = show
        self._who = who
        self._lock = Lock()
        self._numbers = count(1)
        self._things: dict[int, Json] = {}  # messages and elements, by number
        self._known: dict[tuple[str, str], tuple[int, str]] = {}  # messages: number, what is shown
        self._view = ""

    def start(self) -> None:
        """Show what happens, on a thread of its own, until the workspace ends."""
        news = self._slack.page.news(self._who)
        Thread(target=self._watch, args=[news], name="rxslack-chat", daemon=True).start()

    def numbered(self, number: str, kind: str) -> Json:
        """What has a number. Raises LookupError when it is nothing of that kind."""
        found = self._things.get(int(number)) if number.isdecimal() else None
        if found is None or kind not in found:
            raise LookupError(f"no {kind} has the number {number!r}")
        return found

    def _watch(self, news: Generator[tuple[str, Any]]) -> None:
        for name, value in news:
            take = getattr(self, f"_hear_{name}", None)
            if take is not None:
                with self._lock:
                    take(value)

    def _hear_messages(self, told: list[Json]) -> None:
        for one in told:
            self._message(one["channel"], one["ts"], one["message"])

    def _hear_ephemerals(self, told: list[Json]) -> None:
        for one in told:
            self._message(one["channel"], one["ts"], {**one, "is_ephemeral": True})

    def _hear_log(self, rows: list[Json]) -> None:
        for row in rows:
            if row["problem"] and "said" in row:
                self._show(f"! {row['title']}: {row['problem']}")

    def _hear_lost(self, told: list[Json]) -> None:
        for one in told[-1:]:
            self._show(f"! {one['title']}: the app did not acknowledge it in time")

    def _hear_connections(self, told: list[Json]) -> None:
        opened = [f"{one['number']} ({one['kind']})" for one in told if one["open"]]
        self._show(f"* connections: {', '.join(opened) or 'none'}")

    def _hear_faults(self, told: list[Json]) -> None:
        if told:
            self._show(f"* faults: {', '.join(one['name'] for one in told)}")

    def _hear_typing(self, told: list[Json]) -> None:
        for one in told:
            if one["user"] != self._slack.user_id(self._who()):
                self._show(f"* {self.name(one['user'])} is typing in {self.place(one['channel'])}")

    def _hear_modals(self, views: list[Json]) -> None:
        top = views[-1] if views else None
        if top is None:
            if self._view:
                self._show("* the dialog is closed")
            self._view, self.filled = "", {}
            return
        if top["id"] != self._view.partition(" ")[0]:
            self.filled = {}
        if f"{top['id']} {top['hash']}" != self._view:
            self._view = f"{top['id']} {top['hash']}"
            self._show(f"+-- {words(top.get('title'))}")
            self._blocks(top["blocks"], {"view": top["id"]}, "|   ")
            send = words(top.get("submit"))
            self._show(f"+-- {f':submit ({send})  ' if send else ''}:close")

    def _hear_home(self, view: Json | None) -> None:
        if view is not None:
            self._show(f"+-- the home tab of {self.name(self._slack.bot_user_id)}")
            self._blocks(view["blocks"], {"view": view["id"]}, "|   ")

    def _message(self, channel: str, ts: str, message: Json | None) -> None:
        number, before = self._known.get((channel, ts), (0, ""))
        if message is None:
            if number:
                self._show(f"  {number} was deleted")
                del self._known[channel, ts]
            return
        parts = ("text", "blocks", "reactions", "room")
        shown = json.dumps([message.get(part) for part in parts])
        if shown == before:
            return
        if not number:
            number = self._number({"message": message, "channel": channel})
        self._things[number] = {"message": message, "channel": channel}
        self._known[channel, ts] = number, shown
        while len(self._known) > MOST:
            del self._known[next(iter(self._known))]
        self._show(self._headline(number, channel, message, changed=bool(before)))
        blocks = message.get("blocks")
        if message.get("client_msg_id") is None and blocks:
            self._blocks(blocks, {"channel": channel, "ts": ts}, "      ")
        for file in objects(message.get("files")):
            self._show(f"      [file: {file.get('name')}, {file.get('size')} bytes]")

    def _headline(self, number: int, channel: str, message: Json, *, changed: bool) -> str:
        app = bool(message.get("bot_id")) or message.get("subtype") == "bot_message"
        name = message.get("username") or self.name(str(message.get("user") or ""))
        text = readable(self._slack.page.team, str(message.get("text") or ""))
        text = self._huddle(message["room"]) if "room" in message else text
        given = " ".join(f":{r['name']}:{r['count']}" for r in objects(message.get("reactions")))
        marks = [
            f"{self.place(channel)}",
            f"{number}",
            f"(to {self._thread_number(channel, message)})" if _is_reply(message) else "",
            f"{name}{' (app)' if app else ''}:",
            "(only you see this)" if message.get("is_ephemeral") else "",
            "(changed)" if changed else "",
            text,
            f"[{given}]" if given else "",
        ]
        return " ".join(filter(None, marks))

    def _huddle(self, room: Json) -> str:
        if room["has_ended"]:
            return "the huddle has ended"
        return f"in a huddle: {', '.join(map(self.name, room['participants']))}"

    def _thread_number(self, channel: str, message: Json) -> object:
        return self._known.get((channel, message["thread_ts"]), ("a thread",))[0]

    def _blocks(self, blocks: object, where: Json, indent: str) -> None:
        def number(block: Json, element: Json) -> int:
            return self._number(
                {**where, "element": element, "block_id": block.get("block_id", "")}
            )

        for line in block_lines(blocks, number):
            self._show(indent + readable(self._slack.page.team, line))

    def _number(self, thing: Json) -> int:
        number = next(self._numbers)
        self._things[number] = thing
        while len(self._things) > MOST:
            del self._things[next(iter(self._things))]
        return number

    def name(self, user: str) -> str:
        """What somebody is called."""
        person = self._slack.page.team.people.get(user)
        return person.name if person else user or "somebody"

    def place(self, channel: str) -> str:
        """What a conversation is called: `#general`, or whom it is with."""
        found = self._slack.page.team.channels.get(channel)
        if found is None or not found.name:
            others = [self.name(one) for one in (found.members if found else ())]
            return f"@{', '.join(name for name in others if name != self._who())}"
        return f"#{found.name}"


def _is_reply(message: Mapping[str, Any]) -> bool:
    return bool(message.get("thread_ts", message.get("ts")) != message.get("ts"))
