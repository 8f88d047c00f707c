-- KEYS q log; ARGV candidate, hint, sender, maxlen, operation, its arguments … Records what is
-- invalidated by tag, pattern or clear. Answers the sequence, incarnation
local s = state(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
-- On another server process than before, a failover may have put the sequence back, and entries on
-- other masters have higher ones: a new incarnation above all of them voids these entries.
local run = thisrun()
if redis.call('HGET', KEYS[1], 'run') ~= run then
  local seq = newseq(ARGV[2], s[2])
  s = {ARGV[1], seq, seq, s[4]}
  redis.call('HSET', KEYS[1], 'inc', ARGV[1], 'seq', seq, 'floor', seq, 'run', run)
end
local seq = nextseq(KEYS[1])
append(KEYS[1], KEYS[2], ARGV[4], s, ARGV[5], seq, ARGV[3], {unpack(ARGV, 6)})
return {seq, s[1]}
