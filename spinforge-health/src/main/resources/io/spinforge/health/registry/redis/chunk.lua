-- ARGV: channels, cursor. Answers: generation, next cursor, then id, owner and payload of each.
local page = redis.call('HSCAN', O, ARGV[3], 'COUNT', 200)
local answer, ids = { gen or '', page[1] }, {}
for i = 1, #page[2], 2 do ids[#ids + 1] = page[2][i] end
if #ids > 0 then
  local payloads = redis.call('HMGET', I, unpack(ids))
  for i, id in ipairs(ids) do
    answer[3 * i] = id
    answer[3 * i + 1] = page[2][2 * i]
    answer[3 * i + 2] = payloads[i] or ''
  end
end
return answer
