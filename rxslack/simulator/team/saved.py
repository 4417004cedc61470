"""A workspace as JSON, to begin with, and to go on with tomorrow: people, channels, what was said, files."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any, Final, TypeVar

from rxslack.simulator.team.bots import Bot
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.file_objects import File
from rxslack.simulator.team.files import Files
from rxslack.simulator.team.people import Enterprise, Guest, Person
from rxslack.simulator.team.team import SLACKBOT, Team
from rxslack.simulator.team.text import Json, object_in, objects_in

__all__ = ["FORMAT", "as_json", "restore"]

FORMAT: Final = "rxslack workspace 1"
_PLAIN: Final = ("emoji", "usergroups", "reminders", "connected")
_OF_CHANNEL: Final = (
    "name", "kind", "creator", "created", "archived", "topic", "purpose", "previous_names",
    "bookmarks", "last_read", "connected", "restrictions", "canvas", "notes", "tabs", "workflows",
    "messages",
)  # fmt: skip

T = TypeVar("T")


def as_json(team: Team, files: Files) -> Json:
    """All that is kept. Tokens, tickets and webhooks are not: who has the file could use them."""
    with team.lock:
        return {
            "format": FORMAT,
            "team": {"id": team.id, "name": team.name, "domain": team.domain},
            "enterprise": asdict(team.enterprise) if team.enterprise else None,
            "bot": asdict(team.bot),
            "other_bots": [asdict(bot) for bot in team.other_bots.values()],
            "people": [asdict(person) for person in team.people.values()],
            "channels": [_channel_json(channel) for channel in team.channels.values()],
            "files": [_file_json(file) for file in files.all()],
            **{name: getattr(team, name) for name in _PLAIN},
        }


def restore(team: Team, files: Files, data: Mapping[str, Any]) -> None:
    """
    Put what `as_json` made in the place of what is there.

    Raises: ValueError when it is not of that format.
    """
    if data.get("format") != FORMAT:
        raise ValueError(f"the format is {data.get('format')!r}, and not {FORMAT!r}")
    with team.lock:
        team.id, team.name, team.domain = (data["team"][n] for n in ("id", "name", "domain"))
        team.bot = _made(Bot, data["bot"])
        team.people.clear()
        team.people |= {one["id"]: _person(one) for one in objects_in(data["people"])}
        bots = [_made(Bot, one) for one in objects_in(data.get("other_bots"))]
        team.other_bots |= {bot.user_id: bot for bot in bots}
        if data.get("enterprise"):
            team.enterprise = _made(Enterprise, data["enterprise"])
        team.channels.clear()
        for one in objects_in(data["channels"]):
            team.channels[one["id"]] = _channel(team, one)
        for one in objects_in(data["files"]):
            content = base64.b64decode(one["content"])
            files.add(_made(File, {**one, "content": content, "ticket": "", "done": True}))
        for name in _PLAIN:
            getattr(team, name).update(data.get(name) or {})
        known: Iterable[str] = (*team.people, *team.channels, *(f.id for f in files.all()))
        team.identity.taken.update([*known, SLACKBOT])


def _person(said: Json) -> Person:
    person = _made(Person, said)
    if guest := object_in(said, "guest"):
        person.guest = Guest((*guest["channels"],), guest["invited_by"], guest["until"])
    return person


def _channel_json(channel: Channel) -> Json:
    plain = {name: getattr(channel, name) for name in _OF_CHANNEL}
    return {"id": channel.id, **plain, "members": [*channel.members], "pins": channel.pins}


def _channel(team: Team, one: Json) -> Channel:
    channel = Channel(
        one["id"],
        name=one["name"],
        kind=one["kind"],
        creator=one["creator"],
        members=one["members"],
        clock=team.clock,
    )
    for name in _OF_CHANNEL:
        if name in one and name not in ("name", "kind", "creator", "messages"):
            setattr(channel, name, one[name])
    pins: dict[str, list[Any]] = one.get("pins") or {}
    channel.pins = {ts: (str(by), int(at)) for ts, (by, at) in pins.items()}
    for message in objects_in(one["messages"]):
        channel.add(message)
        channel.stamps.pass_by(message["ts"])
    return channel


def _file_json(file: File) -> Json:
    shown = {f.name: getattr(file, f.name) for f in fields(File) if f.name != "ticket"}
    return shown | {"content": base64.b64encode(file.content or b"").decode()}


def _made(kind: type[T], said: Mapping[str, Any]) -> T:
    names = {f.name for f in fields(kind)}  # type: ignore[arg-type]  # each is a dataclass
    return kind(**{name: value for name, value in said.items() if name in names})
