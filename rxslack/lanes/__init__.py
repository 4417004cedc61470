"""
Jobs in order within a lane, side by side over the lanes, at a pace.

`Timetable` decides which job is next; it reads no clock and takes no lock. `Lanes` puts a lock around it:
`ThreadedLanes` does the jobs on daemon threads, `ScheduledLanes` on a scheduler, for virtual time. `Pace` is
a token bucket; a `Budget` lets several sinks share the paces. `Outcomes` hands what comes from many threads
to one observer, one at a time. `Coroutines` runs what is `async` on an event loop. `tracking` knows who still has an
item: a lane holds the item that its job is for until the job is over, and what the job emits belongs to it.

Threads: all methods of `Lanes` may be called on any thread. `put(wait=True)` and `drain` block the
caller, but `put` never blocks one of the lanes' own threads. `work` and `Parked.begin` are called on the
threads that do the jobs, `dropped` on the one that calls `close` or brings a job back after it.

Locks: a `Budget` has one, and all lanes that draw on it use that one, because a pace that one of them uses
or holds is the others', too. `paces` is called with it held; `work`, `begin` and `dropped` without.
`Outcomes` has two: the subscriber is called with `_emitting` held, and may put jobs into lanes, so a
budget's lock and `_counting` are taken inside `_emitting` and never around it; inside those two no other
lock is taken. `coroutines` says the same of its own.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.lanes.paces import Budget as Budget
    from rxslack.lanes.tracking import ItemHold as ItemHold, hold as hold

lazy_names(
    __name__,
    {
        "rxslack.lanes.paces": "Budget",
        "rxslack.lanes.tracking": "ItemHold hold",
    },
)
