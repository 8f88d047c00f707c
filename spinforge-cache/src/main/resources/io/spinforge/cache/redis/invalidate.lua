-- KEYS q log v1 l1 v2 l2 …; ARGV candidate, sender, maxlen, key1, key2 … Answers the sequence, incarnation
local s = state(KEYS[1], KEYS[2], ARGV[1])
local seq = nextseq(KEYS[1])
redis.call('UNLINK', unpack(KEYS, 3))
append(KEYS[1], KEYS[2], ARGV[3], s, 'I', seq, ARGV[2], {unpack(ARGV, 4)})
return {seq, s[1]}
