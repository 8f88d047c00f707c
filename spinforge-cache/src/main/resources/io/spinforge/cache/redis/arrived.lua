-- KEYS q log missing; ARGV node, sender, maxlen, id. Notes that a node has applied all before a
-- barrier; the last one wakes who waits. Answers 1 if it was the last
if redis.call('SREM', KEYS[3], ARGV[1]) == 0 or redis.call('SCARD', KEYS[3]) > 1 then return {0} end
local s = redis.call('HMGET', KEYS[1], 'inc', 'seq', 'floor', 'log')
if s[4] then append(KEYS[1], KEYS[2], ARGV[3], s, 'W', s[2], ARGV[2], {ARGV[4]}) end
return {1}
