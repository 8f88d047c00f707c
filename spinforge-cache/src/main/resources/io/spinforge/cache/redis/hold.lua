-- KEYS q log v1 l1 v2 l2 …; ARGV candidate, sender, maxlen, ms, key1, key2 … Invalidates, and lets
-- nobody store anything under the keys for that time. Notes until when something is held, for who begins the
-- log behind this record. Answers the sequence, incarnation
local s = state(KEYS[1], KEYS[2], ARGV[1])
local seq = nextseq(KEYS[1])
for i = 3, #KEYS, 2 do
  redis.call('UNLINK', KEYS[i])
  local l = KEYS[i + 1]
  if redis.call('GET', l) ~= 'H' or redis.call('PTTL', l) < tonumber(ARGV[4]) then
    redis.call('SET', l, 'H', 'PX', ARGV[4])
  end
end
local till = millis() + tonumber(ARGV[4])
if till > tonumber(redis.call('HGET', KEYS[1], 'held') or 0) then
  redis.call('HSET', KEYS[1], 'held', string.format('%.0f', till))
end
append(KEYS[1], KEYS[2], ARGV[3], s, 'I' .. ARGV[4], seq, ARGV[2], {unpack(ARGV, 5)})
return {seq, s[1]}
