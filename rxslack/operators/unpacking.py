"""Operators that take out of Socket Mode's envelopes what they bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from reactivex import Observable, abc

from rxslack.core.operator import composed, operator
from rxslack.wire.bursts import (
    BurstObserver,
    Bursts,
    Condition,
    kept,
    subscribe_in_bursts,
    turned,
)
from rxslack.wire.decoding import unknown
from rxslack.wire.envelopes import Envelopes, event_inside, id_of, is_envelope
from rxslack.wire.wishes import wish, word_piece

if TYPE_CHECKING:  # no class is built only to be named
    from rxslack.events.types.commands import SlashCommand
    from rxslack.events.types.interactions import Interaction

__all__ = [
    "events_api",
    "interactions",
    "slash_commands",
]


@operator
def events_api(source: Observable[Any]) -> Observable[dict[str, Any]]:
    """
    Take the events out of envelopes, so that a pipeline sees what `rtm` would emit.

    >>> from rxslack.testing import diagram
    >>> event = {"type": "message", "text": "Hello"}
    >>> envelope = {"type": "events_api", "envelope_id": "a-1", "payload": {"event": event}}
    >>> command = {"type": "slash_commands", "envelope_id": "a-2", "payload": {}}
    >>> diagram("h-e-c-|", events_api(), h={"type": "hello"}, e=envelope, c=command, m=event)
    'h-m---|'

    It may stand before `reconnect` or behind it, but it has to stand before `backfill`, which knows
    messages, and not what is around them: ``reconnect(), events_api(), backfill(web)``. There each
    message comes once, from Slack's retries or from the past, though not always in order. Who needs
    what is around an event, as its `event_id` or `authorizations`, takes the envelopes as they are.

    Args:
        source: What `socket_mode` or `http_events` emits.

    Emits: the events, in order; what has no inner event, as `app_rate_limited`, is itself the
        event. What is no envelope (`hello`, `disconnect`, rxslack's own items) goes through
        unchanged; commands and interactions do not.
    Errors: the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/apis/events-api/using-socket-mode, "Event payloads".
    """

    def in_bursts(
        observer: BurstObserver, scheduler: abc.SchedulerBase | None
    ) -> abc.DisposableBase:
        return subscribe_in_bursts(source, _Opener(observer), scheduler)

    def subscribe(
        observer: abc.ObserverBase[dict[str, Any]], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        def on_next(item: dict[str, Any]) -> None:
            for event in _events_in((item,)):
                observer.on_next(event)

        return source.subscribe(
            on_next, observer.on_error, observer.on_completed, scheduler=scheduler
        )

    return Bursts(in_bursts) if isinstance(source, Bursts) else Observable(subscribe)


class _Opener:
    """Makes bursts of what is in the envelopes of a burst."""

    def __init__(self, observer: BurstObserver) -> None:
        self._observer = observer
        self.on_error = observer.on_error
        self.on_completed = observer.on_completed
        self.wish = observer.wish  # what is in an event is in its envelope

    def on_items(self, items: Sequence[Any], plain: bool) -> None:
        """Open all of them."""
        if isinstance(items, Envelopes):
            events, plain = items.events, items.plain
            if not plain:
                for event in events:
                    unknown().look(event)
        else:
            events = items if plain else _events_in(items)
        if events:
            self._observer.on_items(events, plain)


def _events_in(items: Sequence[Any]) -> list[dict[str, Any]]:
    """What is in the envelopes of events, and what is no envelope."""
    events: list[dict[str, Any]] = []
    for item in items:
        if not is_envelope(item):
            events.append(item)
        elif item["type"] == "events_api":
            event = event_inside(item)
            unknown().look(event)
            events.append(event)
    return events


@composed
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

    condition = Condition(is_wanted, wish=wish([word_piece("slash_commands")]))
    return lambda source: turned(kept(source, condition), command_of)


def command_of(envelope: Mapping[str, Any]) -> SlashCommand:
    """The command that an envelope brings."""
    fields = {"type": "slash_command", **envelope["payload"], **id_of(envelope)}
    return cast("SlashCommand", fields)


@operator
def interactions(source: Observable[Any]) -> Observable[Interaction]:
    """
    Take out of envelopes what people do with buttons, menus, shortcuts and dialogs.

    >>> from rxslack.testing import diagram
    >>> payload = {"type": "view_submission", "view": {"callback_id": "order"}}
    >>> envelope = {"type": "interactive", "envelope_id": "a-1", "payload": payload}
    >>> inside = {**payload, "envelope_id": "a-1"}
    >>> diagram("h-e-|", interactions(), h={"type": "hello"}, e=envelope, i=inside)
    '--i-|'

    `of_type(BlockActions)` behind it keeps one kind. An interaction is answered in its
    acknowledgement, see `acknowledgement`; or later, see `response`.

    Args:
        source: What `socket_mode` or `http_events` emits.

    Emits: the interactions, in order, each with its `envelope_id`, but over HTTP. Nothing else.
    Errors: the source's own error, unchanged.
    Dispose: disposes the source.
    Source: docs.slack.dev/reference/interaction-payloads.
    """
    condition = Condition(is_interactive, wish=wish([word_piece("interactive")]))
    return turned(kept(source, condition), interaction_of)


def is_interactive(item: Mapping[str, Any]) -> bool:
    """Whether an item is the envelope of an interaction."""
    return item.get("type") == "interactive" and is_envelope(item)


def interaction_of(envelope: Mapping[str, Any]) -> Interaction:
    """The interaction that an envelope brings."""
    fields = {**envelope["payload"], **id_of(envelope)}
    return cast("Interaction", fields)
