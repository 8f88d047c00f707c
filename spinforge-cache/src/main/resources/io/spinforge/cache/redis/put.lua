-- KEYS q log v l; ARGV candidate, sender, maxlen, key, entry's sequence, entry, ms to keep it.
-- Answers the sequence, incarnation, 1 stored | 0 only invalidated, the entry's sequence being out
-- of range | 2 only invalidated, the key being held
local s = state(KEYS[1], KEYS[2], ARGV[1])
local seq = nextseq(KEYS[1])
local stored = 0
redis.call('UNLINK', KEYS[3])
local own = tonumber(ARGV[5])
if redis.call('GET', KEYS[4]) == 'H' then
  stored = 2
else
  redis.call('DEL', KEYS[4])
end
if stored == 0 and own >= tonumber(s[3]) and own <= tonumber(s[2]) then
  redis.call('SET', KEYS[3], ARGV[6], 'PX', ARGV[7])
  stored = 1
end
append(KEYS[1], KEYS[2], ARGV[3], s, 'I', seq, ARGV[2], {ARGV[4]})
return {seq, s[1], stored}
