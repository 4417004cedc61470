"""
Jobs in order within a lane, side by side over the lanes, at a pace.

`Timetable` decides which job is next, without a clock or a lock of its own: `Lanes` holds the lock around
it. `ThreadedLanes` does the jobs on daemon threads, `ScheduledLanes` on a scheduler, for virtual time.
`Pace` is a token bucket; a `Budget` lets several sinks share the paces. Jobs run outside every lock.
"""

from rxslack.lanes.pace import Budget

__all__ = [
    "Budget",
]
