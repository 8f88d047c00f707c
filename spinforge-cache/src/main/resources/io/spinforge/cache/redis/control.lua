-- KEYS q log; ARGV candidate, sender, maxlen, operation, its arguments … Records what is
-- invalidated by tag, pattern or clear. Answers the sequence, incarnation
local s = state(KEYS[1], KEYS[2], ARGV[1])
-- On another server process than before, a failover may have put the sequence back, and entries on
-- other masters have higher ones: a new incarnation voids these entries. Its name is of this process
-- too: a call that is sent again after its connection was lost has the name that it had before, and
-- an incarnation may go by that already.
local run = thisrun()
if redis.call('HGET', KEYS[1], 'run') ~= run then
  local name = 'f' .. string.sub(redis.sha1hex(ARGV[1] .. run), 1, 15)
  local seq = newseq(KEYS[2], name)
  s = {name, seq, seq, s[4]}
  redis.call('HSET', KEYS[1], 'inc', name, 'seq', seq, 'floor', seq, 'run', run)
end
local seq = nextseq(KEYS[1])
append(KEYS[1], KEYS[2], ARGV[3], s, ARGV[4], seq, ARGV[2], {unpack(ARGV, 5)})
return {seq, s[1]}
