-- KEYS q log v l; ARGV candidate, mode (L take a lease, F drop the entry and take one, R keep the
-- entry of this sequence and take one, P peek), lease's life in ms, for R the sequence, who takes it.
-- Answers H entry pttl | B | W pttl | L token lease | M
local s = state(KEYS[1], KEYS[2], ARGV[1])
local e = ARGV[2] ~= 'F' and redis.pcall('GET', KEYS[3])
local there, kept = judge(e, s, ARGV[2] == 'R' and ARGV[4])
if there and not kept then return {'H', e, redis.call('PTTL', KEYS[3])} end
if ARGV[2] == 'P' then return {'M'} end
if not kept and (ARGV[2] == 'F' or e) then redis.call('UNLINK', KEYS[3]) end
return {take(KEYS[1], KEYS[4], ARGV[5], ARGV[3])}
