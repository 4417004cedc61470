"""A stream as a program, and as part of an asyncio program."""

from rxslack.running.asynchronous import aiter, first
from rxslack.running.run import run

__all__ = [
    "aiter",
    "first",
    "run",
]
