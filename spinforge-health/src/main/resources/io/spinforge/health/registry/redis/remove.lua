-- ARGV: channels, id, nonce
check()
touch()
local owner = redis.call('HGET', O, ARGV[3])
if not owner then return { 'GONE', '0', 0 } end
local epoch, holder = parse(owner)
if holder ~= ARGV[4] then return { 'TAKEN', epoch, 0 } end
write(ARGV[3])
return { 'WRITTEN', '0', 0 }
