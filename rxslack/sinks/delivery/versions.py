"""Of the versions of one thing that wait to be sent, only the newest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from rxslack.lanes.tracking import ItemHold
from rxslack.sinks.delivery.calls import Job, PendingCall, Whole

__all__ = ["Versions"]


class Versions:
    """
    Lets a newer version take the place of the one that waits, so that it goes no later than that.

    Args:
        thing: From a call what it is a version of.
    """

    def __init__(self, thing: Callable[[PendingCall], Hashable]) -> None:
        self._thing = thing
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, Job] = {}

    def passes_over(self, job: Job) -> bool:
        """A version came in; whether it took the place of one that waits, and needs none of its own."""
        with self._lock:
            older = self._waiting.setdefault(self._thing(job.call), job)
            if older is job:
                job.hold = ItemHold()
                return False
            renew(older, job)
            if older.hold is not None:
                older.hold.add()
        job.receiver.skip()  # which is that of the older one now
        return True

    def begin(self, job: Job) -> None:
        """It is being sent, or never will be."""
        with self._lock:
            thing = self._thing(job.call)
            if self._waiting.get(thing) is job:
                del self._waiting[thing]

    def rest(self, job: Job) -> None:
        """It waits to be sent once more; if a newer one came in the meantime, as that."""
        with self._lock:
            newer = self._waiting.get(self._thing(job.call))
            if newer is not None:
                renew(job, newer)
                newer.whole = Whole(failed=True)  # when its turn comes, there is nothing to call
            self._waiting[self._thing(job.call)] = job


def renew(older: Job, newer: Job) -> None:
    """Put the newer version into the place of the older, and the older's receiver into the newer's."""
    older.item, older.call, older.accepted = newer.item, newer.call, newer.accepted
    older.receiver, newer.receiver = newer.receiver, older.receiver
    older.tries, older.began, older.doubt = 0, None, None
