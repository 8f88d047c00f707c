-- ARGV: channels, ttl, then id and nonce of each lease. Answers: outcome and epoch of each. Wakes
-- nobody, unless somebody is no longer a suspect.
touch()
local ids, answers, renewals = {}, {}, {}
for i = 4, #ARGV, 2 do ids[#ids + 1] = ARGV[i] end
local owners = redis.call('HMGET', O, unpack(ids))
local deadline = now + ARGV[3]
for i, id in ipairs(ids) do
  local outcome, epoch = 'GONE', '0'
  if owners[i] then
    local nonce
    epoch, nonce = parse(owners[i])
    outcome = 'TAKEN'
    if nonce == ARGV[3 + 2 * i] then
      outcome = 'OWN'
      renewals[#renewals + 1] = deadline
      renewals[#renewals + 1] = id
      if isSuspect(owners[i]) then recase(id, owners[i], string.upper) end
    end
  end
  answers[#answers + 1] = outcome
  answers[#answers + 1] = epoch
end
if #renewals > 0 then
  redis.call('ZADD', D, unpack(renewals))
  if graced or grace > now then redis.call('HDEL', M, 'graced') end
end
sweep()
return answers
