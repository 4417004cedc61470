"""
What is done on the server in one piece, in Lua.

The keys of a log named L, all in one hash slot:

    L:p:<n>            stream: the entries of partition n, fields "k" (key) and "e" (the event)
    L:k:<key>          the key was appended lately; expires
    L:count            how many entries there are
    L:bell             stream of one entry, new whenever something may be there to take
    L:groups           set of the groups' names
    L:w:<reader>       the reader lives; expires with its lease
    L:g:<group>:held   hash: partition -> the reader that holds entries of it
    L:g:<group>:since  hash: partition -> milliseconds since when; 0: it may not be given more
    L:g:<group>:given  hash: partition -> the last entry that was taken
    L:g:<group>:ready  set: partitions that nobody holds, and that may have entries to take
    L:g:<group>:more:<reader>   set: partitions that it holds, and that have got more
    L:dead:<group>     stream: copies of entries that could not be dealt with

Which entries are taken and not done is Redis' own list of pending entries, of the consumer group on each
partition. Who holds a partition is checked before any of them is let go, for a former reader's XACK would succeed.
"""

from __future__ import annotations

from typing import Final

__all__ = ["APPEND", "BURY", "DONE", "JOIN", "TAKE", "TIDY"]

APPEND: Final = r"""
local L, most = KEYS[1], tonumber(ARGV[1])
local entries = #ARGV - 2
local count = tonumber(redis.call('GET', L..':count') or '0')
if count + entries > most then return -1 end
local groups, told, new = redis.call('SMEMBERS', L..':groups'), {}, 0
local i = 2
for p, remember, key in string.gmatch(ARGV[2], '(%d+) (%d+) ([^\n]*)\n') do
  i = i + 1
  if redis.call('SET', L..':k:'..key, '', 'NX', 'PX', remember) then
    redis.call('XADD', L..':p:'..p, '*', 'e', ARGV[i])
    new = new + 1
    if not told[p] then
      told[p] = true
      for _, g in ipairs(groups) do
        local G = L..':g:'..g
        local holder = redis.call('HGET', G..':held', p)
        if holder then redis.call('SADD', G..':more:'..holder, p)
        else redis.call('SADD', G..':ready', p) end
      end
    end
  end
end
if new > 0 then
  redis.call('INCRBY', L..':count', new)
  redis.call('XADD', L..':bell', 'MAXLEN', 1, '*', 'b', '')
end
return new
"""
"""ARGV: the most entries; a line for each, with partition, milliseconds to remember the key, key; the events."""

TAKE: Final = r"""
local L, g, me, lease = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local left, batch, look = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6] == '1'
if redis.call('SISMEMBER', L..':groups', g) == 0 then return -1 end
redis.call('SET', L..':w:'..me, '', 'PX', lease)
if left < 1 then return {} end
local G, out, lines = L..':g:'..g, {''}, {}
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)

local function read(p)
  local found = redis.call('XREADGROUP', 'GROUP', g, me, 'COUNT', math.min(batch, left),
    'STREAMS', L..':p:'..p, '>')
  if not found then return 0 end
  local entries = found[1][2]
  for _, entry in ipairs(entries) do
    lines[#lines + 1] = p..' '..entry[1]..' 1'
    out[#out + 1] = entry[2][2]
  end
  redis.call('HSET', G..':given', p, entries[#entries][1])
  left = left - #entries
  return #entries
end

local function claim(p)
  local stream = L..':p:'..p
  local pending = redis.call('XPENDING', stream, g, '-', '+', math.min(batch, left))
  if #pending == 0 then return 0 end
  local ids, tries = {}, {}
  for i, one in ipairs(pending) do
    ids[i] = one[1]
    tries[one[1]] = one[4]
  end
  local entries = redis.call('XCLAIM', stream, g, me, 0, unpack(ids))
  for _, entry in ipairs(entries) do
    lines[#lines + 1] = p..' '..entry[1]..' '..(tries[entry[1]] + 1)
    out[#out + 1] = entry[2][2]
  end
  left = left - #entries
  return #entries
end

local function start(p)
  local since = 0  -- what was left behind has to be done before it gets more
  if claim(p) == 0 then
    since = now
    if read(p) == 0 then return end
  end
  redis.call('HSET', G..':held', p, me)
  redis.call('HSET', G..':since', p, since)
end

for _, p in ipairs(redis.call('SMEMBERS', G..':more:'..me)) do
  if left < 1 then break end
  redis.call('SREM', G..':more:'..me, p)
  -- Not for ever, or another reader would never get a turn.
  if redis.call('HGET', G..':held', p) == me
    and now - tonumber(redis.call('HGET', G..':since', p) or '0') < lease then read(p) end
end
if look then
  local held, lives = redis.call('HGETALL', G..':held'), {}
  for i = 1, #held, 2 do
    local p, holder = held[i], held[i + 1]
    if lives[holder] == nil then
      lives[holder] = redis.call('EXISTS', L..':w:'..holder) == 1
      if not lives[holder] then redis.call('DEL', G..':more:'..holder) end
    end
    if not lives[holder] then
      redis.call('HDEL', G..':held', p)
      redis.call('SADD', G..':ready', p)
    end
  end
end
while left > 0 do
  local p = redis.call('SPOP', G..':ready')
  if not p then break end
  if redis.call('HEXISTS', G..':held', p) == 0 then start(p) end
end
out[1] = table.concat(lines, '\n')
return out
"""
"""
ARGV: group, reader, milliseconds of its lease, the most entries, the most of a partition, and whether to look for
readers that are gone. Returns lines with partition, id and attempt of each, and the events; -1 when the group is
unknown. Few long answers, because redis-py takes its time over each.
"""

