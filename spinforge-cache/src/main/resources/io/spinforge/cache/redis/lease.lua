-- KEYS q log v l; ARGV candidate, mode (L take a lease, F drop the entry and take one, R keep the
-- entry of this sequence and take one, P peek), lease's life in ms, for R the sequence.
-- Answers H entry pttl | B | W pttl | L token | M
local s = state(KEYS[1], KEYS[2], ARGV[1])
local e = ARGV[2] ~= 'F' and redis.pcall('GET', KEYS[3])
local kept = false
if type(e) == 'string' then
  -- What is shorter than a head, or is no entry at all, is for the reader to judge and replace.
  local own = #e >= 12 and struct.unpack('>I8', e, 5)
  if not own or own >= tonumber(s[3]) then
    kept = ARGV[2] == 'R' and own and string.format('%.0f', own) == ARGV[4]
    if not kept then return {'H', e, redis.call('PTTL', KEYS[3])} end
  end
end
if ARGV[2] == 'P' then return {'M'} end
if not kept and (ARGV[2] == 'F' or e) then redis.call('UNLINK', KEYS[3]) end
local l = redis.call('GET', KEYS[4])
if l == 'H' then return {'B'} end
if l then
  if string.sub(l, -1) ~= 'w' then redis.call('SET', KEYS[4], l .. 'w', 'KEEPTTL') end
  return {'W', redis.call('PTTL', KEYS[4])}
end
local seq = nextseq(KEYS[1])
redis.call('SET', KEYS[4], seq, 'PX', ARGV[3])
return {'L', seq}
