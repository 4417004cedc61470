"""Marks on Redis."""

from __future__ import annotations

import json
from typing import Any, Final

from rxslack.log.marks import REMEMBERED, EntryFence, Known
from rxslack.log.redis.server import RedisServer

__all__ = ["RedisMarks"]

BEGIN: Final = """
local L, mark = KEYS[1], KEYS[1]..':m:'..ARGV[1]
if ARGV[4] ~= '' and (redis.call('HGET', L..':g:'..ARGV[4]..':held', ARGV[6]) ~= ARGV[5]
  or redis.call('EXISTS', L..':w:'..ARGV[5]) == 0) then return 0 end
return redis.call('SET', mark, ARGV[2], 'NX', 'GET', 'PX', ARGV[3]) or 1
"""
"""
ARGV: mark, note, milliseconds; group, reader, partition of the fence. Returns what was noted before; 1: nothing; 0: the
entry is another reader's.
"""

FINISH: Final = "return redis.call('SET', KEYS[1]..':m:'..ARGV[1], ARGV[2], 'PX', ARGV[3])"

UNDO: Final = """
local mark = KEYS[1]..':m:'..ARGV[1]
if redis.call('GET', mark) == ARGV[2] then return redis.call('DEL', mark) end
return 0
"""

KEPT: Final = int(REMEMBERED * 1000)


class RedisMarks:
    """As `Marks` says: one key each, ``L:m:<mark>``, with the time it began, a space, and Slack's answer."""

    def __init__(self, server: RedisServer) -> None:
        self._server = server

    def begin(self, mark: str, note: str, fence: EntryFence | None) -> Known | bool:
        """As `Marks` says."""
        words: tuple[object, ...] = ("", "", "")
        if fence is not None:
            words = (fence.group, fence.reader, fence.entry.partition)
        found: Any = self._server.run(BEGIN, mark, note, KEPT, *words)
        if isinstance(found, int):
            return bool(found)
        text: str = found.decode()
        began, _, reply = text.partition(" ")
        return Known(float(began), text, json.loads(reply) if reply else None)

    def finish(self, mark: str, note: str, reply: dict[str, Any]) -> None:
        """As `Marks` says."""
        began = note.partition(" ")[0]
        self._server.run(FINISH, mark, f"{began} {json.dumps(reply)}", KEPT)

    def undo(self, mark: str, note: str) -> None:
        """As `Marks` says."""
        self._server.run(UNDO, mark, note)
