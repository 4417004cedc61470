"""What a workspace begins with: a file that was kept, one written by hand, or Slack's export."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from rxslack.simulator.state import State
from rxslack.simulator.team.channel import Channel
from rxslack.simulator.team.people import PROFILE_FIELDS, Person
from rxslack.simulator.team.rich_text import rich_text
from rxslack.simulator.team.saved import as_json, restore
from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json, object_in, objects_in

__all__ = ["as_text", "begin_with", "write"]

_KINDS = {"channels": "public", "groups": "private", "dms": "im", "mpims": "mpim"}


def begin_with(state: State, path: Path) -> None:
    """
    Put what a file holds in the place of what is there.

    Args:
        state: of a workspace that nobody uses yet.
        path: of the file.

    Raises: OSError; ValueError, with the file's name, when it holds something else.
    """
    team = state.team
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as export:
                _begin_with_export(team, export)
            return
        said = _object(path.read_text(encoding="utf-8"))
        if "format" in said:
            restore(team, state.files, said)
        else:
            _begin_with_words(team, said)
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name} is no beginning of a workspace: {error}") from error


def as_text(state: State) -> str:
    """The workspace as `begin_with` reads it from a file."""
    with state.team.lock:
        return json.dumps(as_json(state.team, state.files))


def write(path: Path, text: str) -> None:
    """Put a text in a file, which only its owner can read, whole or not at all. Raises: OSError."""
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    part.replace(path)


def _object(text: str) -> Json:
    found: Any = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("it holds no JSON object")
    return cast("Json", found)


def _begin_with_words(team: Team, said: Json) -> None:
    """
    By hand: names, and what was said.

    {"users": ["alice", {"name": "bob", "real_name": "Bob B"}],
     "channels": ["random", {"name": "general", "topic": "All", "messages": [
         {"user": "alice", "text": "Hi", "reactions": {"wave": ["bob"]}, "replies": [...]}]}]}
    """
    with team.lock:
        if "users" in said:
            _forget_all_but_the_bot(team)
        for one in _named(said.get("users")):
            person = team.add_person(one["name"])
            person.profile |= {n: value for n, value in one.items() if n in PROFILE_FIELDS}
        everybody = team.humans()
        for one in _named(said.get("channels")):
            members = [team.person(name).id for name in one.get("members", [])] or everybody
            bot = team.bot.user_id
            known = next((c for c in team.channels.values() if c.name == one["name"]), None)
            kind = "private" if one.get("private") else "public"
            channel = known or team.add_channel(
                one["name"], kind=kind, members=dict.fromkeys([*members, bot]), creator=members[0]
            )
            for name in ("topic", "purpose"):
                if name in one:
                    setattr(channel, name, {"value": one[name], "creator": "", "last_set": 0})
            for message in objects_in(one.get("messages")):
                _write(team, channel, message, None)


def _write(team: Team, channel: Channel, said: Json, parent: Json | None) -> None:
    """A message that was said before anybody listened."""
    ts = str(said.get("ts") or channel.stamps.next())
    channel.stamps.pass_by(ts)
    user, text = team.person(said["user"]).id, str(said.get("text", ""))
    message: Json = {"type": "message", "user": user, "text": text, "ts": ts, "team": team.id}
    message["blocks"] = rich_text(text, team.identity.letters(5))
    if parent is not None:
        message |= {"thread_ts": parent["ts"], "parent_user_id": parent["user"]}
    channel.add(message)
    reactions: Mapping[str, list[str]] = said.get("reactions") or {}
    if reactions:
        by_name = {n: [team.person(who).id for who in users] for n, users in reactions.items()}
        message["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in by_name.items()
        ]
    replies = objects_in(said.get("replies"))
    for reply in replies:
        _write(team, channel, reply, message)
    if replies:
        _tell_of_replies(channel, message)


def _tell_of_replies(channel: Channel, parent: Json) -> None:
    found = channel.replies(parent["ts"])
    users = [*dict.fromkeys(str(reply.get("user", "")) for reply in found)]
    parent |= {
        "thread_ts": parent["ts"],
        "reply_count": len(found),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": found[-1]["ts"],
    }


def _begin_with_export(team: Team, export: zipfile.ZipFile) -> None:
    """
    Slack's export: users.json, channels.json and others, and a folder with a file a day for each.

    Source: slack.com/help/articles/220556107.
    """
    with team.lock:
        _forget_all_but_the_bot(team)
        for one in objects_in(_json_in(export, "users.json")):
            profile = object_in(one, "profile")
            kept = {n: v for n, v in {**profile, **one}.items() if n in PROFILE_FIELDS and v}
            person = Person(one["id"], one["name"], int(team.clock()), profile=kept)
            person.is_bot, person.deleted = bool(one.get("is_bot")), bool(one.get("deleted"))
            team.people[person.id] = person
            team.identity.taken.add(person.id)
        for name, kind in _KINDS.items():
            for one in objects_in(_json_in(export, f"{name}.json")):
                _exported(team, export, one, kind)


def _exported(team: Team, export: zipfile.ZipFile, one: Json, kind: str) -> None:
    listed: list[str] = [*(one.get("members") or [])]
    members = [user for user in listed if user in team.people]
    if kind in ("public", "private"):
        members.append(team.bot.user_id)  # else it would see nothing of it
    channel = Channel(
        one["id"],
        name="" if kind == "im" else str(one.get("name") or ""),
        kind=kind,
        creator=str(one.get("creator") or team.bot.user_id),
        members=members,
        clock=team.clock,
    )
    channel.created = int(one.get("created") or channel.created)
    channel.archived = bool(one.get("is_archived"))
    channel.topic |= object_in(one, "topic")
    channel.purpose |= object_in(one, "purpose")
    folder = str(one.get("name") or one["id"])
    days = sorted(name for name in export.namelist() if name.startswith(f"{folder}/"))
    messages = [
        m for day in days if day.endswith(".json") for m in objects_in(_json_in(export, day))
    ]
    for message in sorted(messages, key=lambda message: float(message["ts"])):
        if channel.find(message["ts"]) is None:
            channel.add({"team": team.id, **message})
            channel.stamps.pass_by(message["ts"])
    team.channels[channel.id] = channel
    team.identity.taken.add(channel.id)


def _json_in(export: zipfile.ZipFile, name: str) -> Any:
    return json.loads(export.read(name)) if name in export.namelist() else []


def _forget_all_but_the_bot(team: Team) -> None:
    kept = {team.bot.user_id, "USLACKBOT"}
    for user in [user for user in team.people if user not in kept]:
        del team.people[user]
    team.channels.clear()


def _named(found: Any) -> Iterator[Json]:
    """Names, or objects with one."""
    items: list[Any] = [*found] if isinstance(found, list) else []
    for item in items:
        yield cast("Json", item) if isinstance(item, dict) else {"name": str(item)}
