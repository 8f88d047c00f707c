-- The first sequence of a new incarnation. A partition's is the server's time in microseconds, above
-- every one that was given out before; the control log's is a random number with room for 2^20
-- records after it, for its sequences lie in entries anywhere and are compared only within that.
local function newseq(log, candidate)
  if string.sub(log, -4) == ':ctl' then
    return string.format('%.0f', tonumber(string.sub(candidate, -8), 16) * 1048576)
  end
  local t = redis.call('TIME')
  return string.format('%.0f', t[1] * 1000000 + t[2])
end
-- The server's process, by name.
local function thisrun()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
end
-- The server's time in ms.
local function millis()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
-- The state of a log: incarnation, sequence, floor (entries below it are void) and the id of its
-- last record. A new one voids every entry that is left from before.
local function state(q, log, candidate)
  local s = redis.call('HMGET', q, 'inc', 'seq', 'floor', 'log')
  if s[1] and s[2] and s[3] and s[4] then return s end
  local seq = newseq(log, candidate)
  local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)
  local id = last[1] and last[1][1] or '0-0'
  redis.call('HSET', q, 'inc', candidate, 'seq', seq, 'floor', seq, 'log', id, 'run', thisrun())
  return {candidate, seq, seq, id}
end
local function nextseq(q)
  return string.format('%.0f', redis.call('HINCRBY', q, 'seq', 1))
end
-- Each record names the one before it, so that a reader sees a gap whatever made it. Keys are field
-- names of the record; meta is op|previous id|sequence|incarnation|node|sender's time.
local function append(q, log, maxlen, s, op, seq, sender, keys)
  local args = {'m', table.concat({op, s[4], seq, s[1], sender}, '|')}
  for _, k in ipairs(keys) do
    args[#args + 1] = k
    args[#args + 1] = ''
  end
  local id = redis.call('XADD', log, 'MAXLEN', '~', maxlen, '*', unpack(args))
  redis.call('HSET', q, 'log', id)
end
-- Tells whether an entry counts, and whether it is the one of a sequence. What is shorter than a
-- head, or is no entry at all, is for the reader to judge and replace.
local function judge(e, s, wanted)
  if type(e) ~= 'string' then return false, false end
  local own = #e >= 12 and struct.unpack('>I8', e, 5)
  if own and own < tonumber(s[3]) then return false, false end
  return true, own and string.format('%.0f', own) == wanted
end
-- Takes a lease: its token and the name of who took it, for a failover can give out a token twice.
-- Who has it already is given the same, the question having been sent twice.
local function take(q, l, taker, life)
  local held = redis.call('GET', l)
  if held == 'H' then return 'B' end
  if held then
    local token, by = string.match(held, '^(%d+)|(%x+)')
    if by == taker then return 'L', token, token .. '|' .. by end
    if string.sub(held, -1) ~= 'w' then redis.call('SET', l, held .. 'w', 'KEEPTTL') end
    return 'W', redis.call('PTTL', l)
  end
  local seq = nextseq(q)
  local lease = seq .. '|' .. taker
  redis.call('SET', l, lease, 'PX', life)
  return 'L', seq, lease
end
