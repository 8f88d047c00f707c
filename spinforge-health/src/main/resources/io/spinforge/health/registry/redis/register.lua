-- ARGV: channels, generation to begin if there is none, id, nonce, status, payload, ttl, takeover,
-- again
check()
local born, id, nonce, status, payload = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local lease = tonumber(ARGV[8])
if not gen then
  redis.call('HSET', M, 'gen', born, 'rev', 0, 'digest', 0, 'epoch', 0, 'seen', now)
  gen = born
  -- The owner stood here before: the data were lost. All come back at once, and a store or a host
  -- that is short of CPU may not take every renewal in time, which says nothing about the owners:
  -- no lease ends for as long as watchers carry on what they had.
  if ARGV[10] == '1' then
    grace = now + 2 * lease
    redis.call('HSET', M, 'grace', grace)
  end
  redis.call('PUBLISH', ARGV[2], gen)
end
if ttl ~= lease then
  redis.call('HSET', M, 'ttl', ARGV[8])
  ttl = lease
end
touch()

local owner = redis.call('HGET', O, id)
if owner then
  local epoch, holder = parse(owner)
  if holder == nonce then
    if isSuspect(owner) then recase(id, owner, string.upper) end
    redis.call('ZADD', D, now + lease, id)
    return { 'OWN', epoch, 0 }
  end
  local left = math.max(redis.call('ZSCORE', D, id), grace) - now
  if left > 0 and ARGV[9] ~= '1' then
    sweep()
    return { 'TAKEN', epoch, left }
  end
end
local epoch = nextEpoch()
write(id, epoch .. ':' .. nonce .. ':' .. status, payload)
redis.call('ZADD', D, now + lease, id)
sweep()
return { 'WRITTEN', epoch, 0 }
