-- KEYS q log missing; ARGV candidate, sender, maxlen, id, ms to keep it, node1, node2 … Appends a
-- record that each of the nodes is to answer once it has applied all before it. Answers 1
local s = state(KEYS[1], KEYS[2], ARGV[1])
redis.call('SADD', KEYS[3], '', unpack(ARGV, 6)) -- '' tells "nobody is missing" from "forgotten"
redis.call('PEXPIRE', KEYS[3], ARGV[5])
append(KEYS[1], KEYS[2], ARGV[3], s, 'Q', s[2], ARGV[2], {ARGV[4]})
return {1}
