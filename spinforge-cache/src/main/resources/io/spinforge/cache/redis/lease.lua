-- KEYS q log v l; ARGV candidate, mode (L take a lease, F drop the entry and take one, P peek),
-- lease's life in ms. Answers H entry pttl | B | W pttl | L token lease | M
-- A lease is its token and the name of who took it, for a failover can give out a token twice.
local s = state(KEYS[1], KEYS[2], ARGV[1])
local e = ARGV[2] ~= 'F' and redis.pcall('GET', KEYS[3])
if type(e) == 'string' then
  -- What is shorter than a head, or is no entry at all, is for the reader to judge and replace.
  if #e < 12 or struct.unpack('>I8', e, 5) >= tonumber(s[3]) then
    return {'H', e, redis.call('PTTL', KEYS[3])}
  end
end
if ARGV[2] == 'P' then return {'M'} end
if ARGV[2] == 'F' or e then redis.call('UNLINK', KEYS[3]) end
local l = redis.call('GET', KEYS[4])
if l == 'H' then return {'B'} end
if l then
  local token, taker = string.match(l, '^(%d+)|(%x+)')
  if taker == ARGV[1] then return {'L', token, token .. '|' .. taker} end -- sent twice
  if string.sub(l, -1) ~= 'w' then redis.call('SET', KEYS[4], l .. 'w', 'KEEPTTL') end
  return {'W', redis.call('PTTL', KEYS[4])}
end
local seq = nextseq(KEYS[1])
local lease = seq .. '|' .. ARGV[1]
redis.call('SET', KEYS[4], lease, 'PX', ARGV[3])
return {'L', seq, lease}
