"""
A stream as a program, and as part of an asyncio program.

`run` subscribes, waits for the end or a signal, gives the sinks their time, and returns an exit status.
`arun` is the same in an asyncio program: cancelling its task is what a signal is to `run`.

    async for event in rxslack.aiter(stream): …        # a stream, iterated over
    event = await rxslack.first(stream)                # its first item
    stream = rxslack.from_aiter(words)                 # what an async generator yields, as a stream
    rxslack.run(stream, handle)                        # `async def handle(event)` is awaited, one at a time

User code that is `async` runs on the event loop of whoever subscribes, if one is running there, else on one
that rxslack keeps for the process while somebody needs it.

Threads: `run` subscribes, waits and calls the sinks' `drain` on the calling thread; `arun` does on one of its
own. Items come on the stream's threads, which wait for a coroutine that takes an item. A signal is an exception on the main thread, where Python raises it, at the next point that can be
left in one piece. `aiter` subscribes on a thread of its own; what the stream emits, on whichever thread,
is taken over on the loop's.

Locks: the one of `Crossing` guards what waits. A thread that emits waits at it for room, and inside it
nothing is called but the loop's `call_soon_threadsafe`. `run` has none; it reads flags that one thread sets.
"""

from typing import TYPE_CHECKING

from rxslack.core.lazy_names import lazy_names

if TYPE_CHECKING:
    from rxslack.running.asynchronous import (
        aiter as aiter,
        first as first,
        from_aiter as from_aiter,
    )
    from rxslack.running.run import arun as arun, run as run

lazy_names(
    __name__,
    {
        "rxslack.running.asynchronous": "aiter first from_aiter",
        "rxslack.running.run": "arun run",
    },
)
