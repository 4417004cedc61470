"""Where the cards are, and what they show; told to who keeps it."""

from __future__ import annotations

from collections.abc import Callable

from rxslack.sinks.asking.card import state_of
from rxslack.sinks.keeping.places import Places, PostedAt, Slot

__all__ = ["AskedPlaces"]


class AskedPlaces(Places):
    """
    `Places` that tells of each message that says something new.

    Args:
        tell: Called with the id of the question, what the message shows, its channel and its ts, on
            a thread that has just posted or edited it.
    """

    def __init__(self, tell: Callable[[str, str, str, str], None]) -> None:
        super().__init__()
        self._tell = tell

    def posted(self, slot: Slot, place: PostedAt) -> None:
        """A message is there, and says so."""
        super().posted(slot, place)
        if place.said is not None:
            self._tell(*state_of(place.said), place.channel, place.ts)
