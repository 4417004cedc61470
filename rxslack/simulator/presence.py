"""Who is there: told only to sockets that asked, and only of whom they asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from rxslack.simulator.people import Person
from rxslack.simulator.wire import Json

if TYPE_CHECKING:
    from rxslack.simulator.state import State

__all__ = ["presence_events", "set_presence"]


def set_presence(state: State, person: Person, presence: Literal["active", "away"]) -> None:
    """Change it and tell `presence_change` to the sockets that subscribed to this person."""
    with state.team.lock:
        if person.presence == presence:
            return
        person.presence = presence
        for socket in state.sockets.open():
            if person.id in socket.watched:
                for event in presence_events([person], batch=socket.batch_presence):
                    socket.tell(event)
        state.team.changes.notify()


def presence_events(people: Iterable[Person], *, batch: bool) -> list[Json]:
    """
    `presence_change` for some people: one each, or one for all that are alike.

    Source: docs.slack.dev/reference/events/presence_change.
    """
    if not batch:
        return [
            {"type": "presence_change", "user": person.id, "presence": person.presence}
            for person in people
        ]
    groups: dict[str, list[str]] = {}
    for person in people:
        groups.setdefault(person.presence, []).append(person.id)
    return [
        {"type": "presence_change", "users": users, "presence": presence}
        for presence, users in groups.items()
    ]
