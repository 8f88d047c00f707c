-- KEYS q log v1 l1 v2 l2 …; ARGV candidate, sender, maxlen, key1, key2 … Answers the sequence, incarnation
local s = state(KEYS[1], KEYS[2], ARGV[1])
local seq = nextseq(KEYS[1])
local gone, leases = {}, {}
for i = 3, #KEYS, 2 do
  gone[#gone + 1] = KEYS[i]
  leases[#leases + 1] = KEYS[i + 1]
end
for i, lease in ipairs(redis.call('MGET', unpack(leases))) do
  if lease and lease ~= 'H' then gone[#gone + 1] = leases[i] end
end
redis.call('UNLINK', unpack(gone))
append(KEYS[1], KEYS[2], ARGV[3], s, 'I', seq, ARGV[2], {unpack(ARGV, 4)})
return {seq, s[1]}
