"""A look into a log on Redis."""

from __future__ import annotations

from typing import Any, Final

from rxslack.log.engine import PARTITIONS
from rxslack.log.entries import item_of
from rxslack.log.inspection import DeadEntry, GroupSnapshot, LogSnapshot
from rxslack.log.redis.server import RedisServer

__all__ = ["RedisInspection"]

LOOK: Final = """
local L, partitions, out = KEYS[1], tonumber(ARGV[1]), {}
for _, g in ipairs(redis.call('SMEMBERS', L..':groups')) do
  local G, lag, pending, oldest = L..':g:'..g, 0, 0, false
  for p = 0, partitions - 1 do
    local stream, first = L..':p:'..p, false
    local found = redis.pcall('XPENDING', stream, g)
    if found[1] and found[1] > 0 then
      pending = pending + found[1]
      first = found[2]
    end
    local given = redis.call('HGET', G..':given', p)
    local unread = redis.call('XRANGE', stream, given and '('..given or '-', '+', 'COUNT', 1)
    if #unread > 0 then
      first = first or unread[1][1]
      local behind = nil
      for _, info in ipairs(redis.pcall('XINFO', 'GROUPS', stream)) do
        if info[2] == g then behind = info[12] end
      end
      lag = lag + (behind or #redis.call('XRANGE', stream, unread[1][1], '+'))
    end
    local ms = first and tonumber(string.match(first, '%d+'))
    if ms and (not oldest or ms < oldest) then oldest = ms end
  end
  out[#out + 1] = {g, lag, pending, oldest and string.format('%d', oldest) or '',
    redis.call('HVALS', G..':held'), redis.call('XLEN', L..':dead:'..g)}
end
return {redis.call('GET', L..':count') or '0', out}
"""

REPLAY: Final = """
local L, g, since = KEYS[1], ARGV[1], ARGV[2]
if redis.call('SISMEMBER', L..':groups', g) == 0 then return 0 end
for p = 0, ARGV[3] - 1 do
  redis.call('XGROUP', 'SETID', L..':p:'..p, g, since)
  redis.call('HSET', L..':g:'..g..':given', p, since)
  redis.call('SADD', L..':g:'..g..':ready', p)
end
redis.call('XADD', L..':bell', 'MAXLEN', 1, '*', 'b', '')
return 1
"""

FORGET: Final = """
local L, g = KEYS[1], ARGV[1]
redis.call('SREM', L..':groups', g)
for p = 0, ARGV[2] - 1 do redis.pcall('XGROUP', 'DESTROY', L..':p:'..p, g) end
for _, name in ipairs({'held', 'since', 'given', 'ready'}) do redis.call('DEL', L..':g:'..g..':'..name) end
redis.call('DEL', L..':dead:'..g)
return 1
"""


class RedisInspection:
    """As `Inspection` says."""

    def __init__(self, server: RedisServer) -> None:
        self._server = server

    def look(self) -> LogSnapshot:
        """As `Inspection` says."""
        found: Any = self._server.run(LOOK, PARTITIONS)
        groups: list[GroupSnapshot] = []
        for name, lag, pending, oldest, holders, dead in found[1]:
            held: dict[str, int] = {}
            for holder in holders:
                held[holder.decode()] = held.get(holder.decode(), 0) + 1
            groups.append(
                GroupSnapshot(
                    name=name.decode(),
                    lag=lag,
                    pending=pending,
                    oldest=int(oldest) / 1000 if oldest else None,
                    held=held,
                    dead=dead,
                )
            )
        groups.sort(key=lambda group: group.name)
        return LogSnapshot(entries=int(found[0]), groups=tuple(groups))

    def dead(self, group: str) -> list[DeadEntry]:
        """As `Inspection` says."""
        found: Any = self._server.command("XRANGE", f"{self._server.prefix}:dead:{group}", "-", "+")
        return [
            DeadEntry(
                int(entry.decode().partition("-")[0]) / 1000,
                fields[b"reason"].decode(),
                item_of(fields[b"e"]),
            )
            for entry, fields in found
        ]

    def replay(self, group: str, since: float) -> None:
        """As `Inspection` says."""
        self._server.run(REPLAY, group, f"{max(int(since * 1000) - 1, 0)}-0", PARTITIONS)

    def forget(self, group: str) -> None:
        """As `Inspection` says."""
        self._server.run(FORGET, group, PARTITIONS)
