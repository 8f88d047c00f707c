-- Many leases as in lease.lua. KEYS for each partition q log v1 l1 v2 l2 …; ARGV candidate, lease's
-- life in ms, number of partitions, how many keys each has, and for each key the sequence of the
-- entry to keep and take a lease beside, F to drop it and take one, or '' to read it. Answers for
-- each key three, flat: what lease.lua does, and '' for what it does not have
local out, k, a = {}, 1, 4 + tonumber(ARGV[3])
for p = 1, tonumber(ARGV[3]) do
  local q, log = KEYS[k], KEYS[k + 1]
  local s = state(q, log, ARGV[1])
  k = k + 2
  for _ = 1, tonumber(ARGV[3 + p]) do
    local v, l, wanted = KEYS[k], KEYS[k + 1], ARGV[a]
    k, a = k + 2, a + 1
    local e = wanted ~= 'F' and redis.pcall('GET', v)
    local there, kept = judge(e, s, wanted)
    local what, one, two
    if there and not kept then
      what, one, two = 'H', e, redis.call('PTTL', v)
    else
      if not kept and (wanted == 'F' or e) then redis.call('UNLINK', v) end
      what, one, two = take(q, l, ARGV[1], ARGV[2])
    end
    out[#out + 1] = what
    out[#out + 1] = one or ''
    out[#out + 1] = two or ''
  end
end
return out
