"""Events that no class describes: they flow on untouched, and each kind is logged once."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from rxslack.core.printable import printable
from rxslack.events.catalogue import known_subtypes, known_types

__all__ = ["Unknown", "unknown"]

log = logging.getLogger("rxslack.events")

_MOST: Final = 1000  # kinds that are counted one by one; nobody's inventions may fill the memory
_REST: Final = "(further types)"
_LONGEST: Final = 100  # characters of a type that are logged


class Unknown:
    """
    Counts events by a type, or a message's subtype, that rxslack does not know.

    >>> strangers = Unknown()
    >>> for event in ({"type": "hello"}, {"type": "invented"}, {"type": "invented"}):
    ...     strangers.look(event)
    >>> strangers.counts
    Counter({'invented': 2})

    The first of a kind is a line of the logger ``rxslack.events``; those after it are only counted,
    and `report` logs the counts. An instance serves a whole process; a count may miss one when two
    connections meet the same kind at the same moment.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._types = known_types()
        self._subtypes = known_subtypes()
        self._reported = 0

    def look(self, event: Mapping[str, Any]) -> None:
        """Count an event if it is unknown; called for each event, so the known ones come first."""
        kind = event["type"]
        if type(kind) is str and kind in self._types:
            if kind != "message" or "subtype" not in event:
                return
            subtype = event["subtype"]
            if subtype is None or (type(subtype) is str and subtype in self._subtypes):
                return
            kind = f"message/{_named(subtype)}"
        self._count(printable(_named(kind)[:_LONGEST]))

    def report(self) -> None:
        """Log the counts, unless nothing has come since the last time."""
        total = self.counts.total()
        if total != self._reported:
            self._reported = total
            kinds = ", ".join(f"{kind} ({count})" for kind, count in self.counts.most_common())
            log.info("events of unknown types so far: %s", kinds)

    def _count(self, kind: str) -> None:
        if kind not in self.counts:
            if len(self.counts) >= _MOST:
                kind = _REST
            if kind not in self.counts:
                log.info("unknown type of event, passed on as it is: %s", kind)
        self.counts[kind] += 1


def _named(kind: object) -> str:
    """A type; of one that is no text, which may be of any size and depth, its class."""
    return kind if isinstance(kind, str) else f"({type(kind).__name__})"


_instances: list[Unknown] = []


def unknown() -> Unknown:
    """The one instance of this process, made when the first connection opens."""
    if not _instances:
        _instances.append(Unknown())
    return _instances[0]