DONE: Final = r"""
local L, g, me = KEYS[1], ARGV[1], ARGV[2]
local G, own, acked, rings = L..':g:'..g, {}, 0, false
local function mine(p)
  if own[p] == nil then own[p] = redis.call('HGET', G..':held', p) == me end
  return own[p]
end
for p, id in string.gmatch(ARGV[3], '(%d+) (%S+)') do
  if mine(p) then acked = acked + redis.call('XACK', L..':p:'..p, g, id) end
end
for p, id, tries in string.gmatch(ARGV[4], '(%d+) (%S+) (%d+)') do
  if mine(p) then
    redis.call('XCLAIM', L..':p:'..p, g, me, 0, id, 'RETRYCOUNT', tries, 'JUSTID')
  end
end
for p in string.gmatch(ARGV[5], '%d+') do
  if mine(p) then
    redis.call('HDEL', G..':held', p)
    redis.call('HDEL', G..':since', p)
    redis.call('SREM', G..':more:'..me, p)
    local given = redis.call('HGET', G..':given', p)
    if #redis.call('XRANGE', L..':p:'..p, given and '('..given or '-', '+', 'COUNT', 1) > 0
      or redis.call('XPENDING', L..':p:'..p, g)[1] > 0 then
      redis.call('SADD', G..':ready', p)
      rings = true
    end
  end
end
if rings then redis.call('XADD', L..':bell', 'MAXLEN', 1, '*', 'b', '') end
return acked
"""
"""
ARGV: group, reader; partition and id of each that is done; partition, id and former attempts of each that is given
back; the partitions that are free: each of these three one text.
"""

JOIN: Final = """
local L, g, since, partitions = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
if redis.call('SADD', L..':groups', g) == 0 then return 0 end
for p = 0, partitions - 1 do
  redis.pcall('XGROUP', 'CREATE', L..':p:'..p, g, since, 'MKSTREAM')
  if since ~= '0' then redis.call('HSET', L..':g:'..g..':given', p, since) end
  redis.call('SADD', L..':g:'..g..':ready', p)
end
return 1
"""
"""ARGV: group, the id behind which it begins, how many partitions there are. Returns whether it is new."""

TIDY: Final = """
local L, partitions, keep, needed = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local groups, gone = redis.call('SMEMBERS', L..':groups'), 0
if #groups == 0 then return 0 end
local now = redis.call('TIME')
local old = string.format('%d', now[1] * 1000 - keep)
local function before(a, b)
  local am, as = string.match(a, '(%d+)-(%d+)')
  local bm, bs = string.match(b, '(%d+)-(%d+)')
  if am ~= bm then return tonumber(am) < tonumber(bm) end
  return tonumber(as) < tonumber(bs)
end
for p = 0, partitions - 1 do
  local stream, low = L..':p:'..p, nil
  if needed or #redis.call('XRANGE', stream, '-', old, 'COUNT', 1) > 0 then
    if not needed then low = old..'-0' end
    for _, g in ipairs(groups) do
      local pending = redis.pcall('XPENDING', stream, g)
      local first = '0-0'
      if pending[1] and pending[1] > 0 then first = pending[2]
      elseif pending[1] then
        local given = redis.call('HGET', L..':g:'..g..':given', p) or '0-0'
        local ms, seq = string.match(given, '(%d+)-?(%d*)')
        first = ms..'-'..string.format('%d', (tonumber(seq) or 0) + 1)
      end
      if not low or before(first, low) then low = first end
    end
    gone = gone + redis.call('XTRIM', stream, 'MINID', low)
  end
end
if gone > 0 then redis.call('DECRBY', L..':count', gone) end
for _, g in ipairs(groups) do
  for p = 0, partitions - 1 do
    local consumers = redis.pcall('XINFO', 'CONSUMERS', L..':p:'..p, g)
    for _, c in ipairs(consumers) do
      if c[4] == 0 and redis.call('EXISTS', L..':w:'..c[2]) == 0 then
        redis.call('XGROUP', 'DELCONSUMER', L..':p:'..p, g, c[2])
      end
    end
  end
end
return gone
"""
"""ARGV: partitions, milliseconds for which entries are kept, whether room is needed. Returns how many went."""

BURY: Final = """
local L, g = KEYS[1], ARGV[1]
redis.call('XADD', L..':dead:'..g, 'MAXLEN', '~', 10000, '*',
  'partition', ARGV[2], 'id', ARGV[3], 'reason', ARGV[4], 'e', ARGV[5])
return 1
"""
"""ARGV: group, partition, id, why, event."""
