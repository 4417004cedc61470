"""Acts of people among each other: messages, reactions, channels."""

from __future__ import annotations

from rxslack.simulator.page.acts.act import Doer, Given, act
from rxslack.simulator.page.typed import as_typed
from rxslack.simulator.team import reactions
from rxslack.simulator.team.text import Json


@act("say")
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


@act("edit")
def _edit(doer: Doer, who: str, given: Given) -> object:
    channel, ts = given.text("channel"), _own(doer, who, given)
    doer.people.edit(channel, ts, as_typed(doer.state.team, given.text("text")), by=who)
    return {}


@act("delete")
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


@act("react")
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


@act("typing")
def _typing(doer: Doer, who: str, given: Given) -> object:
    doer.people.type(given.text("channel"), who)
    return {}


@act("join")
def _join(doer: Doer, who: str, given: Given) -> object:
    doer.people.join(given.text("channel"), who)
    return {}


@act("direct")
def _direct(doer: Doer, who: str, given: Given) -> object:
    """The conversation with somebody, or with the app."""
    team = doer.state.team
    with team.lock:
        channel, _ = team.direct([who, team.person(given.text("user")).id], who)
        team.changes.notify()
        return {"channel": channel.id}


@act("add channel")
def _add_channel(doer: Doer, who: str, given: Given) -> object:
    name = given.text("name").strip().removeprefix("#").lower().replace(" ", "-")
    if not name:
        raise ValueError("a channel needs a name")
    made = doer.people.add_channel(name)
    doer.state.team.changes.notify()
    return {"channel": made, "by": who}


@act("add user")
def _add_user(doer: Doer, _who: str, given: Given) -> object:
    name = given.text("name").strip().lower()
    if not name:
        raise ValueError("somebody needs a name")
    return {"user": doer.people.add_user(name)}


@act("presence")
def _presence(doer: Doer, who: str, given: Given) -> object:
    doer.people.set_presence(who, "away" if given.text("presence") == "away" else "active")
    return {}
