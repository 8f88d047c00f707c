-- KEYS v1 v2 …; ARGV for each the bytes with which it begins. Removes those that begin so still.
-- Answers how many
local gone = 0
for i, v in ipairs(KEYS) do
  if redis.pcall('GETRANGE', v, 0, #ARGV[i] - 1) == ARGV[i] then
    gone = gone + redis.call('UNLINK', v)
  end
end
return {gone}
