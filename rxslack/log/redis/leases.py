"""Leases on Redis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rxslack.log.leases import Share
from rxslack.log.redis.server import RedisServer

__all__ = ["RedisLeases"]

RENEW: Final = """
local S, me, lease, count = KEYS[1]..':s:'..ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local members = S..':members'
if now - tonumber(redis.call('GET', S..':last') or now) > lease / 2 then
  for _, one in ipairs(redis.call('ZRANGE', members, 0, -1)) do redis.call('ZADD', members, now + lease, one) end
end
redis.call('SET', S..':last', string.format('%d', now))
redis.call('ZREMRANGEBYSCORE', members, '-inf', now)
redis.call('ZADD', members, now + lease, me)
local function map(key)
  local found, made = redis.call('HGETALL', key), {}
  for i = 1, #found, 2 do made[found[i]] = found[i + 1] end
  return made
end
local holder, former = map(S..':holder'), map(S..':former')
local has, free, many = {}, {}, 0
for _, one in ipairs(redis.call('ZRANGE', members, 0, -1)) do has[one] = 0; many = many + 1 end
for i = 5 + count, #ARGV do
  if holder[ARGV[i]] == me and former[ARGV[i]] then
    redis.call('HDEL', S..':former', ARGV[i])
    former[ARGV[i]] = nil
  end
end
for i = 5, 4 + count do
  local by = holder[ARGV[i]]
  if by and has[by] then has[by] = has[by] + 1 else free[#free + 1] = ARGV[i] end
end
local least, most = math.floor(count / many), math.ceil(count / many)
local function take(name)
  redis.call('HSET', S..':holder', name, me)
  redis.call('SREM', S..':offered', name)
  holder[name] = me
  has[me] = has[me] + 1
end
for _, name in ipairs(free) do
  if has[me] >= most then break end
  redis.call('HDEL', S..':former', name)
  former[name] = nil
  take(name)
end
local mine = {}
for _, name in ipairs(redis.call('SMEMBERS', S..':offered')) do
  local by = holder[name]
  if by == me then mine[#mine + 1] = name
  elseif by and has[by] and (has[me] < least or (has[me] < most and has[by] > most)) then
    redis.call('HSET', S..':former', name, by)
    has[by] = has[by] - 1
    take(name)
  end
end
local surplus = math.max(has[me] - most, 0)
if surplus == 0 and has[me] > least then
  for _, many_has in pairs(has) do if many_has < least then surplus = 1 end end
end
for i = surplus + 1, #mine do redis.call('SREM', S..':offered', mine[i]) end
local held, handing = {}, {}
for i = 5, 4 + count do
  local name = ARGV[i]
  if holder[name] == me then
    held[#held + 1] = name
    if #mine < surplus and redis.call('SADD', S..':offered', name) == 1 then mine[#mine + 1] = name end
  elseif former[name] == me then handing[#handing + 1] = name end
end
return {held, handing}
"""
"""ARGV: spread, member, milliseconds, how many names, the names; those that are ready. Returns held, handing over."""

LEAVE: Final = """
local S, me = KEYS[1]..':s:'..ARGV[1], ARGV[2]
redis.call('ZREM', S..':members', me)
local found = redis.call('HGETALL', S..':holder')
for i = 1, #found, 2 do
  if found[i + 1] == me then redis.call('HDEL', S..':holder', found[i]) end
end
return 1
"""


class RedisLeases:
    """As `Leases` says."""

    def __init__(self, server: RedisServer) -> None:
        self._server = server

    def renew(
        self, spread: str, member: str, lease: float, names: Sequence[str], ready: Sequence[str]
    ) -> Share:
        """As `Leases` says."""
        found: Any = self._server.run(
            RENEW, spread, member, int(lease * 1000), len(names), *names, *ready
        )
        held, handing = (frozenset[str](name.decode() for name in part) for part in found)
        return Share(held, handing)

    def leave(self, spread: str, member: str) -> None:
        """As `Leases` says."""
        self._server.run(LEAVE, spread, member)
