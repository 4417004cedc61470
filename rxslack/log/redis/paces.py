"""Shared paces on Redis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from rxslack.log.paces import Limit
from rxslack.log.redis.server import RedisServer

__all__ = ["RedisPaces"]

# Microseconds, as whole numbers: Lua's own numbers hold them exactly, and Redis keeps texts.
RESERVE: Final = """
local L, now, wait = KEYS[1], redis.call('TIME'), 0
now = now[1] * 1000000 + now[2]
for i = 1, #ARGV, 3 do
  local rested = tonumber(redis.call('GET', L..':pace:'..ARGV[i]) or '0')
  wait = math.max(wait, rested - ARGV[i + 1] * (ARGV[i + 2] - 1) - now)
end
if wait > 0 then return string.format('%d', wait) end
for i = 1, #ARGV, 3 do
  local key = L..':pace:'..ARGV[i]
  local rested = math.max(tonumber(redis.call('GET', key) or '0'), now) + ARGV[i + 1]
  redis.call('SET', key, string.format('%d', rested), 'PX', math.ceil((rested - now) / 1000) + 1000)
end
return '0'
"""
"""ARGV: of each limit its key, microseconds between two, and the burst. Returns microseconds to wait."""

HOLD: Final = """
local key, now = KEYS[1]..':pace:'..ARGV[1], redis.call('TIME')
now = now[1] * 1000000 + now[2]
local rested = math.max(tonumber(redis.call('GET', key) or '0'), now + ARGV[2] + ARGV[3])
redis.call('SET', key, string.format('%d', rested), 'PX', math.ceil((rested - now) / 1000) + 1000)
return 1
"""
"""ARGV: key, microseconds to hold, microseconds of the burst's credit."""


class RedisPaces:
    """As `SharedPaces` says: ``L:pace:<key>`` is a number, which expires when the bucket is full."""

    def __init__(self, server: RedisServer) -> None:
        self._server = server

    def reserve(self, limits: Sequence[Limit]) -> float:
        """As `SharedPaces` says."""
        words: list[object] = []
        for limit in limits:
            words += (limit.key, _between(limit), limit.burst)
        wait: Any = self._server.run(RESERVE, *words)
        return int(wait) / 1e6

    def hold(self, limit: Limit, seconds: float) -> None:
        """As `SharedPaces` says."""
        credit = _between(limit) * (limit.burst - 1)
        self._server.run(HOLD, limit.key, int(seconds * 1e6), credit)


def _between(limit: Limit) -> int:
    return math.ceil(1e6 / limit.rate)
