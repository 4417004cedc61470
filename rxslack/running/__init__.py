"""
A stream as a program, and as part of an asyncio program.

`run` subscribes, waits for the end or a signal, gives the sinks their time, and returns an exit status.
`aiter` and `first` are the bridge to asyncio.
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
