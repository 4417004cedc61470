"""From envelopes to the slash commands inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from reactivex import Observable, compose
from reactivex import operators as ops

from rxslack.envelopes import id_of, is_envelope
from rxslack.events.commands import SlashCommand

__all__ = ["slash_commands"]


def slash_commands(*commands: str) -> Callable[[Observable[Any]], Observable[SlashCommand]]:
    """
    Take the slash commands out of envelopes.

    >>> from rxslack.testing import diagram
    >>> payload = {"command": "/weather", "text": "Bern"}
    >>> envelope = {"type": "slash_commands", "envelope_id": "a-1", "payload": payload}
    >>> command = {"type": "slash_command", **payload, "envelope_id": "a-1"}
    >>> diagram("h-e-|", slash_commands("/weather"), h={"type": "hello"}, e=envelope, c=command)
    '--c-|'

    A command is answered in its acknowledgement, see `acknowledgement`; or later, see `response`.

    Args:
        commands: Only these, such as "/weather". Default: all.

    Emits: the commands, in order, with the `type` "slash_command", which Slack sends none for,
        and, but over HTTP, the `envelope_id`. Nothing else.
    Errors: the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/interactivity/implementing-slash-commands.
    """

    def is_wanted(item: Mapping[str, Any]) -> bool:
        if item.get("type") != "slash_commands" or not is_envelope(item):
            return False
        return not commands or item["payload"].get("command") in commands

    return compose(ops.filter(is_wanted), ops.map(command_of))


def command_of(envelope: Mapping[str, Any]) -> SlashCommand:
    """The command that an envelope brings."""
    fields = {"type": "slash_command", **envelope["payload"], **id_of(envelope)}
    return cast("SlashCommand", fields)
