"""Events that Slack documents and nothing here causes: said at a word, in Slack's own shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast

from rxslack.simulator.team.team import Team
from rxslack.simulator.team.text import Json

__all__ = ["RARE_EVENTS", "rare_event"]


@cache
def _table() -> Mapping[str, Json]:
    """
    By type, or "message/" and subtype. Words in braces stand for ids of the workspace.

    Source: rare_events.json has the shapes of Slack's own samples, slackapi/java-slack-sdk json-logs.
    """
    text = files("rxslack.simulator").joinpath("rare_events.json").read_text(encoding="utf-8")
    return cast("dict[str, Json]", json.loads(text))


RARE_EVENTS: Final = (*_table(),)
"""Their names: a type, or "message/" and a subtype."""


def rare_event(team: Team, name: str, channel: str, user: str) -> Json:
    """
    One of them.

    Args:
        team: whose ids it has, with its lock held.
        name: one of `RARE_EVENTS`.
        channel: the id of the conversation that it is about.
        user: the id of the person.

    Raises: LookupError, naming those there are.
    """
    if name not in _table():
        raise LookupError(f"no event is called {name!r}; there are {', '.join(RARE_EVENTS)}")
    words = {
        "{channel}": channel,
        "{user}": user,
        "{team}": team.id,
        "{bot}": team.bot.id,
        "{app}": team.bot.app_id,
        "{ts}": team.stamps.next(),
    }
    return cast("Json", _filled(_table()[name], words))


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item, words) for name, item in cast("Json", value).items()}
    if isinstance(value, list):
        items: list[Any] = [*value]
        return [_filled(item, words) for item in items]
    return words.get(value, value) if isinstance(value, str) else value
