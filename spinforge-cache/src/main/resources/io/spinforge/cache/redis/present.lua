-- KEYS nodes. Answers in how many ms every node is known or believes nothing any more, -1 if that
-- cannot be told; then for each node that reads the logs its name and the ms for which it may
-- believe what it was told
local now = millis()
local at = redis.call('HGET', KEYS[1], '@')
local run, since = string.match(at or '', '^(.-)|(%d+)$')
local out = {run == thisrun() and math.max(0, tonumber(since) - now) or -1}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local till, life = string.match(all[i + 1], '^(%d+)|(%d+)$')
  if all[i] ~= '@' and tonumber(till) > now then
    out[#out + 1] = all[i]
    out[#out + 1] = life
  end
end
return out
