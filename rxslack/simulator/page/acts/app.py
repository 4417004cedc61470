"""Acts of people with the app: commands, buttons, shortcuts, dialogs."""

from __future__ import annotations

from typing import Final

from rxslack.simulator.interactions import Interaction
from rxslack.simulator.page.acts.act import Doer, Given, act
from rxslack.simulator.page.old_dialogs import as_options, as_response, as_submission
from rxslack.simulator.page.typed import as_typed
from rxslack.simulator.team.text import Json

PATIENCE: Final = 30.0  # seconds that a browser waits for the app; Slack gives up long before


@act("command")
def _command(doer: Doer, who: str, given: Given) -> object:
    name, _, text = given.text("text").strip().partition(" ")
    asked = doer.interactions.command(
        given.text("channel"), who, name, as_typed(doer.state.team, text.strip())
    )
    return _settled(asked)


@act("click")
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


@act("shortcut")
def _shortcut(doer: Doer, who: str, given: Given) -> object:
    callback = given.text("callback_id").strip()
    if ts := given.text("ts", ""):
        channel = given.text("channel")
        return _settled(doer.interactions.message_shortcut(who, callback, channel=channel, ts=ts))
    return _settled(doer.interactions.shortcut(who, callback))


@act("submit")
def _submit(doer: Doer, who: str, given: Given) -> object:
    values, dialogs = given.object("values"), doer.interactions.dialogs
    if dialogs.open(who) is None:
        return _settled(doer.interactions.submit(who, values))
    done = _settled(dialogs.submit(who, as_submission(values)))
    return {**done, "response": as_response(done["response"])}


@act("close")
def _close(doer: Doer, who: str, _given: Given) -> object:
    dialogs = doer.interactions.dialogs
    (doer.interactions.close if dialogs.open(who) is None else dialogs.cancel)(who)
    doer.state.team.changes.notify()
    return {}


@act("suggest")
def _suggest(doer: Doer, who: str, given: Given) -> object:
    dialogs = doer.interactions.dialogs
    if dialogs.open(who) is not None:
        done = _settled(dialogs.suggest(who, given.text("action_id"), given.text("typed", "")))
        return {**done, "response": as_options(done["response"] or {})}
    asked = doer.interactions.suggest(
        who,
        given.text("action_id"),
        given.text("typed", ""),
        channel=given.text("channel", ""),
        ts=given.text("ts", ""),
    )
    return _settled(asked)


@act("home")
def _home(doer: Doer, who: str, _given: Given) -> object:
    doer.people.open_home(who)
    return {}


@act("stop")
def _stop(doer: Doer, who: str, given: Given) -> object:
    return {"ended": doer.people.stop_session(given.text("channel"), given.text("ts"), who)}


def _settled(asked: Interaction) -> Json:
    """What became of it, as soon as that is known."""
    try:
        response = asked.wait(PATIENCE)
    except RuntimeError:
        return {"failed": True, "response": None}
    return {"failed": False, "response": response}
