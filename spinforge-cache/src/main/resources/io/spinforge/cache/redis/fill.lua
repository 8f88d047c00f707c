-- KEYS q log v l; ARGV lease, entry, ms to keep it, key, sender, maxlen. Answers 1 stored, 0 refused
local l = redis.call('GET', KEYS[4])
if l ~= ARGV[1] and l ~= ARGV[1] .. 'w' then return {0} end
redis.call('DEL', KEYS[4])
local s = redis.call('HMGET', KEYS[1], 'inc', 'seq', 'floor', 'log')
if not s[3] or tonumber(string.match(ARGV[1], '^%d+')) < tonumber(s[3]) then return {0} end
redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3])
if l ~= ARGV[1] then append(KEYS[1], KEYS[2], ARGV[6], s, 'W', '0', ARGV[5], {ARGV[4]}) end
return {1}
