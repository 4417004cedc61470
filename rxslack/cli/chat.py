"""`rxslack simulate --chat`: a simulated workspace in a terminal, and somebody who types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeAlias, cast

from rxslack.cli.block_lines import words
from rxslack.cli.chat_terminal import Terminal
from rxslack.cli.chat_view import ChatView
from rxslack.simulator import Workspace
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
        self._view = ChatView(slack, show, lambda: self.who)
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

    def start(self) -> None:
        """Show what happens, on a thread of its own, until the workspace ends."""
        self._view.start()

    def prompt(self) -> str:
        """Who one is, and where."""
        return f"{self.who} {self._view.place(self.channel)}> "

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
        self._show(f"conversations: {', '.join(self._view.place(one) for one in team.channels)}")

    def _tell_faults(self) -> None:
        for one in self._slack.page.faults():
            fields = " ".join(f"{field['name']}=" for field in one["fields"])
            self._show(f"  {one['name']} {fields}\n      {one['does']}")

    def _on_message(self, what: str, rest: str, field: str = "") -> None:
        number, _, value = rest.partition(" ")
        found = self._view.numbered(number, "message")
        more = {field: value} if field else {}
        self._act(what, channel=found["channel"], ts=found["message"]["ts"], **more)

    def _reply(self, rest: str) -> None:
        number, _, text = rest.partition(" ")
        found = self._view.numbered(number, "message")
        parent = found["message"].get("thread_ts") or found["message"]["ts"]
        self._act("say", channel=found["channel"], text=text, thread_ts=parent)

    def _shortcut(self, rest: str) -> None:
        name, _, number = rest.partition(" ")
        about: Json = {"callback_id": name}
        if number:
            found = self._view.numbered(number.strip(), "message")
            about |= {"channel": found["channel"], "ts": found["message"]["ts"]}
        self._told(self._act("shortcut", **about))

    def _use(self, number: int, value: str) -> None:
        found = self._view.numbered(str(number), "element")
        element, block = found["element"], found["block_id"]
        action_id = str(element.get("action_id", ""))
        where: Json = {name: found[name] for name in ("channel", "ts") if name in found}
        if "view" in found and element.get("type") not in ("button", "overflow"):
            if not value:
                raise ValueError(f"say with what to fill it in, as in :{number} soup")
            self._view.filled.setdefault(block, {})[action_id] = _chosen(element, value)
            return
        action: Json = {"value": element["value"]} if "value" in element else {}
        if value:
            action = _action(element, value)
        about: Json = {"action_id": action_id, "block_id": block, "action": action, **where}
        self._told(self._act("click", **about))

    def _submit(self) -> None:
        done = self._act("submit", values=self._view.filled)
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
    terminal = Terminal()
    talk = Chat(slack, terminal.show)
    terminal.prompt = talk.prompt
    with suppress(KeyboardInterrupt):  # wherever it comes
        terminal.show(":help says what can be typed.")
        talk.start()
        for line in terminal.lines():
            if line.strip() in (":quit", ":q"):
                return
            talk.take(line)
