-- ARGV: channels, id, nonce, epoch to replace, status, payload
check()
local id, nonce, status, payload = ARGV[3], ARGV[4], ARGV[6], ARGV[7]
touch()
local owner = redis.call('HGET', O, id)
if not owner then return { 'GONE', '0', 0 } end
local epoch, holder = parse(owner)
if holder ~= nonce then return { 'TAKEN', epoch, 0 } end
if epoch ~= ARGV[5] then return { 'OWN', epoch, 0 } end
local same = epoch .. ':' .. nonce .. ':' .. status
if owner == same and redis.call('HGET', I, id) == payload then return { 'WRITTEN', epoch, 0 } end
epoch = nextEpoch()
write(id, epoch .. ':' .. nonce .. ':' .. status, payload)
return { 'WRITTEN', epoch, 0 }
