-- ARGV: channels, generation and revision the asker has, most entries to send at once.
-- Answers: kind (D: changes since, S: everything, L: too many), gen, rev, digest, ttl, ms to the
-- next expiry (-1: none), ms of grace, then of the leases: expected, renewing, budget, ms since too
-- many fell silent (-1: they did not); then revision, id, owner, payload of each change (D) or id,
-- owner, payload of each entry (S). Without an owner an entry is gone.
check()
if not gen then
  -- The asker had something: its owners had better look at once, not at their next heartbeat.
  if ARGV[3] ~= '' then redis.call('PUBLISH', ARGV[2], '') end
  return { 'S', '', '0', '0', 0, -1, 0, 0, 0, 0, -1 }
end
touch()
sweep()
local counts = redis.call('HMGET', M, 'rev', 'digest')
local rev = tonumber(counts[1])
local first = redis.call('ZRANGEBYSCORE', D, 0, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
local left = math.max(grace - now, 0)
local expiry = -1
if first[2] then expiry = math.max(first[2] - now, left, 0) end
local expected, renewing, budget = leases()
local since = -1
if guarded > 0 then since = math.max(now - guarded, 0) end
local answer = { 'D', gen, counts[1], counts[2], ttl, expiry, left, expected, renewing, budget,
  since }
local at = #answer

local asked = tonumber(ARGV[4])
if gen == ARGV[3] and asked <= rev and rev - asked <= 1000 then
  local changes = {}
  if asked < rev then changes = redis.call('XRANGE', X, text(asked + 1) .. '-0', '+') end
  if #changes == rev - asked then
    for i, change in ipairs(changes) do
      local fields = change[2]
      answer[at + 1] = string.match(change[1], '^%d+')
      answer[at + 2], answer[at + 3], answer[at + 4] = fields[2], fields[4], fields[6]
      at = at + 4
    end
    return answer
  end
end
if redis.call('HLEN', O) > tonumber(ARGV[5]) then
  answer[1] = 'L'
  return answer
end
answer[1] = 'S'
local payloads, flat = {}, redis.call('HGETALL', I)
for i = 1, #flat, 2 do payloads[flat[i]] = flat[i + 1] end
local owners = redis.call('HGETALL', O)
for i = 1, #owners, 2 do
  answer[at + 1], answer[at + 2], answer[at + 3] = owners[i], owners[i + 1], payloads[owners[i]] or ''
  at = at + 3
end
return answer
