"""What was begun, known to all processes that answer the events of one log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from rxslack.errors import ConfigurationError, SlackError
from rxslack.events.items import as_mapping
from rxslack.lanes.tracking import CURRENT
from rxslack.log.engine import LogUnavailable
from rxslack.log.from_log import LoggedItem
from rxslack.log.marks import EntryFence, Known
from rxslack.log.where import Where, marks_at, shown_where
from rxslack.sinks.delivery.calls import PendingCall
from rxslack.sinks.delivery.delivery import Begun, NoOutbox
from rxslack.sinks.delivery.receivers import Outcome

__all__ = ["SharedOutbox"]

logger = logging.getLogger("rxslack.outbox")

KEPT = ("ok", "channel", "ts")  # of Slack's answer


@dataclass(slots=True)
class _Call:
    """
    A call on its way.

    Attributes:
        mark: of the call, the same in every process.
        item: what it answers.
        note: what is written down of its beginning; "" when nothing is.
    """

    mark: str
    item: LoggedItem
    note: str = ""


class SharedOutbox(NoOutbox):
    """
    The log keeps what is to be done, so this keeps of each call only that it was begun, and Slack's answer.

    The mark of a call is made of the event it answers and its number among the calls for that event in its channel,
    so another process that gets the event after a crash finds what has become of it.

    Args:
        where: The log.

    Errors: ``ConfigurationError`` when it cannot be used.
    """

    def __init__(self, where: Where) -> None:
        self._where = where
        self._marks = marks_at(where)
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._calls: dict[int, _Call] = {}

    def keep(self, calls: Sequence[PendingCall], accepted: float) -> list[int | None]:  # noqa: ARG002 - the log has it
        """
        As `NoOutbox` says.

        Errors: ``ConfigurationError`` for an item that is not from a log.
        """
        found = [item for item in CURRENT.get() if isinstance(item, LoggedItem)]
        if not found:
            raise ConfigurationError(
                f"the outbox {shown_where(self._where)} is a log, which keeps what comes from it by "
                "from_log; this item does not. Give a file of its own to a sink for other items"
            )
        rows: list[int | None] = []
        for call in calls:
            mark = call.mark or found[0].mark(f"{call.method} {call.lane}")
            with self._lock:
                row = next(self._numbers)
                self._calls[row] = _Call(mark, found[0])
            rows.append(row)
        return rows

    def begin(self, row: int | None, now: float) -> Begun | None:
        """As `NoOutbox` says."""
        call = self._call(row)
        if call is None:
            return None
        item, note = call.item, repr(now)
        fence = None
        if item.where == self._where:
            fence = EntryFence(item.reader.group, item.reader.name, item.entry)
        known = self._marks.begin(call.mark, note, fence)
        if known is False:
            item.taken_away = True
            raise SlackError("the event that this answers is another process' by now")
        if isinstance(known, Known):
            call.note = known.note
            return Begun(known.began, known.reply)
        call.note = note
        return None

    def undo(self, row: int | None) -> None:
        """The attempt was surely not carried out."""
        call = self._call(row)
        if call is not None and call.note:
            self._write(lambda: self._marks.undo(call.mark, call.note))

    def note(self, row: int | None, reply: Outcome) -> None:
        """The call was carried out, and this is what Slack answered."""
        call = self._call(row)
        if call is not None and call.note:
            answer = as_mapping(reply)
            kept: dict[str, Any] = {name: answer[name] for name in KEPT if name in answer}
            self._write(lambda: self._marks.finish(call.mark, call.note, kept))

    def forget(self, row: int | None) -> None:
        """The call is over, here."""
        if row is not None:
            with self._lock:
                self._calls.pop(row, None)

    def _call(self, row: int | None) -> _Call | None:
        with self._lock:
            return None if row is None else self._calls.get(row)

    def _write(self, action: Callable[[], None]) -> None:
        """What cannot be noted stays open, so whoever gets the event next looks for the message."""
        try:
            action()
        except LogUnavailable as error:
            logger.warning("%s; how a call ended could not be noted", error)
