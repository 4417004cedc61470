"""What people do on the page: a table of small functions from what a browser sends to what it hears back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from rxslack.simulator.actions import Actions
from rxslack.simulator.interactions import Interaction, Interactions
from rxslack.simulator.observations import Observations
from rxslack.simulator.page.switches import Switches
from rxslack.simulator.page.typed import as_typed
from rxslack.simulator.state import State
from rxslack.simulator.team import reactions
from rxslack.simulator.team.clock import Clock
from rxslack.simulator.team.text import Json

__all__ = ["ACTS", "Act", "Doer", "Given"]

PATIENCE: Final = 30.0  # seconds that a browser waits for the app; Slack gives up long before
LONGEST_WALK: Final = 30 * 24 * 3600.0  # seconds that a click may move the clock


class Given:
    """
    What a browser sent.

    Args:
        fields: the JSON object.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def text(self, name: str, default: str | None = None) -> str:
        """A text. Raises ValueError when it is none, or missing without a default."""
        value = self._fields.get(name, default)
        if not isinstance(value, str):
            raise ValueError(f"{name} has to be a text")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """A number. Raises ValueError likewise."""
        value = self._fields.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(f"{name} has to be a number")
        return float(value)

    def object(self, name: str) -> Json:
        """A JSON object, empty when it is missing. Raises ValueError when it is none."""
        value = self._fields.get(name, {})
        if not isinstance(value, dict):
            raise ValueError(f"{name} has to be a JSON object")
        return cast("Json", value)


@dataclass(frozen=True, kw_only=True)
class Doer:
    """
    What an act may use.

    Args:
        state: the workspace's.
        interactions: with the app.
        clock: of the workspace.
        switches: of faults.
    """

    state: State
    interactions: Interactions
    clock: Clock
    switches: Switches

    @property
    def people(self) -> Actions:
        """What people do."""
        return Actions(self.state)

    @property
    def seen(self) -> Observations:
        """What can be seen."""
        return Observations(self.state)


Act: TypeAlias = "Callable[[Doer, str, Given], object]"
"""Done by the user with that id; what it returns is JSON for the browser."""

ACTS: Final[dict[str, Act]] = {}


def _act(name: str) -> Callable[[Act], Act]:
    def known(act: Act) -> Act:
        ACTS[name] = act
        return act

    return known


# Messages


@_act("say")
def _say(doer: Doer, who: str, given: Given) -> object:
    """A message as a person types it: by a user, without a bot_id."""
    typed = given.text("text").strip()
    if not typed:
        raise ValueError("there is no text")
    said = doer.people.say(
        given.text("channel"),
        who,
        as_typed(doer.state.team, typed),
        thread_ts=given.text("thread_ts", "") or None,
        broadcast=given.text("broadcast", "") == "yes",
    )
    return {"ts": said["ts"]}


@_act("edit")
def _edit(doer: Doer, who: str, given: Given) -> object:
    channel, ts = given.text("channel"), _own(doer, who, given)
    doer.people.edit(channel, ts, as_typed(doer.state.team, given.text("text")), by=who)
    return {}


@_act("delete")
def _delete(doer: Doer, who: str, given: Given) -> object:
    doer.people.delete(given.text("channel"), _own(doer, who, given))
    return {}


def _own(doer: Doer, who: str, given: Given) -> str:
    """The `ts` of a message. Raises ValueError when somebody else wrote it."""
    ts = given.text("ts")
    _, message = doer.state.team.message(given.text("channel"), ts)
    if message.get("user") != who:
        raise ValueError("only its author may do that to a message")
    return ts


@_act("react")
def _react(doer: Doer, who: str, given: Given) -> object:
    """Add a reaction, or take one's own back."""
    team, emoji = doer.state.team, given.text("emoji").strip(": ")
    if not emoji:
        raise ValueError("an emoji needs a name, such as wave")
    place, message = team.message(given.text("channel"), given.text("ts"))
    with team.lock:
        found: list[Json] = message.get("reactions", [])
        mine = any(one["name"] == emoji and who in one["users"] for one in found)
        (reactions.unreact if mine else reactions.react)(team, place, message, who, emoji)
    return {}


@_act("typing")
def _typing(doer: Doer, who: str, given: Given) -> object:
    doer.people.type(given.text("channel"), who)
    return {}


@_act("join")
def _join(doer: Doer, who: str, given: Given) -> object:
    doer.people.join(given.text("channel"), who)
    return {}


@_act("direct")
def _direct(doer: Doer, who: str, given: Given) -> object:
    """The conversation with somebody, or with the app."""
    team = doer.state.team
    with team.lock:
        channel, _ = team.direct([who, team.person(given.text("user")).id], who)
        team.changes.notify()
        return {"channel": channel.id}


