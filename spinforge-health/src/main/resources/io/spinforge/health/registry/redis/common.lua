-- Stands before every script. All keys of a service share one slot:
--   I hash  id -> payload            O hash id -> epoch:nonce:status    D zset id -> deadline, ms
--   X stream <rev>-0 id, o, p        M hash gen rev digest epoch ttl seen grace graced
-- ARGV[1] is the channel of changes, ARGV[2] the channel of new generations.
local I, O, D, X, M = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local MODULUS = 4503599627370496 -- 2^52: a sum of two still fits a double exactly

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local meta = redis.call('HMGET', M, 'gen', 'ttl', 'seen', 'grace', 'graced')
local gen = meta[1]
local ttl = tonumber(meta[2] or 0)
local seen = tonumber(meta[3] or 0)
local grace = tonumber(meta[4] or 0)
local graced = meta[5]

-- A key that was evicted or deleted alone leaves the rest worthless: begin anew.
local entries = redis.call('HLEN', O)
if redis.call('HLEN', I) ~= entries or redis.call('ZCARD', D) ~= entries or not gen then
  if gen or entries > 0 or redis.call('EXISTS', I, D, X) > 0 then
    redis.call('DEL', I, O, D, X, M)
  end
  gen = false
end

-- Notes that somebody was here. If nobody was for half a lease, the store may have been away, and
-- a lease that ended meanwhile says nothing about its owner: no lease ends for as long as one
-- lasts. Granted once until a heartbeat comes, or a question now and then would keep the dead.
local function touch()
  if not gen then return end
  if seen > 0 and now - seen > ttl / 2 and not graced then
    grace = now + ttl
    redis.call('HSET', M, 'grace', grace, 'graced', 1)
  end
  if now < seen or now - seen >= ttl / 8 then redis.call('HSET', M, 'seen', now) end
end

local function text(number) return string.format('%.0f', number) end

local function hash(id, owner, payload)
  local sha = redis.sha1hex(id .. '\n' .. owner .. '\n' .. payload)
  return tonumber(string.sub(sha, 1, 13), 16)
end

-- Writes one entry (or, without an owner, removes it) as the next change. The stream comes first:
-- scripts are not rolled back, and it is the write that can fail.
local function write(id, owner, payload)
  local oldOwner, oldPayload = redis.call('HGET', O, id), redis.call('HGET', I, id)
  local counts = redis.call('HMGET', M, 'rev', 'digest')
  local rev, digest = text(counts[1] + 1), tonumber(counts[2])
  if oldOwner then digest = (digest - hash(id, oldOwner, oldPayload)) % MODULUS end
  if owner then digest = (digest + hash(id, owner, payload)) % MODULUS end
  local o, p = owner or '', payload or ''
  redis.call('XADD', X, 'MAXLEN', '~', 1000, rev .. '-0', 'id', id, 'o', o, 'p', p)
  redis.call('HSET', M, 'rev', rev, 'digest', text(digest))
  if owner then
    redis.call('HSET', O, id, owner)
    redis.call('HSET', I, id, payload)
  else
    redis.call('HDEL', O, id)
    redis.call('HDEL', I, id)
    redis.call('ZREM', D, id)
  end
  local hint = { gen, rev, text(digest), id, owner or '-', p }
  redis.call('PUBLISH', ARGV[1], table.concat(hint, ' '))
end

local function nextEpoch()
  return text(redis.call('HINCRBY', M, 'epoch', 1))
end

-- Removes a few entries whose lease has ended.
local function sweep()
  if not gen or now < grace then return end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', D, '-inf', now, 'LIMIT', 0, 16)) do write(id) end
end

-- Returns epoch and nonce of an owner.
local function parse(owner) return string.match(owner, '^(%d+):([^:]*):') end
