-- ARGV: channels, cursor. Answers: generation, next cursor, ids and owners in turn, payloads.
local page = redis.call('HSCAN', O, ARGV[3], 'COUNT', 200)
local ids = {}
for i = 1, #page[2], 2 do ids[#ids + 1] = page[2][i] end
local payloads = {}
if #ids > 0 then payloads = redis.call('HMGET', I, unpack(ids)) end
return { gen or '', page[1], page[2], payloads }