@_act("add channel")
def _add_channel(doer: Doer, who: str, given: Given) -> object:
    name = given.text("name").strip().removeprefix("#").lower().replace(" ", "-")
    if not name:
        raise ValueError("a channel needs a name")
    made = doer.people.add_channel(name)
    doer.state.team.changes.notify()
    return {"channel": made, "by": who}


@_act("add user")
def _add_user(doer: Doer, _who: str, given: Given) -> object:
    name = given.text("name").strip().lower()
    if not name:
        raise ValueError("somebody needs a name")
    return {"user": doer.people.add_user(name)}


@_act("presence")
def _presence(doer: Doer, who: str, given: Given) -> object:
    doer.people.set_presence(who, "away" if given.text("presence") == "away" else "active")
    return {}


# What people do with the app


@_act("command")
def _command(doer: Doer, who: str, given: Given) -> object:
    name, _, text = given.text("text").strip().partition(" ")
    asked = doer.interactions.command(
        given.text("channel"), who, name, as_typed(doer.state.team, text.strip())
    )
    return _settled(asked)


@_act("click")
def _click(doer: Doer, who: str, given: Given) -> object:
    asked = doer.interactions.click(
        who,
        given.text("action_id"),
        channel=given.text("channel", ""),
        ts=given.text("ts", ""),
        block_id=given.text("block_id", ""),
        values=given.object("values"),
        **given.object("action"),
    )
    return _settled(asked)


@_act("shortcut")
def _shortcut(doer: Doer, who: str, given: Given) -> object:
    callback = given.text("callback_id").strip()
    if ts := given.text("ts", ""):
        channel = given.text("channel")
        return _settled(doer.interactions.message_shortcut(who, callback, channel=channel, ts=ts))
    return _settled(doer.interactions.shortcut(who, callback))


@_act("submit")
def _submit(doer: Doer, who: str, given: Given) -> object:
    return _settled(doer.interactions.submit(who, given.object("values")))


@_act("close")
def _close(doer: Doer, who: str, _given: Given) -> object:
    doer.interactions.close(who)
    doer.state.team.changes.notify()
    return {}


@_act("suggest")
def _suggest(doer: Doer, who: str, given: Given) -> object:
    asked = doer.interactions.suggest(
        who,
        given.text("action_id"),
        given.text("typed", ""),
        channel=given.text("channel", ""),
        ts=given.text("ts", ""),
    )
    return _settled(asked)


@_act("home")
def _home(doer: Doer, who: str, _given: Given) -> object:
    doer.people.open_home(who)
    return {}


@_act("stop")
def _stop(doer: Doer, who: str, given: Given) -> object:
    return {"ended": doer.people.stop_session(given.text("channel"), given.text("ts"), who)}


def _settled(asked: Interaction) -> Json:
    """What became of it, as soon as that is known."""
    try:
        response = asked.wait(PATIENCE)
    except RuntimeError:
        return {"failed": True, "response": None}
    return {"failed": False, "response": response}


# What goes wrong, and the time


@_act("begin fault")
def _begin_fault(doer: Doer, _who: str, given: Given) -> object:
    number = doer.switches.begin(given.text("name"), given.object("fields"))
    doer.state.team.changes.notify()
    return {"number": number}


@_act("end fault")
def _end_fault(doer: Doer, _who: str, given: Given) -> object:
    doer.switches.end(int(given.number("number")))
    doer.state.team.changes.notify()
    return {}


@_act("advance")
def _advance(doer: Doer, _who: str, given: Given) -> object:
    seconds = given.number("seconds")
    if not 0 <= seconds <= LONGEST_WALK:
        raise ValueError(f"the clock moves on by 0 to {LONGEST_WALK:g} seconds at once")
    doer.clock.advance(seconds)
    doer.state.team.changes.notify()
    return {"now": doer.clock()}


@_act("goodbye")
def _goodbye(doer: Doer, _who: str, given: Given) -> object:
    doer.people.goodbye(grace=given.number("grace", 5.0))
    return {}


@_act("migrate")
def _migrate(doer: Doer, _who: str, _given: Given) -> object:
    doer.people.migrate()
    return {}


@_act("odd event")
def _odd_event(doer: Doer, who: str, given: Given) -> object:
    return doer.people.emit_odd(given.text("name"), given.text("channel", "general"), who)


@_act("connection")
def _connection(doer: Doer, _who: str, given: Given) -> object:
    number, how = int(given.number("number")), given.text("how")
    found = next((one for one in doer.seen.connections if one.number == number), None)
    if found is None:
        raise LookupError(f"connection {number} is not open")
    ways: dict[str, Callable[[], object]] = {
        "goodbye": lambda: found.goodbye(grace=5.0),
        "close": found.close,
        "hang up": found.hang_up,
        "cut": found.cut,
    }
    if how not in ways:
        raise LookupError(f"a connection ends by one of {[*ways]}, not {how!r}")
    ways[how]()
    return {}
