-- Many leases as in lease.lua. KEYS for each partition q log v1 l1 v2 l2 …; ARGV candidate, lease's
-- life in ms, number of partitions, how many keys each has, and for each key the sequence of the
-- entry to keep and take a lease beside, or '' to read it. Answers for each key what lease.lua does
local out, k, a = {}, 1, 4 + tonumber(ARGV[3])
for p = 1, tonumber(ARGV[3]) do
  local q, log = KEYS[k], KEYS[k + 1]
  local s = state(q, log, ARGV[1])
  k = k + 2
  for _ = 1, tonumber(ARGV[3 + p]) do
    local v, l, wanted = KEYS[k], KEYS[k + 1], ARGV[a]
    k, a = k + 2, a + 1
    local e = redis.pcall('GET', v)
    local kept, answer = false, nil
    if type(e) == 'string' then
      local own = #e >= 12 and struct.unpack('>I8', e, 5)
      if not own or own >= tonumber(s[3]) then
        kept = own and string.format('%.0f', own) == wanted
        if not kept then answer = {'H', e, redis.call('PTTL', v)} end
      end
    end
    if not answer then
      if e and not kept then redis.call('UNLINK', v) end
      local held = redis.call('GET', l)
      if held == 'H' then
        answer = {'B'}
      elseif held then
        if string.sub(held, -1) ~= 'w' then redis.call('SET', l, held .. 'w', 'KEEPTTL') end
        answer = {'W', redis.call('PTTL', l)}
      else
        local seq = nextseq(q)
        redis.call('SET', l, seq, 'PX', ARGV[2])
        answer = {'L', seq}
      end
    end
    out[#out + 1] = answer
  end
end
return out
