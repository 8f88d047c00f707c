-- KEYS q log v; ARGV sequence, ms to keep it. Starts the life of the entry of that sequence anew: one
-- that has taken its place has a life of its own. Answers 1, or 0 if it is not there
local head = redis.pcall('GETRANGE', KEYS[3], 4, 11)
if type(head) ~= 'string' or #head < 8 then return {0} end
if string.format('%.0f', (struct.unpack('>I8', head))) ~= ARGV[1] then return {0} end
return {redis.call('PEXPIRE', KEYS[3], ARGV[2])}
