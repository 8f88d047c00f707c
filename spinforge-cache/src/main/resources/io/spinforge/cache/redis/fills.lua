-- Many fills as in fill.lua. KEYS for each partition q log v1 l1 v2 l2 …; ARGV sender, maxlen, number
-- of partitions, how many keys each has, and for each key lease, entry, ms to keep it, key. Answers
-- for each key 1 stored, 0 refused
local out, k, a = {}, 1, 4 + tonumber(ARGV[3])
for p = 1, tonumber(ARGV[3]) do
  local q, log = KEYS[k], KEYS[k + 1]
  k = k + 2
  local woken = {}
  local s = redis.call('HMGET', q, 'inc', 'seq', 'floor', 'log')
  for _ = 1, tonumber(ARGV[3 + p]) do
    local v, l, lease = KEYS[k], KEYS[k + 1], ARGV[a]
    local held = redis.call('GET', l)
    local stored = 0
    if held == lease or held == lease .. 'w' then
      redis.call('DEL', l)
      if s[3] and tonumber(string.match(lease, '^%d+')) >= tonumber(s[3]) then
        redis.call('SET', v, ARGV[a + 1], 'PX', ARGV[a + 2])
        stored = 1
        if held ~= lease then woken[#woken + 1] = ARGV[a + 3] end
      end
    end
    out[#out + 1] = stored
    k, a = k + 2, a + 4
  end
  if #woken > 0 then append(q, log, ARGV[2], s, 'W', '0', ARGV[1], woken) end
end
return out
