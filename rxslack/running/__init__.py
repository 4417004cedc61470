"""
A stream as a program, and as part of an asyncio program.

`run` subscribes, waits for the end or a signal, gives the sinks their time, and returns an exit status.
`aiter` and `first` are the bridge to asyncio.

Threads: `run` subscribes, waits and calls the sinks' `drain` on the calling thread; items come on the
stream's. A signal is an exception on the main thread, where Python raises it, at the next point that can be
left in one piece. `aiter` subscribes on a thread of its own; what the stream emits, on whichever thread,
is taken over on the loop's.

Locks: the one of `Crossing` guards what waits. A thread that emits waits at it for room, and inside it
nothing is called but the loop's `call_soon_threadsafe`. `run` has none; it reads flags that one thread sets.
"""

from rxslack.running.asynchronous import aiter, first, from_aiter
from rxslack.running.run import arun, run

__all__ = [
    "aiter",
    "arun",
    "first",
    "from_aiter",
    "run",
]
