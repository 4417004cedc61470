"""What becomes of a text that somebody types, as Slack's own clients send it."""

from __future__ import annotations

import re

from rxslack.simulator.team.team import Team

__all__ = ["as_typed", "readable"]

_TYPED = re.compile(
    r"https?://[^\s<>|]*[^\s<>|.,;:!?)'\"\]]"  # a link, without the full stop behind it
    r"|(?<![\w.])@([\w.-]*\w)"
    r"|(?<![\w&])#([\w-]+)"
    r"|[&<>]"
)
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_RANGES = ("here", "channel", "everyone")


def as_typed(team: Team, text: str) -> str:
    """
    A text with its mentions and links as Slack writes them, and the rest escaped.

    >>> from rxslack.simulator import Workspace
    >>> with Workspace(seed=1) as slack:
    ...     as_typed(slack._team, "@here 1 < 2, see https://a.example/x. #nowhere")
    '<!here> 1 &lt; 2, see <https://a.example/x>. #nowhere'

    Args:
        team: who and what can be mentioned.
        text: as it was typed.

    Source: docs.slack.dev/messaging/formatting-message-text.
    """
    with team.lock:
        people = {person.name: person.id for person in team.people.values()}
        channels = {channel.name: channel.id for channel in team.channels.values() if channel.name}

    def written(match: re.Match[str]) -> str:
        whole, person, channel = match[0], match[1], match[2]
        if whole in _ESCAPES:
            return _ESCAPES[whole]
        if person in _RANGES:
            return f"<!{person}>"
        if person:
            return f"<@{people[person]}>" if person in people else whole
        if channel:
            return f"<#{channels[channel]}|{channel}>" if channel in channels else whole
        return f"<{whole}>"

    return _TYPED.sub(written, text)


_WRITTEN = re.compile(r"<([^<>]*)>|&(amp|lt|gt);")
_UNESCAPED = {"amp": "&", "lt": "<", "gt": ">"}


def readable(team: Team, text: str) -> str:
    """
    A text of Slack's for people, which is also what they get to edit: with names in place of ids.

    >>> from rxslack.simulator import Workspace
    >>> with Workspace() as slack:
    ...     readable(slack._team, f"<@{slack.user_id('bob')}> &amp; <!here>: <https://a.example|there>")
    '@bob & @here: there (https://a.example)'

    Args:
        team: whose names they are.
        text: as Slack has it.
    """

    def read(match: re.Match[str]) -> str:
        if match[2]:
            return _UNESCAPED[match[2]]
        target, _, label = match[1].partition("|")
        mark, rest = target[:1], target[1:]
        if mark == "@":
            return f"@{team.people[rest].name}" if rest in team.people else f"@{label or rest}"
        if mark == "#":
            return f"#{team.channels[rest].name}" if rest in team.channels else f"#{label or rest}"
        if mark == "!":
            return label or f"@{rest.partition('^')[0]}"
        return f"{label} ({target})" if label and label != target else target

    return _WRITTEN.sub(read, text)
