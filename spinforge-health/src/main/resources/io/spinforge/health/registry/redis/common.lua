-- Stands before every script on a service. All keys of a service share one slot:
--   I hash  id -> payload            O hash id -> epoch:nonce:status    D zset id -> deadline, ms
--   X stream <rev>-0 id, o, p        M hash gen rev digest epoch ttl seen grace graced
--                                           guarded window lapsed
-- A suspect, whose lease has ended together with too many others', has its status letter in lower
-- case and its deadline in D below zero. ARGV[1] is the channel of changes, ARGV[2] the channel of
-- new generations. Every answer is one flat list: a list within could not be told from a reply that
-- was cut and sent again.
local I, O, D, X, M = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local MODULUS = 4503599627370496 -- 2^52: a sum of two still fits a double exactly

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local meta = redis.call('HMGET', M, 'gen', 'ttl', 'seen', 'grace', 'graced', 'guarded', 'window',
  'lapsed')
local gen = meta[1]
local ttl = tonumber(meta[2] or 0)
local seen = tonumber(meta[3] or 0)
local grace = tonumber(meta[4] or 0)
local graced = meta[5]
local guarded = tonumber(meta[6] or 0)
local window = tonumber(meta[7] or 0)
local lapsed = tonumber(meta[8] or 0)

-- A key that was evicted or deleted alone leaves the rest worthless: begin anew. Heartbeats do not
-- look, since they are the most and somebody else will.
local function check()
  local entries = redis.call('HLEN', O)
  if redis.call('HLEN', I) ~= entries or redis.call('ZCARD', D) ~= entries or not gen then
    if gen or entries > 0 or redis.call('EXISTS', I, D, X) > 0 then
      redis.call('DEL', I, O, D, X, M)
    end
    gen, guarded, lapsed = false, 0, 0
  end
end

local function text(number) return string.format('%.0f', number) end

-- The clock was set back: what was to end in one lease at most would end an hour later.
local function setBack()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', D, '(' .. text(now + ttl), '+inf')) do
    redis.call('ZADD', D, now + ttl, id)
  end
  grace, guarded, window = math.min(grace, now + ttl), math.min(guarded, now), math.min(window, now)
  redis.call('HSET', M, 'grace', grace, 'guarded', guarded, 'window', window)
end

-- Notes that somebody was here. If nobody was for half a lease, the store may have been away, and
-- a lease that ended meanwhile says nothing about its owner: no lease ends for as long as one
-- lasts. Granted once until a heartbeat comes, or a question now and then would keep the dead.
-- Returns whether it noted anything, which it does every eighth of a lease.
local function touch()
  if not gen then return false end
  if seen - now > ttl then setBack() end
  if seen > 0 and now - seen > ttl / 2 and not graced then
    grace = now + ttl
    redis.call('HSET', M, 'grace', grace, 'graced', 1)
  end
  if now >= seen and now - seen < ttl / 8 then return false end
  redis.call('HSET', M, 'seen', now)
  return true
end

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

local function isSuspect(owner) return string.byte(owner, -1) >= 97 end

-- Writes an entry as it is, but for the case of its status letter.
local function recase(id, owner, case)
  write(id, string.sub(owner, 1, -2) .. case(string.sub(owner, -1)), redis.call('HGET', I, id))
end

-- Returns how many should renew (those that are there, and those whose leases ended within the
-- last lease time), how many did within two thirds of a lease, and how many may be silent: 15 %,
-- at least one. A lease ends at the earliest two thirds after the first heartbeat that is missing,
-- so whoever fell silent together is counted together before the first of them is removed.
local function leases()
  if now - window >= ttl then lapsed = 0 end
  local expected = redis.call('ZCARD', D) + lapsed
  local renewing = redis.call('ZCOUNT', D, '(' .. text(now + ttl / 3), '+inf')
  return expected, renewing, math.max(1, math.floor(expected * 0.15))
end

-- Looks after a few leases that have ended. Their entries are removed, unless too many are silent
-- at once: then they stay as suspects, until enough renew again, a witness says they are down, or
-- nobody has vouched for them for 20 leases.
local function sweep()
  if not gen or now < grace then return end
  local due = redis.call('ZRANGEBYSCORE', D, 0, now, 'LIMIT', 0, 16)
  if #due == 0 and guarded == 0 then return end
  local expected, renewing, budget = leases()
  if expected >= 5 and expected - renewing > budget then
    if guarded == 0 then
      guarded = now
      redis.call('HSET', M, 'guarded', now)
    end
    for _, id in ipairs(due) do
      recase(id, redis.call('HGET', O, id), string.lower)
      redis.call('ZADD', D, -redis.call('ZSCORE', D, id), id)
    end
    local since = text(20 * ttl - now)
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', D, since, '(0', 'LIMIT', 0, 16)) do
      write(id)
    end
    return
  end
  if guarded > 0 then
    local suspects = redis.call('ZRANGEBYSCORE', D, '-inf', '(0', 'LIMIT', 0, 16)
    for _, id in ipairs(suspects) do due[#due + 1] = id end
    if #suspects < 16 then
      guarded = 0
      redis.call('HDEL', M, 'guarded')
    end
  end
  if #due > 0 then
    if lapsed == 0 then window = now end
    lapsed = lapsed + #due
    redis.call('HSET', M, 'window', window, 'lapsed', lapsed)
    for _, id in ipairs(due) do write(id) end
  end
end

-- Returns epoch and nonce of an owner.
local function parse(owner) return string.match(owner, '^(%d+):([^:]*):') end
