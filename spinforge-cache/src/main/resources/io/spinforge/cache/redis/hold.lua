-- KEYS q log v1 l1 v2 l2 …; ARGV candidate, sender, maxlen, ms, key1, key2 … Invalidates, and lets
-- nobody store anything under the keys for that time. Answers the sequence, incarnation
local s = state(KEYS[1], KEYS[2], ARGV[1])
local seq = nextseq(KEYS[1])
for i = 3, #KEYS, 2 do
  redis.call('UNLINK', KEYS[i])
  local l = KEYS[i + 1]
  if redis.call('GET', l) ~= 'H' or redis.call('PTTL', l) < tonumber(ARGV[4]) then
    redis.call('SET', l, 'H', 'PX', ARGV[4])
  end
end
append(KEYS[1], KEYS[2], ARGV[3], s, 'I' .. ARGV[4], seq, ARGV[2], {unpack(ARGV, 5)})
return {seq, s[1]}
