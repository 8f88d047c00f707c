-- KEYS q1 log1 q2 log2 … [nodes]; ARGV candidate incarnation[, node, ms for which it may believe
-- what this proves, the server's process]. Notes with nodes that the node reads the control log.
-- Answers inc1 id1 seq1 held1 inc2 id2 seq2 held2 …, held being the ms for which some key of the log is.
local out = {}
for i = 1, #KEYS - 1, 2 do
  local s = state(KEYS[i], KEYS[i + 1], ARGV[1])
  out[#out + 1] = s[1]
  out[#out + 1] = s[4]
  out[#out + 1] = s[2]
  out[#out + 1] = math.max(0, tonumber(redis.call('HGET', KEYS[i], 'held') or 0) - millis())
end
if ARGV[2] then
  local nodes, now = KEYS[#KEYS], millis()
  local till = string.format('%.0f', now + tonumber(ARGV[3]))
  local at = redis.call('HGET', nodes, '@')
  if not at or string.match(at, '^(.-)|') ~= ARGV[4] then
    -- Of another process, or lost: some may believe what they had from that one, until then.
    redis.call('DEL', nodes)
    redis.call('HSET', nodes, '@', ARGV[4] .. '|' .. till)
  end
  if redis.call('HSET', nodes, ARGV[2], till .. '|' .. ARGV[3]) == 1 then
    local all = redis.call('HGETALL', nodes)
    for i = 1, #all, 2 do
      local ended = all[i] ~= '@' and tonumber(string.match(all[i + 1], '^(%d+)|')) <= now
      if ended then redis.call('HDEL', nodes, all[i]) end
    end
  end
  redis.call('PEXPIRE', nodes, 10 * tonumber(ARGV[3]))
end
return out
