"""What a page shows besides messages: people, channels, connections, modals, and what was said to one alone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from rxslack.simulator.observations import Connection, Observations
from rxslack.simulator.page.old_dialogs import as_view
from rxslack.simulator.page.switches import Switches
from rxslack.simulator.page.updates import Part
from rxslack.simulator.sockets.deliveries import Delivery
from rxslack.simulator.state import State
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.team import SLACKBOT
from rxslack.simulator.team.text import Json

__all__ = ["parts_of"]

NEWEST: Final = 50  # ephemeral messages, ended connections, deliveries that are looked at


def parts_of(state: State, switches: Switches) -> Mapping[str, Part]:
    """
    Each part by its name, for `Updates`; they are made with the team's lock held.

    Args:
        state: the workspace's.
        switches: of faults.
    """
    return {
        "team": lambda viewer: _team(state, viewer),
        "people": lambda _viewer: _people(state),
        "channels": lambda viewer: _channels(state, viewer),
        "connections": lambda _viewer: _connections(state),
        "faults": lambda _viewer: switches.shown(),
        "modals": lambda viewer: _modals(state, viewer),
        "home": lambda viewer: state.views.homes.get(viewer),
        "ephemerals": lambda viewer: _ephemerals(state, viewer),
        "agents": lambda viewer: _agents(state, viewer),
        "clock": lambda _viewer: {"ahead": round(state.team.clock() - time.time())},
        "lost": lambda _viewer: _lost(state),
    }


def _modals(state: State, viewer: str) -> list[Json]:
    dialog = state.views.dialogs.get(viewer)
    return [*state.views.modals.get(viewer, []), *([as_view(dialog)] if dialog else [])]


def _team(state: State, viewer: str) -> Json:
    team = state.team
    bot = {"id": team.bot.id, "user": team.bot.user_id, "name": team.bot.name}
    return {"id": team.id, "name": team.name, "bot": bot, "you": viewer}


def _people(state: State) -> list[Json]:
    return [
        {"id": one.id, "name": one.name, "bot": one.is_bot, "presence": one.presence}
        for one in state.team.people.values()
        if one.id != SLACKBOT
    ]


def _channels(state: State, viewer: str) -> list[Json]:
    return [
        {
            "id": one.id,
            "name": _name(state, one, viewer),
            "kind": one.kind,
            "member": viewer in one.members,
            "members": len(one.members),
            "archived": one.archived,
        }
        for one in state.team.channels.values()
        if one.is_visible_to(viewer)
    ]


def _name(state: State, channel: Channel, viewer: str) -> str:
    if channel.kind not in ("im", "mpim"):
        return channel.name
    others = [member for member in channel.members if member != viewer] or [viewer]
    return ", ".join(state.team.people[one].name for one in others)


def _connections(state: State) -> list[Json]:
    sockets = state.sockets.all()
    ended = [one for one in sockets if one.has_ended][-NEWEST:]
    shown = [one for one in sockets if not one.has_ended or one in ended]
    return [
        {
            "number": one.number,
            "kind": one.kind,
            "who": _who(state, one.user_id),
            "open": one.is_open,
            "opened_at": one.opened_at,
            "ended_at": one.ended_at,
            "close": one.client_close,
        }
        for one in map(Connection, shown)
    ]


def _who(state: State, user: str) -> str:
    person = state.team.people.get(user)
    return person.name if person else "the app"


def _ephemerals(state: State, viewer: str) -> list[Json]:
    return Observations(state).ephemerals(viewer)[-NEWEST:]


def _agents(state: State, viewer: str) -> Json:
    sessions = [one for one in state.agent_sessions.all() if _may_see(state, one.channel, viewer)]
    return {
        "sessions": [
            {"channel": one.channel, "ts": one.thread_ts, "status": one.status, "title": one.title}
            for one in sessions[-NEWEST:]
        ],
        "statuses": [
            {"channel": channel, "ts": ts, "text": text}
            for (channel, ts), text in state.statuses.items()
            if text and _may_see(state, channel, viewer)
        ],
        "titles": [
            {"channel": channel, "ts": ts, "text": text}
            for (channel, ts), text in state.titles.items()
            if _may_see(state, channel, viewer)
        ],
        "prompts": {
            channel: prompts
            for channel, prompts in state.prompts.items()
            if _may_see(state, channel, viewer)
        },
    }


def _may_see(state: State, channel: str, viewer: str) -> bool:
    found = state.team.channels.get(channel)
    return found is not None and found.is_visible_to(viewer)


def _lost(state: State) -> list[Json]:
    """What the app was told and did not acknowledge."""
    newest = state.socket_mode.delivered[-NEWEST:]
    return [_about(one) for one in newest if one.lost]


def _about(delivery: Delivery) -> Json:
    payload = delivery.payload
    inner: Any = payload.get("event") or payload
    title = inner.get("command") or inner.get("type") or ""
    return {"kind": delivery.kind, "title": title, "attempts": delivery.attempts}
