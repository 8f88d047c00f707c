-- ARGV: channels, ttl, then id and nonce of each lease. Answers: outcome and epoch of each. Wakes
-- nobody, unless somebody is no longer a suspect.
local noted = touch()
local sub, find = string.sub, string.find
local ids, answers, renewals = {}, {}, {}
local count, renewed, deadline = (#ARGV - 3) / 2, 0, now + ARGV[3]
for i = 1, count do ids[i] = ARGV[2 + 2 * i] end
local owners = gen and redis.call('HMGET', O, unpack(ids)) or {}
for i = 1, count do
  local owner, outcome, epoch = owners[i], 'GONE', '0'
  if owner then
    local colon = find(owner, ':', 1, true)
    epoch = sub(owner, 1, colon - 1)
    outcome = 'TAKEN'
    if sub(owner, colon + 1, -3) == ARGV[3 + 2 * i] then
      outcome = 'OWN'
      renewals[renewed + 1], renewals[renewed + 2] = deadline, ids[i]
      renewed = renewed + 2
      if isSuspect(owner) then recase(ids[i], owner, string.upper) end
    end
  end
  answers[2 * i - 1], answers[2 * i] = outcome, epoch
end
if renewed > 0 then
  redis.call('ZADD', D, unpack(renewals))
  if graced or grace > now then redis.call('HDEL', M, 'graced') end
end
if noted or guarded > 0 then sweep() end
return answers
