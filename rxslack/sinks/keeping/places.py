"""Where the messages are that are kept posted, as far as that is known."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from rxslack.events.items import as_mapping
from rxslack.sinks.delivery.calls import PendingCall
from rxslack.sinks.delivery.look_up import parsed

__all__ = ["EVENT_TYPE", "KEY", "LOOKS", "Places", "PostedAt", "Slot", "key_of", "slot_of"]

EVENT_TYPE: Final = "rxslack_kept"
KEY: Final = "rxslack_key"
LOOKS: Final = (2.0, 8.0)  # seconds after a lost answer, and after the first look
BUSY: Final = 0.25  # seconds until it is looked again whether somebody else has read the page


class Slot(NamedTuple):
    """What has one message: a key, in a channel or in a thread of it."""

    channel: str
    thread: str
    key: str


class PostedAt(NamedTuple):
    """A message that is there, and what it says; None where an earlier process has said it."""

    channel: str
    ts: str
    said: Mapping[str, Any] | None


def slot_of(call: PendingCall) -> Slot:
    """What a call is about."""
    arguments = call.arguments
    return Slot(arguments["channel"], arguments.get("thread_ts") or "", call.mark)


def key_of(message: Mapping[str, Any]) -> str:
    """
    The key in the metadata of a message as history has it; "" when it has none.

    >>> key_of({"metadata": {"event_payload": {"rxslack_key": "open tickets"}}})
    'open tickets'
    """
    metadata = parsed(message.get("metadata"))
    return str(as_mapping(metadata.get("event_payload")).get(KEY) or "")


@dataclass
class Search:
    """
    What was read of a channel's history, or of a thread, newest first.

    Attributes:
        pages: how many more may be read; None for as many as there are.
        cursor: of the next page.
        busy: whether somebody reads one.
        over: whether all was read.
    """

    pages: int | None = None
    cursor: str | None = None
    busy: bool = False
    over: bool = False


@dataclass
class Places:
    """The messages of all keys. Safe from any thread."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _places: dict[Slot, PostedAt] = field(default_factory=dict[Slot, PostedAt])
    _searches: dict[tuple[str, str], Search] = field(default_factory=dict[tuple[str, str], Search])
    _absent: set[Slot] = field(default_factory=set[Slot])  # surely not there
    _doubts: dict[Slot, tuple[float, ...]] = field(default_factory=dict[Slot, tuple[float, ...]])

    def fresh(self, slot: Slot) -> None:
        """Nothing can be there yet, so that nothing need be read."""
        with self._lock:
            self._absent.add(slot)

    def find(self, slot: Slot) -> PostedAt | None:
        """Where a message is known to be."""
        with self._lock:
            return self._places.get(slot)

    def is_sought(self, slot: Slot) -> bool:
        """Whether history is to be read before anything is posted."""
        with self._lock:
            if slot in self._places or slot in self._absent:
                return False
            return not self._search(slot).over

    def begin_page(self, slot: Slot) -> tuple[str | None, bool]:
        """Read the next page: its cursor, and whether nobody else is reading it."""
        with self._lock:
            search = self._search(slot)
            free = not (search.busy or search.over)
            search.busy = True
            return search.cursor, free

    def end_page(
        self, slot: Slot, messages: Iterable[Mapping[str, Any]] = (), cursor: str | None = None
    ) -> float:
        """
        A page was read.

        Args:
            slot: For whom.
            messages: What is on it.
            cursor: Of the next one, None when there is none.

        Returns: seconds until the next step.
        """
        with self._lock:
            search = self._search(slot)
            search.busy = False
            for message in messages:
                if key := key_of(message):
                    found = PostedAt(slot.channel, str(message["ts"]), None)
                    # History has the newest first, a thread the oldest.
                    if slot.thread:
                        self._places[slot._replace(key=key)] = found
                    else:
                        self._places.setdefault(slot._replace(key=key), found)
            search.cursor = cursor
            search.pages = None if search.pages is None else search.pages - 1
            search.over = cursor is None or search.pages == 0
            return self._look_again(slot) if search.over else 0.0

    def broke_off(self, slot: Slot) -> None:
        """A page could not be read."""
        with self._lock:
            self._search(slot).busy = False

    def posted(self, slot: Slot, place: PostedAt) -> None:
        """A message is there, and says so."""
        with self._lock:
            self._places[slot] = place
            self._absent.discard(slot)
            self._doubts.pop(slot, None)

    def gone(self, slot: Slot) -> None:
        """Somebody has deleted it."""
        with self._lock:
            self._places.pop(slot, None)
            self._absent.add(slot)

    def forget(self, slot: Slot) -> None:
        """Nobody will ask for it any more."""
        with self._lock:
            self._places.pop(slot, None)
            self._absent.discard(slot)
            self._doubts.pop(slot, None)

    def doubt(self, slot: Slot) -> float:
        """It was perhaps posted: history will tell. Returns: seconds until it is read."""
        with self._lock:
            self._absent.discard(slot)
            self._doubts[slot] = LOOKS
            return self._look_again(slot)

    def _look_again(self, slot: Slot) -> float:
        """After a lost answer history is read twice; where the message would be, on the first page."""
        left = self._doubts.pop(slot, ())
        if not left or slot in self._places:
            return 0.0
        self._doubts[slot] = left[1:]
        self._searches[slot.channel, slot.thread] = Search(pages=None if slot.thread else 1)
        return left[0]

    def _search(self, slot: Slot) -> Search:
        return self._searches.setdefault((slot.channel, slot.thread), Search())
