-- KEYS q log; ARGV candidate, sender, maxlen. Voids every entry and lease. Answers the sequence
local s = state(KEYS[1], KEYS[2], ARGV[1])
local seq = nextseq(KEYS[1])
redis.call('HSET', KEYS[1], 'floor', seq)
append(KEYS[1], KEYS[2], ARGV[3], s, 'C', seq, ARGV[2], {})
return {seq}
