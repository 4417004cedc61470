"""`rxslack simulate --chat`: a simulated workspace in a terminal, and somebody who types."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from importlib import import_module
from itertools import count
from threading import Lock, Thread
from time import sleep
from typing import Any, Final, TypeAlias, cast

from rxslack.cli.block_lines import block_lines, objects, words
from rxslack.core.printable import printable
from rxslack.simulator import Workspace
from rxslack.simulator.page.typed import readable
from rxslack.simulator.team.access import Refused

__all__ = ["Chat", "chat"]

Json: TypeAlias = dict[str, Any]

HELP: Final = """\
What you type is said. A line that begins with "/" is a slash command for the app. Else, with a colon:

  :as bob              be somebody else            :in random           go to another conversation
  :dm bob              talk to somebody alone      :who                 who and what is there
  :7                   press the button [7]        :7 small             choose, or fill in, what is [7]
  :submit  :close      the dialog that is open     :reply 7 text        answer to message 7 in its thread
  :react 7 tada        react to message 7          :edit 7 text         :delete 7
  :shortcut name [7]   use a shortcut of the app   :home                open the app's home tab
  :later 8h            move the clock on           :goodbye             say goodbye to every bot
  :fault fail method=chat.postMessage error=fatal_error                 :faults   :end 1
  :quit                as Ctrl-C does
