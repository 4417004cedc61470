"""Where an app answers to what somebody did: a few times, and for half an hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from rxslack.simulator import posting
from rxslack.simulator.authors import by_app
from rxslack.simulator.channel import Channel
from rxslack.simulator.faults import Answer
from rxslack.simulator.interaction import Interaction
from rxslack.simulator.team import Team
from rxslack.simulator.text import as_posted
from rxslack.simulator.wire import Json, as_body, read_json

__all__ = ["ResponseUrls", "take_answer"]

USES: Final = 5
LIFE: Final = 1800.0  # seconds
"""Both: docs.slack.dev/interactivity/handling-user-interaction, "Response URL"."""


@dataclass(eq=False)
class ResponseUrl:
    """One address that was given out."""

    expires: float
    interaction: Interaction | None = None
    used: int = 0


class ResponseUrls:
    """
    The addresses that are out. Guarded by the team's lock.

    Args:
        team: where answers appear.
    """

    def __init__(self, team: Team) -> None:
        self._team = team
        self._out: dict[str, ResponseUrl] = {}

    def issue(self) -> str:
        """The path of a new address."""
        identity = self._team.identity
        path = (
            f"/response/{self._team.id}/{identity.letters(13, '0123456789')}/{identity.letters(24)}"
        )
        self._out[path] = ResponseUrl(self._team.clock() + LIFE)
        return path

    def belong(self, path: str, interaction: Interaction) -> None:
        """Say to what the address is the answer."""
        self._out[path].interaction = interaction

    def answer(self, path: str, body: bytes) -> Answer:
        """What Slack says to a POST; the wording of its refusals is not documented."""
        with self._team.lock:
            url = self._out.get(path)
            if url is None or url.interaction is None:
                return _refusal(404, "no_service")
            if url.expires < self._team.clock():
                return _refusal(404, "expired_url")
            if url.used >= USES:
                return _refusal(404, "used_url")
            said = _object(body)
            if said is None:
                return _refusal(400, "invalid_payload")
            url.used += 1
            take_answer(self._team, url.interaction, said)
        self._team.changes.notify()
        return Answer(b"ok", 200, {"Content-Type": "text/html"})


def take_answer(team: Team, interaction: Interaction, said: Mapping[str, Any]) -> None:
    """
    Show an answer: to the channel, in the place of a message, or to that person alone.

    Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
    """
    names = ("text", "blocks", "attachments")
    content: Json = {name: said[name] for name in names if said.get(name)}
    if "text" in content:
        content["text"] = as_posted(str(content["text"]))
    place = _place(team, interaction)
    origin = place and place.find(_origin(interaction))
    if place and origin and said.get("delete_original"):
        posting.delete(team, place, origin)
    elif place and origin and said.get("replace_original"):
        posting.edit(team, place, origin, content, team.bot.user_id)
    elif place and said.get("response_type") == "in_channel":
        asked = said.get("thread_ts")
        thread = asked if place.find(asked) else None
        posting.post(team, place, {**by_app(team, {}), **content}, thread_ts=thread)
    elif content:
        interaction.replies.append(content)


def _place(team: Team, interaction: Interaction) -> Channel | None:
    payload = interaction.payload
    channel: Json = payload.get("channel") or {}
    return team.channels.get(str(payload.get("channel_id") or channel.get("id")))


def _origin(interaction: Interaction) -> str | None:
    message: Json = interaction.payload.get("message") or {}
    return message.get("ts")


def _object(body: bytes) -> Json | None:
    try:
        said: Any = read_json(body)
    except ValueError:
        return None
    return cast("Json", said) if isinstance(said, dict) else None


def _refusal(status: int, error: str) -> Answer:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Answer(as_body({"ok": False, "error": error}), status, headers)
