-- KEYS q log l; ARGV lease, key, sender, maxlen. Answers 1 released, 0 it was no longer held
local l = redis.call('GET', KEYS[3])
if l ~= ARGV[1] and l ~= ARGV[1] .. 'w' then return {0} end
redis.call('DEL', KEYS[3])
local s = redis.call('HMGET', KEYS[1], 'inc', 'seq', 'floor', 'log')
if s[3] and l ~= ARGV[1] then
  append(KEYS[1], KEYS[2], ARGV[4], s, 'W', '0', ARGV[3], {ARGV[2]})
end
return {1}
