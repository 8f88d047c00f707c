-- KEYS sweep; ARGV node, ms, target, done. Takes or keeps the turn to sweep up to the target, a
-- sequence, for that time; or, with the target in done, ends it and lets everybody rest for that
-- time. Answers 1 it is the node's, 0 another's, 2 it was swept up to there
local now = millis()
local s = redis.call('HMGET', KEYS[1], 'by', 'till', 'swept')
if s[1] and s[1] ~= ARGV[1] and tonumber(s[2]) > now then return {0} end
local ahead = s[3] and tonumber(s[3]) - tonumber(ARGV[3]) or -1
if ARGV[4] == '' and ahead >= 0 and ahead < 4294967296 then return {2} end
local by = ARGV[4] == '' and ARGV[1] or '-'
redis.call('HSET', KEYS[1], 'by', by, 'till', string.format('%.0f', now + tonumber(ARGV[2])))
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'swept', ARGV[4]) end
redis.call('PEXPIRE', KEYS[1], 86400000)
return {1}