"""
UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
BETWEEN: Final = 0.1  # seconds after a line of a pipe, so that what it does is seen before the next
MOST: Final = 1_000  # things that have a number, the newest


class Chat:
    """
    What is shown of a workspace, and what a line that somebody types does.

    Args:
        slack: the workspace.
        show: takes each line that is to be seen.
        who: the name of the person one is at first.
    """

    def __init__(self, slack: Workspace, show: Callable[[str], object], who: str = "alice") -> None:
        self.who = who
        self.channel = next(iter(self._channels_of(slack)), "")
        self._slack = slack
        self._show = show
        self._lock = Lock()
        self._numbers = count(1)
        self._things: dict[int, Json] = {}  # messages and elements, by number
        self._known: dict[
            tuple[str, str], tuple[int, str]
        ] = {}  # messages: their number, what is shown
        self._filled: Json = {}  # of the dialog that is open
        self._view = ""
        self._commands: dict[str, Callable[[str], object]] = {
            "help": lambda _: self._show(HELP),
            "as": self._be,
            "in": self._go,
            "dm": lambda name: self._open(self._act("direct", user=name)["channel"]),
            "who": lambda _: self._tell_who(),
            "submit": lambda _: self._submit(),
            "close": lambda _: self._act("close"),
            "reply": self._reply,
            "react": lambda rest: self._on_message("react", rest, "emoji"),
            "edit": lambda rest: self._on_message("edit", rest, "text"),
            "delete": lambda rest: self._on_message("delete", rest),
            "shortcut": self._shortcut,
            "home": lambda _: self._act("home"),
            "later": self._later,
            "goodbye": lambda _: self._act("goodbye"),
            "fault": self._fault,
            "faults": lambda _: self._tell_faults(),
            "end": lambda number: self._act("end fault", number=int(number)),
        }

    @staticmethod
    def _channels_of(slack: Workspace) -> list[str]:
        found = slack.web.call("conversations.list")["channels"]
        return [one["id"] for one in found if one.get("name") == "general"] or [
            one["id"] for one in found
        ]

    # What happens

    def start(self) -> None:
        """Show what happens, on a thread of its own, until the workspace ends."""
        news = self._slack.page.news(lambda: self.who)
        Thread(target=self._watch, args=[news], name="rxslack-chat", daemon=True).start()

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
            if one["user"] != self._slack.user_id(self.who):
                self._show(
                    f"* {self._name(one['user'])} is typing in {self._place(one['channel'])}"
                )

    def _hear_modals(self, views: list[Json]) -> None:
        top = views[-1] if views else None
        if top is None:
            if self._view:
                self._show("* the dialog is closed")
            self._view, self._filled = "", {}
            return
        if top["id"] != self._view.partition(" ")[0]:
            self._filled = {}
        if f"{top['id']} {top['hash']}" != self._view:
            self._view = f"{top['id']} {top['hash']}"
            self._show(f"+-- {words(top.get('title'))}")
            self._blocks(top["blocks"], {"view": top["id"]}, "|   ")
            send = words(top.get("submit"))
            self._show(f"+-- {f':submit ({send})  ' if send else ''}:close")

    def _hear_home(self, view: Json | None) -> None:
        if view is not None:
            self._show(f"+-- the home tab of {self._name(self._slack.bot_user_id)}")
            self._blocks(view["blocks"], {"view": view["id"]}, "|   ")

    def _message(self, channel: str, ts: str, message: Json | None) -> None:
        number, before = self._known.get((channel, ts), (0, ""))
        if message is None:
            if number:
                self._show(f"  {number} was deleted")
                del self._known[channel, ts]
            return
        shown = json.dumps([message.get("text"), message.get("blocks"), message.get("reactions")])
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
        name = message.get("username") or self._name(str(message.get("user") or ""))
        text = readable(self._slack.page.team, str(message.get("text") or ""))
        given = " ".join(f":{r['name']}:{r['count']}" for r in objects(message.get("reactions")))
        marks = [
            f"{self._place(channel)}",
            f"{number}",
            f"(to {self._thread_number(channel, message)})" if _is_reply(message) else "",
            f"{name}{' (app)' if app else ''}:",
            "(only you see this)" if message.get("is_ephemeral") else "",
            "(changed)" if changed else "",
            text,
            f"[{given}]" if given else "",
        ]
        return " ".join(filter(None, marks))

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

    def _name(self, user: str) -> str:
        person = self._slack.page.team.people.get(user)
        return person.name if person else user or "somebody"

    def _place(self, channel: str) -> str:
        found = self._slack.page.team.channels.get(channel)
        if found is None or not found.name:
            others = [self._name(one) for one in (found.members if found else ())]
            return f"@{', '.join(name for name in others if name != self.who)}"
        return f"#{found.name}"

    # What somebody types

    def prompt(self) -> str:
        """Who one is, and where."""
        return f"{self.who} {self._place(self.channel)}> "

    def take(self, line: str) -> None:
        """Do what a line says; what is wrong with it is shown."""
        line = line.strip()
        try:
            if line.startswith(":"):
                self._control(line[1:])
            elif line.startswith("/"):
                self._told(self._act("command", channel=self.channel, text=line))
            elif line:
                self._act("say", channel=self.channel, text=line)
        except (LookupError, ValueError, TimeoutError) as error:
            self._show(f"! {error.args[0] if error.args else error}")
        except Refused as refused:
            self._show(f"! {refused.error}")

    def _act(self, what: str, **fields: Any) -> Any:
        return self._slack.page.act(what, self.who, **fields)

    def _told(self, done: Mapping[str, Any]) -> None:
        if done.get("failed"):
            self._show("! the app did not respond in time; is it connected over Socket Mode?")

    def _control(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        rest = rest.strip()
        if name.isdecimal():
            self._use(int(name), rest)
        elif name in self._commands:
            self._commands[name](rest)
        else:
            raise LookupError(f"there is no :{name}; :help says what there is")

    def _be(self, name: str) -> None:
        self._slack.user_id(name)
        self.who = name

    def _go(self, name: str) -> None:
        self._open(self._slack.channel_id(name))

    def _open(self, channel: str) -> None:
        self.channel = channel

    def _tell_who(self) -> None:
        team = self._slack.page.team
        self._show(f"people: {', '.join(one.name for one in team.people.values())}")
        self._show(f"conversations: {', '.join(self._place(one) for one in team.channels)}")

    def _tell_faults(self) -> None:
        for one in self._slack.page.faults():
            fields = " ".join(f"{field['name']}=" for field in one["fields"])
            self._show(f"  {one['name']} {fields}\n      {one['does']}")

    def _numbered(self, number: str, kind: str) -> Json:
        found = self._things.get(int(number)) if number.isdecimal() else None
        if found is None or kind not in found:
            raise LookupError(f"no {kind} has the number {number!r}")
        return found

    def _on_message(self, what: str, rest: str, field: str = "") -> None:
        number, _, value = rest.partition(" ")
        found = self._numbered(number, "message")
        more = {field: value} if field else {}
        self._act(what, channel=found["channel"], ts=found["message"]["ts"], **more)

    def _reply(self, rest: str) -> None:
        number, _, text = rest.partition(" ")
        found = self._numbered(number, "message")
        parent = found["message"].get("thread_ts") or found["message"]["ts"]
        self._act("say", channel=found["channel"], text=text, thread_ts=parent)

    def _shortcut(self, rest: str) -> None:
        name, _, number = rest.partition(" ")
        about: Json = {"callback_id": name}
        if number:
            found = self._numbered(number.strip(), "message")
            about |= {"channel": found["channel"], "ts": found["message"]["ts"]}
        self._told(self._act("shortcut", **about))

    def _use(self, number: int, value: str) -> None:
        found = self._numbered(str(number), "element")
        element, block = found["element"], found["block_id"]
        action_id = str(element.get("action_id", ""))
        where: Json = {name: found[name] for name in ("channel", "ts") if name in found}
        if "view" in found and element.get("type") not in ("button", "overflow"):
            if not value:
                raise ValueError(f"say with what to fill it in, as in :{number} soup")
            self._filled.setdefault(block, {})[action_id] = _chosen(element, value)
            return
        action: Json = {"value": element["value"]} if "value" in element else {}
        if value:
            action = _action(element, value)
        about: Json = {"action_id": action_id, "block_id": block, "action": action, **where}
        self._told(self._act("click", **about))

    def _submit(self) -> None:
        done = self._act("submit", values=self._filled)
        self._told(done)
        response: Json = done.get("response") or {}
        errors: Json = response.get("errors") or {}
        for block, wrong in errors.items():
            self._show(f"! {block}: {wrong}")

    def _later(self, rest: str) -> None:
        number, unit = rest[:-1], rest[-1:]
        if not number.isdecimal() or unit not in UNITS:
            raise ValueError("say how much later: 30s, 3m, 8h or 1d")
        self._act("advance", seconds=int(number) * UNITS[unit])

    def _fault(self, rest: str) -> None:
        name, *given = rest.split()
        fields = {key: value for key, _, value in (one.partition("=") for one in given)}
        self._show(f"* fault {self._act('begin fault', name=name, fields=fields)['number']} is on")


def _is_reply(message: Mapping[str, Any]) -> bool:
    return bool(message.get("thread_ts", message.get("ts")) != message.get("ts"))


_OPTION: Final = ("static_select", "radio_buttons", "external_select", "overflow")


def _chosen(element: Mapping[str, Any], value: str) -> object:
    """A value as `Interactions.submit` takes it: several are divided by commas."""
    kind = str(element.get("type"))
    if kind.startswith("multi_") or kind == "checkboxes":
        return [one.strip() for one in value.split(",")]
    return value


def _action(element: Mapping[str, Any], value: str) -> Json:
    """What is told of a choice, with the option whose text or value it is."""
    if element.get("type") == "overflow":
        for option in cast("list[Json]", element.get("options") or []):
            if value in (option.get("value"), words(option.get("text"))):
                return {"selected_option": option}
        raise LookupError(f"there is no option {value!r}")
    return {"value": _chosen(element, value)}


def chat(slack: Workspace) -> None:
    """Show what happens and take what is typed, until Ctrl-C, the end of the input, or `:quit`."""
    terminal = _Terminal()
    talk = Chat(slack, terminal.show)
    terminal.prompt = talk.prompt
    with suppress(KeyboardInterrupt):  # wherever it comes
        terminal.show(":help says what can be typed.")
        talk.start()
        for line in terminal.lines():
            if line.strip() in (":quit", ":q"):
                return
            talk.take(line)


class _Terminal:
    """Lines in and out: what comes while somebody types goes above what is typed."""

    def __init__(self) -> None:
        self.prompt: Callable[[], str] = str
        self._lock = Lock()
        self._asks = False
        self._is_one = sys.stdin.isatty() and sys.stdout.isatty()
        if self._is_one:
            with suppress(ImportError):  # not on Windows
                import_module("readline")  # lines can be edited, and come again

    def show(self, text: str) -> None:
        with self._lock:
            if self._is_one and self._asks:
                sys.stdout.write("\r\x1b[K")
            sys.stdout.write(printable(text.rstrip("\n"), lines=True) + "\n")
            if self._is_one and self._asks:
                sys.stdout.write(self.prompt() + _typed())
            sys.stdout.flush()

    def lines(self) -> Any:
        """Each line that is typed, until the end."""
        while True:
            self._asks = True
            try:
                line = input(self.prompt()) if self._is_one else sys.stdin.readline()
            except EOFError:
                return
            finally:
                self._asks = False
            if not line and not self._is_one:
                return
            yield line
            if not self._is_one:
                sleep(BETWEEN)


def _typed() -> str:
    """What is typed already."""
    readline: Any = sys.modules.get("readline")
    return str(readline.get_line_buffer()) if readline else ""
