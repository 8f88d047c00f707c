-- KEYS v1 v2 …; ARGV the last byte's index. Answers the first bytes of each entry, '' if there is none
local out = {}
for i, v in ipairs(KEYS) do
  local head = redis.pcall('GETRANGE', v, 0, ARGV[1])
  out[i] = type(head) == 'string' and head or ''
end
return out
