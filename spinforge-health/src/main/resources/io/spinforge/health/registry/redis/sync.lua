-- ARGV: channels, generation and revision the asker has, most entries to send at once.
-- Answers: kind (D: changes since, S: all ids, owners, payloads, L: too many), gen, rev, digest,
-- ttl, ms to the next expiry (-1: none), ms of grace, then the list or lists.
if not gen then return { 'S', '', '0', '0', 0, -1, 0, {}, {} } end
touch()
sweep()
local counts = redis.call('HMGET', M, 'rev', 'digest')
local rev = tonumber(counts[1])
local first = redis.call('ZRANGE', D, 0, 0, 'WITHSCORES')
local left = math.max(grace - now, 0)
local expiry = -1
if first[2] then expiry = math.max(first[2] - now, left, 0) end
local answer = { 'D', gen, counts[1], counts[2], ttl, expiry, left }

local asked = tonumber(ARGV[4])
if gen == ARGV[3] and asked <= rev and rev - asked <= 1000 then
  local changes = {}
  if asked < rev then changes = redis.call('XRANGE', X, text(asked + 1) .. '-0', '+') end
  if #changes == rev - asked then
    answer[8] = changes
    return answer
  end
end
if redis.call('HLEN', O) > tonumber(ARGV[5]) then
  answer[1] = 'L'
  return answer
end
answer[1] = 'S'
answer[8] = redis.call('HGETALL', O)
answer[9] = redis.call('HGETALL', I)
return answer
